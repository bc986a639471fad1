"""The signed credential of one award."""

from fastapi import APIRouter, Request, Response

from clr.errors import NotAcceptable, NotFound, NotSignedIn
from clr.ids import AwardId
from clr.web import problems, signing
from clr.web.access import ServiceDep, SignedIn
from clr.web.bodies import StrictRoute
from clr.web.documents import DECLARED, DOCUMENTS, document
from clr.web.negotiation import choose

router = APIRouter(prefix="/v1/awards", tags=["awards"], route_class=StrictRoute)


@router.get(
    "/{award_id}/credential",
    response_class=Response,
    responses=DECLARED | problems.declared(NotSignedIn, NotFound, NotAcceptable),
)
def read_credential(request: Request, award_id: str, caller: SignedIn, service: ServiceDep) -> Response:
    """Fetch the signed AchievementCredential of an award: the same bytes for ever."""
    media = choose(request, DOCUMENTS)
    return document(signing.badge(service, caller, AwardId(award_id)), media)
