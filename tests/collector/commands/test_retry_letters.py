from pathlib import Path

import orjson
import pytest

from collector.commands.letter_choice import Choice, chosen
from collector.commands.retry_letters import Retry, Target
from collector.errors import DestinationRefused, UploadRejected, UploadUnavailable
from collector.exporter.retry import RetryPolicy
from collector.exporter.split import run_ids
from collector.model import SealedBatch
from tests.collector.commands.letters import ENDPOINT, KEY, Letters, placed, sealed
from tests.collector.processor.runs import padded


class Upstream:
    """An uploader that answers by script, then takes everything.

    Attributes:
        took: what was offered, in order.
        bad: ids of runs that no request may hold.
    """

    def __init__(self, *answers: Exception) -> None:
        self._answers = list(answers)
        self.took: list[SealedBatch] = []
        self.bad: dict[str, str] = {}

    async def upload(self, batch: SealedBatch) -> None:
        self.took.append(batch)
        if self._answers:
            raise self._answers.pop(0)
        for run_id in run_ids(batch):
            if run_id in self.bad:
                raise UploadRejected(self.bad[run_id], f"no {run_id}")


async def retry(
    letters: Letters,
    upstream: Upstream,
    target: Target | None = None,
    slept: list[float] | None = None,
) -> tuple[bool, list[str]]:
    """Retry all letters; return whether all went, and what was told."""
    told: list[str] = []

    async def sleep(seconds: float) -> None:
        if slept is not None:
            slept.append(seconds)

    job = Retry(
        letters.folder,
        target or Target(ENDPOINT, KEY, None),
        upstream,
        RetryPolicy(2, 0.1),
        2,
        sleep,
    )
    all_went = await job.run(chosen(letters.folder, Choice(), 0), told.append)
    return all_went, told


async def test_what_upstream_takes_is_deleted(tmp_path: Path) -> None:
    letters, upstream = Letters(tmp_path), Upstream()
    batch = sealed(placed(1), placed(2))
    first, second = letters.write(batch), letters.write()

    all_went, told = await retry(letters, upstream)

    assert all_went
    assert told == [f"{first}  delivered", f"{second}  delivered"]
    assert letters.ids() == []
    assert upstream.took[0].body == batch.body
    assert upstream.took[0].destination.tenant == (ENDPOINT, KEY, None)
    assert set(upstream.took[0].headers) == {"Content-Type", "Content-Encoding"}


