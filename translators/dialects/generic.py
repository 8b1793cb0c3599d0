"""Any span at all: what most people mean by an attribute called ``input`` or ``session.id``.

Source: OpenTelemetry semantic conventions, "Session" and "End user"; the rest is common usage.
"""

from collections.abc import Mapping

from translators.attributes import Table, count, json_or_text, number, strings, text
from translators.base import Draft, Signature
from translators.span import Json, Span
from translators.tools import tools_of

# Keys that stay beside what is said with them: users look for the name that they gave.
THREADS = ("session.id", "conversation.id", "thread_id")
USERS = ("user.id", "enduser.id", "enduser.pseudo.id", "user_id")
OWN_NAMES = frozenset({"thread_id", "user_id"})  # these are called the same in the run
ENVIRONMENTS = ("deployment.environment.name", "deployment.environment")
RESOURCE_SESSION = "session.id"
_PEOPLE = (("thread_id", THREADS), ("user_id", USERS), ("metadata.environment", ENVIRONMENTS))


def _yes_or_no(value: Json) -> bool | None:
    return value if isinstance(value, bool) else None


TABLE = Table(
    {
        "input": ("raw_inputs", json_or_text),
        "prompt": ("raw_inputs", json_or_text),
        "output": ("raw_outputs", json_or_text),
        "response": ("raw_outputs", json_or_text),
        "tools": ("params.tools", tools_of),
        # What a call of a model is about, where nobody has put a namespace before it.
        "model": ("model", text),
        "model_name": ("model", text),
        "inputs.model": ("model", text),
        "stream": ("params.stream", _yes_or_no),
        "tool_choice": ("params.tool_choice", json_or_text),
        "input_tokens": ("usage.input", count),
        "prompt_tokens": ("usage.input", count),
        "usage.prompt_tokens": ("usage.input", count),
        "output_tokens": ("usage.output", count),
        "completion_tokens": ("usage.output", count),
        "usage.completion_tokens": ("usage.output", count),
        "total_tokens": ("usage.total", count),
        "usage.total_tokens": ("usage.total", count),
        "cache_read_tokens": ("usage.cache_read", count),
        "cached_content_token_count": ("usage.cache_read", count),
        "cache_creation_tokens": ("usage.cache_creation", count),
        "thoughts_token_count": ("usage.reasoning", count),
        "cost_usd": ("usage.cost_total", number),
        "operation.cost": ("usage.cost_total", number),
        "tags": ("tags", strings),
        "gen_ai.framework.tags": ("tags", strings),
        "llm.request.tags": ("tags", strings),
    }
)
KEYS = frozenset((*TABLE.keys(), *THREADS, *USERS, *ENVIRONMENTS))


class Generic:
    """The last to be asked: makes a chain of whatever comes."""

    name = "generic"
    table = TABLE
    also: Mapping[str, str] = {
        **dict.fromkeys(THREADS, "thread_id"),
        **dict.fromkeys(USERS, "user_id"),
        **dict.fromkeys(ENVIRONMENTS, "metadata.environment"),
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell that every span concerns it."""
        return True

    def translate(self, span: Span) -> Draft:
        """Return a chain, with what commonly used attributes say."""
        draft = Draft()
        draft.say("run_type", "chain")
        attributes = span.attributes
        if not KEYS.isdisjoint(attributes):
            TABLE.read(attributes, draft)
            for field, names in _PEOPLE:
                for name in names:
                    if name in attributes:
                        keys = (name,) if name in OWN_NAMES else ()
                        draft.say(field, text(attributes[name]), *keys)
        if RESOURCE_SESSION in span.resource.attributes:
            draft.say("thread_id", text(span.resource.attributes[RESOURCE_SESSION]))
        return draft
