import pytest

from translators.span import Json
from translators.vercel_parts import opened_parts, server_call

BYTES = {"0": 137, "1": 80}
BUFFER = {"type": "Buffer", "data": [137, 80]}


def user(*parts: Json) -> Json:
    """Return the messages of a user with these parts."""
    return [{"role": "user", "content": [*parts]}]


@pytest.mark.parametrize(
    ("part", "opened"),
    [
        ({"type": "image", "image": BYTES}, {"type": "image", "image": "iVA="}),
        ({"type": "file", "data": BUFFER}, {"type": "file", "data": "iVA="}),
        (
            {"type": "file", "data": {"type": "data", "data": BYTES}},
            {"type": "file", "data": "iVA="},
        ),
    ],
)
def test_bytes_written_as_objects_become_base64_and_are_not_told_as_they_were(
    part: Json, opened: Json
) -> None:
    assert opened_parts(user(part)) == (user(opened), False)


@pytest.mark.parametrize(
    ("data", "opened"),
    [
        ({"type": "data", "data": "iVA="}, {"data": "iVA="}),
        ({"type": "url", "url": "https://a/b.png"}, {"data": "https://a/b.png"}),
        ({"type": "text", "text": "hello"}, {"text": "hello"}),
    ],
)
def test_wrapped_files_are_unwrapped_without_a_loss(data: Json, opened: Json) -> None:
    messages = user({"type": "file", "data": data, "mediaType": "text/plain"})

    assert opened_parts(messages) == (
        user({"type": "file", "mediaType": "text/plain", **opened}),
        True,
    )


@pytest.mark.parametrize(
    "data",
    [
        {"type": "reference", "reference": {"openai": "file-1"}},
        {"0": 300, "1": 1},
        {"0": "a"},
        {"type": "Buffer", "data": "no list"},
        {},
    ],
)
def test_what_is_no_file_that_we_know_stays_as_it_is(data: Json) -> None:
    messages = user({"type": "file", "data": data}, "text", {"type": "text", "text": "a"})

    assert opened_parts(messages) == (messages, True)


@pytest.mark.parametrize("value", [None, "text", {"a": 1}, [1, "a", {"content": "b"}], []])
def test_values_without_parts_are_returned_unchanged(value: Json) -> None:
    assert opened_parts(value) == (value, True)


def test_a_tool_that_ran_at_the_provider_is_a_server_tool_with_its_result() -> None:
    call = {"type": "tool-call", "toolCallId": "s1", "toolName": "web", "providerExecuted": True}
    result = {"type": "tool-result", "toolCallId": "s1", "output": 1}
    own = {"type": "tool-result", "toolCallId": "c1", "output": 2}

    opened, whole = opened_parts(user(call, result, own))

    assert whole
    assert [part["type"] for part in opened[0]["content"]] == [
        "server_tool_call",
        "server_tool_result",
        "tool-result",
    ]


def test_only_a_call_that_ran_at_the_provider_is_one_of_its_tools() -> None:
    assert server_call({"toolName": "web", "providerExecuted": True}) == {
        "toolName": "web",
        "providerExecuted": True,
        "type": "server_tool_call",
    }
    assert server_call({"toolName": "web", "providerExecuted": False}) is None


def test_hostile_parts_are_left_as_they_are() -> None:
    deep: Json = "iVA="
    for _ in range(9):
        deep = {"type": "data", "data": deep}
    odd = {"type": "tool-call", "toolCallId": [1], "providerExecuted": True}
    result = {"type": "tool-result", "toolCallId": [1]}

    opened, whole = opened_parts(user("text", {"type": "file", "data": deep}, odd, result))

    assert whole
    assert opened[0]["content"][1]["data"]["type"] == "data"
    assert opened[0]["content"][3]["type"] == "server_tool_result"


def test_an_id_of_any_type_names_what_ran_at_the_provider() -> None:
    call = {"type": "tool-call", "toolCallId": {"a": 1}, "providerExecuted": True}
    result = {"type": "tool-result", "toolCallId": {"a": 1}}

    [message], whole = opened_parts([{"role": "assistant", "content": [call, result]}])

    assert [part["type"] for part in message["content"]] == [
        "server_tool_call",
        "server_tool_result",
    ]
    assert whole
