"""Pieces of the README that tests run or compare."""

from pathlib import Path

README = Path(__file__).parent.parent / "README.md"


def between(name: str) -> str:
    """Return what stands between the marks ``<!-- name:begin -->`` and ``<!-- name:end -->``."""
    text = README.read_text()
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    return text[text.index(begin) + len(begin) : text.index(end)].strip()
