"""A learner's pages: her day, her pathways, her awards, her records."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup
from sqlmodel import Session

from clr.drawing.pathways import pathway_svg
from clr.drawing.readings import reading
from clr.errors import NotSignedIn
from clr.ids import AwardId, LearnerId, PathwayId
from clr.pages.items import first_item, item_context, one_award
from clr.pages.looks import (
    Catalogue,
    award_line,
    catalogue,
    pathway_line,
    with_other_pathways,
)
from clr.pages.rendering import PageRoute, page
from clr.pages.words import closes, day, weekday
from clr.registrar import (
    authoring,
    catalog,
    composing,
    enrolling,
    events,
    holdings,
    serving,
    sharing,
    showing,
    tracking,
)
from clr.registrar.holdings import AwardFacts
from clr.registrar.policy import Caller
from clr.registrar.tracking import NextStep, PathwayProgress
from clr.web.access import MaybeSignedIn, Now, ServiceDep, Snapshot, Transaction
from clr.web.outlining import branch_of
from clr.web.service import Service

router = APIRouter(route_class=PageRoute, include_in_schema=False, default_response_class=HTMLResponse)

RECENT, FINISHED = 5, 24


def _learner(caller: MaybeSignedIn) -> Caller:
    if caller is None or caller.learner_id is None:
        raise NotSignedIn("Sign in as a learner to see this page.")
    return caller


Learner = Annotated[Caller, Depends(_learner)]


class _Desk:
    """Everything the pages of one learner are written from, read in one snapshot."""

    def __init__(self, service: Service, snapshot: Session, caller: Caller, at: datetime) -> None:
        self.service, self.snapshot, self.caller, self.at = service, snapshot, caller, at
        self.learner_id = caller.learner_id or LearnerId("")
        self.awards = holdings.awards_of(snapshot, caller, self.learner_id, at=at)
        self.progress = tracking.progress_of(snapshot, caller, self.learner_id, at=at)
        self.known: Catalogue = catalogue(snapshot, service, catalog.names(snapshot))

    def line(self, entry: PathwayProgress) -> dict[str, Any]:
        """Return one pathway as a line."""
        tree = tracking.progress_json(self.snapshot, entry)
        return pathway_line(entry, branch_of(tree, self.known.looks, self.awards), self.known)

    def award_lines(self, awards: list[AwardFacts]) -> list[dict[str, Any]]:
        """Return awards as lines."""
        return [award_line(award, self.known, self.at) for award in awards]

    @property
    def events_url(self) -> str:
        """Where news after this page comes from."""
        return f"/v1/learners/me/events?after={events.latest(self.snapshot, self.learner_id)}"

    def open_entries(self, *, enrolled: bool) -> list[PathwayProgress]:
        """Return unfinished pathways that are followed, or that are not."""
        return [
            entry
            for entry in self.progress
            if entry.enrolled is enrolled and not entry.progress.root.complete
        ]


@router.get("/")
def today(service: ServiceDep, snapshot: Snapshot, caller: Learner, now: Now) -> Response:
    """Show a learner's day: one next step, what is in progress, what happened."""
    desk = _Desk(service, snapshot, caller, now)
    by_day = sorted(desk.awards, key=lambda award: (award.recorded_at, award.earned_on), reverse=True)
    lines = desk.award_lines(by_day)
    standing = [line for line in lines if line["state"] in ("earned", "expiring")]
    standing.sort(key=lambda line: line["kind"] == "badge")
    return page(
        service,
        "dashboard.html",
        caller,
        today=weekday(now),
        events_url=desk.events_url,
        follows=any(entry.enrolled for entry in desk.progress),
        next_step=_next_step(desk),
        in_progress=[desk.line(entry) for entry in desk.open_entries(enrolled=True)],
        opportunities=[desk.line(entry) for entry in desk.open_entries(enrolled=False)][:4],
        finished=standing[:FINISHED],
        recent=lines[:RECENT],
        attention=[line for line in lines if line["state"] != "earned"],
        records=_records(desk),
    )


def _next_step(desk: _Desk) -> dict[str, Any] | None:
    steps = tracking.next_steps(desk.snapshot, desk.caller, desk.learner_id, at=desk.at)
    ready = [step for step in steps if step.ready and step.kind == "earn"]
    if not ready:
        return None
    first = ready[0]
    return {
        "achievement": desk.known.shown(first.achievement_id),
        "says": f"Earn {first.name}",
        "why": _why(first, len(ready)),
        "pathway_id": first.advances[0].pathway_id,
        "moves": [
            {
                "name": advance.name,
                "before": advance.says,
                "after": advance.after.removesuffix(" left"),
                "achievement": desk.known.shown(advance.goal),
            }
            for advance in first.advances
        ],
    }


