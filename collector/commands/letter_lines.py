"""Dead letters as lines for people, and as JSON lines."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from collector.commands.letter_choice import UNREADABLE, Chosen
from collector.commands.letter_runs import runs_in
from collector.exporter.letter import Letter, NoLetter
from translators.span import JsonObject

_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def list_lines(letters: Iterable[Chosen], now_ns: int, *, as_json: bool) -> Iterator[str]:
    """Yield one line a letter: id, age, reason, runs, bytes of the file, host that refused it.

    Args:
        now_ns: nanoseconds since 1970-01-01 UTC.
        as_json: a JSON object a line instead, with all there is but the body.
    """
    for file, letter in letters:
        age = max(now_ns - file.made_ns, 0) // 10**9
        if as_json:
            head = {"id": file.id, "age_seconds": age, "bytes": file.size}
            yield _json({**head, **_envelope(letter)})
            continue
        if isinstance(letter, NoLetter):
            reason, runs, host = UNREADABLE, "-", str(letter)
        else:
            reason, runs, host = letter.reason or "-", str(letter.runs), _host(letter)
        yield (
            f"{file.id:<26}  {_age_text(age):>4}  {plain(reason):<10}  {runs:>5} runs"
            f"  {_size_text(file.size):>9}  {plain(host)}"
        )


def show_lines(one: Chosen, folder: Path, *, body: bool) -> Iterator[str]:
    """Yield what a person needs to know about a letter.

    Args:
        folder: where it lies.
        body: instead each run as a JSON object a line, with everything that was sent.

    Raises:
        NoLetter: the file, or the body in it, cannot be read; the text ends the sentence.
    """
    letter = one.letter
    if isinstance(letter, NoLetter):
        raise letter
    if body:
        yield from map(_json, runs_in(letter))
        return
    rows = {
        "file": str(folder / one.file.name),
        "reason": letter.reason or "not told",
        "upstream said": letter.detail or "nothing",
        "sent to": letter.url or "not told",
        "destination": letter.destination or "not told",
        "workspace": letter.workspace or "none",
        "first tried": letter.first_tried or "not told",
        "given up": letter.given_up or "not told",
        "spans": str(letter.spans),
        "bytes": f"{len(letter.body)}, {letter.headers.get('Content-Encoding', 'not compressed')}",
    }
    for name, value in rows.items():
        yield f"{name:<13}  {plain(value)}"
    runs = runs_in(letter)
    yield f"{'runs':<13}  {len(runs)}"
    for run in runs:
        yield plain(
            f"  {run.get('id')}  {run.get('run_type', run['operation'])}  {run.get('name', '')}"
            f"  in trace {run.get('trace_id')}"
        )


def plain(text: str) -> str:
    """Return *text* for a terminal: what could steer it, or break the line, is escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _envelope(letter: Letter | NoLetter) -> JsonObject:
    if isinstance(letter, NoLetter):
        return {"reason": UNREADABLE, "detail": str(letter)}
    return {
        "reason": letter.reason,
        "detail": letter.detail,
        "url": letter.url,
        "destination": letter.destination,
        "workspace": letter.workspace,
        "first_tried": letter.first_tried,
        "given_up": letter.given_up,
        "runs": letter.runs,
        "spans": letter.spans,
        "run_ids": letter.run_ids,
    }


def _host(letter: Letter) -> str:
    try:
        return urlsplit(letter.url).netloc if letter.url else "-"
    except ValueError:
        # Somebody wrote in the file; the others shall be listed all the same.
        return letter.url or "-"


def _age_text(seconds: int) -> str:
    for unit, name in _UNITS:
        if seconds >= unit:
            return f"{seconds // unit}{name}"
    return "0s"


def _size_text(size: int) -> str:
    return f"{size} B" if size < 1 << 10 else f"{size / (1 << 10):.1f} KiB"


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