async def test_a_run_that_upstream_has_already_is_delivered(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    letter_id = letters.write()

    all_went, told = await retry(letters, Upstream(UploadRejected("409")))

    assert (all_went, told) == (True, [f"{letter_id}  delivered"])
    assert letters.ids() == []


async def test_a_letter_that_is_refused_again_stays_and_the_next_one_is_tried(
    tmp_path: Path,
) -> None:
    letters, upstream = Letters(tmp_path), Upstream()
    upstream.bad[padded(1)] = "422"
    first, second = letters.write(sealed(placed(1))), letters.write(sealed(placed(2)))

    all_went, told = await retry(letters, upstream)

    assert not all_went
    assert told == [
        f"{first}  kept: refused again, 422: no {padded(1)}",
        f"{second}  delivered",
    ]
    assert letters.ids() == [first]


async def test_a_refusal_without_words_is_told_as_such(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    letter_id = letters.write()

    _, told = await retry(letters, Upstream(UploadRejected("400")))

    assert told == [f"{letter_id}  kept: refused again, 400: without a word"]


async def test_of_several_runs_the_good_ones_go_up_alone(tmp_path: Path) -> None:
    letters, upstream = Letters(tmp_path), Upstream()
    upstream.bad = {padded(2): "422", padded(3): "409"}
    letter_id = letters.write(sealed(placed(1), placed(2), placed(3)))

    all_went, told = await retry(letters, upstream)

    assert not all_went
    assert told == [f"{letter_id}  kept: 1 of 3 runs refused again, 422: no {padded(2)}"]
    assert letters.ids() == [letter_id]
    assert [run_ids(batch) for batch in upstream.took[1:]] == [
        [padded(1)],
        [padded(2)],
        [padded(3)],
    ]


async def test_of_several_runs_those_that_upstream_has_hide_none_of_the_others(
    tmp_path: Path,
) -> None:
    letters, upstream = Letters(tmp_path), Upstream()
    upstream.bad = {padded(1): "409"}
    letter_id = letters.write(sealed(placed(1), placed(2)))

    all_went, told = await retry(letters, upstream)

    assert (all_went, told) == (True, [f"{letter_id}  delivered"])
    assert run_ids(upstream.took[-1]) == [padded(2)]


async def test_passing_trouble_is_waited_for(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    letters.write()
    slept: list[float] = []

    all_went, _ = await retry(
        letters, Upstream(UploadUnavailable("503"), UploadUnavailable("429", 7.0)), slept=slept
    )

    assert all_went
    assert 0.08 <= slept[0] <= 0.12
    assert slept[1] == 7.0


async def test_trouble_that_does_not_pass_keeps_the_letter_and_the_next_one_is_tried(
    tmp_path: Path,
) -> None:
    letters, upstream = Letters(tmp_path), Upstream(*[UploadUnavailable("500")] * 3)
    first, second = letters.write(), letters.write()

    all_went, told = await retry(letters, upstream)

    assert not all_went
    assert told == [f"{first}  kept: upload failed, 500", f"{second}  delivered"]
    assert letters.ids() == [first]


@pytest.mark.parametrize("reason", ["connection", "timeout"])
async def test_when_upstream_is_away_the_rest_is_not_tried(tmp_path: Path, reason: str) -> None:
    letters, upstream = Letters(tmp_path), Upstream(*[UploadUnavailable(reason)] * 3)
    first, second = letters.write(), letters.write()

    all_went, told = await retry(letters, upstream)

    assert not all_went
    assert told == [
        f"{first}  kept: upload failed, {reason}",
        f"{second}  kept: not tried, because of the trouble before",
    ]
    assert len(upstream.took) == 3
    assert letters.ids() == [first, second]


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (DestinationRefused("401", "key"), "401, the key is refused"),
        (DestinationRefused("404", "wrong_endpoint"), "404, LangSmith's API is not there"),
    ],
)
async def test_when_the_destination_is_refused_its_other_letters_are_not_tried(
    tmp_path: Path, refusal: DestinationRefused, words: str
) -> None:
    letters, upstream = Letters(tmp_path), Upstream(refusal)
    first, second = letters.write(), letters.write()
    third = letters.write(sealed(placed(1), workspace="team"))

    all_went, told = await retry(letters, upstream)

    assert not all_went
    assert told == [
        f"{first}  kept: {words}",
        f"{second}  kept: not tried, because of the trouble before",
        f"{third}  delivered",
    ]


async def test_letters_of_another_endpoint_stay_unless_somebody_sends_them_here(
    tmp_path: Path,
) -> None:
    letters, upstream = Letters(tmp_path), Upstream()
    letter_id = letters.write(sealed(placed(1), workspace="team"))
    local = Target("http://me:pass@localhost:1984", "other key", "mine")

    refused = await retry(letters, upstream, local)
    taken = await retry(letters, upstream, local._replace(redirect=True))

    assert refused == (
        False,
        [f"{letter_id}  kept: {ENDPOINT} refused it, not http://localhost:1984: say --endpoint"],
    )
    assert taken == (True, [f"{letter_id}  delivered"])
    # The letter's own workspace means nothing there.
    assert [batch.destination.tenant for batch in upstream.took] == [
        ("http://me:pass@localhost:1984", "other key", "mine")
    ]


async def test_letters_of_another_key_stay_unless_somebody_says_that_it_is_the_same_tenants(
    tmp_path: Path,
) -> None:
    letters, upstream = Letters(tmp_path), Upstream()
    letter_id = letters.write()
    target = Target(ENDPOINT, "new key", None)

    refused = await retry(letters, upstream, target)
    taken = await retry(letters, upstream, target._replace(new_key=True))

    assert refused == (
        False,
        [
            f"{letter_id}  kept: it was sent with another key: "
            "say --new-key to send it with this one"
        ],
    )
    assert taken == (True, [f"{letter_id}  delivered"])
    assert [batch.destination.api_key for batch in upstream.took] == ["new key"]


@pytest.mark.parametrize(("of_letter", "sent"), [("team", "team"), (None, "mine")])
async def test_a_letter_goes_to_its_workspace_and_one_without_to_that_of_the_settings(
    tmp_path: Path, of_letter: str | None, sent: str
) -> None:
    letters, upstream = Letters(tmp_path), Upstream()
    letters.write(sealed(placed(1), workspace=of_letter))

    all_went, _ = await retry(letters, upstream, Target(ENDPOINT, KEY, "mine"))

    assert all_went
    assert upstream.took[0].destination.workspace == sent


async def test_what_langsmiths_sdk_saved_is_sent_as_it_is(tmp_path: Path) -> None:
    letters, upstream = Letters(tmp_path), Upstream(UploadRejected("409"))
    (tmp_path / "trace_1.000000_01234567.json").write_bytes(
        b'{"version":1,"endpoint":"runs/multipart","headers":{"Content-Type":"x"},'
        b'"body_base64":"YWJj"}'
    )

    all_went, _ = await retry(letters, upstream)

    assert all_went
    assert [(batch.body, batch.headers) for batch in upstream.took] == [
        (b"abc", {"Content-Type": "x"})
    ]


def edited(letters: Letters, letter_id: str, **members: object) -> None:
    """Write other members into a letter."""
    path = letters.folder / f"trace_{letter_id}.json"
    path.write_bytes(orjson.dumps({**orjson.loads(path.read_bytes()), **members}))


@pytest.mark.parametrize(
    "members",
    [
        {"body_base64": "eHh4"},
        {"ends": [7, 9]},
        {"ends": [900, 100]},
    ],
)
async def test_a_letter_that_cannot_be_taken_apart_stays_and_the_next_one_goes(
    tmp_path: Path, members: dict[str, object]
) -> None:
    letters, upstream = Letters(tmp_path), Upstream(UploadRejected("422", "bad body"))
    odd = letters.write(sealed(placed(1), placed(2)))
    good = letters.write(sealed(placed(3)))
    edited(letters, odd, **members)

    all_went, told = await retry(letters, upstream)

    assert not all_went
    assert told == [
        f"{odd}  kept: its body cannot be taken apart, and whole it is refused again, 422: "
        "bad body",
        f"{good}  delivered",
    ]
    assert letters.ids() == [odd]


@pytest.mark.parametrize("status", ["415", "400", "403"])
async def test_what_may_be_said_of_one_letter_does_not_stop_the_others(
    tmp_path: Path, status: str
) -> None:
    letters, upstream = Letters(tmp_path), Upstream(DestinationRefused(status, "endpoint"))
    first, second = letters.write(), letters.write()

    _, told = await retry(letters, upstream)

    assert told == [
        f"{first}  kept: {status}, LangSmith's API is not there",
        f"{second}  delivered",
    ]


async def test_a_file_that_is_no_letter_stays(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    letter_id = letters.damage()

    all_went, told = await retry(letters, Upstream())

    assert not all_went
    assert told == [f"{letter_id}  kept: the file is not JSON, or not whole"]
    assert letters.ids() == [letter_id]


async def test_a_letter_that_cannot_be_deleted_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = Letters(tmp_path)
    letter_id = letters.write()

    def read_only(_: Path, missing_ok: bool) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "unlink", read_only)
    all_went, told = await retry(letters, Upstream())

    assert not all_went
    assert told == [
        f"{letter_id}  delivered, but its file cannot be deleted: Read-only file system"
    ]


async def test_what_upstream_says_cannot_steer_the_terminal(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    letters.write()

    _, told = await retry(letters, Upstream(UploadRejected("400", "\x1b[2J")))

    assert told[0].endswith("400: \\x1b[2J")
