"""LangSmith's own attributes, from its SDKs' exporters and from users' code on any other span.

Source: langsmith-sdk, ``python/langsmith/_internal/otel/_otel_exporter.py`` and
``js/src/experimental/otel``; LangSmith, "Trace with OpenTelemetry".
"""

import ast
import base64
import binascii
from collections.abc import Mapping

from translators.attributes import (
    Table,
    anything,
    flag,
    json_list,
    json_object,
    json_or_text,
    parsed_json,
    strings,
    text,
)
from translators.base import Draft, Signature
from translators.messages import normal_messages
from translators.run import RUN_TYPES, Attachment
from translators.span import Json, JsonObject, Span
from translators.tools import tools_of
from translators.usage import INPUT_DETAILS, OUTPUT_DETAILS, normal_usage

SCOPE = "langsmith"
META = "langsmith.metadata."
TAGS = "langsmith.span.tags"
PROJECT_ID = "langsmith.trace.session_id"
USAGE = ("langsmith.usage_metadata", "langsmith.metadata.usage_metadata")
RUNTIME = "langsmith.span.runtime"
HEADERS = "langsmith.request.headers"
ATTACHMENTS = "langsmith.attachments"
_FILE = ("name", "content", "mime_type")

THREADS = tuple(META + key for key in ("thread_id", "session_id", "conversation_id"))
PARAMS = (META + "invocation_params", META + "ls_invocation_params")
TOOLS = "gen_ai.tool.definitions"
# The exporter writes the run's whole inputs and outputs here, in LangSmith's own shape.
CONTENT = {
    "gen_ai.prompt": ("inputs", "raw_inputs"),
    "gen_ai.completion": ("outputs", "raw_outputs"),
}
TOKEN_DETAILS = {
    "gen_ai.usage.input_token_details": {word: name for name, word in INPUT_DETAILS.items()},
    "gen_ai.usage.output_token_details": {word: name for name, word in OUTPUT_DETAILS.items()},
}

SECRETS = ("authorization", "api-key", "api_key", "cookie", "secret", "service-key", "token")
HIDDEN = "[hidden]"
MAX_LITERAL = 64 * 1024
UUID_LENGTH = 36
SEGMENT_LENGTH = 22 + UUID_LENGTH  # 20260101T000000000000Z and a UUID
HEX = frozenset("0123456789abcdef")


def run_type(value: Json) -> str | None:
    """Return a LangSmith run type, whatever its case."""
    word = value.strip().lower() if isinstance(value, str) else None
    return word if word in RUN_TYPES else None


def uuid(value: Json) -> str | None:
    """Return a UUID in lower case with its hyphens."""
    if not isinstance(value, str):
        return None
    word = value.strip().lower()
    digits = word.replace("-", "")
    if len(digits) != 32 or len(word) not in (32, UUID_LENGTH) or not HEX.issuperset(digits):
        return None
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def dotted_order(value: Json) -> str | None:
    """Return a dotted order all of whose segments are a time of 22 characters and a UUID."""
    if not isinstance(value, str):
        return None
    segments = value.strip().split(".")
    for segment in segments:
        time = segment[:-UUID_LENGTH]
        if len(segment) != SEGMENT_LENGTH or time[8] != "T" or time[-1] != "Z":
            return None
        if not (time[:8] + time[9:-1]).isdecimal() or not uuid(segment[-UUID_LENGTH:]):
            return None
    return ".".join(segment[:-UUID_LENGTH] + segment[-UUID_LENGTH:].lower() for segment in segments)


def only_true(value: Json) -> bool | None:
    """Return True for what says so; False says nothing."""
    return flag(value) or None


TABLE = Table(
    {
        "langsmith.trace.name": ("name", text),
        "langsmith.span.kind": ("run_type", run_type),
        "langsmith.span.id": ("run_id", uuid),
        "langsmith.trace.id": ("trace_id", uuid),
        "langsmith.span.parent_id": ("parent_run_id", uuid),
        "langsmith.parent_span_id": ("parent_run_id", uuid),
        "langsmith.span.dotted_order": ("dotted_order", dotted_order),
        "langsmith.trace.session_name": ("project", text),
        PROJECT_ID: ("project_id", uuid),
        TAGS: ("tags", strings),
        "langsmith.reference_example_id": ("reference_example_id", uuid),
        "langsmith.is_root": ("is_root", only_true),
        "langsmith.root_span": ("is_root", only_true),
        USAGE[0]: ("usage_metadata", normal_usage),
        USAGE[1]: ("usage_metadata", normal_usage),
        META + "*": ("metadata.*", json_or_text),
        "langsmith.traceable": ("metadata.langsmith_otel.traceable", anything),
        "langsmith.traceable_parent_otel_span_id": (
            "metadata.langsmith_otel.traceable_parent_otel_span_id",
            anything,
        ),
        "langsmith.request.streaming": ("params.stream", flag),
    }
)


