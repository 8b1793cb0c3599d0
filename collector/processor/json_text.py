"""JSON bytes from any value: what JSON cannot hold is bent, never a reason to lose a run."""

import json

import orjson

from translators.span import Json

# orjson gives up at 254 levels; what encloses the value takes a few of them.
_MAX_LEVELS = 100
# str(int) refuses more digits than sys.get_int_max_str_digits() (4,300) allows.
_MAX_INT_BITS = 14_000


def dumps(value: Json) -> bytes:
    """Return *value* as JSON.

    What orjson refuses is bent: integers of any size stay exact, keys become text, lone
    surrogates are left out (as LangSmith's SDK does), other types become their ``str``, and what
    is nested more than 100 levels deep becomes text.
    """
    try:
        text = orjson.dumps(value)
    except TypeError:
        text = orjson.dumps(_bent(value, _MAX_LEVELS))
    # orjson 3.12 and later leave their buffer of 4 KiB or more under the few bytes they return
    # (https://github.com/home-assistant/core/pull/181245); formatting makes a copy that fits.
    return b"%b" % text


def _bent(value: Json, levels: int) -> Json:
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        if -(2**63) <= value < 2**64:
            return int(value)
        return orjson.Fragment(str(value)) if value.bit_length() < _MAX_INT_BITS else hex(value)
    if isinstance(value, dict | list | tuple):
        if levels == 0:
            return _as_text(value)
        if isinstance(value, dict):
            return {_clean(str(key)): _bent(item, levels - 1) for key, item in value.items()}
        return [_bent(item, levels - 1) for item in value]
    return _clean(str(value))


def _clean(text: str) -> str:
    return text.encode("utf-8", "ignore").decode()


def _as_text(value: Json) -> str:
    try:
        return json.dumps(value, default=str)
    except (RecursionError, TypeError, ValueError):
        # Hundreds of levels, a value that holds itself, or a key that is no scalar.
        return "[nested too deeply]"
