"""The rows of the coverage matrix, and the page that shows them."""

import ast
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "matrix.md"
PEERS = (
    ("GO", "LangSmith's Go collector-proxy"),
    ("DOC", "LangSmith's own OpenTelemetry endpoint, by its documentation"),
    ("LF", "Langfuse"),
    ("ML", "MLflow"),
    ("OP", "Opik"),
    ("PX", "Phoenix"),
    ("OL", "OpenLIT"),
)
_HEAD = """# Coverage matrix

What becomes of the features of GenAI spans, here and elsewhere. `make matrix` runs the tests that
the rows name and writes this page anew; **Y** in the column *here* means that all of them passed.
A row marked **gap** is one that nobody else gets right.

Y handled, P partly, N lost or wrong, ? not looked at, - not applicable. The cells of the others
were read from their code and documentation in August and September 2026; none of them was run.

"""


class Row(NamedTuple):
    """One feature: *tests* are ``path::name``, as pytest has them, without parameters."""

    section: str
    feature: str
    peers: str
    tests: tuple[str, ...]
    gap: bool


def rows() -> list[Row]:
    """Return the rows of ``rows.toml``."""
    given = tomllib.loads((Path(__file__).parent / "rows.toml").read_text("utf-8"))
    return [
        Row(
            row["section"], row["feature"], row["peers"], tuple(row["tests"]), row.get("gap", False)
        )
        for row in given["row"]
    ]


def page(passed: Collection[str]) -> str:
    """Return the page, given the tests that passed."""
    lines = [_HEAD + "\n".join(f"* {short}: {name}" for short, name in PEERS)]
    section = ""
    for row in rows():
        if row.section != section:
            section = row.section
            lines += [
                "",
                f"## {section}",
                "",
                _table_row("feature", "here", *(p for p, _ in PEERS)),
            ]
            lines[-1] += " proved by |"
            lines.append("|---" * (len(PEERS) + 3) + "|")
        proved = bool(row.tests) and all(test in passed for test in row.tests)
        feature = f"{row.feature} (**gap**)" if row.gap else row.feature
        cells = _table_row(feature, "**Y**" if proved else "N", *row.peers.split())
        lines.append(f"{cells} {'<br>'.join(map(_link, row.tests))} |")
    return "\n".join([*lines, ""])


def functions_in(path: str) -> Iterator[str]:
    """Yield the names of the test functions in a file."""
    for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name


def _table_row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _link(test: str) -> str:
    path, _, name = test.partition("::")
    return f"[{name.removeprefix('test_').replace('_', ' ')}](../{path})"
