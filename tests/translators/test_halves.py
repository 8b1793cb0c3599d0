from translators.base import Draft
from translators.halves import join_halves, say_parts, say_sides
from translators.merge import merge
from translators.span import Json, JsonObject

IN: JsonObject = {"messages": [{"role": "user", "content": "hi"}]}
OUT: JsonObject = {"messages": [{"role": "assistant", "content": "ho"}]}


def consumed(*winning: str, inputs: Json = None, outputs: Json = None) -> set[object]:
    """Return what is consumed where the sides in *winning* get into the run."""
    draft = Draft()
    say_sides(draft, "all", inputs, outputs, asked=("system",), answered=("result",))
    fields = merge([("one", draft)]).fields
    found: set[object] = {key for side in winning for key in fields[side][1]}
    join_halves(fields, found, {})
    return {key for key in found if isinstance(key, str)}


def test_an_attribute_with_both_sides_is_told_where_both_are() -> None:
    assert consumed("inputs", "outputs", inputs=IN, outputs=OUT) == {"all", "system", "result"}
    assert consumed("inputs", inputs=IN, outputs=OUT) == {"system"}
    assert consumed("outputs", inputs=IN, outputs=OUT) == {"result"}


def test_an_attribute_with_one_side_is_told_with_it() -> None:
    assert consumed("inputs", inputs=IN) == {"all", "system"}
    assert consumed("outputs", outputs=OUT) == {"all", "result"}
    assert consumed() == set()


def test_keys_of_events_are_no_halves() -> None:
    draft = Draft()
    draft.say("inputs", IN, (0, "inputs"), (1,), "a")
    draft.say("outputs", OUT, (0, "outputs"))
    fields = merge([("one", draft)]).fields
    found: set[object] = {(0, "inputs"), (0, "outputs"), (1,), "a"}

    join_halves(fields, found, {})

    assert found == {(0, "inputs"), (0, "outputs"), (1,), "a"}


def parts_consumed(*winning: str, instead: Json = None, **parts: Json) -> tuple[set[object], Json]:
    """Return what is consumed where the fields in *winning* get into the run, and its metadata."""
    draft = Draft()
    draft.say("params_b", 1, "b")
    say_parts(draft, "all", parts, instead)
    found: set[object] = {key for field in winning for key in draft.said[field][1]} | draft.used
    metadata = {"all": "***"} if "metadata.all" in draft.said else {}
    join_halves(merge([("one", draft)]).fields, found, metadata)
    return {key for key in found if isinstance(key, str)}, metadata


def test_an_attribute_of_many_fields_is_told_where_all_of_them_are() -> None:
    assert parts_consumed("inputs", "a", inputs=IN, a=1, c=None)[0] == {"all"}
    assert parts_consumed("outputs", "a", "c", outputs=OUT, a=1, c=2)[0] == {"all"}
    assert parts_consumed("inputs", inputs=IN, a=1)[0] == set()
    assert parts_consumed("a", inputs=IN, a=1)[0] == set()
    assert parts_consumed("inputs", inputs=IN)[0] == {"all"}
    assert parts_consumed("a", a=1)[0] == set()


def test_a_field_that_was_said_alike_before_is_told_by_both_attributes() -> None:
    assert parts_consumed("inputs", "params_b", inputs=IN, params_b=1)[0] == {"all", "b"}
    assert parts_consumed("inputs", "params_b", inputs=IN, params_b=2)[0] == {"b"}


def test_what_holds_a_credential_is_never_kept_and_its_stand_in_only_where_it_is_needed() -> None:
    secret: JsonObject = {"instead": "***", "inputs": IN, "a": 1}

    assert parts_consumed("inputs", "a", **secret) == ({"all"}, {})
    assert parts_consumed("inputs", **secret) == ({"all"}, {"all": "***"})
