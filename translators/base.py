"""What a dialect is, and how it says what it knows."""

from collections.abc import Hashable
from typing import Protocol

from translators.span import Json, Span


class Signature:
    """What tells dialects apart, without the values: equal for all spans of one kind.

    Attributes:
        scope: name of the instrumentation scope.
        keys: the attribute keys.
        namespaces: first dotted words of attribute keys and event names (``gen_ai``, ``http``).
        events: names of the span's events.
    """

    __slots__ = ("events", "keys", "namespaces", "scope")

    def __init__(self, scope: str, keys: frozenset[str], events: frozenset[str]) -> None:
        self.scope = scope
        self.keys = keys
        self.events = events
        self.namespaces = frozenset(key.partition(".")[0] for key in (*keys, *events))


class Draft:
    """What one dialect says about one span: values by field, each with the attributes it used.

    Fields of the run: ``name``, ``run_type``, ``kind`` (the dialect's own, finer word), ``error``,
    ``project``, ``project_id``, ``reference_example_id``, ``run_id``, ``trace_id``,
    ``parent_run_id``, ``dotted_order``, ``is_root``, ``thread_id``, ``user_id``, ``drop``,
    ``attachments``, ``first_token_ns`` (absolute), ``model`` (asked for), ``response_model``,
    ``provider`` (raw word), ``tags`` (list of str).
    Content, most structured first: ``inputs`` and ``outputs`` (normal form, see
    ``translators.messages``), ``raw_inputs`` and ``raw_outputs`` (a decoded JSON value or text).
    Groups, with a name behind the first dot: ``metadata.<key>``, ``params.<name>``,
    ``usage.<counter>``, ``runtime.<key>``.

    Attributes:
        said: field -> (value, keys). A key is an attribute key or the index of a span event; a part
            of one is a tuple that begins with it (see ``translators.halves``, ``remains``).
        used: keys that are wholly carried by what was said, whoever wins.
    """

    __slots__ = ("said", "used")

    def __init__(self) -> None:
        self.said: dict[str, tuple[Json, tuple[Hashable, ...]]] = {}
        self.used: set[Hashable] = set()

    def say(self, field: str, value: Json, *keys: Hashable) -> None:
        """Say *value* for *field*, unless it is None or the field has been said before.

        Args:
            field: one of the fields above.
            value: None means: nothing to say. 0, "" and {} are answers.
            keys: attributes and events that *value* carries completely. Where it wins, or equals
                what wins, they are not repeated in the metadata; otherwise they stay there.
        """
        if value is not None and field not in self.said:
            self.said[field] = (value, keys)


class Translator(Protocol):
    """One dialect. Stateless: it is asked about many spans, from one thread.

    It may raise: that is counted, and the span's run is made without it.
    """

    @property
    def name(self) -> str:
        """The dialect's word in settings, metrics and ``--explain``."""
        ...

    def speaks(self, signature: Signature) -> bool:
        """Tell whether spans of this signature concern the dialect; the answer is cached."""
        ...

    def translate(self, span: Span) -> Draft | None:
        """Return what the dialect knows of the span, or None for nothing at all."""
        ...
