"""JSON text that was cut off: what of it is whole."""

import json

from translators.span import Json

_DECODER = json.JSONDecoder()


def whole_items(cut: str) -> tuple[list[Json], str]:
    """Return the items of a JSON array that are whole, and the text from the first that is not.

    Args:
        cut: the beginning of an array, maybe with a note about the cut behind it. Text that is no
            array comes back as it is.
    """
    items: list[Json] = []
    at = 1 if cut.startswith("[") else len(cut)
    while at < len(cut):
        try:
            item, at_end = _DECODER.raw_decode(cut, at)
        except (json.JSONDecodeError, RecursionError):
            break
        items.append(item)
        at = at_end
        while cut[at : at + 1] in (",", " ", "\n"):
            at += 1
    return (items, cut[at:]) if cut.startswith("[") else ([], cut)
