"""How pages and the API show progress: achievements by their looks, awards as proof, and the outline of both."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from clr.drawing.outlines import Branch, Look, Proof, outline
from clr.drawing.wording import day
from clr.ids import AchievementId
from clr.registrar import catalog
from clr.registrar.holdings import AwardFacts
from clr.registrar.urls import Urls


def looks_of(
    snapshot: Session, urls: Urls, achievements: Iterable[AchievementId]
) -> tuple[dict[str, Look], dict[str, str]]:
    """Return how some achievements are shown, and the slugs of their issuers."""
    facts = catalog.achievements_by_id(snapshot, achievements)
    issuers = catalog.issuers_by_id(snapshot, (fact.issuer_id for fact in facts.values()))
    looks = {
        str(key): Look(
            achievement_id=key,
            name=fact.name,
            kind=fact.kind,
            colour=issuers[fact.issuer_id].colour,
            issuer_name=issuers[fact.issuer_id].name,
            glyph=fact.glyph,
            image=urls.achievement_image(key) if fact.image else None,
            href=f"/achievements/{key}",
        )
        for key, fact in facts.items()
    }
    return looks, {str(key): issuers[fact.issuer_id].slug for key, fact in facts.items()}


def branch_of(tree: Mapping[str, Any], looks: Mapping[str, Look], awards: Iterable[AwardFacts]) -> Branch:
    """Return the outline of one pathway's progress (``tracking.progress_json``)."""
    proofs = {
        str(award.id): Proof(award.id, f"Earned {day(award.earned_on)}", f"/awards/{award.id}")
        for award in awards
    }
    ready = sorted((step for step in tree["next"] if step["ready"]), key=lambda step: bool(step["advised"]))
    following = ready[0]["achievement_id"] if ready else None
    return outline(
        tree["requirement"],
        looks,
        proofs,
        following=following,
        allowances=tree.get("allowances", ()),
        at=datetime.fromisoformat(tree["as_of"]),
    )


def named_in(requirement: Mapping[str, Any]) -> set[AchievementId]:
    """Return every achievement that an explained requirement names."""
    found: set[AchievementId] = set()
    waiting = [requirement]
    while waiting:
        clause = waiting.pop()
        found |= {AchievementId(key) for key in (clause["achievement_id"], clause["instead"]) if key}
        waiting += clause["parts"]
        waiting += [clause["after"]["requirement"]] if clause["after"] else []
    return found
