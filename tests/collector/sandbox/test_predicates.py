"""The filter language at work, on runs as they are stored."""

import uuid
from collections.abc import Iterator

import pytest

from collector.sandbox.errors import Malformed
from collector.sandbox.ingest import ingest
from collector.sandbox.operations import read_batch
from collector.sandbox.predicates import compile_filter
from collector.sandbox.store import RunStore
from collector.sandbox.subject import RunSubject, flatten
from tests.collector.sandbox.wire import CHILD, OTHER, ROOT, child, other, root

TENANT = str(uuid.UUID(int=7))

LLM = child(
    name="gpt-4o call",
    run_type="llm",
    end_time="2026-01-01T00:00:07.000000Z",
    tags=["blue", "prod"],
    inputs={"messages": [{"role": "user", "content": "Where is Rome?"}], "n": 3, "long": "x" * 300},
    outputs={"answer": {"city": "Italy"}, "usage_metadata": {"input_tokens": 4, "total_cost": 0.5}},
    events=[{"name": "new_token", "time": "2026-01-01T00:00:02Z"}],
    extra={"metadata": {"customer": "acme", "tier": 2, "beta": True, "thread_id": "t-1"}},
)


@pytest.fixture
def kept() -> Iterator[RunStore]:
    store = RunStore(":memory:")
    failed = other(error="ValueError: boom", end_time=None, extra={"metadata": {"tier": "2"}})
    upload = read_batch({"post": [root(), LLM, failed]})
    upload.feedback = [
        {"id": ROOT, "run_id": CHILD, "key": "good", "score": 1},
        {"id": OTHER, "run_id": CHILD, "key": "fast", "score": 0},
    ]
    ingest(store, TENANT, upload, 0)
    yield store
    store.close()


