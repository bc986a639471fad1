"""What stands on pages of achievements and awards: names, colours, states."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from clr.drawing.outlines import Branch, Look, leading
from clr.ids import AchievementId, PathwayId
from clr.pages.words import day
from clr.registrar import tracking
from clr.registrar.holdings import DERIVED, RECORDED, AwardFacts
from clr.registrar.tracking import PathwayProgress
from clr.web.outlining import looks_of
from clr.web.service import Service

SOON = timedelta(days=90)
TOLD_BY_NOTE = ("locked", "unfit", "lapsed", "expiring", "waived")
"""States of which a line says the reason."""

MOST_CLAUSES = 8
"""Clauses of one pathway's line before the rest is only counted."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Achievements and issuers at one look, as pages show them."""

    looks: Mapping[str, Look]
    slugs: Mapping[str, str]

    def shown(self, achievement: str) -> dict[str, Any]:
        """Return what templates take as an achievement."""
        look = self.looks[achievement]
        return {
            "id": look.achievement_id,
            "name": look.name,
            "kind": look.kind,
            "colour": look.colour,
            "glyph": look.glyph,
            "image": look.image,
            "issuer_name": look.issuer_name,
        }


def catalogue(snapshot: Session, service: Service, achievements: Iterable[AchievementId]) -> Catalogue:
    """Read what pages show of some achievements."""
    return Catalogue(*looks_of(snapshot, service.urls, achievements))


def with_other_pathways(
    known: Catalogue, served: Mapping[AchievementId, Mapping[PathwayId, str]], pathway: PathwayId
) -> Mapping[str, Look]:
    """Return how achievements are shown in the outline of ``pathway``: with what else each badge serves."""
    looks = dict(known.looks)
    for key, pathways in served.items():
        others = sorted((name, f"/pathways/{other}") for other, name in pathways.items() if other != pathway)
        if key in looks and looks[key].kind == "badge":
            looks[key] = replace(looks[key], also=tuple(others))
    return looks


def award_line(award: AwardFacts, known: Catalogue, at: datetime) -> dict[str, Any]:
    """Return what templates take as an award; ``state`` is the finish of its badge."""
    state = award_state(award, at)
    return {
        **known.shown(award.achievement_id),
        "id": award.id,
        "achievement_id": award.achievement_id,
        "state": state,
        "left": _left(award, at),
        "earned_on_words": day(award.earned_on),
        "says": _says(award, state),
    }


def award_state(award: AwardFacts, at: datetime) -> str:
    """Return the finish of an award's badge."""
    if award.state != "live":
        return award.state
    return "expiring" if award.valid_until is not None and award.valid_until <= at + SOON else "earned"


def _left(award: AwardFacts, at: datetime) -> float:
    """Return the share of validity that remains."""
    if award.valid_until is None:
        return 1.0
    whole = (award.valid_until - award.earned_on).total_seconds()
    return max(0.0, min(1.0, (award.valid_until - at).total_seconds() / whole))


def _says(award: AwardFacts, state: str) -> str:
    if state in ("revoked", "suspended"):
        return award.because or ""
    if award.valid_until is not None and state in ("expiring", "expired"):
        return f"{'Expires' if state == 'expiring' else 'Expired'} on {day(award.valid_until)}"
    if award.origin == DERIVED:
        return "Followed by itself"
    if award.origin == RECORDED:
        return f"Assessed by {award.assessor}" if award.assessor else ""
    return f"From {award.assessor}" if award.assessor else ""


def pathway_line(entry: PathwayProgress, branch: Branch, known: Catalogue) -> dict[str, Any]:
    """Return what templates take as a pathway in progress."""
    told = tracking.summary_json(entry)
    return {
        **known.shown(told["goal"]),
        "name": told["name"],
        "pathway_id": told["pathway_id"],
        "status": told["status"],
        "steps_left": told["steps_left"],
        "steps_exact": told["steps_exact"],
        "steps_says": told["says"],
        "done": branch.done,
        "steps": branch.steps,
        "holds": branch.done,
        "asks": branch.steps,
        "clauses": [
            {
                "state": "none" if part.shape == "choice" else part.shape,
                "name": part.title,
                "says": _clause_says(part),
                "on": 0 if part.unit else part.earned,
                "of": 0 if part.unit else part.needed,
            }
            for part in leading(branch.parts, MOST_CLAUSES)
        ],
        "more_clauses": max(len(branch.parts) - MOST_CLAUSES, 0),
    }


def _clause_says(part: Branch) -> str:
    """Return what a clause asks for and how far it is, in words: pips are for the eye only."""
    if part.standing in TOLD_BY_NOTE and part.notes:
        return f"{part.words}. {part.notes[0]}"
    if part.standing == "ready" or not part.asks:
        return part.words
    if part.met:
        return f"{part.asks}, {part.words.lower()}"
    if part.unit:
        return f"{part.asks}, {part.tally}"
    return f"{part.asks}, {int(part.needed - part.earned)} to go" if part.earned else part.asks
