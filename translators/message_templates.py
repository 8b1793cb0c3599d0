"""Logfire's message templates, filled in from the span's attributes.

Logfire names a span by its template, so that spans of one kind have one name.
Source: https://logfire.pydantic.dev/docs/guides/onboarding-checklist/add-manual-tracing/
"""

from translators.span import Json, JsonObject

_MAX_VALUE = 100  # characters; what is longer is content, not a name
_MODEL = "request_data[model]"
_TIMING = " took {duration"


def filled(template: str, attributes: JsonObject, model: str | None = None) -> str | None:
    """Return the template with the values in place of their names; None where one is missing.

    Understood are names of attributes, with ``!r`` and ``=``, and the model in ``request_data``.
    How long something took is left out: it would make each name another.
    """
    text: list[str] = []
    rest = template.partition(_TIMING)[0]
    while rest:
        head, brace, rest = rest.partition("{")
        text.append(head)
        if brace:
            field, _, rest = rest.partition("}")
            word = _word(field, attributes, model)
            if word is None:
                return None
            text.append(word)
    return "".join(text)


def _word(field: str, attributes: JsonObject, model: str | None) -> str | None:
    name, _, conversion = field.partition("!")
    shown, name = name if name.endswith("=") else "", name.removesuffix("=")
    value: Json = model if name == _MODEL else attributes.get(name)
    if not isinstance(value, str | int) or len(str(value)) > _MAX_VALUE:
        return None
    return shown + (repr(value) if conversion == "r" else str(value))
