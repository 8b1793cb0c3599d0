"""Nothing of a span is missing in its run, whatever it says and in whose words."""

from pathlib import Path

import orjson
import pytest

from tests.translators.leaves import lost
from tests.translators.made_spans import Maker
from tests.translators.test_golden import CASES, span_of
from translators.registry import Registry

SPANS, SLICES = 20_000, 10


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.name[:-10]}")
def test_no_leaf_of_a_recorded_span_is_lost(path: Path) -> None:
    span = span_of(orjson.loads(path.read_bytes()))
    run = Registry().translate(span)

    assert run.drop is not None or lost(span, run) == []


@pytest.mark.parametrize("seed", range(SLICES))
def test_no_leaf_of_a_made_span_is_lost(seed: int) -> None:
    recorded = [span_of(orjson.loads(path.read_bytes())) for path in CASES]
    maker, registry = Maker(seed, recorded), Registry()

    for _ in range(SPANS // SLICES):
        span = maker.span()
        run = registry.translate(span)
        assert run.failures == ()
        assert run.drop is not None or lost(span, run) == [], span.attributes
