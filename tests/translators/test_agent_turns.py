import pytest

from translators.agent_turns import answer_begins
from translators.span import Json, JsonObject


def said(role: str, kind: str = "text", **more: Json) -> JsonObject:
    return {"role": role, "parts": [{"type": kind, **more}]}


SYSTEM, USER, ANSWER, CALL = (
    said("system"), said("user"), said("assistant"), said("assistant", "tool_call"),
)  # fmt: skip
RESULT = said("tool", "tool_call_response", result=2)
OLD_RESULT = said("user", "tool_call_response", result=2)  # so until version 5
LAST = said("tool", "tool_call_response", result="Final result processed.")
OLD_LAST = said("user", "tool_call_response", result="Final result processed.")


@pytest.mark.parametrize(
    ("messages", "new", "expected"),
    [
        ([SYSTEM, USER, CALL, RESULT, ANSWER], None, 2),
        ([SYSTEM, USER, CALL, RESULT, ANSWER], 0, 2),
        ([USER, ANSWER, USER, CALL, RESULT, ANSWER], None, 3),
        ([USER, CALL, OLD_RESULT, ANSWER], None, 1),
        ([ANSWER], None, 0),
        ([USER], None, 1),
        ([], None, 0),
    ],
)
def test_without_an_index_the_last_prompt_begins_the_run(
    messages: list[Json], new: int | None, expected: int
) -> None:
    assert answer_begins(messages, new) == expected


@pytest.mark.parametrize(
    ("messages", "new", "expected"),
    [
        # A request of system text and prompt counts once.
        ([SYSTEM, USER, CALL, RESULT, ANSWER, USER, ANSWER], 4, 6),
        ([SYSTEM, USER, CALL, OLD_RESULT, ANSWER, USER, ANSWER], 4, 6),
        # Two of the same role are two requests.
        ([USER, CALL, OLD_LAST, USER, ANSWER], 3, 4),
        # So are the result of a tool that holds the output, and the next prompt.
        ([USER, CALL, LAST, USER, CALL, LAST], 3, 4),
        # A tool's result may come with more from the user.
        ([USER, CALL, RESULT, USER, ANSWER, USER, ANSWER], 4, 6),
        # The run goes on with results of calls that were put off.
        ([USER, CALL, RESULT, ANSWER], 2, 3),
        ([ANSWER, USER, ANSWER], 1, 2),
        # Nothing was answered.
        ([USER, ANSWER, USER], 2, 3),
    ],
)
def test_the_index_counts_requests_and_responses(
    messages: list[Json], new: int, expected: int
) -> None:
    assert answer_begins(messages, new) == expected


def test_an_index_beyond_the_messages_counts_as_none() -> None:
    assert answer_begins([USER, CALL, RESULT, ANSWER], 9) == 1


@pytest.mark.parametrize("odd", [None, "text", 1, {}, {"role": "user"}, {"role": 1, "parts": 2}])
def test_odd_messages_do_no_harm(odd: Json) -> None:
    assert answer_begins([odd, USER, ANSWER], 1) == 2
    assert answer_begins([odd, ANSWER], None) == 1
