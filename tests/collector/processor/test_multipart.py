import orjson
import pytest

from collector.model import EncodedRun, Place
from collector.processor.multipart import CONTENT_TYPE, multipart_body
from tests.collector.processor.parts import Part, read_parts
from tests.collector.processor.runs import calls, encoded, padded

TIME = "20260101T000000000000Z"
ROOT_PLACE = Place(padded(1), TIME + padded(1), None)


def root() -> EncodedRun:
    run = encoded(1)
    run.place = ROOT_PLACE
    return run


def parts_of(*runs: EncodedRun) -> list[Part]:
    return read_parts(CONTENT_TYPE, multipart_body(runs)[0])


def test_a_root_is_one_post_with_its_ids_first() -> None:
    name, headers, main = parts_of(root())[0]

    assert name == f"post.{padded(1)}"
    assert headers["Content-Type"] == "application/json"
    assert main.decode() == (
        f'{{"id":"{padded(1)}","trace_id":"{padded(1)}","dotted_order":"{TIME}{padded(1)}",'
        '"start_time":"2026-01-01T00:00:00.000000+00:00",'
        '"end_time":"2026-01-01T00:00:00.001000+00:00",'
        '"name":"n","run_type":"chain","session_name":"default"}'
    )


def test_the_parts_of_a_run_come_in_langsmiths_order_and_runs_stay_together() -> None:
    full = root()
    full.inputs, full.outputs, full.events = b'{"i":1}', b'{"o":1}', b"[]"
    full.error = b'"boom"'
    full.attachments = (("pic", "image/png", b"\x89PNG\r\n"), ("doc", "text/plain", b""))
    small = root()
    small.inputs = None

    run_id = padded(1)
    assert [(name, content) for name, _, content in parts_of(full, small)[1:]] == [
        (f"post.{run_id}.inputs", b'{"i":1}'),
        (f"post.{run_id}.outputs", b'{"o":1}'),
        (f"post.{run_id}.events", b"[]"),
        (f"post.{run_id}.extra", b'{"metadata":{"own":1}}'),
        (f"post.{run_id}.error", b'"boom"'),
        (f"attachment.{run_id}.pic", b"\x89PNG\r\n"),
        (f"attachment.{run_id}.doc", b""),
        (f"post.{run_id}", parts_of(small)[0][2]),
        (f"post.{run_id}.extra", b'{"metadata":{"own":1}}'),
    ]


def test_a_child_names_its_parent_and_its_whole_path() -> None:
    child, grandchild = encoded(2, 1), encoded(3, 2)
    child.place = Place(padded(2), TIME + padded(2), ROOT_PLACE)
    grandchild.place = Place(padded(3), TIME + padded(3), child.place)

    for runs in ([child, grandchild], [grandchild]):
        main = orjson.loads(parts_of(*runs)[-3][2])

        assert main["parent_run_id"] == padded(2)
        assert main["trace_id"] == padded(1)
        assert main["dotted_order"] == ".".join(TIME + padded(one) for one in (1, 2, 3))


def test_the_paths_of_a_chain_are_not_walked_anew_for_every_run() -> None:
    def chain(depth: int) -> list[EncodedRun]:
        runs, place = [], None
        for number in range(1, depth + 1):
            run = encoded(number)
            run.place = place = Place(padded(number), TIME + padded(number), place)
            runs.append(run)
        return runs

    short, long = chain(100), chain(200)

    assert calls(lambda: multipart_body(long)) <= 2.2 * calls(lambda: multipart_body(short))


def test_a_run_without_an_end_says_none() -> None:
    run = root()
    run.end_us = 0

    assert "end_time" not in orjson.loads(parts_of(run)[0][2])


def test_late_metadata_joins_the_runs_own() -> None:
    run = root()
    run.late = b'"thread_id":"t",'

    assert parts_of(run)[2][2] == b'{"metadata":{"thread_id":"t","own":1}}'


def test_each_run_ends_where_the_next_one_begins() -> None:
    runs = [root(), encoded(2)]
    runs[1].place = runs[0].place

    body, _, ends = multipart_body(runs)

    alone = [len(multipart_body([run])[0]) for run in runs]
    closing = len(body) - ends[-1]
    assert ends == [alone[0] - closing, alone[0] + alone[1] - 2 * closing]


def test_the_second_result_counts_contents_only() -> None:
    run = root()
    run.attachments = (("pic", "image/png", b"12345"),)

    body, contents, _ = multipart_body([run])

    assert contents == sum(len(content) for _, _, content in read_parts(CONTENT_TYPE, body))


@pytest.mark.parametrize("mime_type", ["", "text/plain\r\nX-Evil: 1", "bücher/alt"])
def test_a_mime_type_cannot_break_the_headers(mime_type: str) -> None:
    run = root()
    run.attachments = (("pic", mime_type, b"1"),)

    assert parts_of(run)[-1][1]["Content-Type"] == "application/octet-stream"


def test_an_attachments_name_cannot_break_the_headers() -> None:
    run = root()
    run.attachments = (('a"\r\nb é\ud800', "text/plain", b"1"),)

    assert parts_of(run)[-1][0] == f"attachment.{padded(1)}.a%22%0D%0Ab é?"


def test_a_run_without_a_place_is_a_bug_that_shows() -> None:
    with pytest.raises(ValueError, match="without a place"):
        multipart_body([encoded(1)])
