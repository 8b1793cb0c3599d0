"""``docs/mapping.md``: what becomes of each attribute, from the tables that dialects work by."""

import sys
from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from translators.attributes import Table
from translators.base import Translator
from translators.registry import BUILTIN

_HEAD = """# What becomes of an attribute

Made from the tables of the dialects, the strongest dialect first: where several say the same field
of a span, the first one wins. What loses, and what stands in no table here, is kept as metadata
under its own key. `collector-proxy translate FILE --explain` tells it of your own spans.

A key that ends in `.*` stands for all below it. Where a field has several rows in one dialect, the
upper row wins.

| field | where it is in the run |
|---|---|
| `inputs`, `outputs` | the run's content: messages, documents, a tool's arguments and result |
| `raw_inputs`, `raw_outputs` | the same side, where nothing more structured tells it |
| `metadata.x` | `extra.metadata.x` |
| `params.x` | `extra.invocation_params.x` on runs that call a model, else metadata |
| `bag.params`, `bag.metadata` | each member of the object there |
| `usage.x` | `outputs.usage_metadata` on runs with a price, else `extra.metadata.usage_rollup` |
| `runtime.x` | `extra.runtime.x` |
| `model`, `response_model` | `extra.metadata.ls_model_name`, `extra.invocation_params.model` |
| `provider` | `extra.metadata.ls_provider`, in LangSmith's word |
| `thread_id`, `user_id` | `extra.metadata.thread_id` and `user_id` |
| `kind` | `otel.kind` in `extra.metadata` |
| `first_token_ns` | the event `new_token` |
| `drop` | no run is made of the span |
| any other | the run's field of that name |
"""


@runtime_checkable
class Documented(Protocol):
    """A dialect that tells what it reads.

    Attributes:
        table: its rows.
        also: attributes and events that its code reads beside the rows -> fields, in words.
    """

    table: Table
    also: Mapping[str, str]


def mapping_markdown(translators: Sequence[Translator] = BUILTIN) -> str:
    """Return the document for *translators*, one section each."""
    return "\n".join([_HEAD, *(_section(one) for one in translators)])


def _section(translator: Translator) -> str:
    about = (sys.modules[type(translator).__module__].__doc__ or "").strip().replace("``", "`")
    lines = [f"## `{translator.name}`", "", about, ""]
    if isinstance(translator, Documented):
        rows = [(key, f"`{field}`") for key, (field, _) in translator.table.rows.items()]
        rows += sorted(translator.also.items())
        if rows:
            lines += ["| attribute | field |", "|---|---|"]
            lines += [f"| `{key}` | {field} |" for key, field in rows]
    return "\n".join([*lines, ""])
