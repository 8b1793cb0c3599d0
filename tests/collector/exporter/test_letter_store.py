import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from collector.exporter.letter_store import LetterFile, LetterStore, letter_files
from collector.metrics import Metrics
from tests.fakes import FakeClock

DAY = 86400.0


class Shelf:
    """A store with its clock and its metrics."""

    def __init__(self, folder: Path, max_bytes: int = 1000, max_age: float = 30 * DAY) -> None:
        self.folder = folder
        self.clock = FakeClock()
        self.metrics = Metrics()
        self.store = LetterStore(
            folder, self.clock, self.metrics, max_bytes=max_bytes, max_age=max_age
        )

    def add(self, size: int) -> Path:
        path = self.store.add(b"x" * size)
        assert path is not None
        self.clock.advance(1.0)
        return path

    def expired(self, reason: str) -> float:
        value = self.metrics.registry.get_sample_value(
            "collector_proxy_dead_letters_expired_total", {"reason": reason}
        )
        return value or 0.0

    def there(self) -> set[Path]:
        return set(self.folder.iterdir())


def sizes(folder: Path) -> list[int]:
    return [file.size for file in letter_files(folder)]


def test_a_name_that_is_no_utf8_has_an_id_that_can_be_shown() -> None:
    name = os.fsdecode(b"trace_1700000000.000000_\xff.json")

    assert LetterFile(1, name, 1).id == "1700000000.000000_\\xff"


def test_the_room_that_a_command_made_is_used_before_a_letter_is_deleted(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, max_bytes=1000)
    paths = [shelf.add(100) for _ in range(10)]
    for path in paths[5:]:
        path.unlink()

    new = shelf.add(100)

    assert shelf.there() == {*paths[:5], new}
    assert (shelf.store.count, shelf.store.size, shelf.expired("size")) == (6, 600, 0)


