"""From drafts to the run: what wins goes to its place, and nothing else is lost."""

from typing import Any

from translators.base import Draft
from translators.finish import Finisher
from translators.merge import merge
from translators.run import Run
from translators.span import Event, Json, Link, Resource, Scope, Span

IDS: dict[str, Any] = {
    "trace_id": "0af7651916cd43dd8448eb211c80319c",
    "span_id": "b7ad6b7169203331",
}


def finished(said: dict[str, Json], keep: bool = True, **span: Any) -> Run:
    """The run of a span of which one dialect says *said*, each field from attribute ``a.<field>``.

    The attributes exist, and are what the values were read from.
    """
    attributes = {f"a.{field}": value for field, value in said.items()}
    made = Span(**IDS, **{**span, "attributes": {**attributes, **span.get("attributes", {})}})
    draft = Draft()
    for field, value in said.items():
        draft.say(field, value, f"a.{field}")
    drafts = [("acme", draft)]
    return Finisher(keep).finish(made, merge(drafts), drafts, ())


def test_what_is_carried_is_not_repeated_and_what_is_not_keeps_its_own_key() -> None:
    run = finished({"name": "x"}, attributes={"rest": [1, 2]})

    assert run.name == "x"
    assert run.metadata["rest"] == [1, 2]
    assert "a.name" not in run.metadata


def test_parameters_of_a_chain_stay_where_they_were() -> None:
    run = finished({"run_type": "chain", "params.temperature": 0.5, "model": "gpt-4o"})

    assert run.invocation_params == {}
    assert run.metadata["a.params.temperature"] == 0.5
    assert run.metadata["a.model"] == "gpt-4o"
    assert "ls_model_name" not in run.metadata


def test_a_model_call_gets_what_langsmith_prices_and_filters_by() -> None:
    run = finished(
        {
            "run_type": "llm",
            "model": "gpt-4o",
            "response_model": "gpt-4o-2024-08-06",
            "provider": "OpenAI",
            "params.temperature": 0.5,
            "params.max_tokens": 9,
            "inputs": {"messages": []},
        }
    )

    assert run.invocation_params == {"temperature": 0.5, "max_tokens": 9, "model": "gpt-4o"}
    wanted = {
        "ls_model_name": "gpt-4o-2024-08-06",
        "ls_provider": "openai",
        "ls_model_type": "chat",
        "ls_temperature": 0.5,
        "ls_max_tokens": 9,
        "response_model": "gpt-4o-2024-08-06",
        "gen_ai_provider_raw": "OpenAI",
    }
    assert {key: run.metadata.get(key) for key in wanted} == wanted


def test_usage_of_a_model_call_is_priced_even_without_outputs() -> None:
    run = finished({"run_type": "llm", "usage.input": 3, "usage.output": 2})

    usage = {"input_tokens": 3, "output_tokens": 2, "total_tokens": 5}
    assert run.outputs == {"usage_metadata": usage}
    assert run.metadata["usage_metadata"] == usage


def test_usage_of_a_chain_is_a_sum_and_not_priced_again() -> None:
    run = finished({"run_type": "chain", "usage.input": 3, "usage.output": 2})

    assert run.outputs is None
    assert run.metadata["usage_rollup"]["total_tokens"] == 5
    assert "usage_metadata" not in run.metadata


def test_usage_of_an_agent_that_is_its_sole_holder_is_priced() -> None:
    run = finished({"usage.input": 3, "usage.output": 2, "usage_holder": True})

    assert run.metadata["usage_metadata"]["total_tokens"] == 5


def test_a_ready_usage_object_wins_and_counters_that_differ_are_kept_beside_it() -> None:
    ready = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
    run = finished(
        {"run_type": "llm", "usage_metadata": ready, "usage.input": 7, "usage.output": 1}
    )

    assert run.metadata["usage_metadata"] == ready
    assert run.metadata["usage_counters"] == {"input": 7}


