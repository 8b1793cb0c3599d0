import base64
import tracemalloc
from collections.abc import Sequence
from typing import Any

import orjson
import pytest

from collector.errors import Unsealable
from collector.model import Batch, Destination, EncodedRun, Place
from collector.processor import encoder
from collector.processor.encoder import Sealer, encode_resource, encode_run
from collector.processor.multipart import multipart_body
from tests.collector.processor.parts import unseal
from tests.collector.processor.runs import (
    ALICE,
    NEW_YEAR_US,
    RECEIPT,
    TRACE,
    encoded,
    new_receipt,
    padded,
    span_id,
)
from translators.run import Attachment, ExplicitIds, Run
from translators.span import (
    KIND_CLIENT,
    KIND_CONSUMER,
    KIND_INTERNAL,
    KIND_SERVER,
    Resource,
    Span,
)

SPAN = Span(trace_id=TRACE, span_id="eee19b7ec3c1b174", parent_span_id="0000000000000001")


def new_run(**fields: Any) -> Run:
    run = Run("chat", "llm", 10, 20)
    run.metadata = {"OTEL_TRACE_ID": TRACE}
    for name, value in fields.items():
        setattr(run, name, value)
    return run


def encode(run: Run, span: Span = SPAN, resource: bytes | None = None) -> EncodedRun:
    return encode_run(run, span, ALICE, RECEIPT, resource=resource)


def fields_of(run: Run) -> dict[str, Any]:
    fields: dict[str, Any] = orjson.loads(b"{" + encode(run).fields + b"}")
    return fields


def test_a_run_is_carried_over_completely() -> None:
    ids = ExplicitIds(run_id=padded(1))
    run = new_run(
        inputs={"a": 1},
        outputs={},
        error="boom",
        events=[{"name": "e"}],
        thread_id="t",
        ids=ids,
        is_root=True,
        genai=True,
        attachments=[Attachment("pic", "image/png", b"123")],
    )

    encoded_run = encode(run, resource=b'"r":1,')

    assert encoded_run.destination is ALICE
    assert encoded_run.receipt is RECEIPT
    assert encoded_run.trace_id == TRACE
    assert encoded_run.span_id == "eee19b7ec3c1b174"
    assert encoded_run.parent_span_id == "0000000000000001"
    assert (encoded_run.start_us, encoded_run.end_us) == (10, 20)
    assert (encoded_run.is_root, encoded_run.genai, encoded_run.thread_id) == (True, True, "t")
    assert encoded_run.ids is ids
    assert encoded_run.inputs == b'{"a":1}'
    assert encoded_run.outputs == b"{}"
    assert encoded_run.error == b'"boom"'
    assert encoded_run.events == b'[{"name":"e"}]'
    assert encoded_run.attachments == (("pic", "image/png", b"123"),)
    assert encoded_run.resource == b'"r":1,'
    assert (encoded_run.place, encoded_run.dropped, encoded_run.released) == (None, None, None)
    assert encoded_run.late == b""


def test_what_a_run_does_not_say_is_no_part() -> None:
    run = encode(new_run())

    assert (run.inputs, run.outputs, run.events, run.error) == (None, None, None, None)
    assert run.attachments == ()


def test_metadata_comes_first_in_extra() -> None:
    full = new_run(invocation_params={"model": "m"}, runtime={"sdk": "s"})

    assert encode(new_run()).extra == b'{"metadata":{"OTEL_TRACE_ID":"%b"}}' % TRACE.encode()
    assert encode(full).extra == (
        b'{"metadata":{"OTEL_TRACE_ID":"%b"},"invocation_params":{"model":"m"},'
        b'"runtime":{"sdk":"s"}}' % TRACE.encode()
    )


def test_a_run_goes_to_the_requests_project_unless_it_names_its_own() -> None:
    assert fields_of(new_run()) == {"name": "chat", "run_type": "llm", "session_name": "default"}
    assert fields_of(new_run(project="mine"))["session_name"] == "mine"


def test_a_project_id_stands_in_the_place_of_a_name() -> None:
    fields = fields_of(new_run(project="mine", project_id=padded(7)))

    assert fields == {"name": "chat", "run_type": "llm", "session_id": padded(7)}


def test_tags_and_reference_example_are_told_when_there_are_any() -> None:
    fields = fields_of(new_run(tags=["a", "b"], reference_example_id=padded(8)))

    assert fields["tags"] == ["a", "b"]
    assert fields["reference_example_id"] == padded(8)


