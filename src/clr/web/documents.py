"""Signed documents as answers: the stored bytes, under whichever of their media types was asked for."""

from typing import Any

from fastapi import Response
from starlette.requests import Request
from starlette.routing import Match
from starlette.types import Scope

from clr.errors import NotAcceptable
from clr.web.acts import ActRoute
from clr.web.negotiation import choose

DOCUMENTS = ("application/vc+ld+json", "application/ld+json", "application/json", "application/vc")
"""The forms of a document with its proof embedded; the first is the standard's own (VC 2.0)."""

PAGE = "text/html"

DECLARED: dict[int | str, dict[str, Any]] = {
    200: {"description": "The signed document", "content": {media: {"schema": {}} for media in DOCUMENTS}}
}
"""The OpenAPI answer of an operation that gives a document."""


def document(signed: str, media_type: str) -> Response:
    """Return stored bytes as they are; a signature may not survive their being written anew."""
    return Response(signed.encode(), media_type=media_type)


class DocumentRoute(ActRoute):
    """A route for the document at an address that also has a page: it lets a client pass who prefers the page.

    The page is another door's affair, whose route for the same address comes later in the list. Browsers ask
    for ``text/html`` by name; a client that takes anything (``*/*``) is a program, and gets the document.
    """

    def matches(self, scope: Scope) -> tuple[Match, Any]:
        """Match unless the client likes ``text/html`` best; whoever takes neither hears of both."""
        found, child = super().matches(scope)
        if found is Match.NONE or not self._prefers_page(Request(scope)):
            return found, child
        return Match.NONE, {}

    def _prefers_page(self, request: Request) -> bool:
        try:
            return choose(request, (*DOCUMENTS, PAGE)) == PAGE
        except NotAcceptable:
            return False


def offered(request: Request) -> str:
    """Return the form of the document to answer with; raise ``NotAcceptable`` naming the page too."""
    return choose(request, (*DOCUMENTS, PAGE))
