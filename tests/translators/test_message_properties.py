import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from translators.messages import normal_messages
from translators.span import Json

KEYS = (
    "role", "content", "parts", "text", "tool_calls", "function", "name", "id", "arguments",
    "kwargs", "message", "finish_reason", "function_call", "image_url", "source", "toolUse",
    "toolResult", "inline_data", "thinking", "signature", "tool_call_id", "response", "result",
    "summary", "mime_type", "index", "reasoningContent", "x",
)  # fmt: skip

TYPES = (
    "text", "tool_call", "tool_use", "tool_result", "tool_call_response", "reasoning", "image",
    "blob", "file", "message", "function_call", "image_url", "constructor", "server_tool_call",
    "web_search_call", "audio", "human",
)  # fmt: skip

ROLES = ("user", "assistant", "tool", "ai", "thinking", "critic")

leaves = st.one_of(st.none(), st.integers(1000, 9999), st.uuids().map(str))

objects = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
        st.builds(
            lambda some, kind: {**some, "type": kind},
            st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
            st.sampled_from(TYPES),
        ),
    ),
    max_leaves=12,
)

messages_of_any_kind = st.builds(
    lambda some, role: {**some, "role": role},
    st.dictionaries(st.sampled_from(KEYS), objects, max_size=5),
    st.sampled_from(ROLES),
)


def leaves_of(value: Json) -> set[str]:
    if isinstance(value, dict):
        words = ("type", "role")
        return {leaf for key in value if key not in words for leaf in leaves_of(value[key])}
    if isinstance(value, list):
        return {leaf for item in value for leaf in leaves_of(item)}
    return set() if value is None else {str(value)}


@settings(max_examples=300, derandomize=True)
@given(st.lists(st.one_of(messages_of_any_kind, objects), max_size=3))
def test_nothing_that_a_message_says_is_lost_and_the_source_is_not_touched(value: Json) -> None:
    before = orjson.dumps(value)

    found = normal_messages(value, "user")

    assert orjson.dumps(value) == before
    if found is not None:
        text = orjson.dumps(found).decode()
        assert not [leaf for leaf in leaves_of(value) if leaf not in text]


@settings(max_examples=200, derandomize=True)
@given(st.lists(messages_of_any_kind, max_size=3))
def test_messages_in_normal_form_keep_role_and_number_when_normalised_again(value: Json) -> None:
    found = normal_messages(value, "user")

    assert found is not None
    again = normal_messages(found, "user")
    assert again is not None
    assert [m["role"] for m in again] == [m["role"] for m in found]