def test_content_that_json_cannot_hold_does_not_cost_the_run() -> None:
    run = new_run(inputs={"n": 2**80, "text": "a\ud800b"})

    assert encode(run).inputs == b'{"n":1208925819614629174706176,"text":"ab"}'


def test_the_size_counts_all_content() -> None:
    small = encode(new_run(inputs={}))
    large = encode(
        new_run(
            inputs={"a": "x" * 10_000},
            attachments=[Attachment("pic", "image/png", b"0" * 5_000)],
        )
    )

    assert large.size - small.size == 10_000 + len('"a":""') + 5_000
    assert small.size > 500


@pytest.mark.parametrize(
    ("parent", "kind", "flags", "remote"),
    [
        ("0000000000000001", KIND_INTERNAL, 0, False),
        ("0000000000000001", KIND_CLIENT, 0, False),
        ("0000000000000001", KIND_SERVER, 0, True),
        ("0000000000000001", KIND_CONSUMER, 0x001, True),
        ("0000000000000001", KIND_SERVER, 0x100, False),
        ("0000000000000001", KIND_INTERNAL, 0x300, True),
        ("0000000000000001", KIND_INTERNAL, 0x200, False),
        ("", KIND_SERVER, 0x300, False),
    ],
)
def test_a_parent_is_remote_when_flags_say_so_or_else_by_kind(
    parent: str, kind: int, flags: int, remote: bool
) -> None:
    span = Span(trace_id=TRACE, span_id="2" * 16, parent_span_id=parent, kind=kind, flags=flags)

    assert encode(new_run(), span).remote_parent is remote


# Resource


def resource_members(resource: Resource) -> dict[str, Any]:
    text = encode_resource(resource)
    assert text.endswith(b",")
    members: dict[str, Any] = orjson.loads(b"{" + text[:-1] + b"}")
    return members


def test_a_resource_is_metadata_with_schema_and_dropped_count() -> None:
    assert encode_resource(Resource({"service.name": "x"})) == (
        b'"otel.resource":{"service.name":"x"},'
    )
    assert resource_members(Resource({"a": [1, {"b": None}]}, "https://schema", 3)) == {
        "otel.resource": {"a": [1, {"b": None}]},
        "otel.resource.schema_url": "https://schema",
        "otel.resource.dropped": 3,
    }


def test_an_empty_resource_is_nothing() -> None:
    assert encode_resource(Resource()) == b""


@pytest.mark.parametrize(
    "key",
    ["Authorization", "x-api-key", "OPENAI_API_KEY", "apikey", "Set-Cookie", "client.secret",
     "session_token", "db.Password"],
)  # fmt: skip
def test_secrets_in_a_resource_are_masked_at_any_depth(key: str) -> None:
    attributes = {key: "canary", "env": {"list": [{key: ["canary"]}, 1]}}

    members = resource_members(Resource(attributes))

    assert members["otel.resource"] == {
        key: "[redacted]",
        "env": {"list": [{key: "[redacted]"}, 1]},
    }
    assert attributes[key] == "canary"


def test_a_deep_resource_is_no_recursion() -> None:
    deep: Any = "leaf"
    for _ in range(5_000):
        deep = {"a": deep}

    assert encode_resource(Resource({"a": deep})).startswith(b'"otel.resource":{"a":')


# Seal


def sealed_runs() -> list[EncodedRun]:
    runs = [encoded(number) for number in (1, 2, 3)]
    for number, run in enumerate(runs, 1):
        run.place = Place(padded(number), "20260101T000000000000Z" + padded(number), None)
    return runs


def test_a_sealed_batch_holds_every_run_and_its_sizes() -> None:
    batch = Batch(ALICE, sealed_runs(), 3_000, "runs")

    sealed = Sealer()(batch)
    parts = unseal(sealed)

    assert [name for name, _, _ in parts if name.count(".") == 1] == [
        f"post.{padded(number)}" for number in (1, 2, 3)
    ]
    assert sealed.destination is ALICE
    assert sealed.runs == 3
    assert sealed.headers["Content-Encoding"] == "zstd"
    assert sealed.headers["X-Pre-Compressed-Size"] == str(sum(len(part[2]) for part in parts))
    assert sealed.headers["X-Post-Compressed-Size"] == str(len(sealed.body))
    assert len(sealed.body) < sealed.raw_size


