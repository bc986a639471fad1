"""Credentials out of images: those that others baked, and images made to do harm."""

import time
import tracemalloc
import zlib

import pytest
from openbadgeslib.baking import ITXT_KEYWORD_OB3, SVG_ELEMENT_OB3, SVG_NS_OB3, bake_png, bake_svg

from clr.records.unbaking import PNG, TEXT_LIMIT, NotBaked, from_png, from_svg

CREDENTIAL = '{"name": "Débat <1> & ]] more"}'
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><circle r="1"/></svg>'
SPACE = f'xmlns:o="{SVG_NS_OB3}"'


def chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)


def text_chunk(text: bytes, *, keyword: bytes = b"openbadgecredential", flags: bytes = b"\0\0") -> bytes:
    return chunk(b"iTXt", keyword + b"\0" + flags + b"\0\0" + text)


def png(*chunks: bytes) -> bytes:
    header = chunk(b"IHDR", (1).to_bytes(4) + (1).to_bytes(4) + bytes([8, 0, 0, 0, 0]))
    return PNG + header + b"".join(chunks) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def svg(inside: str, before: str = "") -> bytes:
    return f'{before}<svg xmlns="http://www.w3.org/2000/svg" {SPACE}>{inside}</svg>'.encode()


def test_a_credential_baked_by_another_into_a_png_is_read() -> None:
    assert from_png(bake_png(png(), CREDENTIAL, keyword=ITXT_KEYWORD_OB3)) == CREDENTIAL


def test_a_credential_baked_by_another_into_an_svg_is_read() -> None:
    baked = bake_svg(SVG, CREDENTIAL, element=SVG_ELEMENT_OB3, namespace=SVG_NS_OB3, as_text=True)
    assert from_svg(baked) == CREDENTIAL


def test_a_signed_token_baked_by_another_into_an_svg_is_read() -> None:
    baked = bake_svg(SVG, "eyJ.eyJ.c2ln", element=SVG_ELEMENT_OB3, namespace=SVG_NS_OB3)
    assert from_svg(baked) == "eyJ.eyJ.c2ln"


def test_a_compressed_text_and_a_record_are_read() -> None:
    packed = text_chunk(zlib.compress(CREDENTIAL.encode()), keyword=b"clrcredential", flags=b"\1\0")
    assert from_png(png(packed)) == CREDENTIAL


def test_a_credential_in_cdata_is_read_whole() -> None:
    assert from_svg(svg('<o:credential><![CDATA[\n{"a": "<&>"}\n]]></o:credential>')) == '{"a": "<&>"}'


WHOLE = png(text_chunk(b"{}"))

PNGS = {
    "none": (png(), "holds no credential"),
    "another's keyword": (png(text_chunk(b"{}", keyword=b"openbadges")), "holds no credential"),
    "two": (png(text_chunk(b"{}"), text_chunk(b"{}")), "more than one"),
    "two kinds": (png(text_chunk(b"{}"), text_chunk(b"{}", keyword=b"clrcredential")), "more than one"),
    "no png": (b"GIF89a", "no PNG"),
    "changed": (WHOLE.replace(b"{}", b"[]"), "damaged"),
    "a length beyond the end": (PNG + b"\xff\xff\xff\xffiTXt{}", "damaged"),
    "not utf-8": (png(text_chunk(b"\xff\xfe")), "UTF-8"),
    "not packed": (png(text_chunk(b"{}", flags=b"\1\0")), "unpacked"),
    "packed and cut": (png(text_chunk(zlib.compress(bytes(99))[:-6], flags=b"\1\0")), "unpacked"),
    "packed some other way": (png(text_chunk(zlib.compress(b"{}"), flags=b"\1\1")), "unpacked"),
}


@pytest.mark.parametrize("case", PNGS)
def test_a_png_without_one_sound_credential_is_refused_by_what_is_wrong(case: str) -> None:
    data, says = PNGS[case]
    with pytest.raises(NotBaked, match=says):
        from_png(data)


def test_a_png_cut_off_anywhere_is_refused_never_half_read() -> None:
    for end in range(len(PNG), len(WHOLE) - 12):
        cut = WHOLE[:end]
        try:
            told = from_png(cut)
        except NotBaked:
            continue
        assert told == "{}"  # the credential's own chunk, checksum and all, came before the cut


@pytest.mark.parametrize("count", [1, 40])
def test_packed_bombs_stay_within_the_memory_of_one_credential(count: int) -> None:
    bomb = text_chunk(zlib.compress(bytes(8 * TEXT_LIMIT), 9), flags=b"\1\0")
    data = png(*[bomb] * count)
    tracemalloc.start()
    began = time.perf_counter()
    with pytest.raises(NotBaked):
        from_png(data)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 * TEXT_LIMIT
    assert time.perf_counter() - began < 5


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
LAUGHING = svg("<o:credential>&l9;</o:credential>", f'<!DOCTYPE svg [<!ENTITY l0 "ha">{LAUGHS}]>')

SVGS = {
    "none": (SVG, "holds no credential"),
    "a credential of another language": (svg('<credential verify="x"/>'), "holds no credential"),
    "an empty one": (svg("<o:credential/>"), "holds no credential"),
    "two": (svg("<o:credential>{}</o:credential><g><o:credential>{}</o:credential></g>"), "more than one"),
    "two in one element": (svg('<o:credential verify="a.b.c">{}</o:credential>'), "more than one"),
    "no xml": (b"<svg", "cannot be read"),
    "an entity from a file": (
        svg("<o:credential>&f;</o:credential>", '<!DOCTYPE svg [<!ENTITY f SYSTEM "file:///etc/hostname">]>'),
        "document type",
    ),
    "a billion laughs": (LAUGHING, "document type"),
    "a billion laughs in another encoding": (LAUGHING.decode().encode("utf-16"), "UTF-8"),
    "a billion laughs said to be in UTF-7": (
        b'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE svg+AD4-' + SVG,
        "cannot be read",
    ),
}


@pytest.mark.parametrize("case", SVGS)
def test_an_svg_without_one_sound_credential_is_refused_by_what_is_wrong(case: str) -> None:
    data, says = SVGS[case]
    began = time.perf_counter()
    with pytest.raises(NotBaked, match=says):
        from_svg(data)
    assert time.perf_counter() - began < 2


def test_an_svg_nested_without_end_is_read_or_refused_but_ends() -> None:
    deep = svg("<g>" * 50_000 + "<o:credential>{}</o:credential>" + "</g>" * 50_000)
    assert from_svg(deep) == "{}"
