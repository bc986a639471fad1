"""A credential out of a baked image (Open Badges 3.0 §5.3): PNG with one iTXt chunk, SVG with one element."""

import zlib
from collections.abc import Iterator
from typing import AnyStr
from xml.etree.ElementTree import ParseError, fromstring

PNG = b"\x89PNG\r\n\x1a\n"
KEYWORDS = frozenset({b"openbadgecredential", b"clrcredential"})
TEXT_LIMIT = 4 * 1_048_576
_SVG_SPACES = ("https://purl.imsglobal.org/", "https://openbadges.org", "http://openbadges.org")
_SVG_NAMES = frozenset({"credential", "clrcredential"})
_HEADER = 8
_CRC = 4


class NotBaked(ValueError):
    """An image without a credential, with several, or that is no sound image."""


def from_png(data: bytes) -> str:
    """Return the credential baked into a PNG."""
    chunks = [
        body for kind, body in _chunks(data) if kind == b"iTXt" and body.partition(b"\0")[0] in KEYWORDS
    ]
    return _text_of(_only(chunks))  # unpacked only when it is the one: many small bombs stay shut


def from_svg(data: bytes) -> str:
    """Return the credential baked into an SVG."""
    try:
        text = data.decode("utf-8-sig")  # in another encoding a document type could hide
    except UnicodeDecodeError:
        raise NotBaked("The SVG is not UTF-8.") from None
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise NotBaked("The SVG declares a document type; images that hold credentials have none.")
    try:
        elements = list(fromstring(text).iter())  # noqa: S314  no DTD, so no entities to expand
    except ParseError as fault:
        raise NotBaked(f"The SVG cannot be read: {fault}.") from None
    found = []
    for element in elements:
        space, _, name = str(element.tag).rpartition("}")
        if name in _SVG_NAMES and space.removeprefix("{").startswith(_SVG_SPACES):
            told = ((element.get("verify") or "").strip(), (element.text or "").strip())
            found += [text for text in told if text]
    return _only(found)


def _only(found: list[AnyStr]) -> AnyStr:
    if not found:
        raise NotBaked("The image holds no credential.")
    if len(found) > 1:
        raise NotBaked("The image holds more than one credential, so it is not clear which is meant.")
    return found[0]


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not data.startswith(PNG):
        raise NotBaked("This is no PNG image.")
    place = len(PNG)
    while place < len(data):
        length = int.from_bytes(data[place : place + 4])
        kind, start = data[place + 4 : place + _HEADER], place + _HEADER
        body = data[start : start + length]
        checksum = data[start + length : start + length + _CRC]
        if len(body) < length or checksum != zlib.crc32(kind + body).to_bytes(_CRC):
            raise NotBaked("The PNG is damaged or cut off.")
        yield kind, body
        place = start + length + _CRC


def _text_of(body: bytes) -> str:
    """Return the text of an iTXt chunk (PNG §11.3.3.4), opened only as far as a credential may be large."""
    _, _, rest = body.partition(b"\0")
    compressed, method, rest = rest[:1] == b"\1", rest[1:2], rest[2:]
    _, _, rest = rest.partition(b"\0")  # language
    _, _, text = rest.partition(b"\0")  # translated keyword
    if compressed:
        unpacker = zlib.decompressobj()
        try:
            text = unpacker.decompress(text, TEXT_LIMIT)
        except zlib.error:
            raise NotBaked("The credential in the PNG cannot be unpacked.") from None
        if unpacker.unconsumed_tail:
            raise NotBaked("The credential in the PNG is larger than any credential.")
        if not unpacker.eof or method != b"\0":
            raise NotBaked("The credential in the PNG cannot be unpacked.")
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        raise NotBaked("The credential in the PNG is not UTF-8.") from None
