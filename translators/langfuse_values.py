"""What Langfuse's SDKs write into single attributes: calls, metadata, usage, times.

Source: langfuse-python 5.0.4, ``langfuse/_client``, ``langfuse/openai.py``, ``langfuse/langchain``.
"""

from datetime import UTC, datetime, timedelta

from translators.attributes import json_object, parsed_json
from translators.base import Draft
from translators.span import Json, JsonObject, Span
from translators.tools import tools_of
from translators.usage_buckets import costs_of_buckets, counters_of_buckets
from translators.usage_objects import counters_of, counts_cache_apart, is_usage_object

_CALL = {"args", "kwargs"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_JSON_SINCE = 5


def unwrapped_call(value: Json) -> Json:
    """Return what a decorated function was called with, without the envelope around it."""
    if not isinstance(value, dict) or value.keys() != _CALL:
        return value
    args, kwargs = value["args"], value["kwargs"]
    if args == []:
        return kwargs
    if kwargs == {} and isinstance(args, list) and len(args) == 1:
        return args[0]
    return value


def split_tools(value: Json) -> tuple[Json, list[JsonObject] | None]:
    """Return messages, and the tools that the LangChain handler puts behind them as messages."""
    if not isinstance(value, list):
        return value, None
    messages = [item for item in value if not _is_tool(item)]
    if len(messages) == len(value):
        return value, None
    tools = tools_of([item["content"] for item in value if _is_tool(item)])
    return (value, None) if tools is None else (messages, tools)


def encodes_texts(span: Span) -> bool:
    """Tell whether texts in the metadata are JSON too, as they are since Python's version 5."""
    major = span.scope.version.partition(".")[0]
    if not major.isdecimal() or int(major) < _JSON_SINCE:
        return False
    return span.resource.attributes.get("telemetry.sdk.language") == "python"


def metadata_value(value: Json, *, encoded: bool) -> Json:
    """Return a metadata value, opened where it is JSON text: of any value, or of no text only."""
    if not isinstance(value, str) or not (encoded or value[:1] in ("{", "[")):
        return value
    found = parsed_json(value)
    return value if found is None else found


def completion_start_ns(value: Json) -> int | None:
    """Return when the first token came, in nanoseconds since 1970, from ISO 8601 or its JSON."""
    if not isinstance(value, str):
        return None
    try:
        time = datetime.fromisoformat(value.strip('"'))
    except ValueError:
        return None
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    return (time - _EPOCH) // _MICROSECOND * 1000


def say_usage(value: Json, key: str, draft: Draft) -> None:
    """Say the token counts: Langfuse's buckets, or a provider's usage object as it came."""
    usage = json_object(value)
    if usage is None:
        return
    if is_usage_object(usage):
        counters, complete = counters_of(usage)
        if counts_cache_apart(usage):
            draft.say("usage.exclusive", True)
    else:
        counters = counters_of_buckets(usage)
        told = [0, *counters.values()]
        complete = all(number in told for number in usage.values())
    for name, count in counters.items():
        draft.say(f"usage.{name}", count, *((key,) if complete else ()))


def say_costs(value: Json, key: str, draft: Draft) -> None:
    """Say the costs in US dollars."""
    given = json_object(value)
    if given is None:
        return
    costs = costs_of_buckets(given)
    told = list(costs.values())
    complete = all(number in told for number in given.values())
    for name, cost in costs.items():
        draft.say(f"usage.{name}", cost, *((key,) if complete else ()))


def _is_tool(item: Json) -> bool:
    """Tell whether a message is a tool's definition: a result would name the call it answers."""
    return (
        isinstance(item, dict)
        and item.get("role") == "tool"
        and isinstance(item.get("content"), dict)
        and "tool_call_id" not in item
    )
