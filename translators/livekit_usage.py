"""What LiveKit measures of a call: tokens, model, time to the first token.

Source: https://github.com/livekit/agents, ``livekit/agents/metrics/base.py``.
"""

from translators.attributes import Table, count, json_object, number, text
from translators.base import Draft
from translators.nested import read_nested
from translators.span import Json, Span

REALTIME = "lk.realtime_model_metrics"
METRICS = ("lk.llm_metrics", "lk.tts_metrics", REALTIME)
_TTFT = "gen_ai.response.time_to_first_chunk"
_COUNTED = ("gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens")


def _tokens(value: Json) -> int | None:
    # Speech is counted in characters where it is not in tokens: there 0 says nothing.
    return count(value) or None


_SUMS = Table(
    {
        "prompt_tokens": ("usage.input", count),
        "completion_tokens": ("usage.output", count),
        "input_tokens": ("usage.input", _tokens),
        "output_tokens": ("usage.output", _tokens),
        "total_tokens": ("usage.total", _tokens),
    }
)
_DETAILS = Table(
    {
        "prompt_cached_tokens": ("usage.cache_read", count),
        "cache_creation_tokens": ("usage.cache_creation", count),
        "reasoning_tokens": ("usage.reasoning", count),
        "characters_count": ("metadata.characters_count", count),
    }
)
_PARTS = (
    (
        "input_token_details",
        Table(
            {
                "cached_tokens": ("usage.cache_read", count),
                "audio_tokens": ("usage.input_audio", count),
                "text_tokens": ("usage.input_text", count),
                "image_tokens": ("usage.input_image", count),
            }
        ),
    ),
    (
        "output_token_details",
        Table(
            {
                "audio_tokens": ("usage.output_audio", count),
                "text_tokens": ("usage.output_text", count),
                "image_tokens": ("usage.output_image", count),
            }
        ),
    ),
)


def say_metrics(span: Span, draft: Draft) -> None:
    """Say what the metrics of the span's call hold beyond its ``gen_ai.*`` attributes."""
    attributes = span.attributes
    for key in METRICS:
        metrics = json_object(attributes.get(key)) if key in attributes else None
        if metrics is None:
            continue
        if not any(name in attributes for name in _COUNTED):
            read_nested(_SUMS, metrics, draft)
        read_nested(_DETAILS, metrics, draft)
        for name, table in _PARTS:
            part = metrics.get(name)
            if isinstance(part, dict):
                read_nested(table, part, draft)
        about = metrics.get("metadata")
        if isinstance(about, dict):
            if "gen_ai.request.model" not in attributes:
                draft.say("model", text(about.get("model_name")))
            if "gen_ai.provider.name" not in attributes:
                draft.say("provider", text(about.get("model_provider")))
        seconds = number(metrics.get("ttft", metrics.get("ttfb")))
        # Below zero there was none.
        if seconds is not None and seconds >= 0 and _TTFT not in attributes:
            draft.say("first_token_ns", span.start_ns + round(seconds * 1e9))
