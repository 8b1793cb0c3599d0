from translators.base import Draft
from translators.merge import merge
from translators.span import Json


def draft(**said: Json) -> Draft:
    """A draft whose every value comes from the attribute ``<dialect field>`` of the same name."""
    made = Draft()
    for field, value in said.items():
        made.say(field.replace("__", "."), value, f"key.{field}")
    return made


def test_the_first_dialect_to_say_a_field_wins_and_the_others_are_told_as_lost() -> None:
    merged = merge([("a", draft(name="first")), ("b", draft(name="second", kind="agent"))])

    assert merged.fields == {
        "name": ("first", ("key.name",), "a"),
        "kind": ("agent", ("key.kind",), "b"),
    }
    assert merged.lost == [("name", "b", ("key.name",))]


def test_an_equal_value_carries_the_attributes_of_both() -> None:
    one, other = Draft(), Draft()
    one.say("model", "gpt-4o", "gen_ai.request.model")
    other.say("model", "gpt-4o", "llm.model_name")

    merged = merge([("a", one), ("b", other)])

    assert merged.fields["model"][1] == ("gen_ai.request.model", "llm.model_name")
    assert merged.lost == []


def test_the_counters_of_one_dialect_are_not_mixed_with_anothers() -> None:
    merged = merge(
        [
            ("a", draft(usage__input=10, usage__cache_read=4)),
            ("b", draft(usage__input=6, usage__output=3, usage__total=9, usage__reasoning=1)),
        ]
    )

    usage = {field: value for field, (value, _, _) in merged.fields.items()}
    assert usage == {"usage.input": 10, "usage.cache_read": 4, "usage.reasoning": 1}


def test_a_total_alone_gives_way_to_a_dialect_that_knows_the_parts() -> None:
    merged = merge([("a", draft(usage__total=99)), ("b", draft(usage__input=6, usage__total=9))])

    assert {f: v[0] for f, v in merged.fields.items()} == {"usage.input": 6, "usage.total": 9}


def test_messages_with_tool_calls_beat_the_same_without() -> None:
    poor = {"messages": [{"role": "assistant", "content": "a"}]}
    rich = {"messages": [{"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]}]}

    merged = merge([("a", draft(outputs=poor)), ("b", draft(outputs=rich))])

    assert merged.fields["outputs"] == (rich, ("key.outputs",), "b")
    assert merged.lost == [("outputs", "a", ("key.outputs",))]


def test_all_provider_words_are_kept_in_order_for_framework_names_are_passed_over() -> None:
    merged = merge([("a", draft(provider="langchain")), ("b", draft(provider="openai"))])

    assert merged.providers == ["langchain", "openai"]


def test_bags_wait_until_everything_said_singly_is_known() -> None:
    bag = Draft()
    bag.say("bag.params", {"temperature": 1}, "llm.invocation_parameters")

    merged = merge([("a", bag)])

    assert merged.fields == {}
    assert merged.bags == [("params", {"temperature": 1}, ("llm.invocation_parameters",), "a")]


def test_what_a_dialect_uses_is_used_whoever_wins() -> None:
    made = Draft()
    made.used.add("acme.noise")

    assert merge([("a", made)]).used == {"acme.noise"}


def test_a_poorer_telling_of_any_shape_loses() -> None:
    rich = {"choices": [{"message": {"content": [{"type": "text", "text": "a"}]}}]}

    merged = merge([("a", draft(outputs="text")), ("b", draft(outputs=rich))])

    assert merged.fields["outputs"][0] == rich


def test_tags_are_those_of_all_dialects_unless_one_from_elsewhere_says_some() -> None:
    drafts = [("a", draft(tags=["x", "y"])), ("b", draft(tags=["y", "z"]))]

    assert merge(drafts).fields["tags"][0] == ["x", "y", "y", "z"]
    assert merge(drafts, frozenset({"a"})).fields["tags"] == (["x", "y"], ("key.tags",), "a")


def test_messages_do_not_beat_content_of_another_kind() -> None:
    messages = {"messages": [{"role": "user", "content": "a"}]}
    drafts = [("a", draft(inputs={"input": "a"})), ("b", draft(inputs=messages))]
    empty = [("a", draft(inputs={"messages": []})), ("b", draft(inputs=messages))]

    assert merge(drafts).fields["inputs"][0] == {"input": "a"}
    assert merge(empty).fields["inputs"][0] == messages


def test_choices_of_any_kind_are_compared() -> None:
    odd = {"choices": ["a", 7, {"message": {"content": [1], "tool_calls": [1]}}]}
    merged = merge([("a", draft(outputs={"choices": ["b"]})), ("b", draft(outputs=odd))])

    assert merged.fields["outputs"][0] == odd
