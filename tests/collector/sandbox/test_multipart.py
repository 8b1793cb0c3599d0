"""The framing of a multipart body."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.sandbox.errors import Unprocessable, Unsupported
from collector.sandbox.multipart import Part, boundary_of, parse_parts
from tests.collector.sandbox.wire import BOUNDARY, multipart, part

EDGE = BOUNDARY.encode()


def test_the_boundary_comes_from_the_content_type() -> None:
    assert boundary_of('multipart/form-data; boundary="a b"') == b"a b"
    assert boundary_of("Multipart/Form-Data;boundary=x;charset=utf-8") == b"x"


@pytest.mark.parametrize("header", ["application/json", "", "multipart/mixed; boundary=x"])
def test_another_content_type_is_not_supported(header: str) -> None:
    with pytest.raises(Unsupported):
        boundary_of(header)


@pytest.mark.parametrize("header", ["multipart/form-data", 'multipart/form-data; boundary=""'])
def test_a_content_type_without_boundary_is_refused(header: str) -> None:
    with pytest.raises(Unprocessable, match="names no boundary"):
        boundary_of(header)


def test_a_length_parameter_is_as_good_as_a_content_length() -> None:
    head = b'Content-Disposition: form-data; name="a"\r\nContent-Type: image/png; length=3\r\n\r\n'

    assert parse_parts(multipart(head + b"abc"), EDGE) == [Part("a", "image/png", b"abc")]


def test_data_may_hold_the_boundary() -> None:
    data = b"x\r\n--" + EDGE + b"--\r\ny"

    assert parse_parts(multipart(part("a", data)), EDGE)[0].data == data


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=5))
def test_any_bytes_come_back_in_order(contents: list[bytes]) -> None:
    body = multipart(*(part(str(n), data) for n, data in enumerate(contents)))

    assert [item.data for item in parse_parts(body, EDGE)] == contents


def _head(*lines: str) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\nabc"


NAMED = 'Content-Disposition: form-data; name="a"'


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the body does not start with its boundary"),
        (multipart(part("a", b"abc")).replace(EDGE, b"other"), "does not start with its boundary"),
        (multipart(), "the body has no parts"),
        (multipart(part("a", b"abc"))[:-4], "part 2: a boundary is not followed"),
        (multipart(part("a", b"abc"))[:-30], "part 1: the body ends before its closing boundary"),
        (b"--" + EDGE + b"??", "part 1: a boundary is not followed by CRLF or --"),
        (multipart(part("a", b"abc", length=2)), "part 'a': no boundary after the 2 bytes"),
        (multipart(part("a", b"abc", length=4)), "part 'a': no boundary after the 4 bytes"),
        (multipart(part("a", b"abc", length=999)), "part 'a': no boundary after the 999 bytes"),
        (multipart(_head(NAMED, "Content-Length: 3")), "part 'a': no Content-Type"),
        (multipart(_head(NAMED, "Content-Type: a/b")), "part 'a': neither a Content-Length"),
        (
            multipart(_head(NAMED, "Content-Type: a/b", "Content-Length: -3")),
            "part 'a': neither a Content-Length",
        ),
        (
            multipart(_head("Content-Type: a/b", "Content-Length: 3")),
            "part 1: no Content-Disposition form-data with a name",
        ),
        (
            multipart(_head('Content-Disposition: attachment; name="a"')),
            "part 1: no Content-Disposition form-data with a name",
        ),
        (multipart(_head("nonsense")), "part 1: header line 'nonsense' has no colon"),
    ],
)
def test_wrong_framing_is_refused_with_the_place(body: bytes, reason: str) -> None:
    with pytest.raises(Unprocessable, match=reason):
        parse_parts(body, EDGE)
