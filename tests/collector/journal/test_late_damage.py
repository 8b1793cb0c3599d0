"""What is damaged while the journal is open is passed, counted and kept aside."""

from collector.journal.frames import SEGMENT_HEADER_BYTES
from tests.collector.journal.fake_files import FakeFiles
from tests.collector.journal.logs import DIRECTORY, opened
from tests.collector.journal.test_damage import FRAME_BYTES, written


def test_damage_after_the_start_is_found_when_the_record_is_taken() -> None:
    files, path = written()
    log = opened(files)
    files.inodes[path].data[SEGMENT_HEADER_BYTES + FRAME_BYTES - 1] ^= 1
    files.inodes[path].data[SEGMENT_HEADER_BYTES + 2 * FRAME_BYTES] ^= 1

    assert list(log.take_all()) == [2, 4]
    assert log.lost == 2
    assert log.log.backlog.lost_units == 2


def test_a_damaged_record_is_not_copied_when_the_rest_of_its_file_moves() -> None:
    files = FakeFiles()
    log = opened(files, max_bytes=3000)
    entries = {number: log.append(number)[0] for number in range(1, 9)}
    (first, *_) = sorted(path for path in files.within(DIRECTORY) if path.suffix == ".journal")
    files.inodes[first].data[SEGMENT_HEADER_BYTES + 40] ^= 1
    for number in (2, 3, 5, 6):
        log.log.settle(entries[number])

    assert log.log.has_room(1700)
    assert log.lost == 1

    log.log.settle(entries[1])
    log.log.close()

    assert set(opened(files).take_all()) == {4, 7, 8}
