import pytest

from tests.translators.drafts import chat, said
from tests.translators.drafts import genai as draft
from translators.span import Event, Json, JsonObject


def test_a_tool_has_arguments_and_a_result() -> None:
    found = draft(
        {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.call.arguments": '{"city":"Zürich"}',
            "gen_ai.tool.call.result": "21",
        }
    )

    assert found.said["inputs"] == ({"city": "Zürich"}, ("gen_ai.tool.call.arguments",))
    assert found.said["outputs"] == ({"output": "21"}, ("gen_ai.tool.call.result",))
    assert "params.tool_name" not in found.said


@pytest.mark.parametrize(
    ("key", "value", "inputs"),
    [
        ("gen_ai.tool.input", "Zürich", {"input": "Zürich"}),
        ("gen_ai.tool.args", {"a": 1}, {"a": 1}),
        ("gen_ai.tool.parameters", "[1]", {"input": [1]}),
    ],
)
def test_arguments_have_other_names_too(key: str, value: Json, inputs: JsonObject) -> None:
    assert said(draft({"gen_ai.operation.name": "execute_tool", key: value}), "inputs") == inputs


@pytest.mark.parametrize(
    ("value", "output"),
    [
        ({"temp": 21}, {"temp": 21}),
        ('[{"json":{"temp":21}}]', {"temp": 21}),
        ('[{"text":"21"}]', "21"),
        ('[{"type":"text","text":"21"},{"odd":1}]', [{"type": "text", "text": "21"}, {"odd": 1}]),
        ("[1]", [1]),
    ],
)
def test_a_result_stands_under_output_whatever_its_shape(value: Json, output: Json) -> None:
    found = draft({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.output": value})

    assert said(found, "outputs") == {"output": output}


def test_tools_that_a_chat_span_names_are_not_its_inputs() -> None:
    found = draft(chat(tool__name="f", tool__args="{}", request__model="m"))

    assert said(found, "run_type") == "llm"
    assert "inputs" not in found.said


def test_a_tools_events_hold_arguments_and_result() -> None:
    found = draft(
        {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.call.id": "c1"},
        [
            Event("gen_ai.tool.message", 1, {"role": "tool", "content": '{"a":1}', "id": "c1"}),
            Event("gen_ai.choice", 2, {"message": '[{"text":"21"}]', "id": "other"}),
        ],
    )

    assert found.said["inputs"] == ({"a": 1}, (0,))
    assert found.said["outputs"] == ({"output": "21"}, ())


def test_a_tools_event_without_content_says_nothing_of_its_arguments() -> None:
    found = draft(
        {"gen_ai.operation.name": "execute_tool"}, [Event("gen_ai.tool.message", 1, {"id": "c1"})]
    )

    assert said(found, "inputs") == {
        "messages": [{"role": "tool", "content": None, "tool_call_id": "c1"}]
    }


def test_retrieval_has_a_query_and_documents() -> None:
    found = draft(
        {
            "gen_ai.operation.name": "retrieval",
            "gen_ai.retrieval.query.text": "capital?",
            "gen_ai.retrieval.top_k": 2,
            "gen_ai.retrieval.documents": (
                '[{"id":"d1","score":0.9,"content":"Paris","metadata":{"score":1,"a":2}},'
                '{"id":null,"score":0.4},"plain",7,{"text":"x","type":"Note","metadata":"m"}]'
            ),
        }
    )

    assert said(found, "inputs") == {"query": "capital?", "k": 2}
    assert said(found, "outputs") == {
        "documents": [
            {
                "page_content": "Paris",
                "type": "Document",
                "metadata": {"id": "d1", "score": 0.9, "metadata.score": 1, "a": 2},
            },
            {"page_content": "", "type": "Document", "metadata": {"score": 0.4}},
            {"page_content": "plain", "type": "Document", "metadata": {}},
            {"page_content": "", "type": "Document", "metadata": {"value": 7}},
            {
                "page_content": "x",
                "type": "Document",
                "metadata": {"metadata": "m", "type": "Note"},
            },
        ]
    }
    assert found.said["inputs"][1] == ("gen_ai.retrieval.query.text", "gen_ai.retrieval.top_k")


def test_documents_that_are_no_list_stay_an_attribute() -> None:
    found = draft({"gen_ai.operation.name": "retrieval", "gen_ai.retrieval.documents": "none"})

    assert "outputs" not in found.said


def test_a_number_of_documents_that_is_none_is_left_out() -> None:
    found = draft(
        {
            "gen_ai.operation.name": "retrieval",
            "gen_ai.retrieval.query": "capital?",
            "gen_ai.retrieval.top_k": "many",
        }
    )

    assert said(found, "inputs") == {"query": "capital?"}
