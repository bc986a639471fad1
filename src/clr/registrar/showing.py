"""What a reader of a record sees: each chosen award with what stands behind it, and its state as of now.

Nothing that was not chosen is named: an award that served but is not shown reads as "not shared".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from clr.ids import AchievementId, AwardId, EvidenceId, IssuerId, LearnerId
from clr.registrar import catalog, enveloping, holdings
from clr.registrar.holdings import AwardFacts
from clr.store.tables import Award

CHOSEN, NOT_NEEDED, NOT_SHARED, WAIVED = "chosen", "not_needed", "not_shared", "waived"


@dataclass(frozen=True, slots=True)
class PathStep:
    """One part of the way to a stack; what names it is ``None`` for what is not shared. ``note`` tells an exception."""

    name: str | None
    state: str
    says: str
    achievement_id: AchievementId | None = None
    kind: str | None = None
    colour: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ShownResult:
    """One result against its rubric: ``level`` is the ``levels_on``-th of ``levels_of``."""

    name: str
    value: str | None
    level: str | None
    levels_on: int | None
    levels_of: int | None
    required: str | None


@dataclass(frozen=True, slots=True)
class ShownEvidence:
    """One piece of evidence: a file that the link opens, or an outside address."""

    evidence_id: EvidenceId | None
    url: str | None
    name: str
    genre: str | None
    narrative: str | None


@dataclass(frozen=True, slots=True)
class ShownAward:
    """One award as its reader sees it; criteria are Markdown."""

    award_id: AwardId
    achievement_id: AchievementId
    name: str
    kind: str
    issuer_id: IssuerId
    issuer_name: str
    issuer_slug: str
    colour: str
    description: str
    criteria: str
    state: str
    because: str | None
    earned_on: datetime
    valid_until: datetime | None
    narrative: str | None
    assessor: str | None
    results: tuple[ShownResult, ...]
    evidence: tuple[ShownEvidence, ...]
    path: tuple[PathStep, ...]
    also_counts_toward: tuple[str, ...]
    tags: tuple[str, ...]
    reflection: str


@dataclass(frozen=True, slots=True)
class ShownSection:
    """Some awards under one heading."""

    title: str
    narrative: str
    items: tuple[ShownAward, ...]


@dataclass(frozen=True, slots=True)
class ShownSkill:
    """A skill that awards in force are tagged with; ``award_id`` is the one that says most of it.

    ``assessed`` counts the awards whose assessor is named, ``assessors`` the people.
    """

    name: str
    award_id: AwardId
    awards: int
    assessed: int
    assessors: int


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """A whole record as its reader sees it; skills with the strongest evidence first."""

    title: str
    narrative: str
    learner_name: str | None
    sections: tuple[ShownSection, ...]
    skills: tuple[ShownSkill, ...]


@dataclass(frozen=True, slots=True)
class _Background:
    """Everything the items of one record draw on, fetched at once."""

    awards: Mapping[AwardId, AwardFacts]
    achievements: Mapping[AchievementId, catalog.AchievementFacts]
    issuers: Mapping[IssuerId, catalog.IssuerFacts]
    reasons: Mapping[AwardId, Mapping[str, Any]]
    exceptions: Mapping[str, Mapping[str, Any]]
    shown: frozenset[str]
    parents: tuple[AwardFacts, ...]


def shown_record(
    snapshot: Session, learner_id: LearnerId, view: Mapping[str, Any], *, at: datetime
) -> ShownRecord:
    """Return a record by the arrangement its document was issued with (``Envelope.view``)."""
    background = _background(snapshot, learner_id, view, at)
    sections = tuple(
        ShownSection(
            part["title"],
            part["narrative"],
            tuple(
                _award(background, AwardId(item["award_id"]), item["reflection"]) for item in part["items"]
            ),
        )
        for part in view["sections"]
    )
    skills = _skills(item for section in sections for item in section.items)
    return ShownRecord(view["title"], view["narrative"], view["learner_name"], sections, skills)


def _skills(items: Iterable[ShownAward]) -> tuple[ShownSkill, ...]:
    """Return what the awards in force are tagged with, most often assessed first, then by name."""
    tagged: dict[str, list[ShownAward]] = {}
    for item in items:
        for tag in dict.fromkeys(item.tags) if item.state == "live" else ():
            tagged.setdefault(tag, []).append(item)
    found = [_skill(tag, awards) for tag, awards in tagged.items()]
    return tuple(sorted(found, key=lambda skill: (-skill.assessed, -skill.awards, skill.name.casefold())))


def _skill(name: str, awards: Sequence[ShownAward]) -> ShownSkill:
    most = max(awards, key=lambda award: (_RANK.get(award.kind, 0), award.earned_on))
    assessors = [award.assessor for award in awards if award.assessor]
    return ShownSkill(name, most.award_id, len(awards), len(assessors), len(set(assessors)))


_RANK = {"badge": 1, "micro-credential": 2, "credential": 3}
"""What says more of a skill than another."""


def _background(
    snapshot: Session, learner_id: LearnerId, view: Mapping[str, Any], at: datetime
) -> _Background:
    chosen = [AwardId(item["award_id"]) for part in view["sections"] for item in part["items"]]
    wanted = [*chosen, *view["parents"]]
    rows = snapshot.exec(
        select(Award).where(col(Award.learner_id) == learner_id, col(Award.id).in_(wanted))
    ).all()
    awards = {found.id: found for found in holdings.facts(snapshot, rows, at=at)}
    explained = enveloping.explanations(snapshot, rows)
    reasons = {key: body["requirement"] for key, body in explained.items()}
    exceptions = {one["id"]: one for body in explained.values() for one in body.get("allowances", ())}
    used = [part for reason in reasons.values() for part in _achievements(reason)]
    known = catalog.achievements_by_id(snapshot, [*used, *(award.achievement_id for award in rows)])
    return _Background(
        awards=awards,
        achievements=known,
        issuers=catalog.issuers_by_id(snapshot, {found.issuer_id for found in known.values()}),
        reasons=reasons,
        exceptions=exceptions,
        shown=frozenset(wanted),
        parents=tuple(awards[AwardId(key)] for key in view["parents"] if key in awards),
    )


def _award(background: _Background, award_id: AwardId, reflection: str) -> ShownAward:
    award = background.awards[award_id]
    achievement = background.achievements[award.achievement_id]
    issuer = background.issuers[award.issuer_id]
    return ShownAward(
        award_id=award.id,
        achievement_id=award.achievement_id,
        name=award.name,
        kind=award.kind,
        issuer_id=award.issuer_id,
        issuer_name=issuer.name,
        issuer_slug=issuer.slug,
        colour=issuer.colour,
        description=achievement.description,
        criteria=achievement.criteria,
        state=award.state,
        because=award.because,
        earned_on=award.earned_on,
        valid_until=award.valid_until,
        narrative=award.narrative,
        assessor=award.assessor,
        results=tuple(_result(result, achievement) for result in award.results),
        evidence=tuple(
            ShownEvidence(item.evidence_id, item.url, item.name, item.genre, item.narrative)
            for item in award.evidence
        ),
        path=_path(background, award_id),
        also_counts_toward=_toward(background, award_id),
        tags=achievement.tags,
        reflection=reflection,
    )


def _path(background: _Background, award_id: AwardId) -> tuple[PathStep, ...]:
    """Return the way taken to a stack. What was not needed is told only where that gives nothing away."""
    reason = background.reasons.get(award_id)
    if reason is None:
        return ()
    used = dict(enveloping.satisfied(reason))
    excepted = list(enveloping.excepted(reason))
    instead = {clause["achievement_id"]: clause for clause in excepted if clause["satisfied_by"]}
    steps = [_step(background, part, awards, instead.get(part)) for part, awards in used.items()]
    steps += [_waived(background, clause) for clause in excepted if not clause["satisfied_by"]]
    waived = {clause["achievement_id"] for clause in excepted}
    if any(step.state == NOT_SHARED for step in steps):
        return tuple(steps)  # naming the alternatives left over would name by elimination what served
    left = (part for part in dict.fromkeys(_achievements(reason)) if part not in used)
    spare = (part for part in left if part not in waived)
    named = (part for part in spare if part in background.achievements)
    return (*steps, *(_named(background, part, NOT_NEEDED, "Another choice, not needed") for part in named))


def _step(
    background: _Background,
    part: AchievementId,
    awards: Iterable[str],
    instead: Mapping[str, Any] | None,
) -> PathStep:
    if background.shown.isdisjoint(awards) or part not in background.achievements:
        return PathStep(None, NOT_SHARED, "One further requirement met, not shared")
    if instead is not None:
        made = background.exceptions[instead["allowance"]]
        says = f"Met by {made['instead_name']}, as {made['author']} allowed: {made['reason']}"
        return replace(_named(background, part, CHOSEN, says), note=says)
    return _named(background, part, CHOSEN, "Met by an award in this record")


def _waived(background: _Background, clause: Mapping[str, Any]) -> PathStep:
    """Return a part that somebody waived: with who and why, as everybody who sees the result is told."""
    made = background.exceptions[clause["allowance"]]
    says = f"Waived by {made['author']}: {made['reason']}"
    if clause["achievement_id"] in background.achievements:
        return replace(_named(background, clause["achievement_id"], WAIVED, says), note=says)
    return PathStep(clause["name"] or clause["says"].rpartition(", ")[0], WAIVED, says, note=says)


def _named(background: _Background, part: AchievementId, state: str, says: str) -> PathStep:
    found = background.achievements[part]
    return PathStep(found.name, state, says, part, found.kind, background.issuers[found.issuer_id].colour)


def _toward(background: _Background, award_id: AwardId) -> tuple[str, ...]:
    """Return the ticked stacks that this award counted toward."""
    return tuple(
        parent.name
        for parent in background.parents
        if parent.id in background.reasons
        and any(award_id in used for _, used in enveloping.satisfied(background.reasons[parent.id]))
    )


def _achievements(clause: Mapping[str, Any]) -> Sequence[AchievementId]:
    """Return the achievements a requirement names itself; what they stand on is their own affair."""
    if clause["achievement_id"] is not None:
        return [AchievementId(clause["achievement_id"])]
    return [found for part in clause["parts"] for found in _achievements(part)]


def _result(result: Mapping[str, Any], achievement: catalog.AchievementFacts) -> ShownResult:
    asked = next(
        (item for item in achievement.result_descriptions if item["id"] == result["result_description"]), {}
    )
    levels = [level["id"] for level in asked.get("levels") or ()]
    names = {level["id"]: level["name"] for level in asked.get("levels") or ()}
    reached = result.get("achieved_level")
    required = asked.get("required_level")
    return ShownResult(
        name=asked.get("name", ""),
        value=result.get("value"),
        level=names.get(reached or ""),
        levels_on=levels.index(reached) + 1 if reached in levels else None,
        levels_of=len(levels) or None,
        required=names.get(required or "", required) or asked.get("required_value"),
    )
