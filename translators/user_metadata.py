"""What users and senders named themselves, in the metadata of a run.

Source: conventions 3.2: what nobody maps is kept under its own key, unless that means something
else to LangSmith, or to whoever reads what a run says of its span.
"""

from collections.abc import Hashable
from functools import lru_cache

from translators.merge import Fields, Merged
from translators.remains import REDACTED, is_credential, is_secret, keeps_genai_only
from translators.run import Run
from translators.span import JsonObject, Span

# LangSmith reads meaning into these: an unmapped attribute of that name must not.
_RESERVED = frozenset(
    ("thread_id", "session_id", "conversation_id", "revision_id", "user_id", "usage_metadata")
)
_ASIDE = "otel.attributes."
_PEOPLE = ("thread_id", "user_id")


def add_people(run: Run, fields: Fields, consumed: set[Hashable]) -> None:
    """Add whose run it is, and of which thread; what is told goes to *consumed*."""
    metadata = run.metadata
    for name in _PEOPLE:
        if name in fields:
            value, keys, _ = fields[name]
            if metadata.setdefault(name, value) == value:
                consumed.update(keys)


def add_bags(merged: Merged, metadata: JsonObject, consumed: set[Hashable]) -> None:
    """Add the members of JSON objects; an object of which all are told goes to *consumed*."""
    for group, members, keys, _ in merged.bags:
        if group != "metadata":
            continue
        equal = True
        for key, value in members.items():
            value = REDACTED if is_credential(key) else value
            equal = metadata.setdefault(key, value) == value and equal
        if equal:
            consumed.update(keys)


def add_unmapped(
    span: Span, metadata: JsonObject, consumed: set[Hashable], *, everything: bool
) -> None:
    """Add the attributes that are not *consumed*.

    Args:
        everything: False for GenAI attributes only.
    """
    for key, value in span.attributes.items():
        if key in consumed:
            continue
        name, secret, genai = _kept_as(key)
        if not (everything or genai):
            continue
        if secret:
            value = REDACTED
        while name in metadata and metadata[name] != value:
            name = _ASIDE + name
        metadata[name] = value


@lru_cache(maxsize=8192)
def _kept_as(key: str) -> tuple[str, bool, bool]:
    """Return under which name an attribute is kept, if it is a credential, and if it is GenAI's."""
    name = _ASIDE + key if key in _RESERVED or key.startswith("ls_") else key
    return name, is_secret(key), keeps_genai_only(key)
