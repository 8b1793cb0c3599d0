import os
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from collector.commands.letter_choice import Choice, Chosen, chosen
from collector.commands.letter_lines import list_lines, plain, show_lines
from collector.exporter.letter import NoLetter
from tests.collector.commands.letters import KEY, Letters, placed, sealed
from tests.collector.processor.runs import padded


def found(letters: Letters) -> Iterator[Chosen]:
    return chosen(letters.folder, Choice(), letters.clock.now_ns())


def listed(letters: Letters, *, as_json: bool = False) -> list[str]:
    return list(list_lines(found(letters), letters.clock.now_ns(), as_json=as_json))


def shown(letters: Letters, *, body: bool = False) -> list[str]:
    (one,) = found(letters)
    return list(show_lines(one, letters.folder, body=body))


def test_the_list_has_a_line_a_letter(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    first = letters.write(sealed(placed(1), placed(2)))
    other = sealed(placed(1), endpoint="http://localhost:1984")
    second = letters.write(other, reason="413")
    letters.clock.advance(86400.0)
    third = letters.damage()
    letters.clock.advance(5.0)

    first_size, other_size = (
        f"{(tmp_path / f'trace_{name}.json').stat().st_size} B" for name in (first, second)
    )
    assert listed(letters) == [
        f"{first}    1d  422             2 runs  {first_size:>9}  upstream.test",
        f"{second}    1d  413             1 runs  {other_size:>9}  localhost:1984",
        f"{third}    5s  unreadable      - runs       13 B  is not JSON, or not whole",
    ]


def test_odd_letters_are_listed_with_the_others(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    letter_id = letters.write()
    path = tmp_path / f"trace_{letter_id}.json"
    odd = orjson.dumps({**orjson.loads(path.read_bytes()), "url": "http://[x"})
    (tmp_path / os.fsdecode(b"trace_1.000000_\xff.json")).write_bytes(odd)

    lines = listed(letters)
    found = [orjson.loads(line)["id"] for line in listed(letters, as_json=True)]

    assert [line.split()[0] for line in lines] == ["1.000000_\\xff", letter_id]
    assert lines[0].endswith("  http://[x")
    assert found == ["1.000000_\\xff", letter_id]


def test_a_large_letter_is_told_in_kib(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    (tmp_path / "trace_1.000000_01234567.json").write_bytes(b"x" * 2560)

    assert "  - runs    2.5 KiB  " in listed(letters)[0]


def test_a_letter_of_this_moment_has_the_age_0(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    letters.damage()

    assert listed(letters)[0].split()[1] == "0s"


def test_the_list_as_json_has_all_but_the_body(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    letter_id = letters.write(sealed(placed(1), workspace="team"))
    damaged = letters.damage()

    first, second = map(orjson.loads, listed(letters, as_json=True))

    assert first == {
        "id": letter_id,
        "age_seconds": 3600,
        "bytes": (tmp_path / f"trace_{letter_id}.json").stat().st_size,
        "reason": "422",
        "detail": "bad run",
        "url": "https://upstream.test/api/v1",
        "destination": sealed(placed(1), workspace="team").destination.label,
        "workspace": "team",
        "first_tried": "2026-01-01T00:00:00.000000+00:00",
        "given_up": "2026-01-01T00:00:00.000000+00:00",
        "runs": 1,
        "spans": 1,
        "run_ids": [padded(1)],
    }
    assert second == {
        "id": damaged,
        "age_seconds": 0,
        "bytes": 13,
        "reason": "unreadable",
        "detail": "is not JSON, or not whole",
    }


def test_show_tells_why_where_when_and_which_runs(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    batch = sealed(placed(1, "chat gpt"), placed(2, "plan"), workspace="team")
    letter_id = letters.write(batch, detail='{"detail":"bad run type"}')

    assert shown(letters) == [
        f"file           {tmp_path}/trace_{letter_id}.json",
        "reason         422",
        'upstream said  {"detail":"bad run type"}',
        "sent to        https://upstream.test/api/v1",
        f"destination    {batch.destination.label}",
        "workspace      team",
        "first tried    2026-01-01T00:00:00.000000+00:00",
        "given up       2026-01-01T00:00:00.000000+00:00",
        "spans          2",
        f"bytes          {len(batch.body)}, zstd",
        "runs           2",
        f"  {padded(1)}  llm  chat gpt  in trace {padded(1)}",
        f"  {padded(2)}  llm  plan  in trace {padded(2)}",
    ]


def test_show_with_body_is_a_json_object_a_run(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    run = placed(1)
    run.inputs = b'{"q":"caf\xc3\xa9"}'
    letters.write(sealed(run, placed(2)))

    first, second = map(orjson.loads, shown(letters, body=True))

    assert first["inputs"] == {"q": "café"}
    assert (first["id"], second["id"]) == (padded(1), padded(2))


def test_what_a_run_or_upstream_says_cannot_steer_the_terminal(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    letters.write(sealed(placed(1, "\\u001b[2Jgone")), detail="a\x1b]0;title\x07\nb")

    lines = shown(letters)

    assert "upstream said  a\\x1b]0;title\\x07\\nb" in lines
    assert lines[-1] == f"  {padded(1)}  llm  \\x1b[2Jgone  in trace {padded(1)}"


def test_neither_list_nor_show_holds_the_key(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    letters.write(detail=f"{KEY} is not allowed")

    lines = listed(letters) + listed(letters, as_json=True) + shown(letters)
    lines += shown(letters, body=True)

    assert KEY not in "\n".join(lines)


def test_what_is_no_letter_cannot_be_shown(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    letters.damage()

    with pytest.raises(NoLetter, match="not whole"):
        shown(letters)


def test_text_of_other_scripts_stays_as_it_is() -> None:
    assert plain("naïve 日本 🎉") == "naïve 日本 🎉"
