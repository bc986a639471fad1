"""What can be earned: issuers and achievements (OB 3.0 Profile and Achievement)."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from clr.errors import BadInput, Conflict, NotFound, Problem, Stale
from clr.ids import AchievementId, IssuerId, new_id
from clr.registrar import policy
from clr.registrar.policy import Caller, Deed
from clr.store.sessions import first
from clr.store.tables import Achievement, Award, Issuer

KINDS = ("badge", "micro-credential", "credential", "external")
TYPE_OF_KIND = {
    "badge": "Badge",
    "micro-credential": "MicroCredential",
    "credential": "Certificate",
    "external": "Achievement",
}
"""achievementType where none is given (OB 3.0 §B.1.1 AchievementType)."""


@dataclass(frozen=True, slots=True)
class IssuerFacts:
    """An issuer as everyone sees it."""

    id: IssuerId
    slug: str
    name: str
    url: str
    description: str | None
    email: str | None
    colour: str
    revision: int


@dataclass(frozen=True, slots=True)
class NewIssuer:
    """An issuer to be entered; the slug is made from the name when absent."""

    name: str
    url: str
    slug: str | None = None
    description: str | None = None
    email: str | None = None
    colour: str = "#00693e"


@dataclass(frozen=True, slots=True)
class AchievementFacts:
    """An achievement as everyone sees it."""

    id: AchievementId
    issuer_id: IssuerId
    kind: str
    achievement_type: str
    name: str
    description: str
    criteria: str
    image: str | None
    glyph: str
    tags: tuple[str, ...]
    alignments: tuple[Mapping[str, Any], ...]
    result_descriptions: tuple[Mapping[str, Any], ...]
    credits_available: float | None
    edition: str | None
    repeatable: bool
    retired_at: datetime | None
    revision: int


@dataclass(frozen=True, slots=True)
class NewAchievement:
    """An achievement to be entered. Criteria are Markdown; result descriptions get ids of ours."""

    issuer_id: IssuerId
    kind: str
    name: str
    description: str
    criteria: str
    achievement_type: str | None = None
    glyph: str = ""
    tags: tuple[str, ...] = ()
    alignments: tuple[Mapping[str, Any], ...] = ()
    result_descriptions: tuple[Mapping[str, Any], ...] = ()
    credits_available: float | None = None
    edition: str | None = None
    repeatable: bool = False


# Issuers


def define_issuer(transaction: Session, caller: Caller, new: NewIssuer, *, at: datetime) -> IssuerFacts:
    """Enter an issuer; its slug is part of its DID and never changes."""
    policy.require(caller, Deed.DEFINE_ISSUER)
    slug = new.slug or _slug_of(new.name)
    if transaction.exec(select(Issuer.id).where(Issuer.slug == slug)).first() is not None:
        says = f'There is an issuer with the slug "{slug}" already; choose another.'
        raise Conflict(says, (Problem("slug", "taken", says),))
    issuer = Issuer(
        id=IssuerId(new_id("iss")),
        slug=slug,
        name=new.name,
        url=new.url,
        description=new.description,
        email=new.email,
        colour=new.colour,
        created_at=at,
    )
    with first(transaction, "Another issuer has just been entered with this slug; choose another."):
        transaction.add(issuer)
    return _issuer_facts(issuer)


def amend_issuer(
    transaction: Session,
    caller: Caller,
    issuer_id: IssuerId,
    changes: Mapping[str, Any],
    *,
    revision: int | None,
) -> IssuerFacts:
    """Change members of an issuer; ``revision`` is the one the caller read (None: not asked for)."""
    policy.require(caller, Deed.DEFINE_ISSUER)
    issuer = _issuer(transaction, issuer_id, lock=True)
    _require_revision(revision, issuer.revision)
    for name, value in changes.items():
        setattr(issuer, name, value)
    issuer.revision += 1
    transaction.add(issuer)
    return _issuer_facts(issuer)


def issuers(snapshot: Session, *, after: str | None = None, limit: int = 200) -> Sequence[IssuerFacts]:
    """Return issuers in the order of their ids."""
    query = select(Issuer).where(col(Issuer.id) > (after or "")).order_by(col(Issuer.id)).limit(limit)
    return [_issuer_facts(issuer) for issuer in snapshot.exec(query)]


def issuer(snapshot: Session, issuer_id: IssuerId) -> IssuerFacts:
    """Return one issuer."""
    return _issuer_facts(_issuer(snapshot, issuer_id))


def issuer_by_slug(snapshot: Session, slug: str) -> IssuerFacts:
    """Return the issuer with this slug."""
    found = snapshot.exec(select(Issuer).where(Issuer.slug == slug)).first()
    if found is None:
        raise NotFound(f'There is no issuer with the slug "{slug}".')
    return _issuer_facts(found)


def issuers_by_id(snapshot: Session, ids: Iterable[IssuerId]) -> dict[IssuerId, IssuerFacts]:
    """Return some issuers at once."""
    rows = snapshot.exec(select(Issuer).where(col(Issuer.id).in_(set(ids))))
    return {row.id: _issuer_facts(row) for row in rows}


# Achievements


def define_achievement(
    transaction: Session, caller: Caller, new: NewAchievement, *, at: datetime
) -> AchievementFacts:
    """Enter an achievement."""
    _issuer(transaction, new.issuer_id)
    policy.require(caller, Deed.DEFINE_ACHIEVEMENT, issuer=new.issuer_id)
    achievement = Achievement(
        id=AchievementId(new_id("ach")),
        issuer_id=new.issuer_id,
        kind=new.kind,
        achievement_type=new.achievement_type or TYPE_OF_KIND[new.kind],
        name=new.name,
        description=new.description,
        criteria=new.criteria,
        glyph=new.glyph,
        tags=list(new.tags),
        alignments=[dict(alignment) for alignment in new.alignments],
        result_descriptions=_with_ids(new.result_descriptions),
        credits_available=new.credits_available,
        edition=new.edition,
        repeatable=new.repeatable,
        created_at=at,
    )
    transaction.add(achievement)
    transaction.flush()
    return _achievement_facts(achievement)


def amend_achievement(
    transaction: Session,
    caller: Caller,
    achievement_id: AchievementId,
    changes: Mapping[str, Any],
    *,
    revision: int | None,
) -> AchievementFacts:
    """Change members of an achievement. Credentials already issued keep the words they were issued with."""
    achievement = _achievement(transaction, achievement_id, lock=True)
    policy.require(caller, Deed.DEFINE_ACHIEVEMENT, issuer=achievement.issuer_id)
    _require_revision(revision, achievement.revision)
    if "result_descriptions" in changes:
        described = _with_ids(changes["result_descriptions"])
        _require_results_kept(transaction, achievement, described)
        changes = {**changes, "result_descriptions": described}
    for name, value in changes.items():
        setattr(achievement, name, value)
    achievement.revision += 1
    transaction.add(achievement)
    return _achievement_facts(achievement)


def require_author(snapshot: Session, caller: Caller, achievement_id: AchievementId) -> None:
    """Raise unless ``caller`` may change this achievement: to be asked before a file is kept for it."""
    found = _achievement(snapshot, achievement_id)
    policy.require(caller, Deed.DEFINE_ACHIEVEMENT, issuer=found.issuer_id)


def retire(
    transaction: Session, caller: Caller, achievement_id: AchievementId, *, at: datetime
) -> AchievementFacts:
    """Stop awarding an achievement; what was earned stays, and twice is as once."""
    achievement = _achievement(transaction, achievement_id, lock=True)
    policy.require(caller, Deed.DEFINE_ACHIEVEMENT, issuer=achievement.issuer_id)
    if achievement.retired_at is None:
        achievement.retired_at = at
        achievement.revision += 1
        transaction.add(achievement)
    return _achievement_facts(achievement)


def achievements(
    snapshot: Session,
    *,
    issuer_id: str | None = None,
    kind: str | None = None,
    after: str | None = None,
    limit: int = 200,
) -> Sequence[AchievementFacts]:
    """Return achievements in the order of their ids, narrowed by issuer or kind."""
    query = select(Achievement).where(col(Achievement.id) > (after or ""))
    if issuer_id is not None:
        query = query.where(col(Achievement.issuer_id) == issuer_id)
    if kind is not None:
        query = query.where(col(Achievement.kind) == kind)
    return [
        _achievement_facts(row) for row in snapshot.exec(query.order_by(col(Achievement.id)).limit(limit))
    ]


def achievement(snapshot: Session, achievement_id: AchievementId) -> AchievementFacts:
    """Return one achievement."""
    return _achievement_facts(_achievement(snapshot, achievement_id))


def achievements_by_id(
    snapshot: Session, ids: Iterable[AchievementId]
) -> dict[AchievementId, AchievementFacts]:
    """Return some achievements at once; unknown ids are left out."""
    rows = snapshot.exec(select(Achievement).where(col(Achievement.id).in_(set(ids))))
    return {row.id: _achievement_facts(row) for row in rows}


def achievements_told(snapshot: Session, told: str) -> Sequence[AchievementFacts]:
    """Return the achievement with this id, or those with exactly this name (one for each issuer that uses it)."""
    rows = snapshot.exec(
        select(Achievement).where((col(Achievement.id) == told) | (col(Achievement.name) == told))
    )
    return [_achievement_facts(row) for row in rows]


def names(snapshot: Session, ids: Iterable[AchievementId] | None = None) -> dict[AchievementId, str]:
    """Return the name of some achievements, by default of every one."""
    query = select(Achievement.id, Achievement.name)
    if ids is not None:
        query = query.where(col(Achievement.id).in_(set(ids)))
    return {AchievementId(key): name for key, name in snapshot.exec(query)}


def retired(snapshot: Session) -> frozenset[AchievementId]:
    """Return the achievements that nobody can earn any more."""
    found = snapshot.exec(select(Achievement.id).where(col(Achievement.retired_at).is_not(None)))
    return frozenset(map(AchievementId, found))


def _issuer(snapshot: Session, issuer_id: IssuerId, *, lock: bool = False) -> Issuer:
    found = snapshot.get(Issuer, issuer_id, with_for_update=lock or None)
    if found is None:
        raise NotFound("There is no such issuer.")
    return found


def _achievement(snapshot: Session, achievement_id: AchievementId, *, lock: bool = False) -> Achievement:
    found = snapshot.get(Achievement, achievement_id, with_for_update=lock or None)
    if found is None:
        raise NotFound("There is no such achievement.")
    return found


def _require_revision(read: int | None, actual: int) -> None:
    if read is not None and read != actual:
        raise Stale("Somebody changed it since you read it. Read it again and repeat your change.")


def _with_ids(described: Iterable[Mapping[str, Any]]) -> list[dict[str, object]]:
    """Return result descriptions with ids of ours, on themselves and on each of their levels."""
    return [
        {
            **result,
            "id": result.get("id") or new_id("rsd"),
            "levels": [
                {**level, "id": level.get("id") or new_id("lvl")} for level in result.get("levels") or ()
            ],
        }
        for result in described
    ]


def _require_results_kept(
    transaction: Session, achievement: Achievement, described: Sequence[Mapping[str, Any]]
) -> None:
    kept = {result["id"] for result in described}
    lost = [result for result in achievement.result_descriptions if result["id"] not in kept]
    used = transaction.exec(
        select(Award.id).where(col(Award.achievement_id) == achievement.id).limit(1)
    ).first()
    if lost and used is not None:
        says = f'"{lost[0]["name"]}" has been awarded with; keep it, or define a new achievement.'
        raise BadInput(says, (Problem("result_descriptions", "in-use", says),))


def _slug_of(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or new_id("issuer").partition("_")[2][:8]


def _issuer_facts(row: Issuer) -> IssuerFacts:
    return IssuerFacts(
        id=row.id,
        slug=row.slug,
        name=row.name,
        url=row.url,
        description=row.description,
        email=row.email,
        colour=row.colour,
        revision=row.revision,
    )


def _achievement_facts(row: Achievement) -> AchievementFacts:
    return AchievementFacts(
        id=row.id,
        issuer_id=row.issuer_id,
        kind=row.kind,
        achievement_type=row.achievement_type,
        name=row.name,
        description=row.description,
        criteria=row.criteria,
        image=row.image,
        glyph=row.glyph,
        tags=tuple(row.tags),
        alignments=tuple(row.alignments),
        result_descriptions=tuple(row.result_descriptions),
        credits_available=row.credits_available,
        edition=row.edition,
        repeatable=row.repeatable,
        retired_at=row.retired_at,
        revision=row.revision,
    )
