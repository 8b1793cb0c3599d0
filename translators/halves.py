"""Attributes that hold several fields of a run: told only where all of these are.

Any of them may lose to another dialect's; then the attribute stays in the metadata as it is.
"""

from collections.abc import Hashable, Mapping

from translators.base import Draft
from translators.merge import Fields
from translators.span import Json, JsonObject

_INPUTS, _OUTPUTS = "inputs", "outputs"
_PARTS = "parts"


def say_sides(
    draft: Draft,
    key: str,
    inputs: JsonObject | None,
    outputs: JsonObject | None,
    *,
    asked: tuple[Hashable, ...] = (),
    answered: tuple[Hashable, ...] = (),
) -> None:
    """Say the sides of a run that one attribute tells, together all of it.

    Args:
        draft: gets ``inputs`` and ``outputs``.
        key: the attribute.
        inputs, outputs: None for a side that it does not tell.
        asked, answered: further attributes, told by one of the sides alone.
    """
    both = inputs is not None and outputs is not None
    draft.say(_INPUTS, inputs, (key, _INPUTS) if both else key, *asked)
    draft.say(_OUTPUTS, outputs, (key, _OUTPUTS) if both else key, *answered)


def say_parts(draft: Draft, key: str, parts: Mapping[str, Json], instead: Json = None) -> None:
    """Say the fields that one attribute tells, together all of it.

    Args:
        draft: gets the fields.
        key: the attribute.
        parts: values by field, None for one that it does not tell; inputs or outputs among them.
        instead: what the metadata have in place of the attribute, if any field of it is not told:
            the attribute itself holds a credential.
    """
    told = [field for field, value in parts.items() if value is not None]
    alone = told in ([_INPUTS], [_OUTPUTS])
    for field in told:
        marks: tuple[Hashable, ...] = (key,) if alone else ((key, _PARTS, field),)
        if not alone and field in (_INPUTS, _OUTPUTS):
            marks += ((key, *told),)
        if field in draft.said and draft.said[field][0] == parts[field]:
            marks = draft.said.pop(field)[1] + marks
        draft.say(field, parts[field], *marks)
    if instead is not None:
        draft.used.add(key)
        draft.say(f"metadata.{key}", instead)


def join_halves(fields: Fields, consumed: set[Hashable], metadata: JsonObject) -> None:
    """Add to *consumed* the attributes of which all is consumed; nothing stands for them then."""
    for side in (_INPUTS, _OUTPUTS):
        said = fields.get(side)
        for part in said[1] if said is not None else ():
            if part.__class__ is not tuple or part not in consumed:
                continue
            key, *words = part
            if words == [_INPUTS] and isinstance(key, str) and (key, _OUTPUTS) in consumed:
                consumed.add(key)
            elif words and all((key, _PARTS, field) in consumed for field in words):
                consumed.add(key)
                metadata.pop(key, None)
