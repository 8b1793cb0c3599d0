"""Which dead letters a command is about."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from collector.config import SettingsError
from collector.exporter.letter import Letter, NoLetter, parse
from collector.exporter.letter_store import LetterFile, letter_files

UNREADABLE = "unreadable"
"""The reason of files that are no whole letters; they can be listed and dropped."""


class Choice(NamedTuple):
    """Letters by id, or all; then only those of one reason, and those that are old enough.

    Attributes:
        words: ids, or the ends of ids behind their ``_``; none for all letters.
        older_than: seconds.
    """

    words: Sequence[str] = ()
    reason: str | None = None
    older_than: float = 0.0


class Chosen(NamedTuple):
    """A letter's file and what is in it: the letter, or why there is none."""

    file: LetterFile
    letter: Letter | NoLetter

    @property
    def reason(self) -> str:
        """Why it was refused, or UNREADABLE."""
        return UNREADABLE if isinstance(self.letter, NoLetter) else self.letter.reason


def chosen(folder: Path, choice: Choice, now_ns: int) -> Iterator[Chosen]:
    """Yield the letters in *folder* that *choice* means, oldest first, each read when it is due.

    Args:
        now_ns: nanoseconds since 1970-01-01 UTC; the age is counted from there.

    Raises:
        SettingsError: an id that no letter or more than one has, before the first letter; or the
            folder cannot be read.
    """
    try:
        files = letter_files(folder)
    except OSError as error:
        raise SettingsError([f"{folder}: cannot be read: {error.strerror}"]) from None
    if choice.words:
        files = _named(files, choice.words)
    return _read(folder, files, choice, now_ns)


def _named(files: Sequence[LetterFile], words: Sequence[str]) -> list[LetterFile]:
    found: set[LetterFile] = set()
    problems = []
    for word in words:
        same = [file for file in files if file.id == word or file.id.endswith(f"_{word}")]
        if len(same) != 1:
            count = f"{len(same)} dead letters have" if same else "no dead letter has"
            problems.append(f"{count} the id {word!r}")
        found.update(same)
    if problems:
        raise SettingsError(problems)
    return sorted(found)


def _read(
    folder: Path, files: Sequence[LetterFile], choice: Choice, now_ns: int
) -> Iterator[Chosen]:
    for file in files:
        # Not for an age of none: the clock may have been set back since.
        if choice.older_than and now_ns - file.made_ns < choice.older_than * 1e9:
            continue
        try:
            one = Chosen(file, _letter(folder / file.name))
        except FileNotFoundError:
            # The proxy, or another command, was faster.
            continue
        if choice.reason in (None, one.reason):
            yield one


def _letter(path: Path) -> Letter | NoLetter:
    try:
        return parse(path.read_bytes())
    except FileNotFoundError:
        raise
    except OSError as error:
        return NoLetter(f"cannot be read: {error.strerror}")
    except NoLetter as problem:
        return problem