def test_the_name_has_the_time_to_the_microsecond(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.clock.epoch_ns = 1_700_000_000_000_042_999

    path = shelf.add(1)

    assert path.parent == tmp_path
    assert path.name.startswith("trace_1700000000.000042_")
    assert len(path.name) == len("trace_1700000000.000042_01234567.json")


def test_letters_of_one_moment_do_not_meet(tmp_path: Path) -> None:
    store = Shelf(tmp_path).store

    paths = {store.add(b"x") for _ in range(5)}

    assert paths == set(tmp_path.iterdir())
    assert len(paths) == 5


def test_only_the_owner_may_read_a_letter_and_its_folder(tmp_path: Path) -> None:
    path = Shelf(tmp_path / "deep" / "letters").add(1)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_past_the_size_the_oldest_go_and_are_counted(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, max_bytes=1000)
    first, second, third = shelf.add(400), shelf.add(300), shelf.add(300)

    fourth = shelf.add(500)

    assert shelf.there() == {third, fourth}
    assert not first.exists()
    assert not second.exists()
    assert shelf.expired("size") == 2
    assert (shelf.store.count, shelf.store.size) == (2, 800)


def test_a_letter_that_fits_exactly_costs_none(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, max_bytes=1000)

    shelf.add(400)
    shelf.add(600)

    assert sizes(tmp_path) == [400, 600]
    assert shelf.expired("size") == 0


def test_what_is_too_old_goes_when_a_letter_comes(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, max_age=100.0)
    shelf.add(1)
    shelf.clock.advance(50.0)
    shelf.add(2)
    shelf.clock.advance(60.0)

    shelf.add(3)

    assert sizes(tmp_path) == [2, 3]
    assert shelf.expired("age") == 1


def test_what_is_too_old_goes_without_another_letter(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, max_age=100.0)
    shelf.add(1)

    shelf.clock.advance(99.0)
    shelf.store.tend()
    before = sizes(tmp_path)
    shelf.clock.advance(0.5)
    shelf.store.tend()

    assert before == [1]
    assert sizes(tmp_path) == []
    assert shelf.expired("age") == 1
    assert (shelf.store.count, shelf.store.size) == (0, 0)


def test_a_letter_larger_than_the_whole_bound_is_kept_nowhere_and_costs_none(
    tmp_path: Path,
) -> None:
    shelf = Shelf(tmp_path, max_bytes=1000)
    shelf.add(10)

    with capture_logs() as lines:
        kept = shelf.store.add(b"x" * 1001)

    assert kept is None
    assert sizes(tmp_path) == [10]
    assert shelf.expired("size") == 1
    assert [line["event"] for line in lines] == ["dead letter larger than the whole bound"]


def test_expiry_is_told_once_a_minute_with_all_that_went_meanwhile(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, max_bytes=100)

    with capture_logs() as lines:
        for _ in range(5):
            shelf.add(100)
        shelf.clock.advance(60.0)
        shelf.add(100)

    told = [(line["event"], line["reason"], line["letters"]) for line in lines]
    assert told == [("dead letters expired", "size", 1), ("dead letters expired", "size", 4)]


def test_a_new_process_counts_what_the_last_one_left(tmp_path: Path) -> None:
    Shelf(tmp_path).add(300)
    Shelf(tmp_path).add(200)
    shelf = Shelf(tmp_path, max_bytes=1000)

    shelf.store.tend()

    assert (shelf.store.count, shelf.store.size) == (2, 500)


def test_a_new_process_keeps_the_bound_from_its_first_letter(tmp_path: Path) -> None:
    Shelf(tmp_path).add(600)
    shelf = Shelf(tmp_path, max_bytes=1000)
    shelf.clock.advance(1.0)

    shelf.add(500)

    assert sizes(tmp_path) == [500]
    assert shelf.expired("size") == 1


def test_a_bound_that_was_lowered_holds_at_once(tmp_path: Path) -> None:
    before = Shelf(tmp_path)
    for size in (300, 200, 100):
        before.add(size)
    shelf = Shelf(tmp_path, max_bytes=350)

    shelf.store.tend()

    assert sizes(tmp_path) == [200, 100]
    assert shelf.expired("size") == 1


def test_letters_that_somebody_deleted_are_not_counted_as_expired(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, max_bytes=1000)
    first = shelf.add(600)
    second = shelf.add(300)

    first.unlink()
    third = shelf.add(700)

    assert shelf.there() == {second, third}
    assert shelf.expired("size") == 0
    assert (shelf.store.count, shelf.store.size) == (2, 1000)


def test_the_count_learns_of_letters_that_somebody_deleted(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.add(600)

    for path in tmp_path.iterdir():
        path.unlink()
    shelf.store.tend()

    assert (shelf.store.count, shelf.store.size) == (0, 0)


def test_a_folder_that_was_deleted_comes_back_with_the_next_letter(tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    shelf = Shelf(folder)
    shelf.add(100).unlink()
    folder.rmdir()

    path = shelf.add(100)

    assert path.exists()


def test_what_a_killed_process_had_begun_is_cleaned_up(tmp_path: Path) -> None:
    draft = tmp_path / "trace_1767225600.000000_01234567.tmp"
    draft.write_bytes(b"half")
    other = tmp_path / "notes.tmp"
    other.write_bytes(b"somebody's own")

    Shelf(tmp_path).store.tend()

    assert set(tmp_path.iterdir()) == {other}


def test_what_another_process_has_begun_later_is_left_alone(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.add(1)
    draft = tmp_path / "trace_1767225600.000000_01234567.tmp"
    draft.write_bytes(b"half")

    shelf.add(1)
    shelf.store.tend()

    assert draft.exists()


def test_only_letters_are_counted_and_deleted(tmp_path: Path) -> None:
    (tmp_path / "README").write_bytes(b"x" * 5000)
    (tmp_path / "trace_1.000000_folder.json").mkdir()
    (tmp_path / "trace_1.000000_link.json").symlink_to(tmp_path / "README")
    shelf = Shelf(tmp_path, max_bytes=1000)

    path = shelf.add(1000)

    assert [file.name for file in letter_files(tmp_path)] == [path.name]
    assert (shelf.store.count, shelf.store.size) == (1, 1000)


def test_a_name_without_a_time_is_as_old_as_its_file(tmp_path: Path) -> None:
    path = tmp_path / "trace_saved.json"
    path.write_bytes(b"abc")
    os.utime(path, ns=(5, 1_000_000_007))

    assert letter_files(tmp_path) == [LetterFile(1_000_000_007, "trace_saved.json", 3)]


def test_the_oldest_letter_is_the_first(tmp_path: Path) -> None:
    for name in ("trace_10.000000_b", "trace_9.999999_a", "trace_10.000000_a"):
        (tmp_path / f"{name}.json").touch()

    assert [file.id for file in letter_files(tmp_path)] == [
        "9.999999_a",
        "10.000000_a",
        "10.000000_b",
    ]


def test_a_missing_folder_has_no_letters(tmp_path: Path) -> None:
    assert letter_files(tmp_path / "absent") == []


def test_a_file_that_goes_while_the_folder_is_read_is_no_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone:
        name = "trace_1.000000_a.json"

        def is_file(self, *, follow_symlinks: bool) -> bool:
            return True

        def stat(self, *, follow_symlinks: bool) -> os.stat_result:
            raise FileNotFoundError

    class Entries(list[Any]):
        def __enter__(self) -> "Entries":
            return self

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr("os.scandir", lambda folder: Entries([Gone()]))

    assert letter_files(tmp_path) == []


def test_a_letter_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "letters"
    path.write_text("a file is in the way")

    with pytest.raises(OSError, match="letters"):
        Shelf(path).store.add(b"x")


def test_a_letter_that_fails_half_way_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(tmp_path)

    def full(_: int) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(OSError, match="no space left"):
            shelf.store.add(b"x")

    assert list(tmp_path.iterdir()) == []
    assert (shelf.store.count, shelf.store.size) == (0, 0)
    assert shelf.add(1).exists()


def test_an_old_letter_that_cannot_be_deleted_is_an_error_and_stays_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(tmp_path, max_bytes=1000)
    shelf.add(600)

    def read_only(_: Path) -> None:
        raise OSError("read-only file system")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", read_only)
        with pytest.raises(OSError, match="read-only"):
            shelf.store.add(b"x" * 600)

    assert (shelf.store.count, shelf.store.size) == (1, 600)
    assert shelf.expired("size") == 0


def test_a_letter_and_the_names_that_lead_to_it_are_on_the_disk_before_it_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []

    def note(file: int) -> None:
        synced.append(Path(os.readlink(f"/proc/self/fd/{file}")).suffix or "folder")

    monkeypatch.setattr("os.fsync", note)
    shelf = Shelf(tmp_path / "letters")

    shelf.add(1)
    shelf.add(1)

    # The folder's own name, then for each letter the file and its name.
    assert synced == ["folder", ".tmp", "folder", ".tmp", "folder"]


def test_letters_that_are_written_at_once_keep_the_bound_together(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, max_bytes=1000)

    with ThreadPoolExecutor(8) as threads:
        paths = list(threads.map(lambda size: shelf.store.add(b"x" * size), [300] * 40))

    assert len(set(paths)) == 40
    assert sizes(tmp_path) == [300, 300, 300]
    assert (shelf.store.count, shelf.store.size) == (3, 900)
    assert shelf.expired("size") == 37


# What happens on a shelf: a letter of so many bytes, seconds that pass, one of the letters taken
# away by somebody, a new process, or a look around.
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(1, 130)),
        st.tuples(st.just("pass"), st.integers(0, 40)),
        st.tuples(st.just("take"), st.integers(0, 20)),
        st.tuples(st.just("restart"), st.just(0)),
        st.tuples(st.just("tend"), st.just(0)),
    ),
    max_size=40,
)


@settings(max_examples=100)
@given(steps=STEPS, max_bytes=st.integers(1, 300), max_age=st.integers(1, 100))
def test_whatever_happens_the_newest_letters_that_fit_are_there_and_the_rest_is_counted(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[str, int]],
    max_bytes: int,
    max_age: int,
) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("letters"), max_bytes, max_age)
    # (nanosecond in which it came, name, bytes), oldest first, and what went for which reason.
    model: list[tuple[int, str, int]] = []
    gone = {"size": 0, "age": 0}

    def expire(room: int) -> None:
        oldest_ns = shelf.clock.now_ns() - max_age * 10**9
        while model and (
            model[0][0] < oldest_ns or sum(size for _, _, size in model) > max_bytes - room
        ):
            gone["age" if model[0][0] < oldest_ns else "size"] += 1
            model.pop(0)

    for step, number in steps:
        if step == "add":
            shelf.clock.advance(0.001)
            path = shelf.store.add(b"x" * number)
            if number > max_bytes:
                gone["size"] += 1
                assert path is None
            else:
                expire(number)
                assert path is not None
                model.append((shelf.clock.now_ns(), path.name, number))
            assert sum(sizes(shelf.folder)) <= max_bytes
        elif step == "pass":
            shelf.clock.advance(number)
        elif step == "take" and model:
            shelf.store.tend()
            expire(0)
            if model:
                _, name, _ = model.pop(number % len(model))
                (shelf.folder / name).unlink()
                shelf.store.tend()
        else:
            if step == "restart":
                clock, metrics = shelf.clock, shelf.metrics
                shelf.store = LetterStore(
                    shelf.folder, clock, metrics, max_bytes=max_bytes, max_age=max_age
                )
            shelf.store.tend()
            expire(0)
        assert {file.name for file in letter_files(shelf.folder)} == {name for _, name, _ in model}
        assert {reason: shelf.expired(reason) for reason in gone} == gone
        assert step == "restart" or (shelf.store.count, shelf.store.size) == (
            len(model),
            sum(size for _, _, size in model),
        )