def _why(step: NextStep, ready: int) -> str:
    many = len(step.advances)
    counts = (
        f"It counts in {many} pathways you follow"
        if many > 1
        else f"It brings {step.advances[0].name} nearer"
    )
    others = f"; of the {ready} steps open to you now, none helps more" if ready > 1 else ""
    return f"{counts}{others}, and nothing else has to come before it."


def _records(desk: _Desk) -> list[dict[str, Any]]:
    return [
        {
            "id": record.id,
            "title": record.title,
            "visibility": record.visibility,
            "shares": [
                {"label": share.label, "closes_words": closes(share.expires_at), "visits": share.visits}
                for share in sharing.shares_of(desk.snapshot, desk.caller, record.id)
                if share.closed_at is None
            ],
        }
        for record in composing.records_of(desk.snapshot, desk.caller)
    ]


@router.get("/pathways")
def pathways(service: ServiceDep, snapshot: Snapshot, caller: Learner, now: Now) -> Response:
    """Show every pathway: followed, partly earned, open."""
    desk = _Desk(service, snapshot, caller, now)
    touched = {entry.pathway.pathway_id for entry in desk.progress}
    others = [
        {
            **desk.known.shown(version.draft.goal),
            "pathway_id": key,
            "name": version.draft.name,
            "description": version.draft.description,
        }
        for key, version in authoring.published(snapshot).items()
        if key not in touched and not version.archived
    ]
    followed = [desk.line(entry) for entry in desk.progress if entry.enrolled]
    return page(
        service,
        "pathways.html",
        caller,
        in_progress=followed,
        opportunities=[desk.line(entry) for entry in desk.open_entries(enrolled=False)],
        others=others,
    )


@router.get("/pathways/{pathway_id}")
def pathway(pathway_id: str, service: ServiceDep, snapshot: Snapshot, caller: Learner, now: Now) -> Response:
    """Show one pathway: the outline first, the drawing beside it."""
    desk = _Desk(service, snapshot, caller, now)
    entry = tracking.progress_on(snapshot, caller, desk.learner_id, PathwayId(pathway_id), at=now)
    tree = tracking.progress_json(snapshot, entry)
    looks = with_other_pathways(desk.known, serving.pathways_served(snapshot), PathwayId(pathway_id))
    branch = branch_of(tree, looks, desk.awards)
    draft = entry.pathway.draft
    return page(
        service,
        "pathway.html",
        caller,
        pathway={
            "id": pathway_id,
            "name": draft.name,
            "description": draft.description,
            "version": entry.pathway.version,
        },
        outline=branch,
        drawing=Markup(pathway_svg(branch)),  # noqa: S704  our own drawing escapes what it shows
        draws_first=any(line.branch.first for line in reading(branch)),
        progress={
            "status": tree["status"],
            "says": tree["says"],
            "steps_left": tree["steps_left"],
            "steps_exact": tree["steps_exact"],
            "as_of_words": day(now),
        },
        enrolled=entry.enrolled,
        join_url=None if entry.enrolled else f"/pathways/{pathway_id}",
        events_url=desk.events_url,
    )


@router.post("/pathways/{pathway_id}")
def join_pathway(
    pathway_id: str, service: ServiceDep, transaction: Transaction, caller: Learner, now: Now
) -> Response:
    """Follow a pathway, by the button on its page."""
    learner_id = caller.learner_id or LearnerId("")
    enrolling.enrol(transaction, caller, learner_id, PathwayId(pathway_id), at=now, urls=service.urls)
    return RedirectResponse(f"/pathways/{pathway_id}", status_code=303)


@router.get("/awards/{award_id}")
def award(award_id: str, service: ServiceDep, snapshot: Snapshot, caller: Learner, now: Now) -> Response:
    """Show one award, to its learner."""
    facts = holdings.award(snapshot, caller, AwardId(award_id), at=now)
    own = holdings.awards_of(snapshot, caller, facts.learner_id, at=now)
    alone = one_award(facts.id, [other.id for other in own])
    shown = first_item(showing.shown_record(snapshot, facts.learner_id, alone, at=now))
    context = item_context(service, shown, "/v1/evidence")
    known = catalogue(snapshot, service, [facts.achievement_id])
    line = award_line(facts, known, now)
    return page(
        service,
        "award.html",
        caller,
        award={
            **line,
            "because": facts.because,
            "issuer_href": f"/issuers/{known.slugs[facts.achievement_id]}",
            "expires_words": day(facts.valid_until) if facts.valid_until else "Does not expire",
            "narrative": facts.narrative,
            "assessor": facts.assessor,
            "credential_id": facts.id,
        },
        criteria_html=context["award"]["criteria_html"],
        results=context["results"],
        evidence=context["evidence"],
        path=context["path"],
        also_counts_toward=context["also_counts_toward"],
        downloads=[{"label": "Credential (JSON-LD)", "url": f"/v1/awards/{award_id}/credential"}],
    )
