"""What every operation may ask for: a transaction, a snapshot, the time, the caller.

The API takes a bearer token; pages of this origin may call with their session cookie instead, whose unsafe
requests must come from our own origin.
"""

from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Path, Request
from fastapi.security import HTTPBearer
from sqlmodel import Session

from clr.errors import NotAllowed, NotFound, NotSignedIn
from clr.ids import LearnerId
from clr.registrar import people, tokens
from clr.registrar.policy import Caller
from clr.registrar.tokens import Token
from clr.store.sessions import reading, transaction
from clr.web.acts import Opening
from clr.web.service import Service

ACCESS, SESSION = "access", "session"
"""What a token was made for: the API, or a browser's session."""

COOKIE = "clr_session"
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_bearer = HTTPBearer(auto_error=False, description="An access token; see the README on how to get one.")


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


ServiceDep = Annotated[Service, Depends(_service)]


async def _transaction(service: ServiceDep) -> Opening:
    return Opening(transaction, service.engine)


async def _snapshot(service: ServiceDep) -> Opening:
    return Opening(reading, service.engine)


async def _now(service: ServiceDep) -> datetime:
    return service.clock()


Transaction = Annotated[Session, Depends(_transaction)]
"""What an operation writes in; it is kept before the answer is sent, so that a caller can read what it wrote."""

Snapshot = Annotated[Session, Depends(_snapshot)]
"""What an operation reads from. Both are for the operations of an ``ActRoute``, not for dependencies."""

Now = Annotated[datetime, Depends(_now)]


def token_of(request: Request, service: Service) -> Token | None:
    """Return the caller's token, ``None`` when there is none; raise ``NotSignedIn`` for a bearer's that is not valid.

    A session that is over is as none: pages that anyone may read are not closed to whoever once signed in.
    """
    keys = service.keyring.token_public_keys
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return tokens.read(given.strip(), purpose=ACCESS, at=service.clock(), keys=keys)
    cookie = request.cookies.get(COOKIE)
    if cookie is None:
        return None
    if request.method not in _SAFE_METHODS:
        require_own_origin(request, service)
    try:
        return tokens.read(cookie, purpose=SESSION, at=service.clock(), keys=keys)
    except NotSignedIn:
        return None


def require_own_origin(request: Request, service: Service) -> None:
    """Refuse a state change that another site's page started (the cookie alone would let it through)."""
    origin = request.headers.get("origin")
    own = {service.urls.public_url, f"{request.url.scheme}://{request.url.netloc}"}
    if origin is None or origin not in own or not urlsplit(origin).netloc:
        raise NotAllowed("This change came from a page of another site.")


def _caller(request: Request, service: ServiceDep) -> Caller | None:
    token = token_of(request, service)
    if token is None:
        return None
    with reading(service.engine) as session:
        return people.caller_of(session, token.person_id)


MaybeSignedIn = Annotated[Caller | None, Depends(_caller)]


def _signed_in(caller: MaybeSignedIn, _: Annotated[object, Depends(_bearer)]) -> Caller:
    if caller is None:
        raise NotSignedIn("Send an access token: Authorization: Bearer …")
    return caller


SignedIn = Annotated[Caller, Depends(_signed_in)]


def _learner(
    caller: SignedIn,
    learner_id: Annotated[str, Path(description="A learner's id, or `me` for the caller.")],
) -> LearnerId:
    if learner_id != "me":
        return LearnerId(learner_id)
    if caller.learner_id is None:
        raise NotFound("You are signed in, but you are not a learner here.")
    return caller.learner_id


LearnerInPath = Annotated[LearnerId, Depends(_learner)]
"""The learner of ``/v1/learners/{learner_id}/…``; whether the caller may is the act's question."""
