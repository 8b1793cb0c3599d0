import base64
import json
import os
import stat
from pathlib import Path

import pytest

from collector.exporter.dead_letters import DeadLetterDir
from collector.model import Destination, SealedBatch
from tests.fakes import FakeClock

KEY = "lsv2_pt_secret"


def sealed() -> SealedBatch:
    headers = {
        "Content-Type": "multipart/form-data; boundary=b",
        "Content-Encoding": "zstd",
        "X-Post-Compressed-Size": "4",
    }
    where = Destination("https://upstream.test/api/v1", KEY, None, "default")
    return SealedBatch(where, b"\x28\xb5\x2f\xfd", headers, [], 2, 10)


def test_a_letter_holds_what_a_replay_and_a_reader_need(tmp_path: Path) -> None:
    file = DeadLetterDir(tmp_path, FakeClock()).write(sealed(), "422", "bad run type")

    letter = json.loads(file.read_bytes())
    assert base64.b64decode(letter.pop("body_base64")) == b"\x28\xb5\x2f\xfd"
    assert letter == {
        "version": 1,
        "endpoint": "runs/multipart",
        "url": "https://upstream.test/api/v1",
        "destination": sealed().destination.label,
        "reason": "422",
        "detail": "bad run type",
        "headers": {
            "Content-Type": "multipart/form-data; boundary=b",
            "Content-Encoding": "zstd",
        },
        "runs": 2,
    }


def test_no_key_is_in_a_letter_or_its_name(tmp_path: Path) -> None:
    file = DeadLetterDir(tmp_path, FakeClock()).write(sealed(), "401", "")

    assert KEY not in file.read_text()
    assert KEY not in file.name


def test_the_name_has_the_time_to_the_microsecond(tmp_path: Path) -> None:
    clock = FakeClock()
    clock.epoch_ns = 1_700_000_000_000_042_999

    file = DeadLetterDir(tmp_path, clock).write(sealed(), "422", "")

    assert file.parent == tmp_path
    assert file.name.startswith("trace_1700000000.000042_")
    assert file.name.endswith(".json")
    assert len(file.name) == len("trace_1700000000.000042_01234567.json")


def test_letters_of_one_moment_do_not_meet(tmp_path: Path) -> None:
    letters = DeadLetterDir(tmp_path, FakeClock())

    files = {letters.write(sealed(), "422", "") for _ in range(5)}

    assert files == set(tmp_path.iterdir())
    assert len(files) == 5


def test_only_the_owner_may_read_a_letter(tmp_path: Path) -> None:
    file = DeadLetterDir(tmp_path, FakeClock()).write(sealed(), "422", "")

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_directory_is_made_when_it_is_needed(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "letters"

    file = DeadLetterDir(path, FakeClock()).write(sealed(), "422", "")

    assert file.exists()
    assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_a_letter_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "letters"
    path.write_text("a file is in the way")

    with pytest.raises(OSError, match="letters"):
        DeadLetterDir(path, FakeClock()).write(sealed(), "422", "")


def test_a_letter_that_fails_half_way_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", full)

    with pytest.raises(OSError, match="no space left"):
        DeadLetterDir(tmp_path, FakeClock()).write(sealed(), "422", "")

    assert list(tmp_path.iterdir()) == []


def test_a_letter_and_its_name_are_on_the_disk_before_it_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bool] = []
    monkeypatch.setattr(
        "os.fsync", lambda file: synced.append(stat.S_ISDIR(os.fstat(file).st_mode))
    )

    DeadLetterDir(tmp_path, FakeClock()).write(sealed(), "422", "")

    # The file, then the directory.
    assert synced == [False, True]
