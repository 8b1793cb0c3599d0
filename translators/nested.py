"""Tables read within a value: an event's attributes, an object in an attribute."""

from translators.attributes import Table
from translators.base import Draft
from translators.span import JsonObject


def read_nested(table: Table, values: JsonObject, draft: Draft) -> None:
    """Say in *draft* what the rows find among *values*.

    No attribute is told to be carried: the value that holds them stays as it is.
    """
    found = Draft()
    table.read(values, found)
    for field, (value, _) in found.said.items():
        draft.say(field, value)
