"""Addresses that name nothing, refused before any door looks for what they name."""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from clr.errors import BadRequest
from clr.web import problems


class NoNul:
    """ASGI middleware: refuses the character NUL in path or query, which PostgreSQL cannot even compare with."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless its address holds NUL."""
        if scope["type"] == "http" and ("\x00" in scope["path"] or b"%00" in scope["query_string"]):
            refusal = BadRequest("The address holds the character NUL (%00); nothing has such a name.")
            await problems.answer(Request(scope), refusal)(scope, receive, send)
            return
        await self._app(scope, receive, send)
