import base64
import json
from typing import Any

import pytest
from langsmith import Client

from collector.exporter.letter import NoLetter, compose, parse, without_password
from collector.model import Destination, SealedBatch
from tests.collector.exporter.samples import receipt

KEY = "lsv2_pt_secret"
BODY = b"\x28\xb5\x2f\xfd"
FIRST = 1_767_225_600_000_000_000


def sealed(endpoint: str = "https://upstream.test/api/v1") -> SealedBatch:
    headers = {
        "Content-Type": "multipart/form-data; boundary=b",
        "Content-Encoding": "zstd",
        "X-Post-Compressed-Size": "4",
    }
    where = Destination(endpoint, KEY, "team", "default")
    return SealedBatch(where, BODY, headers, [receipt(2), receipt(2)], (5, 9), 10)


def text(detail: str = "bad run type", first_ns: int | None = FIRST, **batch: str) -> bytes:
    return compose(
        sealed(**batch),
        "422",
        detail,
        run_ids=["id-1", "id-2"],
        first_ns=first_ns,
        now_ns=FIRST + 90_000_001_999,
    )


def edited(**members: Any) -> bytes:
    return json.dumps(json.loads(text()) | members).encode()


def test_a_letter_holds_what_a_replay_and_a_reader_need() -> None:
    letter = json.loads(text())

    assert base64.b64decode(letter.pop("body_base64")) == BODY
    assert letter == {
        "version": 1,
        "endpoint": "runs/multipart",
        "headers": {
            "Content-Type": "multipart/form-data; boundary=b",
            "Content-Encoding": "zstd",
        },
        "url": "https://upstream.test/api/v1",
        "destination": sealed().destination.label,
        "workspace": "team",
        "reason": "422",
        "detail": "bad run type",
        "first_tried": "2026-01-01T00:00:00.000000+00:00",
        "given_up": "2026-01-01T00:01:30.000001+00:00",
        "runs": 2,
        "spans": 2,
        "run_ids": ["id-1", "id-2"],
        "ends": [5, 9],
        "raw_size": 10,
    }


def test_what_was_written_is_read() -> None:
    letter = parse(text())

    assert (letter.reason, letter.detail) == ("422", "bad run type")
    assert (letter.url, letter.workspace) == ("https://upstream.test/api/v1", "team")
    assert letter.destination == sealed().destination.label
    assert letter.first_tried == "2026-01-01T00:00:00.000000+00:00"
    assert letter.given_up == "2026-01-01T00:01:30.000001+00:00"
    assert (letter.runs, letter.spans, letter.run_ids) == (2, 2, ("id-1", "id-2"))
    assert (letter.ends, letter.raw_size) == ((5, 9), 10)
    assert letter.headers == {
        "Content-Type": "multipart/form-data; boundary=b",
        "Content-Encoding": "zstd",
    }
    assert letter.body == BODY


def test_when_a_batch_was_first_tried_may_be_unknown() -> None:
    assert parse(text(first_ns=None)).first_tried is None


def test_no_key_is_in_a_letter_even_where_upstream_repeats_it() -> None:
    written = text(detail=f"the key {KEY} may not", endpoint=f"https://me:{KEY}@upstream.test")

    assert KEY.encode() not in written
    assert parse(written).detail == "the key *** may not"
    assert parse(written).url == "https://upstream.test"


def test_a_letter_of_a_destination_without_a_key_keeps_upstreams_words() -> None:
    batch = sealed()
    batch.destination = Destination("https://upstream.test", "", None, "default")

    written = compose(batch, "401", "no key", run_ids=[], first_ns=None, now_ns=FIRST)

    assert parse(written).detail == "no key"


def test_what_langsmiths_sdk_writes_is_a_letter_too(tmp_path: Any) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x", "X-Pre-Compressed-Size": "3"}
    Client._write_trace_to_fallback_dir(
        str(tmp_path), b"abc", endpoint="runs/multipart", headers=headers
    )
    (path,) = tmp_path.iterdir()

    letter = parse(path.read_bytes())

    assert letter.body == b"abc"
    assert letter.headers == {"Content-Type": "multipart/form-data; boundary=x"}
    assert (letter.reason, letter.url, letter.destination, letter.runs) == ("", None, None, 0)
    assert (letter.run_ids, letter.ends) == ((), ())


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (b"", "is not JSON, or not whole"),
        (text()[:-10], "is not JSON, or not whole"),
        (b"[]", "is no dead letter"),
        (b'{"version":1}', "is no dead letter"),
        (edited(version=2), "is a letter of version 2, and only 1 is known"),
        (edited(endpoint="runs/batch"), "is for 'runs/batch', and only runs/multipart is known"),
        (edited(body_base64="?"), "has a body that is not base64"),
        (edited(body_base64=5), "has a body that is not base64"),
        (edited(body_base64="é"), "has a body that is not base64"),
    ],
)
def test_what_is_no_letter_is_told_with_the_reason(written: bytes, problem: str) -> None:
    with pytest.raises(NoLetter) as caught:
        parse(written)

    assert str(caught.value) == problem


def test_members_of_a_wrong_kind_are_as_if_they_were_not_there() -> None:
    letter = parse(
        edited(reason=7, runs="2", run_ids=["a", 1], ends=[1, "2"], headers=[], workspace={})
    )

    assert (letter.reason, letter.runs, letter.run_ids, letter.ends) == ("", 0, (), ())
    assert (letter.headers, letter.workspace) == ({}, None)


def test_only_headers_of_a_replay_are_taken_from_a_letter() -> None:
    headers = {"content-type": "text/plain", "X-Api-Key": "k", "Content-Encoding": "a\r\nb: c"}

    assert parse(edited(headers=headers)).headers == {"Content-Type": "text/plain"}


@pytest.mark.parametrize(
    ("endpoint", "shown"),
    [
        ("https://a.test/api/v1", "https://a.test/api/v1"),
        ("https://me:pass@a.test:8443/api", "https://a.test:8443/api"),
        ("http://me@a.test", "http://a.test"),
    ],
)
def test_a_password_in_an_address_is_not_shown(endpoint: str, shown: str) -> None:
    assert without_password(endpoint) == shown
