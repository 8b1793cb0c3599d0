"""JSON documents: read strictly, written exactly.

orjson decides what is valid (no NaN, no lone surrogates, real UTF-8); the standard library
builds the value, because it keeps integers beyond 64 bits, which orjson turns into floats.
"""

import json
from typing import Any, TypeAlias

import orjson

Json: TypeAlias = Any
JsonObject: TypeAlias = dict[str, Any]


def parse_json(raw: bytes) -> Json:
    """Return the value of a JSON text.

    Raises:
        ValueError: not valid JSON in UTF-8, or nested deeper than the interpreter can follow.
    """
    orjson.loads(raw)
    try:
        return json.loads(raw)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def dump_json(value: Json) -> str:
    """Return compact JSON; integers of any size stay exact."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def contains(whole: Json, part: Json) -> bool:
    """Say whether every key of *part* is in *whole* with an equal, or containing, value."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(key in whole and contains(whole[key], value) for key, value in part.items())
    return bool(whole == part)
