"""Looks for what got lost between a span and its run.

Source: conventions 3.5: every leaf of a span's attributes, events, links, status, scope and
resource occurs as a leaf of its run, or within a text of it.
"""

import ast
import re
from collections.abc import Iterator

import orjson

from tests.translators.test_golden import told
from translators.remains import is_secret
from translators.run import Run
from translators.span import Json, JsonObject, Span

# Words that the normal form has others for: roles, and types of parts.
RENAMED = frozenset(
    {
        *("user", "human", "assistant", "ai", "model", "system", "developer", "tool", "function"),
        *("text", "input_text", "output_text", "reasoning", "thinking", "tool_call", "tool-call"),
        *("tool_use", "function_call", "tool_call_response", "tool_result", "tool-result"),
        *("blob", "uri", "file", "image", "audio", "video", "document", "image_url"),
        *("message", "content", "base64", "url", "tool_calls", "summary_text", "constructor"),
        *("image-url", "audio-url", "video-url", "document-url", "binary", "input_image"),
        *("reasoningContent", "server_tool_call_response"),
        *("toolCall", "toolResult", "tool-return", "function_call_output"),
        *("json", "error-text", "error-json", "execution-denied"),
    }
)
ABSENT = frozenset({"", "N/A", "unknown", "None", "null", "<elided>", "<not specified>"})
_LEVELS = 8  # JSON text within JSON text


def opened(value: Json, level: int = 0) -> Json:
    """Return *value* with its JSON texts as what they say."""
    if isinstance(value, str) and level < _LEVELS and value[:1] in ("{", "[", '"', "'"):
        try:
            return opened(orjson.loads(value), level + 1)
        except orjson.JSONDecodeError:
            return _python(value)
    if isinstance(value, dict):
        return {key: opened(member, level) for key, member in value.items()}
    if isinstance(value, list):
        return [opened(member, level) for member in value]
    return value


def leaves(value: Json, key: str = "") -> Iterator[tuple[str, Json]]:
    """Yield each leaf with the key that it stands under; credentials are none."""
    if isinstance(value, dict):
        for name, member in value.items():
            if not is_secret(name):
                yield from leaves(member, name)
    elif isinstance(value, list):
        for member in value:
            yield from leaves(member, key)
    elif value is not None:
        yield key, value


def lost(span: Span, run: Run) -> list[tuple[str, Json]]:
    """Return what the span says and its run does not, as (where, leaf)."""
    said = told(run)
    found = [leaf for _, leaf in (*leaves(said), *leaves(opened(said)))]
    text = "\0".join(leaf for leaf in found if isinstance(leaf, str))
    exact = {leaf for leaf in found if isinstance(leaf, str)}
    folded = {leaf.lower() for leaf in exact}
    numbers = {float(leaf) for leaf in found if _is_number(leaf)} | _parts_of_sums(said)

    def is_there(leaf: Json) -> bool:
        if isinstance(leaf, bool) or (isinstance(leaf, str) and leaf.lower() in ("true", "false")):
            return str(leaf).lower() in folded | {str(one).lower() for one in found}
        if _is_number(leaf):
            return float(leaf) in numbers or leaf == 0 or str(leaf) in text
        if leaf.strip() in ABSENT or leaf in exact or leaf in text:
            return True
        if all(word.strip() in exact for word in leaf.split(",")):
            return True  # a list that was told as text
        try:
            return float(leaf) in numbers
        except ValueError:
            return False

    missing: list[tuple[str, Json]] = []
    for where, value in _told_by(span):
        for key, leaf in leaves(opened(value), where):
            if re.split("[ .]", key)[-1] in ("role", "type", "modality") and leaf in RENAMED:
                continue
            if _is_kind(key) and str(leaf).lower() in folded:
                continue  # kinds are told in lower case
            if where == "langsmith.attachments" and is_there(str(leaf).replace(".", "_")):
                continue  # LangSmith allows no dots in a name
            if not is_there(leaf):
                missing.append((where, leaf))
    return missing


def _told_by(span: Span) -> Iterator[tuple[str, Json]]:
    for key, value in span.attributes.items():
        if not is_secret(key) and key not in ("langsmith.is_root", "langsmith.root_span"):
            yield key, value
    for event in span.events:
        yield "event", event.name
        yield "event dropped", event.dropped
        for key, value in event.attributes.items():
            if not is_secret(key):
                yield f"event {event.name} {key}", value
    for link in span.links:
        yield "link", [link.trace_id, link.span_id, link.trace_state, link.attributes]
        yield "link", [link.dropped, *([link.flags] if link.flags & ~0x101 else [])]
    yield "name", span.name
    yield "status", span.status_message
    yield "trace state", span.trace_state
    yield "ids", [span.trace_id, span.span_id, span.parent_span_id]
    yield "dropped", list(span.dropped)
    if span.flags & ~0x101:
        yield "flags", span.flags
    if not 0 <= span.kind <= 5:
        yield "kind", span.kind
    yield "times", [str(ns) for ns in (span.start_ns, span.end_ns) if ns % 1000]
    scope = span.scope
    yield "scope", [scope.name, scope.version, scope.attributes, scope.schema_url, scope.dropped]


def _is_kind(key: str) -> bool:
    return key.lower().endswith(("kind", "spantype", "subtype", "span.type", "observation.type"))


def _is_number(leaf: Json) -> bool:
    return isinstance(leaf, int | float) and not isinstance(leaf, bool)


def _parts_of_sums(said: JsonObject) -> set[float]:
    """Return what was added up: counts of cached input, and of reasoning, are told by their sum."""
    usage = said.get("metadata", {})
    usage = usage.get("usage_metadata") or usage.get("usage_rollup") or {}
    if not isinstance(usage, dict):
        return set()
    parts: set[float] = set()
    for whole, details in (
        ("input_tokens", "input_token_details"),
        ("output_tokens", "output_token_details"),
    ):
        if isinstance(usage.get(whole), int) and isinstance(usage.get(details), dict):
            counts = [c for c in usage[details].values() if isinstance(c, int)]
            for chosen in range(1 << min(len(counts), 8)):
                some = sum(c for bit, c in enumerate(counts) if chosen >> bit & 1)
                parts.add(float(usage[whole] - some))
    return parts


def _python(value: str) -> Json:
    """Return what the text of a Python dict says, as some exporters write it; else the text."""
    if not value.startswith(("{'", "['")):
        return value
    try:
        return ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return value
