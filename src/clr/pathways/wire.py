"""The JSON form of requirements: what the API takes, and, with its version, what the store keeps."""

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from clr.errors import BadInput, Problem
from clr.ids import AchievementId
from clr.pathways.requirements import AllOf, AtLeast, Holds, Part, Requirement

DEPTH_LIMIT = 64
"""Groups within groups; more is no requirement that anyone could read."""

STORED_VERSION = 1


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: str | None = Field(None, max_length=80, description="Kept across versions; assigned when absent.")
    name: str | None = Field(None, max_length=200, description="What people call this clause.")


class HoldsJson(_Wire):
    """Hold a current award of one achievement."""

    kind: Literal["holds"]
    achievement_id: str

    def requirement(self) -> Requirement:
        """Return what this says."""
        return Holds(AchievementId(self.achievement_id), self.id, self.name)


class PartJson(BaseModel):
    """One part of a group; weight 0 is shown and counts for nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    requirement: "RequirementJson"
    weight: int = Field(1, ge=0, le=1000)

    def part(self) -> Part:
        """Return what this says."""
        return Part(self.requirement.requirement(), self.weight)


class AllOfJson(_Wire):
    """Complete every part of positive weight."""

    kind: Literal["all_of"]
    parts: list[PartJson] = Field(max_length=500)

    def requirement(self) -> Requirement:
        """Return what this says."""
        return AllOf(tuple(part.part() for part in self.parts), self.id, self.name)


class AtLeastJson(_Wire):
    """Complete any ``count`` of the parts."""

    kind: Literal["at_least"]
    count: int
    parts: list[PartJson] = Field(max_length=500)

    def requirement(self) -> Requirement:
        """Return what this says."""
        return AtLeast(self.count, tuple(part.part() for part in self.parts), self.id, self.name)


RequirementJson = Annotated[HoldsJson | AllOfJson | AtLeastJson, Field(discriminator="kind")]
PartJson.model_rebuild()
_REQUIREMENT: TypeAdapter[HoldsJson | AllOfJson | AtLeastJson] = TypeAdapter(RequirementJson)


def require_depth(value: Any, at: str) -> None:
    """Refuse JSON nested deeper than any requirement may be, before anything recursive reads it."""
    level, depth = [value], 0
    while level := [part.get("requirement") for clause in level for part in _parts_of(clause)]:
        depth += 1
        if depth > DEPTH_LIMIT:
            says = f"Groups are nested deeper than {DEPTH_LIMIT}; make some of them stacks of their own."
            raise BadInput(says, (Problem(at, "depth", says),))


def _parts_of(clause: Any) -> list[dict[str, Any]]:
    parts = clause.get("parts") if isinstance(clause, dict) else None
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def dump(requirement: Requirement) -> dict[str, Any]:
    """Return the JSON form of a requirement; members that say nothing are left out."""
    said = {"id": requirement.id, "name": requirement.name}
    named = {key: value for key, value in said.items() if value is not None}
    match requirement:
        case Holds():
            return {"kind": "holds", "achievement_id": requirement.achievement, **named}
        case AllOf():
            return {"kind": "all_of", **named, "parts": [_dump_part(part) for part in requirement.parts]}
        case AtLeast():
            parts = [_dump_part(part) for part in requirement.parts]
            return {"kind": "at_least", **named, "count": requirement.count, "parts": parts}


def _dump_part(part: Part) -> dict[str, Any]:
    weight = {} if part.weight == 1 else {"weight": part.weight}
    return {"requirement": dump(part.requirement), **weight}


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
