"""The JSON form of requirements: what the API takes, and, with its version, what the store keeps.

Published as a JSON Schema at ``/schemas/requirement/v1.json``. Members that say nothing are left out.
"""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
)

from clr.errors import BadInput, Problem
from clr.ids import AchievementId
from clr.pathways.requirements import (
    HUNDREDTHS,
    AllOf,
    AtLeast,
    Brings,
    Credits,
    Filters,
    Holds,
    Part,
    Prerequisite,
    Requirement,
)

DEPTH_LIMIT = 64
"""Groups within groups; more is no requirement that anyone could read."""

STORED_VERSION = 1

SCHEMA_ID = "/schemas/requirement/v1.json"

REFUSED = {
    "not": (
        'Nothing can be asked not to be held: one more award could then undo what was complete. Leave out "not".'
    ),
    "at_most": (
        'No award may be one too many: one more could then undo what was complete. Leave out "at_most"; '
        "to let one award count once only, make a group exclusive."
    ),
}
"""Kinds that people look for and why they are not there: progress would fall when something is earned."""


def _text_only(value: Any) -> Any:
    if not isinstance(value, str | datetime):
        raise ValueError("must be a date and time with a zone, such as 2026-11-25T00:00:00Z")  # noqa: TRY004  pydantic tells a ValueError to the caller, not a TypeError
    return value


def _hundredths(value: float) -> float:
    if Decimal(str(value)) * HUNDREDTHS % 1:
        raise ValueError("must have at most 2 decimals")
    return value


