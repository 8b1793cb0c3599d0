"""Attributes that hold both sides of a run: told only where both of their sides are.

Either side may lose to another dialect's; then the attribute stays in the metadata as it is.
"""

from collections.abc import Hashable

from translators.base import Draft
from translators.merge import Fields
from translators.span import JsonObject

_INPUTS, _OUTPUTS = "inputs", "outputs"


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


def join_halves(fields: Fields, consumed: set[Hashable]) -> None:
    """Add to *consumed* the attributes of which both sides are consumed."""
    said = fields.get(_INPUTS)
    for half in said[1] if said is not None else ():
        if half.__class__ is tuple and half in consumed:
            key, *side = half
            if side == [_INPUTS] and isinstance(key, str) and (key, _OUTPUTS) in consumed:
                consumed.add(key)
