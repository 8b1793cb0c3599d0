"""Microsoft's Semantic Kernel, in C#, Python and Java, where it differs from OpenTelemetry's form.

Source: https://github.com/microsoft/semantic-kernel, ``ModelDiagnostics.cs`` (b39d95a) and
``semantic_kernel/utils/telemetry`` (1.45); https://github.com/microsoft/semantic-kernel-java,
``implementation/telemetry``.
"""

from collections.abc import Mapping

from translators.attributes import Table, count, json_object, strings, text
from translators.base import Draft, Signature
from translators.chat_events import told_of
from translators.span import Event, Json, JsonObject, Span

_SCOPES = ("Microsoft.SemanticKernel", "semantic_kernel.", "SemanticKernel", "agent_runtime ")
_OPERATION, _REASON = "gen_ai.operation.name", "gen_ai.response.finish_reason"
_FUNCTION = "semantic_kernel.function.invocation.name"
_PLUGIN = "semantic_kernel.function.invocation.plugin_name"
_TEXT_OPERATIONS = ("text_completion", "text_completions", "text.completions")
_LOOP = "AutoFunctionInvocationLoop"
_PROMPTS, _CHOICE = ("gen_ai.user.message", "gen_ai.prompt"), "gen_ai.choice"
_CONTENT = "gen_ai.event.content"
_TEXTS = (_CONTENT, "gen_ai.prompt", "body", "content")
_OF_CHOICE = frozenset(("index", "message", "finish_reason"))


def _reasons(value: Json) -> list[str] | None:
    """Return finish reasons in OpenAI's words, from the members of Python's enumeration."""
    if not isinstance(value, str) or "FinishReason." not in value:
        return None
    return [word.rpartition(".")[2].lower() for word in strings(value) or []] or None


def _operation(value: Json) -> str | None:
    return value if isinstance(value, str) and value and value.islower() else None


TABLE = Table(
    {
        "sk.available_functions": ("metadata.tools", strings),
        "messaging.operation": ("kind", _operation),
        # Names of Java's, until 1.2.
        "gen_ai.response.prompt_tokens": ("usage.input", count),
        "gen_ai.response.completion_tokens": ("usage.output", count),
        _FUNCTION: ("metadata.tool_name", text),
        _PLUGIN: ("metadata.plugin_name", text),
    }
)


class SemanticKernel:
    """Reads what Semantic Kernel sends in words and shapes of its own."""

    name = "semantic_kernel"
    table = TABLE
    also: Mapping[str, str] = {
        _OPERATION: "inputs, outputs (of text completions)",
        _REASON: "metadata.finish_reasons",
        "gen_ai.user.message": "inputs (prompt)",
        "gen_ai.prompt": "inputs (prompt)",
        _CHOICE: "outputs (choices)",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether the span comes from the kernel, in one of its languages."""
        return signature.scope.startswith(_SCOPES)

    def translate(self, span: Span) -> Draft | None:
        """Return what the span says in the words of the kernel."""
        draft, attributes = Draft(), span.attributes
        TABLE.read(attributes, draft)
        if _FUNCTION in attributes:
            draft.say("run_type", "tool")
            draft.say("params.tool_name", text(attributes[_FUNCTION]))
        elif span.name == _LOOP:
            draft.say("run_type", "chain")
        if _REASON in attributes:
            # The attribute stays beside it, in the words that came.
            draft.say("metadata.finish_reasons", _reasons(attributes[_REASON]))
        if span.events and attributes.get(_OPERATION) in _TEXT_OPERATIONS:
            _say_completion(span, draft)
        return draft if draft.said else None


def _say_completion(span: Span, draft: Draft) -> None:
    """Say the prompt and the texts of a text completion, which are no messages."""
    choices: list[JsonObject] = []
    told = []
    for at, event in enumerate(span.events):
        if event.name in _PROMPTS:
            key = next((key for key in _TEXTS if key in event.attributes), "")
            prompt = event.attributes.get(key)
            beside = [name for name in event.attributes if name != key]
            keys = told_of(at, event, _beside(event, beside, span))
            draft.say("inputs", {"prompt": prompt} if prompt is not None else None, *keys)
        elif event.name == _CHOICE:
            choice = json_object(event.attributes.get(_CONTENT))
            names = _OF_CHOICE if choice is None else {_CONTENT}
            choice = event.attributes if choice is None else choice
            found = _text_of(choice.get("message"))
            if found is None or (names == {_CONTENT} and not choice.keys() <= _OF_CHOICE):
                return  # no text completion, after all
            choices.append(
                {
                    "text": found,
                    "index": choice.get("index", len(choices)),
                    "finish_reason": choice.get("finish_reason"),
                }
            )
            beside = [name for name in event.attributes if name not in names]
            told += told_of(at, event, _beside(event, beside, span))
    if choices:
        draft.say("outputs", {"choices": choices}, *told)


def _beside(event: Event, names: list[str], span: Span) -> list[str]:
    """Return those of *names* that the span does not tell just so."""
    return [
        name
        for name in names
        if event.attributes[name] not in (event.name, span.attributes.get(name))
    ]


def _text_of(message: Json) -> str | None:
    """Return the text of an answer: text, or Python's object with nothing but text."""
    if isinstance(message, dict) and message.keys() <= {"type", "text"}:
        message = message.get("text")
    return message if isinstance(message, str) else None
