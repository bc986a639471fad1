"""Forms of pages that work without script: few fields, never files."""

from urllib.parse import parse_qs

from fastapi import Request

from clr.errors import BadRequest
from clr.web.bodies import read_body

LIMIT = 2_097_152
"""Bytes; a pasted record fits, with every letter escaped."""


async def form_body(request: Request) -> bytes:
    """Return the body of a posted form."""
    return await read_body(request, LIMIT)


def form_field(content: bytes, name: str) -> str:
    """Return one field of a form (application/x-www-form-urlencoded), empty when it is absent."""
    try:
        fields = parse_qs(content.decode("ascii"), encoding="utf-8", errors="strict", max_num_fields=20)
    except (UnicodeDecodeError, ValueError):
        raise BadRequest("The form cannot be read.") from None
    return fields.get(name, [""])[0]
