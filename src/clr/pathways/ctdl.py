"""A pathway in CTDL, the Credential Transparency Description Language: what its terms can say, and a list of the rest.

Terms: https://credreg.net/ctdl/terms. A component stands in (``proxyFor``) for an achievement, or for a group that needs
a place of its own. What filters look at is named by the terms of Open Badges 3.0. Clause ids are not written: they
belong to the service. The order of parts is that of the arrays. :mod:`clr.pathways.ctdl_reading` reads it back.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from clr.ids import AchievementId
from clr.pathways.asking import asks
from clr.pathways.drafting import Draft
from clr.pathways.requirements import (
    CURRENT,
    HUNDREDTHS,
    AllOf,
    AtLeast,
    Credits,
    Filters,
    Group,
    Holds,
    Part,
    Prerequisite,
    Requirement,
)
from clr.pathways.stacks import OnLost, Policy

CONTEXT = "https://credreg.net/ctdl/schema/context/json"
OB = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
SCORE = "https://schema.org/value"
LEVEL, RESULT, EARNED = (OB + name for name in ("achievedLevel", "resultDescription", "awardedDate"))
POINTS, CATEGORY = "ceterms:pointValue", "ceterms:componentCategory"
LEFT_OUT = "leftOut"
"""The member beside the graph that lists what was left out; the context tells readers of JSON-LD to pass it by."""

LANGUAGE = "en"

COMPONENT_OF = {
    "Assessment": "ceterms:AssessmentComponent",
    "CoCurricular": "ceterms:CocurricularComponent",
    "Competency": "ceterms:CompetencyComponent",
    "Course": "ceterms:CourseComponent",
}
"""Kinds of component by the standard's achievementType; any other achievement is a credential."""

_CREDENTIAL_OF = {"badge": "ceterms:DigitalBadge", "micro-credential": "ceterms:MicroCredential"}