class LangSmith:
    """Spans of LangSmith's exporters, and ``langsmith.*`` attributes on any span."""

    name = "langsmith"
    table = TABLE
    also: Mapping[str, str] = {
        **{key: field for key, (field, _) in CONTENT.items()},
        **{key: "usage.*" for key in TOKEN_DETAILS},
        RUNTIME: "runtime.*",
        HEADERS: "metadata.langsmith_otel.request_headers",
        ATTACHMENTS: "attachments",
        **dict.fromkeys(PARAMS, "params.*"),
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether the span comes from LangSmith's exporter or has an attribute of its."""
        return signature.scope == SCOPE or "langsmith" in signature.namespaces

    def translate(self, span: Span) -> Draft:
        """Return what the attributes override and, for the exporter's spans, inputs and outputs."""
        attributes = span.attributes
        draft = Draft()
        TABLE.read(attributes, draft)
        if span.scope.name == SCOPE:
            _say_content(attributes, draft)
        _say_context(attributes, draft)
        for key, names in TOKEN_DETAILS.items():
            if key in attributes:
                _say_details(draft, key, attributes[key], names)
        if RUNTIME in attributes:
            for name, value in (json_object(attributes[RUNTIME]) or {}).items():
                draft.say(f"runtime.{name}", value, RUNTIME)
        if HEADERS in attributes:
            # Used in any case: what stays unused goes upstream as it is, with its secrets.
            draft.used.add(HEADERS)
            draft.say("metadata.langsmith_otel.request_headers", _headers(attributes[HEADERS]))
        if ATTACHMENTS in attributes:
            found, whole = attachments(attributes[ATTACHMENTS])
            draft.say("attachments", found or None, *([ATTACHMENTS] if whole else []))
        return draft


def attachments(value: Json) -> tuple[list[Attachment], bool]:
    """Return the files of ``langsmith.attachments``, and whether all of them could be read.

    Names get fit for a multipart part name; of equal ones, the second is ``<name>_2``.

    Args:
        value: a list of ``{"name", "content" (base64), "mime_type"}``, or its JSON text.
    """
    found: dict[str, Attachment] = {}
    copies: dict[str, int] = {}
    items = json_list(value)
    whole = items is not None
    for item in items or []:
        content = item.get("content") if isinstance(item, dict) else None
        try:
            data = base64.b64decode(content or "", validate=True)
        except (binascii.Error, TypeError, ValueError):
            content = None
        if content is None:
            whole = False
            continue
        given = text(item.get("name")) or "attachment"
        base = _part_name(given)
        whole = whole and base == given.replace(".", "_")
        plain = all(key in _FILE and isinstance(item[key], str) for key in item)
        name, whole = base, whole and plain
        while name in found:
            copies[base] = copies.get(base, 1) + 1
            name = f"{base}_{copies[base]}"
        mime_type = text(item.get("mime_type")) or ""
        if not (mime_type.isascii() and mime_type.isprintable() and "/" in mime_type):
            whole = whole and not mime_type
            mime_type = "application/octet-stream"
        found[name] = Attachment(name, mime_type, data)
    return list(found.values()), whole


def _part_name(name: str) -> str:
    return "".join(
        letter if letter.isprintable() and letter not in '."\\' else "_" for letter in name
    )


def _say_content(attributes: JsonObject, draft: Draft) -> None:
    for key, (field, raw_field) in CONTENT.items():
        if key not in attributes:
            continue
        found = parsed_json(attributes[key])
        if isinstance(found, dict):
            draft.say(field, _with_messages(found, field), key)
            if field == "inputs" and TOOLS not in attributes:
                draft.say("params.tools", tools_of(found.get("tools")))
            if field == "outputs" and isinstance(found.get("usage_metadata"), dict):
                draft.say("usage_metadata", normal_usage(found["usage_metadata"]))
        else:
            draft.say(raw_field, attributes[key] if found is None else found, key)


def _with_messages(content: JsonObject, field: str) -> JsonObject:
    """Return the content of a call to OpenAI's Responses with its messages beside it.

    Everything else is taken over as it is. Responses alone have no member that holds messages,
    which is what threads and evaluators read.
    """
    if "messages" in content:
        return content
    if field == "inputs" and "model" in content and isinstance(content.get("input"), str | list):
        messages = normal_messages(content["input"], "user")
    elif field == "outputs" and content.get("object") == "response":
        messages = normal_messages(content.get("output"), "assistant")
    else:
        return content
    return {**content, "messages": messages} if messages else content


def _say_context(attributes: JsonObject, draft: Draft) -> None:
    """Say project and thread, which have a second place, and params that metadata repeats."""
    draft.say("project", text(attributes.get(META + "ls_project_name")))
    for key in THREADS:
        if key in attributes:
            draft.say("thread_id", text(attributes[key]))
    if PROJECT_ID in attributes and "project_id" not in draft.said:
        # The documentation words it as a session of related traces, and users take it as that.
        draft.say("thread_id", text(attributes[PROJECT_ID]), PROJECT_ID)
    for key in PARAMS:
        if key in attributes:
            draft.say("bag.params", json_object(attributes[key]))
    first, second = (attributes.get(key) for key in USAGE)
    if second is not None and first == second:
        draft.used.add(USAGE[1])
    if attributes.get(TAGS) == "":
        draft.used.add(TAGS)


def _say_details(draft: Draft, key: str, value: Json, names: dict[str, str]) -> None:
    details = _literal_object(value)
    if not details:
        return
    counted = {names[word]: count for word, count in details.items() if word in names}
    keys = (key,) if len(counted) == len(details) else ()
    for name, count in counted.items():
        if isinstance(count, int):
            draft.say(f"usage.{name}", count, *keys)


def _literal_object(value: Json) -> JsonObject | None:
    """Return an object from JSON text, or from what Python's ``str`` makes of a dict."""
    if not isinstance(value, str) or value[:2] != "{'":
        return json_object(value)
    found: Json = None
    if '"' not in value:
        found = json_object(value.replace("'", '"'))
    if found is None and len(value) < MAX_LITERAL:
        try:
            found = ast.literal_eval(value)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return None
    return found if isinstance(found, dict) else None


def _headers(value: Json) -> Json:
    headers = _literal_object(value)
    if headers is not None:
        return {
            name: HIDDEN if _is_secret(str(name)) else header for name, header in headers.items()
        }
    return HIDDEN if _is_secret(str(value)) else value


def _is_secret(words: str) -> bool:
    lowered = words.lower()
    return any(word in lowered for word in SECRETS)