Instant = Annotated[
    AwareDatetime,
    Field(strict=False),
    BeforeValidator(_text_only),
    AfterValidator(lambda at: at.astimezone(UTC)),
]
Amount = Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False), AfterValidator(_hundredths)]
Score = Annotated[float, Field(allow_inf_nan=False, ge=-1_000_000, le=1_000_000)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
AchievementRef = Annotated[str, Field(max_length=80)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Clause(_Strict):
    id: str | None = Field(None, max_length=80, description="Kept across versions; assigned when absent.")
    name: str | None = Field(None, max_length=200, description="What people call this clause.")


class VersionsJson(_Strict):
    """Versions of the stack, or of the badge's definition, that count; both ends are within."""

    min: Version | None = None
    max: Version | None = None


class ResultJson(_Strict):
    """The result an award must bring: at least a score, or at least a level of a rubric."""

    result_description: str | None = Field(
        None, max_length=80, description="Id of the result description to look at; any when absent."
    )
    min_score: Score | None = None
    level: str | None = Field(None, max_length=200, description="Id or name of the lowest level that counts.")


class HoldsJson(_Clause):
    """Hold one award of an achievement, or of one accepted instead, that passes every filter."""

    kind: Literal["holds"]
    achievement_id: AchievementRef
    accepts: list[AchievementRef] = Field(
        [], max_length=500, description="Achievements of which an award will do as well."
    )
    versions: VersionsJson | None = None
    result: ResultJson | None = None
    earned_since: Instant | None = Field(None, description="Only awards earned then or later.")
    max_age_days: int | None = Field(
        None, ge=1, le=36_525, description="Only awards earned within so many days (of 24 hours)."
    )
    current: bool = Field(default=True, description="False: an award that has expired counts too.")

    def requirement(self) -> Requirement:
        """Return what this says."""
        versions, result = self.versions or VersionsJson(), self.result or ResultJson()
        filters = Filters(
            min_version=versions.min,
            max_version=versions.max,
            min_score=None if result.min_score is None else Decimal(str(result.min_score)),
            level=result.level,
            result=result.result_description,
            since=self.earned_since,
            max_age=None if self.max_age_days is None else timedelta(days=self.max_age_days),
            current=self.current,
        )
        accepts = tuple(map(AchievementId, self.accepts))
        return Holds(AchievementId(self.achievement_id), self.id, self.name, accepts, filters)


class PrerequisiteJson(_Strict):
    """What should be complete first (``advisory``), or must be before the part counts (``strict``)."""

    requirement: "RequirementJson"
    kind: Literal["advisory", "strict"] = "strict"
    in_order: bool = Field(
        default=False,
        description="True: the award counts only if earned once this was complete. Strict only.",
    )

    def prerequisite(self) -> Prerequisite:
        """Return what this says."""
        return Prerequisite(self.requirement.requirement(), self.kind == "strict", self.in_order)


class PartJson(_Strict):
    """One part of a group; weight 0 is shown and counts for nothing."""

    requirement: "RequirementJson"
    weight: int = Field(1, ge=0, le=1000)
    category: str | None = Field(None, min_length=1, max_length=80)
    after: PrerequisiteJson | None = None

    def part(self) -> Part:
        """Return what this says."""
        return Part(
            self.requirement.requirement(),
            self.weight,
            self.category,
            after=self.after.prerequisite() if self.after else None,
        )


class CreditPartJson(_Strict):
    """One part of credits: complete, it brings ``value``."""

    requirement: "RequirementJson"
    value: Amount = Field(description="What the part brings, or each award of it when up_to is given.")
    stated: bool = Field(
        default=False, description="True: an award brings the credits it states itself, if it does."
    )
    up_to: Amount | None = Field(
        None, description="Every award counts, up to this much together; without it the part counts once."
    )
    after: PrerequisiteJson | None = None

    def part(self) -> Part:
        """Return what this says."""
        up_to = None if self.up_to is None else in_hundredths(self.up_to)
        return Part(
            self.requirement.requirement(),
            brings=Brings(in_hundredths(self.value), self.stated, up_to),
            after=self.after.prerequisite() if self.after else None,
        )


class AllOfJson(_Clause):
    """Complete every part of positive weight."""

    kind: Literal["all_of"]
    parts: list[PartJson] = Field(max_length=500)
    exclusive: bool = Field(default=False, description="True: no achievement stands for two parts.")

    def requirement(self) -> Requirement:
        """Return what this says."""
        return AllOf(tuple(part.part() for part in self.parts), self.id, self.name, self.exclusive)


class AtLeastJson(_Clause):
    """Complete any ``count`` of the parts."""

    kind: Literal["at_least"]
    count: int
    parts: list[PartJson] = Field(max_length=500)
    categories: int = Field(0, ge=0, le=500, description="From at least so many categories.")
    exclusive: bool = Field(default=False, description="True: no achievement stands for two parts.")

    def requirement(self) -> Requirement:
        """Return what this says."""
        parts = tuple(part.part() for part in self.parts)
        return AtLeast(self.count, parts, self.id, self.name, self.categories, self.exclusive)


class CreditsJson(_Clause):
    """Gather ``total`` credits, hours or points from complete parts."""

    kind: Literal["credits"]
    total: float = Field(le=100_000, allow_inf_nan=False)
    unit: Literal["credits", "hours", "points"] = "credits"
    parts: list[CreditPartJson] = Field(max_length=500)

    def requirement(self) -> Requirement:
        """Return what this says."""
        parts = tuple(part.part() for part in self.parts)
        return Credits(in_hundredths(self.total), parts, self.id, self.name, self.unit)


RequirementJson = Annotated[HoldsJson | AllOfJson | AtLeastJson | CreditsJson, Field(discriminator="kind")]
for _model in (PrerequisiteJson, PartJson, CreditPartJson):
    _model.model_rebuild()
_REQUIREMENT: TypeAdapter[HoldsJson | AllOfJson | AtLeastJson | CreditsJson] = TypeAdapter(RequirementJson)


def in_hundredths(amount: float) -> int:
    """Return an amount of credits, hours or points in hundredths, what is finer cut off."""
    return int(Decimal(str(amount)) * HUNDREDTHS)


def in_units(hundredths: int) -> float:
    """Return hundredths as the number people read: whole where it is."""
    whole, rest = divmod(hundredths, HUNDREDTHS)
    return hundredths / HUNDREDTHS if rest else whole


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of this form."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "Requirement",
        **_REQUIREMENT.json_schema(),
    }


def require_readable(value: Any, at: str) -> None:
    """Refuse, before anything recursive reads it, JSON nested too deep, and the kinds that cannot be."""
    level, depth = [(value, at)], 0
    while level:
        for clause, place in level:
            kind = clause.get("kind") if isinstance(clause, dict) else None
            if isinstance(kind, str) and kind in REFUSED:
                says = REFUSED[kind]
                raise BadInput(says, (Problem(f"{place}.kind", "not-monotone", says),))
        level = [inner for clause, place in level for inner in _inside(clause, place)]
        depth += 1
        if level and depth > DEPTH_LIMIT:
            says = f"Groups are nested deeper than {DEPTH_LIMIT}; make some of them stacks of their own."
            raise BadInput(says, (Problem(at, "depth", says),))


def _inside(clause: Any, at: str) -> list[tuple[Any, str]]:
    parts = clause.get("parts") if isinstance(clause, dict) else None
    found: list[tuple[Any, str]] = []
    for place, part in enumerate(parts if isinstance(parts, list) else ()):
        if isinstance(part, dict):
            found.append((part.get("requirement"), f"{at}.parts[{place}].requirement"))
            after = part.get("after")
            if isinstance(after, dict):
                found.append((after.get("requirement"), f"{at}.parts[{place}].after.requirement"))
    return found


def dump(requirement: Requirement) -> dict[str, Any]:
    """Return the JSON form of a requirement."""
    named = _said(id=requirement.id, name=requirement.name)
    match requirement:
        case Holds():
            return {
                "kind": "holds",
                "achievement_id": requirement.achievement,
                **named,
                **_filters(requirement),
            }
        case AllOf():
            exclusive = {"exclusive": True} if requirement.exclusive else {}
            return {"kind": "all_of", **named, **exclusive, "parts": _parts(requirement.parts)}
        case AtLeast():
            how = {"categories": requirement.categories, "exclusive": requirement.exclusive}
            told = {key: value for key, value in how.items() if value}
            return {
                "kind": "at_least",
                **named,
                "count": requirement.count,
                **told,
                "parts": _parts(requirement.parts),
            }
        case Credits():
            total = in_units(requirement.total)
            parts = _parts(requirement.parts)
            return {"kind": "credits", **named, "total": total, "unit": requirement.unit, "parts": parts}


def _said(**members: Any) -> dict[str, Any]:
    return {key: value for key, value in members.items() if value is not None}


def _filters(holds: Holds) -> dict[str, Any]:
    filters = holds.filters
    score = None if filters.min_score is None else _number(filters.min_score)
    versions = _said(min=filters.min_version, max=filters.max_version)
    result = _said(result_description=filters.result, min_score=score, level=filters.level)
    return _said(
        accepts=list(holds.accepts) or None,
        versions=versions or None,
        result=result or None,
        earned_since=filters.since.isoformat() if filters.since else None,
        max_age_days=filters.max_age.days if filters.max_age else None,
        current=None if filters.current else False,
    )


def _number(value: Decimal) -> float:
    return int(value) if value == int(value) else float(value)


def _parts(parts: tuple[Part, ...]) -> list[dict[str, Any]]:
    return [_part(part) for part in parts]


def _part(part: Part) -> dict[str, Any]:
    brings = part.brings
    if brings is None:
        own = _said(weight=None if part.weight == 1 else part.weight, category=part.category)
    else:
        own = _said(
            value=in_units(brings.each),
            stated=brings.stated or None,
            up_to=None if brings.up_to is None else in_units(brings.up_to),
        )
    return {"requirement": dump(part.requirement), **own, **_said(after=_after(part.after))}


def _after(after: Prerequisite | None) -> dict[str, Any] | None:
    if after is None:
        return None
    kind = "strict" if after.strict else "advisory"
    return {"requirement": dump(after.requirement), "kind": kind, **_said(in_order=after.in_order or None)}


def load(value: Any) -> Requirement:
    """Return the requirement a JSON value says; pydantic's ``ValidationError`` tells every fault."""
    return _REQUIREMENT.validate_python(value).requirement()


def dump_stored(requirement: Requirement) -> str:
    """Return the form that is kept: the requirement with the version of this form."""
    return json.dumps({"v": STORED_VERSION, "requirement": dump(requirement)}, separators=(",", ":"))


def load_stored(text: str) -> Requirement:
    """Return a kept requirement; a form that this version does not know is a ``ValueError``."""
    kept = json.loads(text)
    if kept["v"] != STORED_VERSION:
        raise ValueError(f"a requirement is kept in form {kept['v']}; this version reads {STORED_VERSION}")
    return load(kept["requirement"])
