"""Pages from templates: one environment, one frame, and refusals that people can read."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from clr.drawing.badges import badge_svg
from clr.errors import ClrError, NotFound, NotSignedIn
from clr.registrar.policy import Caller
from clr.web.acts import ActRoute
from clr.web.problems import status_of
from clr.web.service import Service

HTML = "text/html"


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("clr.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["badge_svg"] = badge_svg
    return environment


_ENVIRONMENT = _environment()


def page(
    service: Service,
    name: str,
    caller: Caller | None = None,
    *,
    status: int = 200,
    private_address: bool = False,
    **context: Any,
) -> HTMLResponse:
    """Return a page within the institution's frame; a ``private_address`` is told to nobody, not even to us.

    Elsewhere our own pages are told where a form was sent from, without which browsers hide its origin.
    """
    frame = {
        "institution": {"name": service.settings.institution_name, "demo": service.demo},
        "caller": {"name": caller.name, "learner_id": caller.learner_id} if caller else None,
    }
    written = _ENVIRONMENT.get_template(name).render(**frame, **context)
    referrer = "no-referrer" if private_address else "same-origin"
    return HTMLResponse(written, status_code=status, headers={"Referrer-Policy": referrer})


class PageRoute(ActRoute):
    """A route for people: a refusal is a page, and who is not signed in is shown the way."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler."""
        handle = super().get_route_handler()

        async def readable(request: Request) -> Response:
            try:
                return await handle(request)
            except ClrError as refused:
                return refusal(request, refused)
            except RequestValidationError:
                return refusal(request, NotFound("There is nothing here."))

        return readable


def refusal(request: Request, refused: ClrError) -> Response:
    """Return the page of a refusal; one and the same for whatever is not there or not to be seen."""
    service: Service = request.app.state.service
    if isinstance(refused, NotSignedIn):
        way = RedirectResponse("/demo" if service.demo else "/sign-in", status_code=303)
        way.delete_cookie("clr_session")
        return way
    if isinstance(refused, NotFound):
        return page(service, "gone.html", status=status_of(NotFound))
    faults = [{"at": fault.at, "says": fault.says} for fault in refused.problems]
    return page(
        service,
        "problem.html",
        status=status_of(type(refused)),
        problem=problem_words(type(refused)),
        detail=refused.says,
        errors=faults,
    )


def problem_words(kind: type[ClrError]) -> dict[str, Any]:
    """Return what one kind of refusal means, in its own words."""
    says = (kind.__doc__ or kind.title).strip().splitlines()[0].replace("``", "")
    return {"code": kind.code, "title": kind.title, "status": status_of(kind), "says": says, "cure": None}
