"""The log tells the truth about the journal's disk, and no line of it twice a minute."""

import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from collector.journal.alarm import Alarm
from collector.journal.trouble import DISK_FULL, HANGS, Trouble, trouble_of
from tests.fakes import FakeClock


def said(*troubles: Trouble | None, seconds: float) -> list[str]:
    """Return the reasons that the log has when these follow each other, *seconds* apart."""
    clock = FakeClock()
    alarm = Alarm(Path("/data/journal"), 1000, clock)
    with capture_logs() as logs:
        for trouble in troubles:
            alarm.tell(trouble)
            clock.advance(seconds)
    return [line.get("reason", line["event"]) for line in logs]


def test_trouble_that_comes_and_goes_is_told_once_a_minute() -> None:
    told = said(*[DISK_FULL, None] * 60, seconds=1.0)

    assert told == [DISK_FULL.text, "the journal works again"] * 2


def test_trouble_that_stays_is_told_in_the_end() -> None:
    assert said(DISK_FULL, None, *[DISK_FULL] * 100, seconds=1.0) == [
        DISK_FULL.text,
        "the journal works again",
        DISK_FULL.text,
    ]


def test_another_trouble_is_told_at_once() -> None:
    assert said(DISK_FULL, HANGS, seconds=1.0) == [DISK_FULL.text, HANGS.text]


def test_that_it_works_is_no_news() -> None:
    assert said(None, None, seconds=100.0) == []


def test_the_folder_and_what_to_do_are_told() -> None:
    alarm = Alarm(Path("/data/journal"), 1000, FakeClock())
    with capture_logs() as logs:
        alarm.tell(trouble_of(PermissionError(13, "Permission denied")), "Permission denied")

    assert logs == [
        {
            "event": "the journal owns nothing now",
            "reason": "the journal's directory may not be written to",
            "error": "Permission denied",
            "directory": "/data/journal",
            "remedy": f"it must be writable for user id {os.geteuid()}",
            "log_level": "error",
        }
    ]


@pytest.mark.parametrize(("seconds", "lines"), [(59.0, 1), (60.0, 2)])
def test_a_full_journal_is_told_once_a_minute_with_its_bound(seconds: float, lines: int) -> None:
    clock = FakeClock()
    alarm = Alarm(Path("/data/journal"), 1000, clock)
    with capture_logs() as logs:
        alarm.full()
        clock.advance(seconds)
        alarm.full()

    assert len(logs) == lines
    assert logs[0]["event"] == "the journal is full: requests are answered 503"
    assert logs[0]["journal_max_bytes"] == 1000
    assert "JOURNAL_MAX_BYTES" in logs[0]["remedy"]