def test_a_bag_fills_holes_and_stays_whole_where_it_says_something_else() -> None:
    draft = Draft()
    draft.say("run_type", "llm")
    draft.say("params.temperature", 0.5)
    draft.say("bag.params", {"temperature": 0.9, "seed": 7}, "bag")
    span = Span(**IDS, attributes={"bag": '{"temperature":0.9,"seed":7}'})

    run = Finisher(True).finish(span, merge([("acme", draft)]), [("acme", draft)], ())

    assert run.invocation_params == {"temperature": 0.5, "seed": 7}
    assert run.metadata["bag"] == '{"temperature":0.9,"seed":7}'


def test_a_metadata_bag_is_spread_out() -> None:
    run = finished({"bag.metadata": {"team": "x"}})

    assert run.metadata["team"] == "x"
    assert "a.bag.metadata" not in run.metadata


def test_unmapped_attributes_never_mean_something_to_langsmith() -> None:
    attributes = {"session_id": "s", "ls_provider": "p", "OTEL_SPAN_ID": "other"}

    run = finished({}, attributes=attributes)

    assert {k: v for k, v in run.metadata.items() if k.startswith("otel.attributes.")} == {
        "otel.attributes.session_id": "s",
        "otel.attributes.ls_provider": "p",
        "otel.attributes.OTEL_SPAN_ID": "other",
    }
    assert run.thread_id is None


def test_a_thread_is_known_by_any_of_langsmiths_keys() -> None:
    assert finished({"thread_id": "t", "user_id": "u"}).thread_id == "t"
    assert finished({"metadata.session_id": 7}).thread_id == "7"
    assert finished({"user_id": "u"}).metadata["user_id"] == "u"


def test_credentials_are_not_kept() -> None:
    run = finished({}, attributes={"http.request.header.authorization": "Bearer x"})

    assert run.metadata["http.request.header.authorization"] == "[redacted]"


def test_the_spans_own_fields_are_kept() -> None:
    run = finished(
        {"name": "shown", "kind": "agent"},
        name="span name",
        kind=3,
        parent_span_id="00f067aa0ba902b7",
        status_code=1,
        status_message="fine",
        trace_state="a=b",
        flags=0x301,
        dropped=(1, 0, 2),
        start_ns=1_000_000_001,
        end_ns=2_000_000_000,
        links=[Link("ab" * 16, "cd" * 8, "s=1", {"why": "retry"}, 0x301, 4)],
        scope=Scope("lib", "1.2", {"x": 1}, "https://schema", 3),
        resource=Resource({"service.name": "shop", "telemetry.sdk.name": "otel"}),
    )

    wanted = {
        "service_name": "shop",
        "otel.kind": "agent",
        "otel.span_name": "span name",
        "otel.parent_span_id": "00f067aa0ba902b7",
        "otel.span_kind": "CLIENT",
        "otel.status": "OK",
        "otel.status_message": "fine",
        "otel.trace_state": "a=b",
        "otel.flags": 0x301,
        "otel.dropped": {"attributes": 1, "links": 2},
        "otel.start_time_unix_nano": "1000000001",
        "otel.scope.name": "lib",
        "otel.scope.version": "1.2",
        "otel.scope.attributes": {"x": 1},
        "otel.scope.schema_url": "https://schema",
        "otel.scope.dropped_attributes_count": 3,
    }
    assert {key: run.metadata.get(key) for key in wanted} == wanted
    assert "otel.end_time_unix_nano" not in run.metadata
    assert run.metadata["otel.links"] == [
        {
            "trace_id": "ab" * 16,
            "span_id": "cd" * 8,
            "trace_state": "s=1",
            "attributes": {"why": "retry"},
            "flags": 0x301,
            "dropped_attributes_count": 4,
        }
    ]
    assert run.runtime == {"library": "lib", "sdk": "otel"}


def test_a_kind_that_otlp_does_not_know_yet_is_kept_as_its_number() -> None:
    assert finished({}, kind=9).metadata["otel.span_kind"] == 9


