"""HEAD: what GET would answer, without the content (RFC 9110 §9.3.2). Opening a link this way is no visit."""

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_MARK = "clr.head"
_ENDLESS = "/events"
"""Where the addresses of streams end; what never ends has no HEAD."""


class Heads:
    """ASGI middleware: asks the doors as GET, and sends the head of their answer alone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http" or scope["method"] != "HEAD" or scope["path"].endswith(_ENDLESS):
            await self._app(scope, receive, send)
            return

        async def head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET", _MARK: True}, receive, head)


def is_visit(request: Request) -> bool:
    """Whether somebody reads what is answered, rather than only looks whether it is there."""
    return not request.scope.get(_MARK, False)
