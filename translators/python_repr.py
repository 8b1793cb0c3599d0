"""Objects that somebody wrote down with Python's ``repr`` or ``str`` instead of as JSON.

Source: Python, ``ast``; Pydantic writes its models as calls, ``Name(field=value, ...)``.
"""

import ast

from translators.span import Json

_MAX_LENGTH = 64 * 1024
_MAX_DEPTH = 32


def from_repr(text: str) -> Json:
    """Return what *text* says, models as objects of their fields; None where it is no such text.

    Nothing is ever executed. Texts of more than 64 KiB are not looked at.
    """
    if len(text) > _MAX_LENGTH:
        return None
    try:
        return _value(ast.parse(text, mode="eval").body, _MAX_DEPTH)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _value(node: ast.expr, depth: int) -> Json:
    if depth == 0:
        raise ValueError("nested too deeply")
    if isinstance(node, ast.Constant) and not isinstance(node.value, bytes | complex):
        return node.value
    if isinstance(node, ast.List | ast.Tuple):
        return [_value(item, depth - 1) for item in node.elts]
    if isinstance(node, ast.Dict):
        return {
            _key(key): _value(item, depth - 1)
            for key, item in zip(node.keys, node.values, strict=True)
        }
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.args:
        return {_field(word): _value(word.value, depth - 1) for word in node.keywords}
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        number = _value(node.operand, depth - 1)
        if isinstance(number, int | float):
            return -number
    raise ValueError("not a value")


def _field(word: ast.keyword) -> str:
    if word.arg is None:
        raise ValueError("not a field")
    return word.arg


def _key(node: ast.expr | None) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise ValueError("not a key of JSON")