def test_trimming_keeps_genai_attributes_only() -> None:
    run = finished(
        {},
        keep=False,
        attributes={"gen_ai.x": 1, "http.method": "GET"},
        trace_state="a=b",
        resource=Resource({"service.name": "shop", "deployment.environment": "prod"}),
    )

    assert run.metadata["gen_ai.x"] == 1
    assert "http.method" not in run.metadata
    assert "otel.trace_state" not in run.metadata
    assert (run.metadata["service_name"], run.metadata["environment"]) == ("shop", "prod")


def test_events_come_in_time_order_and_the_first_token_among_them() -> None:
    run = finished(
        {"first_token_ns": 1_500_000_000},
        start_ns=1_000_000_000,
        end_ns=3_000_000_000,
        events=[
            Event("late", 2_000_000_000, {"n": 1}, dropped=2),
            Event("early", 1_200_000_000),
        ],
    )

    assert run.events == [
        {"name": "early", "time": "1970-01-01T00:00:01.200000+00:00"},
        {"name": "new_token", "time": "1970-01-01T00:00:01.500000+00:00"},
        {
            "name": "late",
            "time": "1970-01-01T00:00:02.000000+00:00",
            "kwargs": {"n": 1, "otel.dropped_attributes_count": 2},
        },
    ]


def test_a_first_token_outside_of_the_span_is_not_believed() -> None:
    assert finished({"first_token_ns": 5}, start_ns=10, end_ns=20).events == []


def test_an_event_whose_content_was_moved_keeps_its_name_and_time() -> None:
    draft = Draft()
    draft.say("inputs", {"messages": []}, 0)
    span = Span(**IDS, events=[Event("gen_ai.user.message", 0, {"content": "hi"})])

    run = Finisher(True).finish(span, merge([("acme", draft)]), [("acme", draft)], ())

    assert run.events == [
        {"name": "gen_ai.user.message", "time": "1970-01-01T00:00:00.000000+00:00"}
    ]


def test_the_langsmith_exporters_times_are_rounded_and_others_cut() -> None:
    times: dict[str, Any] = {"start_ns": 1999, "end_ns": 2500}
    rounded = finished({}, scope=Scope("langsmith"), **times)
    cut = finished({}, scope=Scope("other"), **times)

    assert (rounded.start_us, rounded.end_us) == (2, 3)
    assert (cut.start_us, cut.end_us) == (1, 2)


def test_a_run_without_any_name_is_called_by_what_it_does() -> None:
    attributes = {"gen_ai.operation.name": "chat"}

    assert finished({"model": "gpt-4o"}, attributes=attributes).name == "chat gpt-4o"
    assert finished({}).name == "span"


def test_explicit_ids_are_handed_on() -> None:
    run = finished({"run_id": "r", "dotted_order": "d"})

    assert run.ids is not None
    assert (run.ids.run_id, run.ids.trace_id, run.ids.dotted_order) == ("r", None, "d")


def test_other_bags_and_the_model_inside_one_stay_where_they_are_when_unknown() -> None:
    draft = Draft()
    draft.say("run_type", "llm")
    draft.say("bag.params", {"model": "gpt-4o"}, "bag")
    draft.say("bag.metadata", {"team": "x"}, "more")
    span = Span(**IDS, attributes={"bag": "b", "more": "m"})

    run = Finisher(True).finish(span, merge([("acme", draft)]), [("acme", draft)], ())

    assert run.metadata["bag"] == "b"
    assert "more" not in run.metadata
    assert "model" not in run.invocation_params


def test_what_was_counted_and_makes_no_sense_is_told_and_nothing_is_priced() -> None:
    run = finished({"run_type": "llm", "usage.input": -1})

    assert run.metadata["usage_invalid"] == {"input": -1}
    assert run.outputs is None


def test_a_cancelled_run_says_so() -> None:
    run = finished({}, events=[Event("span.cancelled", 5)])

    assert run.error == "Cancelled"
    assert run.metadata["cancelled"] is True


