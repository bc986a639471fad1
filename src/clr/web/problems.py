"""Refusals as RFC 9457 problem documents: the only place a status code is chosen."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.routing import Match

from clr import errors
from clr.errors import ClrError, Problem
from clr.registrar.keyring import KeyUnusable
from clr.web.headers import DEFAULTS

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger(__name__)

STATUS: dict[type[ClrError], int] = {
    errors.BadRequest: 400,
    errors.NotSignedIn: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.NotAcceptable: 406,
    errors.Conflict: 409,
    errors.NotEligible: 409,
    errors.InFlight: 409,
    errors.Stale: 412,
    errors.TooLarge: 413,
    errors.WrongMedia: 415,
    errors.BadInput: 422,
    errors.KeyReused: 422,
    errors.PathwayUnsound: 422,
    errors.ConditionMissing: 428,
    errors.Busy: 429,
    KeyUnusable: 503,
}


class ProblemItem(BaseModel):
    """One fault: where it is, what kind it is, and how to mend it."""

    at: str
    kind: str
    says: str


class ProblemDocument(BaseModel):
    """Why a request was refused (RFC 9457), with every fault at once."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemItem] = []


class MethodNotAllowed(ClrError):
    """The resource is there, the method is not."""

    code = "method-not-allowed"
    title = "This cannot be done here"


class Unavailable(ClrError):
    """The database cannot be reached or takes no more just now; nothing was changed."""

    code = "unavailable"
    title = "Not now"


class Unexpected(ClrError):
    """A fault of the service itself; what went wrong stands in its log."""

    code = "unexpected"
    title = "The service made a mistake"


STATUS |= {MethodNotAllowed: 405, Unavailable: 503, Unexpected: 500}
RETRY_SECONDS = {STATUS[Unavailable]: 5, STATUS[errors.Busy]: 3}
"""After how long a refusal may be over."""

_ALWAYS = (errors.BadRequest, errors.BadInput, Unavailable)


def declared(*kinds: type[ClrError]) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses for an operation that may refuse with ``kinds``."""
    by_status: dict[int, list[type[ClrError]]] = {}
    for kind in dict.fromkeys((*kinds, *_ALWAYS)):
        by_status.setdefault(status_of(kind), []).append(kind)
    return {
        status: {
            "description": " / ".join(kind.title for kind in kinds_here),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
        }
        for status, kinds_here in sorted(by_status.items())
    }


def answer(request: Request, error: ClrError) -> JSONResponse:
    """Return the problem document for ``error``."""
    status = status_of(type(error))
    headers = {"Cache-Control": "no-store"}
    if status == STATUS[errors.NotSignedIn]:
        headers["WWW-Authenticate"] = 'Bearer realm="clr"'
    if status in RETRY_SECONDS:
        headers["Retry-After"] = str(RETRY_SECONDS[status])
    urls = request.app.state.service.urls
    document = {
        "type": urls.problem(error.code),
        "title": error.title,
        "status": status,
        "detail": error.says,
        "errors": [{"at": fault.at, "kind": fault.kind, "says": fault.says} for fault in error.problems],
    }
    return JSONResponse(document, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def status_of(kind: type[ClrError]) -> int:
    """Return the status of a kind of refusal; a narrower kind has that of the kind it narrows."""
    return next(STATUS[base] for base in kind.__mro__ if base in STATUS)


def install(app: FastAPI) -> None:
    """Answer every refusal, ours or the framework's, with a problem document."""
    app.add_exception_handler(ClrError, _refused)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(StarletteHTTPException, _from_framework)
    for kind in (OperationalError, InterfaceError, PoolTimeout):
        app.add_exception_handler(kind, _out_of_reach)
    app.add_exception_handler(Exception, _unexpected)


def _refused(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, ClrError):
        raise error
    return answer(request, error)


def _not_valid(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    faults = tuple(_fault(item) for item in error.errors())
    says = faults[0].says if len(faults) == 1 else f"{len(faults)} things need mending; see errors."
    return answer(request, errors.BadInput(says, faults))


def _fault(item: Mapping[str, Any]) -> Problem:
    place: Sequence[str | int] = item["loc"]
    says = str(item["msg"]).removeprefix("Value error, ")
    if item["type"] == "string_pattern_mismatch" and _name(place) == "email":
        says = "is no e-mail address; write name@example.edu"
    return Problem(path_of(place), str(item["type"]), f"{_name(place)}: {says}")


def _out_of_reach(request: Request, error: Exception) -> JSONResponse:
    _log.error("The database did not answer: %s", error)
    return answer(request, Unavailable("The database does not answer just now. Repeat it in some seconds."))


def _unexpected(request: Request, _: Exception) -> JSONResponse:
    """Tell a fault of ours, outside all that completes answers; whoever called us logs the fault itself."""
    response = answer(request, Unexpected("Something went wrong here. It is not your fault; it was logged."))
    for name, value in DEFAULTS.items():
        response.headers.setdefault(name, value)
    return response


def path_of(place: Sequence[str | int]) -> str:
    """Return a pydantic location as ``stacks.ach_1.parts[2]``; the leading ``body`` is left out."""
    steps = place[1:] if place and place[0] == "body" and len(place) > 1 else place
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")


def _name(place: Sequence[str | int]) -> str:
    names = [step for step in place if isinstance(step, str)]
    return names[-1] if names else "request"


_FRAMEWORK: dict[int, type[ClrError]] = {
    400: errors.BadRequest,
    404: errors.NotFound,
    405: MethodNotAllowed,
    413: errors.TooLarge,
}


def _from_framework(request: Request, error: Exception) -> JSONResponse:
    """Tell the framework's own refusals in the same form; unknown addresses read as anything absent."""
    if not isinstance(error, StarletteHTTPException):
        raise error
    kind = _FRAMEWORK.get(error.status_code)
    if kind is None:
        raise error
    if kind is MethodNotAllowed:
        return _not_here(request)
    says = "There is nothing here that you may see." if kind is errors.NotFound else str(error.detail)
    response = answer(request, kind(says))
    response.headers.update(error.headers or {})
    return response


def _not_here(request: Request) -> JSONResponse:
    """Name every method of an address, whichever of its routes holds it (RFC 9110 §15.5.6)."""
    found: set[str] = set()
    for route in iter_route_contexts(request.app.router.routes):
        if route.matches(request.scope)[0] is not Match.NONE:
            found |= set(route.methods or ())
    methods = ", ".join(sorted(found | ({"HEAD"} if "GET" in found else set())))
    response = answer(request, MethodNotAllowed(f"This address answers {methods}."))
    response.headers["Allow"] = methods
    return response
