"""The filter language, from text to tree: ``and(eq(run_type, "llm"), gt(latency, "5s"))``.

Source: LangSmith documentation, "Trace query syntax".
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

from collector.sandbox.documents import Json
from collector.sandbox.errors import Malformed


@dataclass(frozen=True, slots=True)
class Field:
    """A bare word: the name of a run's field."""

    name: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A value: string, number, boolean, null, or a list of these."""

    value: Json


@dataclass(frozen=True, slots=True)
class Call:
    """A function on its arguments."""

    function: str
    arguments: tuple["Node", ...]


Node: TypeAlias = Field | Literal | Call

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<word>[A-Za-z_][A-Za-z0-9_.]*)
      | (?P<mark>[(),\[\]])
    )""",
    re.VERBOSE | re.DOTALL,
)
_CONSTANTS: dict[str, Json] = {
    "true": True,
    "True": True,
    "false": False,
    "False": False,
    "null": None,
    "None": None,
}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_MAX_DEPTH = 100


def parse_filter(text: str) -> Call:
    """Return the expression *text* spells.

    Raises:
        Malformed: it is no expression of the filter language.
    """
    parser = _Parser(text)
    node = parser.node(0)
    if not isinstance(node, Call) or parser.token[0] != "end":
        raise parser.error('an expression such as eq(name, "x")')
    return node


class _Parser:
    """Reads one token ahead; every error names the place."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self.token = ("", "")
        self._next()

    def node(self, depth: int) -> Node:
        kind, text = self.token
        if depth > _MAX_DEPTH:
            raise Malformed(f"filter: nested deeper than {_MAX_DEPTH}")
        if text == "[" and kind == "mark":
            self._next()
            return Literal(self._list(depth))
        if kind not in ("string", "number", "word"):
            raise self.error("a field, a value or a function")
        self._next()
        if kind == "string":
            return Literal(_unescape(text[1:-1]))
        if kind == "number":
            return Literal(float(text) if any(mark in text for mark in ".eE") else int(text))
        if self.token == ("mark", "("):
            self._next()
            return Call(text, tuple(self._until(")", depth)))
        return Literal(_CONSTANTS[text]) if text in _CONSTANTS else Field(text)

    def _list(self, depth: int) -> list[Json]:
        values = []
        for node in self._until("]", depth):
            if not isinstance(node, Literal):
                raise Malformed("filter: a list holds values only")
            values.append(node.value)
        return values

    def _until(self, closing: str, depth: int) -> list[Node]:
        nodes: list[Node] = []
        while self.token != ("mark", closing):
            if nodes:
                if self.token != ("mark", ","):
                    raise self.error(f"',' or {closing!r}")
                self._next()
            nodes.append(self.node(depth + 1))
        self._next()
        return nodes

    def _next(self) -> None:
        match = _TOKEN.match(self._text, self._position)
        if match is None:
            rest = self._text[self._position :].strip()
            self.token = ("unknown", rest) if rest else ("end", "")
            return
        self._position = match.end()
        kind = match.lastgroup or ""
        self.token = (kind, match[kind])

    def error(self, expected: str) -> Malformed:
        found = self.token[1] or "the end"
        return Malformed(f"filter: expected {expected}, found {found!r} by {self._position}")


def _unescape(text: str) -> str:
    def replace(match: re.Match[str]) -> str:
        if match[1] is not None:
            return chr(int(match[1], 16))
        return _ESCAPES.get(match[2], match[2])

    # A pair of \u escapes is one character beyond the basic plane, as in JSON.
    return _ESCAPE.sub(replace, text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
