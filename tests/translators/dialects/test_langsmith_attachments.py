import base64

import orjson
import pytest

from tests.translators.spans import span
from translators.base import Draft
from translators.dialects.langsmith import LangSmith, attachments
from translators.span import Json, JsonObject

RUN_ID = "0190a1b2-c3d4-7ef0-a5b6-6ea3a82e9328"
ORDER = f"20260101T000000000000Z{RUN_ID}"


def said(attributes: JsonObject, scope: str = "") -> Draft:
    return LangSmith().translate(span(attributes, scope=scope))


def value_of(draft: Draft, field: str) -> Json:
    return draft.said[field][0] if field in draft.said else None


def carried(draft: Draft) -> set[object]:
    return draft.used | {key for _, keys in draft.said.values() for key in keys}


def attachment(name: Json = "a", content: Json = "aGk=", mime_type: Json = "text/plain") -> Json:
    return {"name": name, "content": content, "mime_type": mime_type}


def test_attachments_are_decoded() -> None:
    draft = said({"langsmith.attachments": orjson.dumps([attachment()]).decode()})

    [file] = value_of(draft, "attachments")
    assert (file.name, file.mime_type, file.data) == ("a", "text/plain", b"hi")
    assert carried(draft) == {"langsmith.attachments"}


def test_names_fit_a_multipart_header_and_are_told_apart() -> None:
    found, _ = attachments(
        [attachment("a.b"), attachment('a"b'), attachment("x\r\n"), {**attachment(), "name": None}]
    )

    assert [file.name for file in found] == ["a_b", "a_b_2", "x__", "attachment"]


@pytest.mark.parametrize("mime_type", [None, "", "text", "text/plain\r\nX: y", "téxt/plain"])
def test_a_mime_type_that_is_none_is_binary(mime_type: Json) -> None:
    [file], _ = attachments([attachment(mime_type=mime_type)])

    assert file.mime_type == "application/octet-stream"


@pytest.mark.parametrize("bad", [attachment(content="no base64!"), attachment(content=5), {}, "x"])
def test_one_bad_attachment_keeps_the_others_and_the_attribute(bad: Json) -> None:
    draft = said({"langsmith.attachments": [bad, attachment()]})

    assert [file.name for file in value_of(draft, "attachments")] == ["a"]
    assert carried(draft) == set()


@pytest.mark.parametrize("value", ["no JSON", "{}", 5])
def test_what_is_no_list_holds_no_attachments(value: Json) -> None:
    assert said({"langsmith.attachments": value}).said == {}


def test_an_empty_file_is_a_file() -> None:
    content = base64.b64encode(b"").decode()

    found, whole = attachments([attachment(content=content)])

    assert [file.data for file in found] == [b""]
    assert whole


@pytest.mark.parametrize(
    ("bad", "whole"),
    [
        (attachment(), True),
        ({**attachment(), "x": 1}, False),
        (attachment(name=["a"]), False),
        (attachment(name="a.b"), True),
        (attachment(name='a"b'), False),
        (attachment(mime_type="odd"), False),
        (attachment(mime_type=7), False),
    ],
)
def test_the_attribute_stays_where_a_file_has_no_place_for_all_it_says(
    bad: Json, whole: bool
) -> None:
    assert attachments([bad])[1] is whole


def test_thousands_of_files_of_one_name_are_told_apart_at_once() -> None:
    found, _ = attachments([attachment()] * 20_000)

    assert [file.name for file in found[:3]] == ["a", "a_2", "a_3"]
    assert len({file.name for file in found}) == 20_000
