"""Any span at all: what most people mean by an attribute called ``input`` or ``session.id``.

Source: OpenTelemetry semantic conventions, "Session" and "End user"; the rest is common usage.
"""

from collections.abc import Mapping

from translators.attributes import Table, json_or_text, strings, text
from translators.base import Draft, Signature
from translators.span import Span
from translators.tools import tools_of

# Keys that stay beside what is said with them: users look for the name that they gave.
THREADS = ("session.id", "conversation.id", "thread_id")
USERS = ("user.id", "enduser.id", "enduser.pseudo.id", "user_id")
OWN_NAMES = frozenset({"thread_id", "user_id"})  # these are called the same in the run
RESOURCE_SESSION = "session.id"


TABLE = Table(
    {
        "input": ("raw_inputs", json_or_text),
        "prompt": ("raw_inputs", json_or_text),
        "output": ("raw_outputs", json_or_text),
        "response": ("raw_outputs", json_or_text),
        "tools": ("params.tools", tools_of),
        "tags": ("tags", strings),
        "gen_ai.framework.tags": ("tags", strings),
        "llm.request.tags": ("tags", strings),
    }
)
KEYS = frozenset((*TABLE.keys(), *THREADS, *USERS))


class Generic:
    """The last to be asked: makes a chain of whatever comes."""

    name = "generic"
    table = TABLE
    also: Mapping[str, str] = {
        **dict.fromkeys(THREADS, "thread_id"),
        **dict.fromkeys(USERS, "user_id"),
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
            for field, names in (("thread_id", THREADS), ("user_id", USERS)):
                for name in names:
                    if name in attributes:
                        keys = (name,) if name in OWN_NAMES else ()
                        draft.say(field, text(attributes[name]), *keys)
        if RESOURCE_SESSION in span.resource.attributes:
            draft.say("thread_id", text(span.resource.attributes[RESOURCE_SESSION]))
        return draft
