"""Bodies are read whole or refused; how long and how large they may be."""

import asyncio
from contextlib import suppress

import pytest
from aiohttp import StreamReader, web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http_exceptions import TransferEncodingError
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import Overloaded, Refused
from collector.receiver import body
from collector.receiver.body import ClientGone, Hold, Intake, expected_bytes, read_body


class Sender:
    """A request whose body the test feeds by hand, and the intake that counts it."""

    def __init__(
        self,
        headers: dict[str, str] | None = None,
        budget: int = 1 << 30,
        reserve: int = 0,
        large: int = 1 << 30,
    ) -> None:
        loop = asyncio.get_running_loop()
        connection = BaseProtocol(loop)
        connection.transport = asyncio.Transport()
        self.payload = StreamReader(connection, 2**16, loop=loop)
        self.request: web.BaseRequest = make_mocked_request(
            "POST", "/", headers=headers, payload=self.payload
        )
        self.budget = budget
        self.intake = Intake(self._admit, reserve=reserve, large=large)
        self.hold = Hold(self.intake)

    def _admit(self, size: int) -> None:
        if self.intake.held_bytes + size > self.budget:
            raise Overloaded("full")

    async def read(self, max_bytes: int = 1000, max_seconds: float = 5.0) -> bytes:
        return await read_body(
            self.request, max_bytes=max_bytes, max_seconds=max_seconds, hold=self.hold
        )


async def test_a_body_in_pieces_comes_out_whole() -> None:
    sender = Sender()
    loop = asyncio.get_running_loop()
    loop.call_soon(sender.payload.feed_data, b"one ")
    loop.call_later(0.01, sender.payload.feed_data, b"two")
    loop.call_later(0.02, sender.payload.feed_eof)

    assert await sender.read() == b"one two"
    assert sender.intake.held_bytes == 7


async def test_no_body_is_no_bytes() -> None:
    sender = Sender()
    sender.payload.feed_eof()

    assert await sender.read() == b""


async def test_a_hold_that_is_released_counts_no_more() -> None:
    sender = Sender()
    sender.hold.grow(10)
    sender.hold.release()
    sender.hold.release()

    assert sender.intake.held_bytes == 0


async def test_growing_past_the_budget_holds_nothing_more() -> None:
    sender = Sender(budget=10)
    sender.hold.grow(8)
    with pytest.raises(Overloaded):
        sender.hold.grow(3)

    assert sender.intake.held_bytes == 8


async def test_what_is_read_leaves_the_reserve_to_what_is_decoded() -> None:
    sender = Sender(budget=10, reserve=3)
    sender.hold.read(7)
    with pytest.raises(Overloaded):
        sender.hold.read(1)
    with pytest.raises(Overloaded):
        sender.hold.expect(1)
    sender.hold.grow(3)

    assert sender.intake.held_bytes == 10


async def test_one_request_at_a_time_may_be_larger_than_the_room() -> None:
    sender = Sender(budget=10, large=10)
    other, third = Hold(sender.intake), Hold(sender.intake)
    other.grow(9)
    sender.hold.expect(11)
    sender.hold.grow(11)
    with pytest.raises(Overloaded):
        third.grow(11)
    sender.hold.release()
    third.grow(11)

    assert sender.intake.held_bytes == 20


_STEPS = st.one_of(
    st.tuples(st.sampled_from(["expect", "read", "grow"]), st.integers(0, 60)),
    st.tuples(st.sampled_from(["halve", "release"]), st.just(0)),
)


@given(
    steps=st.lists(st.tuples(st.integers(0, 3), _STEPS), max_size=60),
    large=st.integers(0, 120),
)
def test_the_intake_holds_what_its_requests_hold_and_one_of_them_at_most_is_too_much(
    steps: list[tuple[int, tuple[str, int]]], large: int
) -> None:
    def admit(size: int) -> None:
        if intake.held_bytes + size > 100:
            raise Overloaded("full")

    intake = Intake(admit, reserve=10, large=large)
    holds = [Hold(intake) for _ in range(4)]
    held = [0, 0, 0, 0]
    for number, (step, size) in steps:
        hold = holds[number]
        with suppress(Overloaded):
            if step == "expect":
                hold.expect(size)
            elif step == "grow":
                hold.grow(size)
                held[number] += size
            elif step == "read":
                hold.read(size)
                held[number] += size
            elif step == "halve":
                hold.shrink_to(held[number] // 2)
                held[number] //= 2
            else:
                hold.release()
                held[number] = 0

        assert intake.held_bytes == sum(held)
        assert sum(held) - max(held) <= 100
    for hold in holds:
        hold.release()

    assert intake.held_bytes == 0
    assert intake.exempt is None


async def test_a_body_that_begins_and_stalls_is_given_up_after_the_grace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(body, "GRACE_SECONDS", 0.02)
    sender = Sender()
    sender.payload.feed_data(b"abc")

    with pytest.raises(body.BodyTooSlow) as refused:
        await sender.read(max_seconds=60.0)

    assert refused.value.status == 400


async def test_a_body_that_keeps_the_rate_outlives_the_grace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(body, "GRACE_SECONDS", 0.02)
    monkeypatch.setattr(body, "MIN_BYTES_A_SECOND", 20)
    sender = Sender()
    sender.payload.feed_data(bytes(100))
    asyncio.get_running_loop().call_later(0.06, sender.payload.feed_eof)

    assert await sender.read() == bytes(100)


async def test_no_body_may_take_longer_than_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "MIN_BYTES_A_SECOND", 1)
    sender = Sender()
    sender.payload.feed_data(bytes(100))

    with pytest.raises(body.BodyTooSlow):
        await sender.read(max_seconds=0.02)


async def test_a_body_that_is_not_framed_as_http_says_is_400() -> None:
    sender = Sender()
    sender.payload.feed_data(b"abc")
    sender.payload.set_exception(TransferEncodingError("bad chunk"))

    with pytest.raises(Refused) as refused:
        await sender.read()

    assert refused.value.status == 400


async def test_a_lost_connection_is_told_apart() -> None:
    sender = Sender()
    sender.payload.feed_data(b"abc")
    sender.payload.set_exception(ConnectionResetError())

    with pytest.raises(ClientGone):
        await sender.read()


async def test_a_connection_lost_before_the_reading_begins_is_told_apart() -> None:
    sender = Sender()
    sender.request.protocol.transport = None

    with pytest.raises(ClientGone):
        await sender.read()


async def test_the_limit_holds_for_the_body_as_it_comes() -> None:
    sender = Sender()
    sender.payload.feed_data(bytes(1001))

    with pytest.raises(Refused) as refused:
        await sender.read(max_bytes=1000)

    assert refused.value.status == 413


@pytest.mark.parametrize(("declared", "size"), [("1000", 1000), ("0", 0)])
async def test_a_body_tells_how_long_it_will_be(declared: str, size: int) -> None:
    assert expected_bytes(Sender({"Content-Length": declared}).request, max_bytes=1000) == size


async def test_a_body_that_does_not_tell_its_length_is_expected_to_be_empty() -> None:
    assert expected_bytes(Sender().request, max_bytes=1000) == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Content-Length": "1001"}, 413), ({"Content-Encoding": "br"}, 415)],
)
async def test_what_cannot_be_read_is_refused_unread(headers: dict[str, str], status: int) -> None:
    with pytest.raises(Refused) as refused:
        expected_bytes(Sender(headers).request, max_bytes=1000)

    assert refused.value.status == status
