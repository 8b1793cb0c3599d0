"""What the codecs of every signal are tried with: any values, any ids, any damage."""

import random
from typing import Any

from hypothesis import strategies as st
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

texts = st.text(st.characters(codec="utf-8"), max_size=8)
uint64s = st.integers(0, 2**64 - 1)
uint32s = st.integers(0, 2**32 - 1)
leaves = st.one_of(
    st.builds(AnyValue),
    st.builds(AnyValue, string_value=texts),
    st.builds(AnyValue, bool_value=st.booleans()),
    st.builds(AnyValue, int_value=st.integers(-(2**63), 2**63 - 1)),
    st.builds(AnyValue, double_value=st.floats()),
    st.builds(AnyValue, bytes_value=st.binary(max_size=8)),
)


def array_of(values: list[AnyValue]) -> AnyValue:
    made = AnyValue()
    made.array_value.SetInParent()
    made.array_value.values.extend(values)
    return made


def kvlist_of(values: dict[str, AnyValue]) -> AnyValue:
    made = AnyValue()
    made.kvlist_value.SetInParent()
    made.kvlist_value.values.extend(pairs_of(values))
    return made


def pairs_of(values: dict[str, AnyValue]) -> list[KeyValue]:
    return [KeyValue(key=key, value=value) for key, value in values.items()]


values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3).map(array_of)
        | st.dictionaries(texts, inner, max_size=3).map(kvlist_of)
    ),
    max_leaves=6,
)
attributes = st.dictionaries(texts, values, max_size=4).map(pairs_of)
trace_ids = st.sampled_from([bytes(range(16)), bytes(16), b"", b"short"]) | st.binary(
    min_size=16, max_size=16
)
span_ids = st.sampled_from([bytes(8), b"", b"odd"]) | st.binary(min_size=8, max_size=8)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)


def bent(request: Any, value: Any, rng: random.Random) -> Any:
    """Return *request* with *value* at some place of it."""
    holder = {"root": request}
    place: Any = holder
    key: Any = "root"
    while isinstance(place[key], dict | list) and place[key] and rng.random() < 0.9:
        place = place[key]
        key = rng.randrange(len(place)) if isinstance(place, list) else rng.choice(list(place))
    place[key] = value
    return holder["root"]


def mutated(body: bytes, rng: random.Random) -> bytes:
    changed = bytearray(body)
    for _ in range(rng.randint(1, 4)):
        if not changed:
            break
        at = rng.randrange(len(changed))
        what = rng.randrange(4)
        if what == 0:
            changed[at] = rng.randrange(256)
        elif what == 1:
            del changed[at : at + rng.randint(1, 4)]
        elif what == 2:
            changed[at:at] = rng.randbytes(rng.randint(1, 4))
        else:
            changed[at] ^= 1 << rng.randrange(8)
    return bytes(changed)
