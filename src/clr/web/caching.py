"""Answers that anyone may keep, who then asks before each use whether they still hold (RFC 9111 §4.3)."""

import hashlib

from fastapi import Request, Response

REVALIDATED, OWN = "public, no-cache", "private, no-cache"


def revalidated(
    request: Request, content: bytes, media_type: str, *, everywhere: bool = False, private: bool = False
) -> Response:
    """Return ``content`` under a tag of its own, or 304 to a client that holds the same.

    ``everywhere``: pages of any origin may read it, as keys and definitions are there for verifiers anywhere.
    ``private``: only who asked may keep it.
    """
    kept = OWN if private else REVALIDATED
    headers = {"ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"', "Cache-Control": kept}
    if everywhere:
        headers["Access-Control-Allow-Origin"] = "*"
    if _holds(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def _holds(request: Request, tag: str) -> bool:
    """Whether ``If-None-Match`` names the tag, weakened or not: whoever packs an answer weakens its tag."""
    told = ",".join(request.headers.getlist("if-none-match"))
    return any(part.strip().removeprefix("W/") in (tag, "*") for part in told.split(","))
