from translators.base import Draft
from translators.halves import join_halves, say_sides
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