def _matching(store: RunStore, text: str) -> list[str]:
    """Return which of root, llm and failed match."""
    predicate = compile_filter(text)
    names = {"root": ROOT, "llm": CHILD, "failed": OTHER}
    runs = {name: store.find(TENANT, run_id) for name, run_id in names.items()}
    return [name for name, run in runs.items() if run and predicate(RunSubject(store, run))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('eq(name, "gpt-4o call")', ["llm"]),
        ('neq(run_type, "llm")', ["root", "failed"]),
        (f'eq(id, "{ROOT}")', ["root"]),
        (f'eq(trace_id, "{ROOT}")', ["root", "llm"]),
        ('eq(thread_id, "t-1")', ["llm"]),
        ("eq(thread_id, null)", ["root", "failed"]),
        ("eq(is_root, true)", ["root", "failed"]),
        ("eq(execution_order, 1)", ["root", "failed"]),
        ("eq(execution_order, 2)", ["llm"]),
        ('eq(status, "pending")', []),
        ('eq(status, "error")', ["failed"]),
        ('in(status, ["error", "success"])', ["root", "llm", "failed"]),
        ("eq(error, null)", ["root", "llm"]),
        ("neq(error, null)", ["failed"]),
        ("eq(error, true)", ["failed"]),
        ('like(error, "%boom")', ["failed"]),
        ('like(name, "GPT%")', []),
        ('like(name, "gpt_4o %")', ["llm"]),
        ('like(name, "gpt")', []),
        ("gt(latency, 5)", ["llm"]),
        ('gte(latency, "5.5s")', ["llm"]),
        ('lt(latency, "3500ms")', ["root"]),
        ('lt(latency, "1m")', ["root", "llm"]),
        ("eq(latency, null)", ["failed"]),
        ('gt(start_time, "2026-01-01T00:00:00Z")', ["llm", "failed"]),
        ('lte(start_time, "2026-01-01T01:00:00+01:00")', ["root"]),
        ('gt(end_time, "2026-01-01")', ["root", "llm"]),
        ('in(start_time, ["2026-01-01T01:00:00Z"])', ["failed"]),
        ("gte(prompt_tokens, 4)", ["llm"]),
        ("eq(total_tokens, 4)", ["llm"]),
        ("lt(total_cost, 0.6)", ["llm"]),
        ('gt(total_cost, "0.1")', []),
        ('has(tags, "prod")', ["llm"]),
        ("""has(metadata, '{"customer": "acme"}')""", ["llm"]),
        ("""has(metadata, '{"customer": "acme", "tier": 3}')""", []),
        ('exists(metadata, "tier")', ["llm", "failed"]),
        ('search("rome")', ["llm"]),
        ('search("acme")', ["llm"]),
        ('search("boom")', ["failed"]),
        ('search(name, "GPT")', ["llm"]),
        ('not(eq(run_type, "llm"))', ["root", "failed"]),
        ('or(eq(run_type, "llm"), neq(error, null))', ["llm", "failed"]),
        ('and(eq(run_type, "llm"))', ["llm"]),
        ('and(eq(run_type, "llm"), gt(latency, 10))', []),
        ('eq(metadata_key, "tier")', ["llm", "failed"]),
        ('neq(metadata_key, "customer")', ["root", "failed"]),
        ('and(neq(metadata_key, "customer"), neq(error, null))', ["failed"]),
        ('eq(metadata_value, "2")', ["llm", "failed"]),
        ('eq(metadata_value, "true")', ["llm"]),
        ('and(eq(metadata_key, "tier"), eq(metadata_value, "2"))', ["llm", "failed"]),
        ('and(eq(metadata_key, "tier"), eq(metadata_value, "acme"))', []),
        (
            'and(eq(metadata_key, "tier"), eq(metadata_value, 2),'
            ' eq(metadata_key, "customer"), eq(metadata_value, "acme"))',
            ["llm"],
        ),
        ('eq(feedback_key, "good")', ["llm"]),
        ('and(eq(feedback_key, "good"), gte(feedback_score, 1))', ["llm"]),
        ('and(eq(feedback_key, "fast"), gte(feedback_score, 1))', []),
        ('and(eq(input_key, "messages.content"), like(input_value, "%Rome%"))', ["llm"]),
        ('and(eq(input_key, "n"), eq(input_value, 3))', ["llm"]),
        (f'eq(input_value, "{"x" * 250}")', ["llm"]),
        ('and(eq(output_key, "answer.city"), eq(output_value, "Italy"))', ["llm"]),
        ('eq(first_token_time, "2026-01-01T00:00:02Z")', ["llm"]),
    ],
)
def test_an_expression_takes_the_runs_it_describes(
    kept: RunStore, text: str, expected: list[str]
) -> None:
    assert _matching(kept, text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("and()", "and is not known with 0 such arguments"),
        ('and(name, eq(name, "x"))', "an expression is expected"),
        ("not(eq(name, 'a'), eq(name, 'b'))", "not is not known with 2 such arguments"),
        ('near(name, "x")', "near is not known"),
        ('eq("x", name)', "eq is not known with 2 such arguments"),
        ('eq(colour, "x")', "field 'colour' is not known"),
        ('eq(feedback_value, "x")', "field 'feedback_value' is not known"),
        ('in(name, "x")', "in.name, …. wants a list"),
        ("like(name, 5)", "like.name, …. wants a string"),
        ('gt(latency, "soon")', "'soon' is not a duration"),
        ('gt(start_time, "soon")', "'soon' is not a time"),
        ("has(metadata, '{')", "'{' is not JSON"),
        ('and(near(metadata_key, "x"))', "near is not known for metadata pairs"),
        ('has(name, "x")', "has is not known"),
    ],
)
def test_an_expression_that_means_nothing_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Malformed, match=f"^filter: {reason}"):
        compile_filter(text)


def test_a_time_nobody_can_read_matches_nothing(kept: RunStore) -> None:
    run = root(events=[{"name": "new_token", "time": "soon"}])
    ingest(kept, TENANT, read_batch({"post": [run]}), 0)

    assert _matching(kept, 'lt(first_token_time, "2030-01-01")') == ["llm"]


def test_leaves_have_dotted_paths_without_indices() -> None:
    value = {"a": [{"b": 1}, {"b": [2, 3]}], "c": {"d": "x"}, "e": None, "f": []}

    assert flatten(value) == [("a.b", 1), ("a.b", 2), ("a.b", 3), ("c.d", "x")]
