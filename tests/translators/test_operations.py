import pytest

from tests.translators.drafts import genai as draft
from tests.translators.drafts import said
from translators.span import JsonObject


@pytest.mark.parametrize(
    ("operation", "run_type"),
    [
        ("chat", "llm"), ("text_completion", "llm"), ("generate_content", "llm"),
        ("gen_ai.chat", "llm"), ("Chat", "llm"), ("translate_text", "llm"),
        ("embeddings", "embedding"), ("retrieval", "retriever"), ("rerank", "retriever"),
        ("search_memory", "retriever"), ("execute_tool", "tool"), ("invoke_agent", "chain"),
        ("create_agent", "chain"), ("invoke_workflow", "chain"), ("crawl_page", "chain"),
        ("browser_click", "chain"), ("something_new", None),
    ],
)  # fmt: skip
def test_the_operation_decides_the_run_type(operation: str, run_type: str | None) -> None:
    assert said(draft({"gen_ai.operation.name": operation}), "run_type") == run_type


@pytest.mark.parametrize(
    ("attributes", "run_type"),
    [
        ({"mcp.method.name": "tools/call"}, "tool"),
        ({"mcp.method.name": "resources/read"}, "retriever"),
        ({"mcp.method.name": "prompts/get"}, "prompt"),
        ({"mcp.method.name": "initialize"}, "chain"),
        ({"gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 1}, "llm"),
        ({"gen_ai.response.model": "m", "gen_ai.usage.output_tokens": 1}, "llm"),
        ({"gen_ai.request.model": "m", "gen_ai.tool.call.id": "c"}, None),
        ({"gen_ai.tool.call.arguments": "{}"}, "tool"),
        ({"gen_ai.retrieval.documents": "[]"}, "retriever"),
        ({"gen_ai.tool.name": "f"}, None),
    ],
)
def test_without_operation_only_what_leaves_no_doubt_decides(
    attributes: JsonObject, run_type: str | None
) -> None:
    assert said(draft(attributes), "run_type") == run_type


def test_sound_and_images_say_their_modality() -> None:
    assert said(draft({"gen_ai.operation.name": "tts"}), "metadata.ls_modality") == "tts"
    assert said(draft({"gen_ai.operation.name": 7, "gen_ai.agent.id": "a"}), "run_type") is None
