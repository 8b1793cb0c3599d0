import pytest

from translators.providers import is_refined, model_names, model_type, provider_of
from translators.span import JsonObject


@pytest.mark.parametrize(
    ("word", "provider"),
    [
        ("openai", "openai"),
        (" OpenAI ", "openai"),
        ("openai.chat", "openai"),
        ("openai.responses", "openai"),
        ("anthropic.messages", "anthropic"),
        ("claude", "anthropic"),
        ("azure", "azure"),
        ("azure.ai.openai", "azure"),
        ("az.ai.openai", "azure"),
        ("azure.ai.inference", "azure"),
        ("az.ai.inference", "azure"),
        ("azure_openai", "azure"),
        ("azure-openai.chat", "azure"),
        ("aws.bedrock", "bedrock"),
        ("AWS", "bedrock"),
        ("amazon-bedrock", "bedrock"),
        ("amazon_bedrock", "bedrock"),
        ("bedrock_converse", "bedrock"),
        ("gcp.vertex_ai", "google_vertexai"),
        ("vertexai", "google_vertexai"),
        ("google.vertex.chat", "google_vertexai"),
        ("google-vertex", "google_vertexai"),
        ("gcp.gemini", "google_genai"),
        ("google.generative-ai", "google_genai"),
        ("gemini", "google_genai"),
        ("mistral_ai", "mistral"),
        ("MistralAI", "mistral"),
        ("x_ai", "xai"),
        ("grok", "xai"),
        ("fireworks_ai", "fireworks"),
        ("ibm.watsonx.ai", "watsonx"),
        ("moonshot_ai", "moonshot"),
        ("cohere", "cohere"),
        ("google-gla", "google_genai"),
        ("groq", "groq"),
        ("groq.chat", "groq"),
        ("cohere.reranking", "cohere"),
        ("togetherai.chat", "together"),
        ("vertex.anthropic.messages", "google_vertexai"),
        (".chat", ".chat"),
        ("My-Own-Cloud", "my-own-cloud"),
    ],
)
def test_raw_words_become_langsmiths_words(word: str, provider: str) -> None:
    assert provider_of([word], None, None) == provider


@pytest.mark.parametrize(
    ("word", "provider"),
    [
        ("api.openai.com", "openai"),
        ("https://api.openai.com/v1", "openai"),
        ("https://my-resource.openai.azure.com/openai/deployments/x", "azure"),
        ("api.x.ai", "xai"),
        ("api.groq.com", "groq"),
        ("bedrock-runtime.eu-west-1.amazonaws.com", "bedrock"),
        ("europe-west4-aiplatform.googleapis.com", "google_vertexai"),
        ("openrouter.ai", "openrouter"),
    ],
)
def test_a_host_tells_the_provider(word: str, provider: str) -> None:
    assert provider_of([word], None, None) == provider


@pytest.mark.parametrize("word", ["http://127.0.0.1:8000/v1", "api.example.org"])
def test_an_unknown_host_is_no_provider(word: str) -> None:
    assert provider_of([word, "groq"], None, None) == "groq"


@pytest.mark.parametrize(
    "word", ["langchain", "pydantic_ai", "Strands-Agents", "gcp.vertex.agent", "unknown", "N/A", ""]
)
def test_frameworks_and_placeholders_are_passed_over(word: str) -> None:
    assert provider_of([word, "anthropic"], None, None) == "anthropic"


def test_models_that_stand_in_for_each_other_are_no_provider() -> None:
    assert provider_of(["fallback:openai,anthropic"], "claude-sonnet-4-5", None) == "anthropic"


def test_the_first_usable_word_counts() -> None:
    assert provider_of(["azure", "openai"], "gpt-4o", None) == "azure"


