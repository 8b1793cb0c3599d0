"""Values that an instrumentation wrote down with Python's ``str``, where JSON was meant."""

import ast

from translators.span import Json

MAX_LENGTH = 65_536


def python_literal(value: Json) -> Json:
    """Return the dict or list that *value* is Python's text of; None for any other text.

    Text that is too long to be read at once, or holds anything but plain values, gives None.
    """
    if not isinstance(value, str) or len(value) > MAX_LENGTH or value[:1] not in ("{", "["):
        return None
    try:
        found = ast.literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return found if isinstance(found, dict | list) and _is_json(found) else None


def _is_json(value: Json) -> bool:
    """Tell whether JSON has all that is in *value*, as sets and bytes it has not."""
    stack: list[Json] = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            if not all(isinstance(key, str) for key in item):
                return False
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
        elif item is not None and not isinstance(item, str | int | float):
            return False
    return True
