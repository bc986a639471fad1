"""Reading what may be a credential: JSON, or an image into which one was baked."""

import json
from typing import Any, NoReturn

from clr.records.unbaking import PNG, NotBaked, from_png, from_svg

SIZE_LIMIT = 4 * 1_048_576
"""Bytes; a record of five hundred badges fits."""

_MOST_DIGITS = 400


class NotADocument(ValueError):
    """Something that is no credential at all; the message says what it is instead."""


def text_of(data: bytes, media_type: str) -> str:
    """Return the text of a document, taken out of an image where it was baked into one."""
    if len(data) > SIZE_LIMIT:
        raise NotADocument(f"The document is larger than {SIZE_LIMIT // 1_048_576} MiB.")
    try:
        if data.startswith(PNG) or media_type == "image/png":
            return from_png(data)
        if media_type == "image/svg+xml" or data.lstrip()[:5].lower() in (b"<svg ", b"<?xml"):
            return from_svg(data)
        return data.decode("utf-8")
    except NotBaked as fault:
        raise NotADocument(str(fault)) from None
    except UnicodeDecodeError:
        raise NotADocument("This is neither text nor an image that can hold a credential.") from None


def looks_like_jwt(text: str) -> bool:
    """Whether a text is a compact JWS rather than JSON (RFC 7515 §7.1)."""
    parts = text.strip().split(".")
    return len(parts) == 3 and text.strip().startswith("eyJ")  # noqa: PLR2004  header, payload, signature


def parsed(text: str) -> dict[str, Any]:
    """Return the JSON object that ``text`` is, read strictly; raises ``NotADocument``."""
    try:
        document = json.loads(
            text, object_pairs_hook=_distinct, parse_constant=_constant, parse_int=_whole_number
        )
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as fault:
        says = f"This is not JSON: {fault.msg}, line {fault.lineno} column {fault.colno}."
        raise NotADocument(says) from None
    except UnicodeEncodeError:
        raise NotADocument(
            "One of its texts holds half a letter (a lone surrogate), which nobody can read."
        ) from None
    except RecursionError:
        raise NotADocument("The document is nested beyond reading.") from None
    if not isinstance(document, dict):
        raise NotADocument("A credential is a JSON object; this is not one.")
    return document


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotADocument("A member appears twice in one object, so readers could differ on what it says.")
    return found


def _whole_number(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise NotADocument(f"It holds a whole number of more than {_MOST_DIGITS} digits.")
    return int(digits)


def _constant(name: str) -> NoReturn:
    raise NotADocument(f"{name} is not JSON.")