def test_the_tools_of_a_call_are_shown_beside_its_messages() -> None:
    tools = [{"type": "function", "function": {"name": "search"}}]
    run = finished({"run_type": "llm", "params.tools": tools, "inputs": {"messages": []}})

    assert run.inputs == {"messages": [], "tools": tools}


def test_what_users_call_as_the_spans_own_metadata_stands_aside() -> None:
    names = ("otel.dialects", "otel.links", "OTEL_SPAN_ID", "otel.kind", "otel.status_message")
    said = {f"metadata.{name}": "theirs" for name in names}
    attributes = {name: "unmapped" for name in names}
    run = finished({**said, "kind": "k"}, attributes=attributes, status_message="m", status_code=1)

    assert run.metadata["otel.kind"] == "k"
    assert run.metadata["otel.status_message"] == "m"
    assert run.metadata["OTEL_SPAN_ID"] == IDS["span_id"]
    for name in names:
        aside = f"otel.attributes.{name}"
        assert run.metadata[aside] == "theirs"
        assert "unmapped" in (run.metadata[name], run.metadata.get("otel.attributes." + aside))


def test_usage_in_an_attribute_of_that_name_is_not_priced() -> None:
    run = finished({"run_type": "llm"}, attributes={"usage_metadata": {"input_tokens": 5}})

    assert "usage_metadata" not in run.metadata
    assert run.metadata["otel.attributes.usage_metadata"] == {"input_tokens": 5}


def test_a_credential_stays_hidden_under_any_name_that_a_dialect_gives_it() -> None:
    said: dict[str, Json] = {
        "run_type": "llm",
        "metadata.openai_api_key": "sesame",
        "params.api_key": "sesame",
        "bag.metadata": {"cookie": "sesame", "plan": "pro"},
        "metadata.user_api_key_alias": "team",
    }
    secret = {"authorization": "sesame", "to": "x"}
    run = finished(
        said,
        attributes={"x-api-key": "sesame"},
        events=[Event("sent", 0, secret)],
        links=[Link("1" * 32, "2" * 16, attributes=secret)],
        scope=Scope("lib", attributes=secret),
    )

    assert "sesame" not in str([run.metadata, run.invocation_params, run.events])
    hidden = ("openai_api_key", "api_key", "cookie", "x-api-key")
    assert {run.metadata[name] for name in hidden} == {"[redacted]"}
    assert run.metadata["user_api_key_alias"] == "team"
    assert run.metadata["plan"] == "pro"
    hidden_here = {"authorization": "[redacted]", "to": "x"}
    assert run.events[0]["kwargs"] == hidden_here
    assert run.metadata["otel.links"][0]["attributes"] == hidden_here
    assert run.metadata["otel.scope.attributes"] == hidden_here


def test_an_error_text_of_a_span_that_did_not_fail_stays_an_attribute() -> None:
    waits = {"pydantic_ai.tool.deferral.name": "CallDeferred"}
    run = finished({"error": "wait"}, attributes=waits)

    assert run.error is None
    assert run.metadata["a.error"] == "wait"


def test_a_model_that_is_told_nowhere_stays_an_attribute() -> None:
    said: dict[str, Json] = {"run_type": "llm", "model": "a", "response_model": "b"}
    run = finished({**said, "metadata.response_model": "c", "metadata.ls_model_name": "d"})

    assert run.metadata["a.response_model"] == "b"
    assert "a.model" not in run.metadata


def test_usage_that_the_outputs_bring_along_gives_way_to_the_spans_own() -> None:
    theirs = {"input_tokens": 1, "input_token_details": "odd"}
    said: dict[str, Json] = {"run_type": "llm", "usage.input": 1, "usage.output": 2}
    run = finished({**said, "outputs": {"usage_metadata": theirs}})
    alike = finished({**said, "outputs": {"usage_metadata": {"input_tokens": 1}}})

    assert run.outputs == alike.outputs == {"usage_metadata": run.metadata["usage_metadata"]}
    assert run.metadata["otel.alternates.usage_metadata"] == theirs
    assert "otel.alternates.usage_metadata" not in alike.metadata