@dataclass(frozen=True, slots=True)
class Described:
    """What a component says of the achievement that it stands for."""

    name: str
    address: str
    kind: str = ""
    achievement_type: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that CTDL has no words for: where it stands in the pathway, what it is, and what becomes of it."""

    at: str
    what: str
    says: str


@dataclass(frozen=True, slots=True)
class Published:
    """A document, and what it does not say."""

    document: dict[str, Any]
    left_out: tuple[LeftOut, ...]


Describe = Callable[[AchievementId], Described]


def published(draft: Draft, describe: Describe, *, address: str, owner: str) -> Published:
    """Return the pathway at ``address``, which ``owner`` offers, as one JSON-LD graph."""
    writer = _Writer(address, describe)
    goal = [writer.of_achievement(draft.goal)] if draft.goal else []
    for key in sorted(draft.stacks, key=lambda key: (key != draft.goal, key)):
        writer.stack(key, draft)
    pathway = {
        "@type": "ceterms:Pathway",
        "@id": address,
        "ceterms:name": _text(draft.name),
        **({"ceterms:description": _text(draft.description)} if draft.description else {}),
        "ceterms:ownedBy": [owner],
        "ceterms:hasDestinationComponent": goal,
        "ceterms:hasPart": list(writer.components),
    }
    for at in goal:
        writer.components[at]["ceterms:isDestinationComponentOf"] = [address]
    writer.relate()
    told = [{"at": one.at, "what": one.what, "says": one.says} for one in writer.left_out]
    document = {
        "@context": [CONTEXT, {LEFT_OUT: None}],
        "@graph": [pathway, *writer.components.values()],
        LEFT_OUT: told,
    }
    return Published(document, tuple(writer.left_out))


@dataclass
class _Writer:
    address: str
    describe: Describe
    components: dict[str, dict[str, Any]] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)

    def leave(self, at: str, what: str, says: str) -> None:
        self.left_out.append(LeftOut(at, what, says))

    def stack(self, key: AchievementId, draft: Draft) -> None:
        """Say what a stack asks for, as the condition of its component."""
        stack, at = draft.stacks[key], f"stacks.{key}"
        if stack.policy is not Policy.AUTO:
            says = f'Nobody is told that this stack is "{stack.policy.value}"; it reads as if it followed by itself.'
            self.leave(f"{at}.policy", "policy", says)
        if stack.on_lost is not OnLost.SUSPEND:
            says = "What becomes of it when an award it stood on is revoked is not said."
            self.leave(f"{at}.on_lost", "on_lost", says)
        self.components[self.of_achievement(key)]["ceterms:hasCondition"] = [
            self._conditioned(stack.requirement, f"{at}.requirement")
        ]

    # components

    def of_achievement(self, key: AchievementId) -> str:
        """Return the component of an achievement, the same wherever it is asked for plainly."""
        return self._component(str(key), self.describe(key))

    def _component(self, name: str, told: Described) -> str:
        at = f"{self.address}#{quote(name, safe='')}"
        if at not in self.components:
            kind = COMPONENT_OF.get(told.achievement_type, "ceterms:CredentialComponent")
            credential = _CREDENTIAL_OF.get(told.kind) if kind == "ceterms:CredentialComponent" else None
            self.components[at] = {
                "@type": kind,
                "@id": at,
                "ceterms:name": _text(told.name),
                **({"ceterms:description": _text(told.description)} if told.description else {}),
                **({"ceterms:credentialType": credential} if credential else {}),
                "ceterms:proxyFor": told.address,
                "ceterms:isPartOf": [self.address],
            }
        return at

    def _own(self, part: Part, at: str) -> str:
        """Return a component for this part alone, of which more is said than that it is asked for."""
        asked = part.requirement
        if isinstance(asked, Holds) and asked.filters == CURRENT:
            told = self.describe(asked.achievement)
            here = self._component(at, replace(told, name=asked.name or told.name))
        else:
            here = self._basic(asked, at)
        component = self.components[here]
        if part.category is not None:
            component[CATEGORY] = _text(part.category)
        if part.after is not None:
            first = self._first(part.after, f"{at}.after")
            component["ceterms:prerequisite" if part.after.strict else "ceterms:precededBy"] = [first]
            if not part.after.strict:
                self.components[first].setdefault("ceterms:precedes", []).append(here)
        return here

    def _basic(self, asked: Requirement, at: str) -> str:
        """Return a component that stands for nothing but what it asks for."""
        here = f"{self.address}#{quote(at, safe='')}"
        named = asked.name if not isinstance(asked, Holds) else None
        self.components[here] = {
            "@type": "ceterms:BasicComponent",
            "@id": here,
            **({"ceterms:name": _text(named)} if named is not None else {}),
            "ceterms:isPartOf": [self.address],
        }
        self.components[here]["ceterms:hasCondition"] = [self._conditioned(asked, f"{at}.requirement")]
        return here

    def _first(self, after: Prerequisite, at: str) -> str:
        if after.in_order:
            says = (
                "That it must be complete before the award is earned is not said, only that it comes first."
            )
            self.leave(f"{at}.in_order", "in_order", says)
        asked = self._sayable(after.requirement, f"{at}.requirement")
        if isinstance(asked, Holds) and asked.filters == CURRENT and asked.name is None:
            return self.of_achievement(asked.achievement)
        return self._own(Part(asked), at)

    # conditions

    def _conditioned(self, asked: Requirement, at: str) -> dict[str, Any]:
        asked = self._sayable(asked, at)
        return self._alone(asked, at) if isinstance(asked, Holds) else self._group(asked, at)

    def _alone(self, asked: Holds, at: str, target: str | None = None) -> dict[str, Any]:
        """Return a condition of one component, with what its award must pass."""
        plain = replace(asked, filters=CURRENT)
        if target is None:
            own = self._own(Part(plain), at) if asked.name is not None else None
            target = own or self.of_achievement(asked.achievement)
        constraints = [*_constraints(asked.filters)]
        return {
            "@type": "ceterms:ComponentCondition",
            "ceterms:requiredNumber": 1,
            "ceterms:targetComponent": [target],
            **({"ceterms:hasConstraint": constraints} if constraints else {}),
        }

    def _group(self, group: Group, at: str) -> dict[str, Any]:
        if not isinstance(group, Credits) and group.exclusive:
            self.leave(
                f"{at}.exclusive", "exclusive", "One badge may stand for two parts, as far as is said."
            )
        condition = {
            "@type": "ceterms:ComponentCondition",
            **({"ceterms:name": _text(group.name)} if group.name is not None else {}),
            "ceterms:description": _text(asks(group)),
        }
        targets: list[str] = []
        conditions: list[dict[str, Any]] = []
        for place, part in self._parts(group, at):
            item = self._item(part, f"{at}.parts[{place}]", isinstance(group, Credits))
            if isinstance(item, dict):
                conditions.append(item)
            elif conditions:  # readers take the targets first; its place is kept by a condition of its own
                conditions.append(_wrapped(item))
            elif item in targets and isinstance(part.requirement, Holds):  # a set of targets holds each once
                twin = self.describe(part.requirement.achievement)
                targets.append(self._component(f"{at}.parts[{place}]", twin))
            else:
                targets.append(item)
        condition |= _measured(group, len(targets) + len(conditions))
        condition |= {"ceterms:targetComponent": targets} if targets else {}
        return condition | ({"ceterms:hasCondition": conditions} if conditions else {})

    def _parts(self, group: Group, at: str) -> Iterator[tuple[int, Part]]:
        for place, part in enumerate(group.parts):
            here = f"{at}.parts[{place}]"
            if part.weight == 0 and isinstance(group, AllOf):
                self.leave(here, "optional", "This optional part is left out; it is asked of nobody.")
                continue
            if part.weight != 1:
                says = f"Its weight of {part.weight} is not said; it reads as one like the others."
                self.leave(f"{here}.weight", "weight", says)
            yield place, part

    def _item(self, part: Part, at: str, credited: bool) -> str | dict[str, Any]:  # noqa: FBT001  of a group of credits or not
        """Return a part as a component to aim at, or as a condition within the condition."""
        asked = self._sayable(part.requirement, f"{at}.requirement")
        part = replace(part, requirement=asked)
        bare = part.category is None and part.after is None and not credited
        if not isinstance(asked, Holds):
            return (
                self._group(asked, f"{at}.requirement")
                if bare
                else self._worth(self._own(part, at), part, at)
            )
        if bare and asked.name is None:
            target = self.of_achievement(asked.achievement)
        else:
            target = self._own(replace(part, requirement=replace(asked, filters=CURRENT)), at)
            self._worth(target, part, at)
        return target if asked.filters == CURRENT else self._alone(asked, at, target)

    def _worth(self, component: str, part: Part, at: str) -> str:
        brings = part.brings
        if brings is not None:
            value = _number(brings.each)
            self.components[component][POINTS] = {"@type": "schema:QuantitativeValue", "schema:value": value}
            if brings.stated:
                says = f"That an award may state what it brings itself is not said; it reads as {value}."
                self.leave(f"{at}.stated", "stated", says)
            if brings.up_to is not None:
                says = f"That every award counts is not said; the part reads as bringing {value} once."
                self.leave(f"{at}.up_to", "up_to", says)
        return component

    def _sayable(self, asked: Requirement, at: str) -> Requirement:
        """Leave out what has no words, and say "or" instead of "will do as well"."""
        if not isinstance(asked, Holds):
            return asked
        filters = self._known(asked.filters, at)
        if not asked.accepts:
            return replace(asked, filters=filters)
        says = "That one will do instead of the other is said as any one of them."
        self.leave(f"{at}.accepts", "accepts", says)
        return AtLeast(1, tuple(Part(Holds(x, filters=filters)) for x in asked.accepted), name=asked.name)

    def _known(self, filters: Filters, at: str) -> Filters:
        if filters.ranged:
            self.leave(f"{at}.versions", "versions", "Versions are not told apart; any of them counts.")
        if filters.max_age is not None:
            says = f"That it must not be older than {filters.max_age.days} days is not said."
            self.leave(f"{at}.max_age_days", "max_age", says)
        if not filters.current:
            self.leave(f"{at}.current", "current", "That an expired award counts too is not said.")
        return replace(filters, min_version=None, max_version=None, max_age=None, current=True)

    def relate(self) -> None:
        """Say, besides the conditions, which component stands below which."""
        for at, component in self.components.items():
            below = list(dict.fromkeys(_targets(component.get("ceterms:hasCondition", ()))))
            if below:
                component["ceasn:hasChild"] = below
            for child in below:
                self.components[child].setdefault("ceasn:isChildOf", []).append(at)


def _targets(conditions: Sequence[dict[str, Any]]) -> Iterator[str]:
    for condition in conditions:
        yield from condition.get("ceterms:targetComponent", ())
        yield from _targets(condition.get("ceterms:hasCondition", ()))


def _measured(group: Group, count: int) -> dict[str, Any]:
    """Return how much of its parts a group asks for."""
    match group:
        case AllOf():
            return {"ceterms:requiredNumber": count, "ceterms:logicalOperator": "logic:And"}
        case AtLeast():
            told: dict[str, Any] = {"ceterms:requiredNumber": group.count}
            told |= {"ceterms:logicalOperator": "logic:Or"} if group.count == 1 else {}
            if group.categories:
                distinct = _constraint(CATEGORY, str(group.categories), action="array:CountDistinct")
                told["ceterms:hasConstraint"] = [distinct]
            return told
        case Credits():
            total = _constraint(POINTS, str(_number(group.total)), action="array:Sum")
            return {"ceterms:hasConstraint": [total | {"ceterms:name": _text(group.unit)}]}


def _constraints(filters: Filters) -> Iterator[dict[str, Any]]:
    if filters.min_score is not None:
        yield _constraint(SCORE, f"{filters.min_score:f}")
    if filters.level is not None:
        yield _constraint(LEVEL, filters.level)
    if filters.result is not None:
        yield _constraint(RESULT, filters.result, comparator="compare:EQ")
    if filters.since is not None:
        yield _constraint(EARNED, filters.since.isoformat())


def _constraint(
    left: str, right: str, *, comparator: str = "compare:GTEQ", action: str = ""
) -> dict[str, Any]:
    return {
        "@type": "ceterms:Constraint",
        "ceterms:leftSource": [left],
        **({"ceterms:leftAction": action} if action else {}),
        "ceterms:comparator": comparator,
        "ceterms:rightSource": [right],
    }


def _wrapped(target: str) -> dict[str, Any]:
    return {
        "@type": "ceterms:ComponentCondition",
        "ceterms:requiredNumber": 1,
        "ceterms:targetComponent": [target],
    }


def _text(words: str) -> dict[str, str]:
    return {LANGUAGE: words}


def _number(hundredths: int) -> int | float:
    exact = Decimal(hundredths) / HUNDREDTHS
    return int(exact) if exact == int(exact) else float(exact)
