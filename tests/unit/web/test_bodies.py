"""What the strict reader refuses, and that it says where."""

import pytest
from pydantic import TypeAdapter, ValidationError

from clr.errors import BadRequest
from clr.web.bodies import DEPTH_LIMIT, Line, read_json

REFUSED = {
    "not a number": (b'{"a": NaN}', "NaN"),
    "infinity": (b'{"a": -Infinity}', "Infinity"),
    "a member twice": (b'{"a": 1, "a": 2}', '"a" appears twice'),
    "a member twice, deep inside": (b'[{"b": {"a": 1, "a": 1}}]', '"a" appears twice'),
    "half a surrogate pair": (b'{"a": "\\ud800"}', "surrogate"),
    "half a surrogate pair as a name": (b'{"\\udfff": 1}', "surrogate"),
    "NUL": (b'{"a": "x\\u0000y"}', "U+0000"),
    "a bell": (b'{"a": "x\\u0007y"}', "U+0007"),
    "a deleted letter": (b'{"a": "x\\u007fy"}', "U+007F"),
    "not UTF-8": (b'{"a": "\xff"}', "UTF-8 (byte 7)"),
    "a byte order mark of UTF-16": ('{"a": 1}'.encode("utf-16"), "UTF-8"),
    "cut off": (b'{"a": ', "line 1 column 7"),
    "two documents": (b"{} {}", "line 1"),
    "nothing but blanks": (b"  ", "not JSON"),
    "deep": (b"[" * (DEPTH_LIMIT + 2) + b"]" * (DEPTH_LIMIT + 2), "deeper"),
    "bottomless": (b"[" * 200_000, "deeper"),
    "an endless number": (b'{"a": ' + b"9" * 5_000 + b"}", "number"),
}


@pytest.mark.parametrize(("content", "says"), REFUSED.values(), ids=REFUSED.keys())
def test_a_body_that_two_systems_could_read_differently_is_refused(content: bytes, says: str):
    with pytest.raises(BadRequest) as refusal:
        read_json(content)
    assert says in refusal.value.says


def test_ordinary_bodies_are_read():
    assert read_json('{"name": "Débat 🎓", "parts": [1, 2.5, null, true]}'.encode()) == {
        "name": "Débat 🎓",
        "parts": [1, 2.5, None, True],
    }
    assert read_json(b'"\\ud83c\\udf93"') == "🎓"


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "\u2060 \u00ad", "\u202e"])
def test_a_name_that_nobody_can_see_is_no_name(name: str):
    with pytest.raises(ValidationError):
        TypeAdapter(Line).validate_python(name)


@pytest.mark.parametrize("name", ["A", "?", " É ", "名", "🙂"])
def test_a_name_of_one_letter_is_a_name(name: str):
    assert TypeAdapter(Line).validate_python(name) == name.strip()
