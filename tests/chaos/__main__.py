"""``python -m tests.chaos``: run the scenarios in long form and print the table.

Exit code 0: every verdict is well. 1: one is not.
"""

import argparse
import asyncio
import sys
import time
import traceback
from collections.abc import Sequence

from collector import logs
from tests.chaos.result import HEAD, Result
from tests.chaos.scenarios import SCENARIOS, Scenario

_WIDTHS = (19, 6, 12, 6, 10)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what *arguments* ask for and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--only", action="append", choices=SCENARIOS, help="default: all")
    parser.add_argument("--rounds", type=int, help="of those that go in rounds")
    parser.add_argument("--short", action="store_true", help="the form that runs in CI")
    options = parser.parse_args(arguments)
    _print(HEAD)
    # The proxies' own words are in their files; the one in this process has none to add.
    logs.configure("error", "json", sys.stderr)
    well = True
    for name in options.only or SCENARIOS:
        begin = time.monotonic()
        result = _run(name, SCENARIOS[name], not options.short, options.rounds)
        _print(result.cells())
        remarks = [remark] if (remark := result.remarks()) else []
        _say("  " + "; ".join([*remarks, f"{time.monotonic() - begin:.0f} s"]))
        well = well and not result.problems
    return 0 if well else 1


def _run(name: str, scenario: Scenario, long: bool, rounds: int | None) -> Result:
    try:
        return asyncio.run(scenario(long, rounds))
    except Exception as error:  # noqa: BLE001 -- the other scenarios shall have their row
        if not isinstance(error, AssertionError):
            traceback.print_exc()
        return Result(name, problems=[f"{type(error).__name__}: {error}"])


def _print(cells: Sequence[str]) -> None:
    *figures, verdict = cells
    columns = [
        cell.ljust(width) if number == 0 else cell.rjust(width)
        for number, (cell, width) in enumerate(zip(figures, _WIDTHS, strict=True))
    ]
    _say("  ".join([*columns, verdict]))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
