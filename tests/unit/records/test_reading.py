"""What may be a credential is read strictly: two readers never see two documents."""

import pytest

from clr.records.reading import SIZE_LIMIT, NotADocument, parsed, text_of

HORRORS = {
    "nothing": ("", "not JSON"),
    "a list": ("[]", "JSON object"),
    "half a document": ('{"name": ', "line 1 column 10"),
    "not a number": ('{"credits": NaN}', "NaN"),
    "no end of numbers": ('{"credits": -Infinity}', "Infinity"),
    "digits without end": ('{"credits": ' + "9" * 100_000 + "}", "digits"),
    "a member twice": ('{"name": "A", "name": "B"}', "twice"),
    "a member twice, deep inside": ('{"a": [{"id": 1, "\\u0069d": 2}]}', "twice"),
    "half a letter": ('{"name": "\\ud800"}', "half a letter"),
    "half a letter as a name": ('{"\\udfff": 1}', "half a letter"),
    "lists without end": ('{"a":' + "[" * 100_000, "nested"),
    "objects without end": ('{"a":' * 100_000, "nested"),
}


@pytest.mark.parametrize("case", HORRORS)
def test_what_is_no_sound_document_is_refused_by_what_is_wrong(case: str) -> None:
    text, says = HORRORS[case]
    with pytest.raises(NotADocument, match=says):
        parsed(text)


def test_letters_beyond_the_first_plane_are_read_however_they_are_written() -> None:
    assert parsed('{"name": "\\ud834\\udd1e 𝄞"}') == {"name": "𝄞 𝄞"}


def test_more_than_any_record_holds_is_refused_by_its_limit() -> None:
    with pytest.raises(NotADocument, match="larger than 4 MiB"):
        text_of(b" " * (SIZE_LIMIT + 1), "application/json")


@pytest.mark.parametrize(
    ("data", "media_type", "says"),
    [
        (b"\xff\xfe{}", "application/json", "neither text nor an image"),
        (b"{}", "image/png", "no PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "application/json", "holds no credential"),
        (b"\x89PNG\r\n\x1a\n\0\0", "image/svg+xml", "damaged"),
    ],
)
def test_an_image_is_known_by_its_bytes_or_by_what_it_is_said_to_be(
    data: bytes, media_type: str, says: str
) -> None:
    with pytest.raises(NotADocument, match=says):
        text_of(data, media_type)
