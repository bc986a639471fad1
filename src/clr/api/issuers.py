"""Issuers: the units of the institution that award under their own names."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import AfterValidator, Field

from clr.errors import ConditionMissing, Conflict, NotAllowed, NotFound, NotSignedIn, Stale
from clr.ids import IssuerId
from clr.registrar import catalog
from clr.registrar.catalog import IssuerFacts, NewIssuer
from clr.web import problems
from clr.web.access import Now, SignedIn, Snapshot, Transaction
from clr.web.bodies import Changes, Line, StrictModel, StrictRoute, web_address
from clr.web.conditions import IfMatch, etag
from clr.web.idempotency import Once
from clr.web.paging import Page, cut

router = APIRouter(prefix="/v1/issuers", tags=["issuers"], route_class=StrictRoute)

WebAddress = Annotated[str, Field(max_length=2000), AfterValidator(web_address)]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


class IssuerIn(StrictModel):
    """An issuer to be entered."""

    name: Line = Field(max_length=200)
    url: WebAddress
    slug: str | None = Field(
        None, pattern=r"^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$", description="From the name when absent."
    )
    description: str | None = Field(None, max_length=2000)
    email: str | None = Field(None, max_length=200, pattern=r"^[^@\s]+@[^@\s]+$")
    colour: Colour = "#00693e"


class IssuerChanges(Changes):
    """What is to change of an issuer; members left out stay."""

    EMPTIED = frozenset({"description", "email"})

    name: Line | None = Field(None, max_length=200)
    url: WebAddress | None = None
    description: str | None = Field(None, max_length=2000)
    email: str | None = Field(None, max_length=200, pattern=r"^[^@\s]+@[^@\s]+$")
    colour: Colour | None = None


class IssuerOut(StrictModel):
    """An issuer."""

    id: str
    slug: str
    name: str
    url: str
    description: str | None
    email: str | None
    colour: str

    @classmethod
    def of(cls, facts: IssuerFacts) -> "IssuerOut":
        """Return what is shown of an issuer."""
        return cls(
            id=facts.id,
            slug=facts.slug,
            name=facts.name,
            url=facts.url,
            description=facts.description,
            email=facts.email,
            colour=facts.colour,
        )


class IssuerPage(StrictModel):
    """Some issuers, and where the next page begins."""

    items: list[IssuerOut]
    next: str | None


@router.get("", responses=problems.declared(NotSignedIn))
def list_issuers(
    request: Request, response: Response, _: SignedIn, snapshot: Snapshot, page: Page
) -> IssuerPage:
    """List issuers."""
    found = catalog.issuers(snapshot, after=page.after, limit=page.limit + 1)
    items, following = cut(request, response, page, found)
    return IssuerPage(items=[IssuerOut.of(item) for item in items], next=following)


@router.post("", status_code=201, responses=problems.declared(NotSignedIn, NotAllowed, Conflict))
def create_issuer(
    body: IssuerIn, caller: SignedIn, transaction: Transaction, now: Now, once: Once
) -> IssuerOut:
    """Enter an issuer."""
    if before := once.before(transaction):
        return IssuerOut.of(catalog.issuer(transaction, IssuerId(before["issuer"])))
    facts = catalog.define_issuer(transaction, caller, NewIssuer(**body.model_dump()), at=now)
    once.keep(transaction, {"issuer": facts.id}, at=now)
    return IssuerOut.of(facts)


@router.get("/{issuer_id}", responses=problems.declared(NotSignedIn, NotFound))
def read_issuer(issuer_id: str, _: SignedIn, snapshot: Snapshot, response: Response) -> IssuerOut:
    """Read one issuer."""
    facts = catalog.issuer(snapshot, IssuerId(issuer_id))
    response.headers["ETag"] = etag(facts.revision)
    return IssuerOut.of(facts)


@router.patch(
    "/{issuer_id}",
    responses=problems.declared(NotSignedIn, NotAllowed, NotFound, Stale, ConditionMissing),
)
def amend_issuer(
    issuer_id: str,
    body: IssuerChanges,
    caller: SignedIn,
    transaction: Transaction,
    expected: IfMatch,
    response: Response,
) -> IssuerOut:
    """Change an issuer."""
    facts = catalog.amend_issuer(transaction, caller, IssuerId(issuer_id), body.changes(), revision=expected)
    response.headers["ETag"] = etag(facts.revision)
    return IssuerOut.of(facts)
