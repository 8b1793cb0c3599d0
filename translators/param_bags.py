"""Parameters that come as one JSON object, such as the arguments of a call.

Source: conventions 1.9: a bag fills holes, and its content belongs to the inputs.
"""

from collections.abc import Hashable

from translators.merge import Merged
from translators.model_values import request_of
from translators.remains import REDACTED, is_credential
from translators.span import JsonObject
from translators.tools import tools_of

_CONTENT = frozenset(("messages", "system", "prompt", "input"))
_INPUTS = ("inputs", "raw_inputs")


def open_param_bags(
    merged: Merged, asked: str | None, params: JsonObject, consumed: set[Hashable]
) -> None:
    """Add the members of the bags to *params*; a bag of which all is told goes to *consumed*.

    Messages in it become the ``inputs`` of *merged* where nobody says these, and no parameter.

    Args:
        asked: the model, which a bag does not overwrite.
    """
    for group, members, keys, dialect in merged.bags:
        if group != "params":
            continue
        told = True
        if not _CONTENT.isdisjoint(members):
            content = {key: members[key] for key in members if key in _CONTENT and members[key]}
            members = {key: members[key] for key in members if key not in _CONTENT}
            told = not content or _add_content(content, dialect, merged)
        for name, value in members.items():
            if name == "model":
                # It has places of its own.
                told = asked == value and told
                continue
            if name == "tools":
                if not value:
                    continue
                value = tools_of(value) or value
            elif is_credential(name):
                value = REDACTED
            told = params.setdefault(name, value) == value and told
        if told:
            consumed.update(keys)


def _add_content(content: JsonObject, dialect: str, merged: Merged) -> bool:
    """Say the inputs with the content of a bag; tell whether all of it stands there."""
    request = request_of(content)
    if request is None:
        return False
    said = next((merged.fields[field] for field in _INPUTS if field in merged.fields), None)
    if said is None:
        merged.fields["inputs"] = (request.inputs, (), dialect)
        return not request.rest
    return said[0] == request.inputs and not request.rest
