"""In a demonstration only: who to be, by a button for each learner, and what comes next for them, by one more."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from clr.errors import Conflict, NotFound, NotSignedIn
from clr.ids import PersonId
from clr.pages.forms import form_body, form_field
from clr.pages.looks import award_state
from clr.pages.rendering import PageRoute, page
from clr.pathways import open_steps, steps_left_says
from clr.registrar import awarding, holdings, people, tokens, tracking
from clr.registrar.awarding import GrantRequest
from clr.registrar.people import Account, Who
from clr.registrar.policy import Caller, Role
from clr.registrar.tracking import PathwayProgress
from clr.web.access import (
    COOKIE,
    SESSION,
    MaybeSignedIn,
    Now,
    ServiceDep,
    Snapshot,
    Transaction,
    require_own_origin,
)
from clr.web.service import Service

router = APIRouter(route_class=PageRoute, include_in_schema=False, default_response_class=HTMLResponse)

MINUTES = 12 * 60
STAFF = Caller(PersonId(""), "The demonstration", None, frozenset({(Role.ADMIN, "")}))
"""Who awards in a demonstration when a visitor asks for it."""

GROUPS = {
    "complete": "Has finished a pathway",
    "eligible": "Waits for an assessor",
    "expiring": "Holds something that ends soon",
    "lapsed": "Holds something that has ended",
    "revoked": "Had something taken back",
    "in_progress": "Is on the way",
    "not_started": "Has just begun",
}
"""What somebody's record shows, and how the page calls it, in the order of the page."""

TELLING = ("revoked", "lapsed", "expiring", "complete", "eligible", "in_progress")
"""What tells most about somebody comes first: the rare before the common."""

SHOWN_BY = {"expiring": "expiring", "expired": "lapsed", "revoked": "revoked"}
"""What an award's state says of who holds it."""


def _demonstration(service: ServiceDep) -> Service:
    if not service.demo:
        raise NotFound("There is nothing here.")
    return service


Demonstration = Annotated[Service, Depends(_demonstration)]


@router.get("/demo")
def choose(service: Demonstration, snapshot: Snapshot, caller: MaybeSignedIn, now: Now) -> Response:
    """Offer a button for each learner, by where they stand."""
    groups: dict[str, list[dict[str, Any]]] = {status: [] for status in GROUPS}
    for account in people.accounts(snapshot):
        status, button = _button(snapshot, account, now)
        groups[status].append(button)
    titled = [{"title": GROUPS[status], "people": found} for status, found in groups.items() if found]
    return page(service, "demo.html", caller, groups=titled)


@router.post("/demo")
def become(
    content: Annotated[bytes, Depends(form_body)],
    request: Request,
    service: Demonstration,
    snapshot: Snapshot,
    now: Now,
) -> Response:
    """Sign the visitor in as the person of the button."""
    require_own_origin(request, service)
    caller = people.caller_of(snapshot, PersonId(form_field(content, "person")))
    if caller is None or caller.learner_id is None:
        raise NotFound("There is nobody like that here.")
    answer = RedirectResponse("/", status_code=303)
    answer.set_cookie(
        COOKIE,
        _session(service, caller, now),
        max_age=MINUTES * 60,
        httponly=True,
        samesite="lax",
        secure=service.settings.public_url.startswith("https://"),
    )
    return answer


@router.post("/demo/step")
def award_next_step(
    request: Request, service: Demonstration, transaction: Transaction, caller: MaybeSignedIn, now: Now
) -> Response:
    """Award the visitor what could be earned next, as staff would, so that what follows can be seen."""
    require_own_origin(request, service)
    if caller is None or caller.learner_id is None:
        raise NotSignedIn("Choose who to be first.")
    steps = tracking.next_steps(transaction, caller, caller.learner_id, at=now)
    ready = next((step for step in steps if step.ready), None)
    if ready is None:
        raise Conflict("Nothing on the pathways you follow is left to award.")
    asked = GrantRequest(ready.achievement_id, Who(learner_id=caller.learner_id), assessor=STAFF.name)
    awarding.grant(transaction, STAFF, asked, at=now, urls=service.urls)
    return RedirectResponse("/", status_code=303)


@router.post("/sign-out")
def sign_out(request: Request, service: ServiceDep) -> Response:
    """End the visitor's session."""
    require_own_origin(request, service)
    answer = RedirectResponse("/", status_code=303)
    answer.delete_cookie(COOKIE)
    return answer


@router.get("/sign-in")
def sign_in(service: ServiceDep) -> Response:
    """Say how to get in, where there is no demonstration."""
    return page(service, "signin.html")


def _button(snapshot: Session, account: Account, at: datetime) -> tuple[str, dict[str, Any]]:
    """Return where somebody stands, and their button."""
    caller = Caller(account.person_id, account.name, account.learner_id, frozenset())
    found = [
        entry for entry in tracking.progress_of(snapshot, caller, account.learner_id, at=at) if entry.enrolled
    ]
    shown = {
        SHOWN_BY.get(award_state(award, at), "")
        for award in holdings.awards_of(snapshot, caller, account.learner_id, at=at)
    }
    shown |= {entry.progress.status.value for entry in found}
    if any(_waits(entry) for entry in found):
        shown.add("eligible")
    status = next((status for status in TELLING if status in shown), "not_started")
    says = "; ".join(
        f"{entry.pathway.draft.name}: {steps_left_says(entry.progress).lower()}" for entry in found[:2]
    )
    return status, {"id": account.person_id, "name": account.name, "says": says or "Follows no pathway yet"}


def _waits(entry: PathwayProgress) -> bool:
    """Whether an assessor could complete something on the way now."""
    return any(step.kind == "assess" and step.ready for step in open_steps(entry.progress))


def _session(service: Service, caller: Caller, at: datetime) -> str:
    return tokens.mint(
        caller.person_id,
        purpose=SESSION,
        at=at,
        minutes=MINUTES,
        kid=service.keyring.token_kid,
        key=service.keyring.token_key,
    )