@pytest.mark.parametrize("word", ["google", "gcp", "gcp.gen_ai", "google.chat"])
def test_googles_services_are_told_apart_by_host(word: str) -> None:
    assert provider_of([word], None, "us-central1-aiplatform.googleapis.com") == "google_vertexai"
    assert provider_of([word], None, "generativelanguage.googleapis.com") == "google_genai"
    assert provider_of([word], None, None) == "google_genai"


def test_googles_services_are_told_apart_by_the_next_word() -> None:
    assert provider_of(["google", "vertexai"], None, None) == "google_vertexai"
    assert provider_of(["google", "anthropic"], None, None) == "google_genai"


@pytest.mark.parametrize(
    ("model", "provider"),
    [
        ("gpt-4o-mini", "openai"),
        ("o3", "openai"),
        ("o1-preview", "openai"),
        ("chatgpt-4o-latest", "openai"),
        ("text-embedding-3-small", "openai"),
        ("claude-sonnet-4-5", "anthropic"),
        ("anthropic/claude-sonnet-4-5", "anthropic"),
        ("models/gemini-2.5-flash", "google_genai"),
        ("mixtral-8x7b", "mistral"),
        ("codestral-latest", "mistral"),
        ("anthropic.claude-3-5-sonnet-20241022-v2:0", "bedrock"),
        ("us.anthropic.claude-sonnet-4-20250514-v1:0", "bedrock"),
        ("eu.amazon.nova-pro-v1:0", "bedrock"),
        ("arn:aws:bedrock:us-east-1:123456789012:inference-profile/abc", "bedrock"),
        ("my-finetune", None),
        ("o1x", None),
        ("", None),
    ],
)
def test_a_model_tells_the_provider_where_nothing_else_does(
    model: str, provider: str | None
) -> None:
    assert provider_of(["langchain"], model, None) == provider


def test_endless_words_are_nobodys_name() -> None:
    assert provider_of(["x" * 201, "openai"], None, None) == "openai"
    assert provider_of([], "gpt-" + "x" * 10_000, "y" * 10_000) == "openai"


@pytest.mark.parametrize(
    ("asked", "answered", "name"),
    [
        ("gpt-4o", "gpt-4o-2024-08-06", "gpt-4o-2024-08-06"),
        ("gpt-4", "gpt-4o", "gpt-4"),
        ("openai/gpt-4o", "gpt-4o-2024-08-06", "gpt-4o-2024-08-06"),
        ("my-deployment", "gpt-4o-2024-08-06", "my-deployment"),
        ("gpt-4o", None, "gpt-4o"),
        (None, "gpt-4o", "gpt-4o"),
        ("models/gemini-2.5-flash", None, "gemini-2.5-flash"),
        ("publishers/google/models/gemini-2.5-pro", None, "gemini-2.5-pro"),
        ("us.anthropic.claude-3-v1:0", None, "us.anthropic.claude-3-v1:0"),
        (None, None, None),
    ],
)
def test_the_model_that_answered_counts_where_it_is_the_asked_one_more_exactly(
    asked: str | None, answered: str | None, name: str | None
) -> None:
    assert model_names(asked, answered) == name


def test_the_same_model_is_a_refined_one() -> None:
    assert is_refined("gpt-4o", "gpt-4o")


@pytest.mark.parametrize(
    ("run_type", "inputs", "expected"),
    [
        ("llm", {"messages": []}, "chat"),
        ("llm", None, "chat"),
        ("llm", {"prompt": "Once upon a time"}, "text"),
        ("llm", {"prompt": "p", "messages": []}, "chat"),
        ("embedding", {"input": "x"}, "embedding"),
        ("chain", {"messages": []}, None),
    ],
)
def test_the_model_type_follows_the_run(
    run_type: str, inputs: JsonObject | None, expected: str | None
) -> None:
    assert model_type(run_type, inputs) == expected


@pytest.mark.parametrize("address", ["[::1]", "[{'a': 1}", "//[x", "https://[fe80::1%eth0]:443"])
def test_an_address_that_is_no_name_tells_no_provider(address: str) -> None:
    assert provider_of([], "mine", address) is None