def test_a_sealed_batch_owes_each_receipt_its_runs() -> None:
    runs = sealed_runs()
    one, other = new_receipt(), new_receipt()
    runs[0].receipt, runs[1].receipt, runs[2].receipt = one, other, one

    assert Sealer()(Batch(ALICE, runs, 3_000, "runs")).receipts == [(one, 2), (other, 1)]


def test_the_key_is_in_no_header_and_not_in_the_body() -> None:
    secret = Destination("http://upstream", "canary-key", "canary-workspace", "p")
    run = encode_run(new_run(), SPAN, secret, RECEIPT, resource=None)
    run.place = Place(padded(1), "20260101T000000000000Z" + padded(1), None)

    sealed = Sealer()(Batch(secret, [run], 1, "runs"))

    assert "canary" not in str(sealed.headers)
    assert b"canary" not in b"".join(content for _, _, content in unseal(sealed))


def test_a_sealer_keeps_its_compressor_and_its_bodies_stay_apart() -> None:
    sealer = Sealer()
    batches = [Batch(ALICE, sealed_runs()[:count], 3_000, "runs") for count in (1, 2, 3)]

    bodies = [sealer(batch).body for batch in batches]

    assert bodies == [Sealer()(batch).body for batch in batches]


def test_a_sealed_batch_takes_no_more_memory_than_its_body() -> None:
    runs = sealed_runs()
    runs[0].inputs = b'"%b"' % (b"abc" * 100_000)
    sealer = Sealer()
    sealer(Batch(ALICE, runs, 3_000, "runs"))

    tracemalloc.start()
    try:
        sealed = sealer(Batch(ALICE, runs, 3_000, "runs"))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert len(sealed.body) < 2_000
    assert held < 10_000


def test_runs_that_cannot_be_sealed_are_told_apart_from_the_others() -> None:
    runs = sealed_runs()
    runs[0].place = None
    runs[2].end_us = 10**18
    one, other = new_receipt(), new_receipt()
    runs[0].receipt, runs[1].receipt, runs[2].receipt = one, other, one

    with pytest.raises(Unsealable) as raised:
        Sealer()(Batch(ALICE, runs, 3_000, "runs"))

    fault = raised.value
    assert fault.detail == "ValueError: a run without a place is in the batch"
    assert fault.good is not None
    assert unseal(fault.good)[0][0] == f"post.{padded(2)}"
    assert (fault.good.receipts, fault.bad.receipts) == ([(other, 1)], [(one, 2)])
    assert [name for name, _, _ in unseal(fault.bad) if name.count(".") == 1] == [
        f"post.{span_id(1)}",
        f"post.{padded(3)}",
    ]
    assert orjson.loads(unseal(fault.bad)[0][2]) == {
        "id": span_id(1),
        "otel.trace_id": TRACE,
        "otel.span_id": span_id(1),
        "start_us": NEW_YEAR_US,
        "end_us": NEW_YEAR_US + 1_000,
        "name": "n",
        "run_type": "chain",
        "session_name": "default",
    }


def test_where_all_runs_are_bad_there_are_no_others() -> None:
    runs = sealed_runs()
    for run in runs:
        run.place = None

    with pytest.raises(Unsealable) as raised:
        Sealer()(Batch(ALICE, runs, 3_000, "runs"))

    assert raised.value.good is None
    assert raised.value.bad.runs == 3


def test_a_fault_of_no_run_alone_is_no_reason_to_give_one_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def faulty(runs: Sequence[EncodedRun]) -> tuple[bytes, int, list[int]]:
        if len(runs) > 1:
            raise ValueError("together only")
        return multipart_body(runs)

    monkeypatch.setattr(encoder, "multipart_body", lambda runs, rough=False: faulty(runs))

    with pytest.raises(ValueError, match="together only"):
        Sealer()(Batch(ALICE, sealed_runs(), 3_000, "runs"))


def test_large_media_leave_the_content_and_become_attachments() -> None:
    data = base64.b64encode(b"\x00\x01" * 40_000).decode()
    block = {"type": "audio", "base64": data, "mime_type": "audio/ogg"}

    made = encode(new_run(inputs={"messages": [{"role": "user", "content": [block]}]}))

    assert made.attachments == (("inputs_0_0", "audio/ogg", b"\x00\x01" * 40_000),)
    assert data.encode() not in (made.inputs or b"")
    assert made.size > 80_000
