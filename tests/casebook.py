"""Real pathways written up by hand, ``tests/cases``: read once, and said in the engine's words and in the oracle's.

A case has stacks, what its achievements describe (the highest score, the levels of a rubric), and learners with what
they hold and the exceptions made for them. Each of their moments says where they stand, and why. Days begin at
midnight, UTC; what is ``brought_on`` a later day is unknown here until then.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from clr.pathways import (
    Allowance,
    Draft,
    DraftStack,
    HeldAward,
    HeldResult,
    Holdings,
    Known,
    Milestone,
    OnLost,
    Policy,
    RubricFacts,
    Stack,
    StackingGraph,
    Substitution,
    Waiver,
    achievements_in,
    settle,
)
from clr.pathways.wire import load

FOLDER = Path(__file__).parent / "cases"
RESULT = "result"
"""The one result that an achievement of a case describes."""


def day(text: str) -> datetime:
    """Return the beginning of a day."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """One pathway with the people on it."""

    name: str
    told: dict[str, Any]

    @property
    def goal(self) -> str:
        """What the pathway leads to."""
        return str(self.told["goal"])

    @cached_property
    def learners(self) -> list["CaseLearner"]:
        """Everybody in it."""
        return [CaseLearner(self, learner) for learner in self.told["learners"]]

    @cached_property
    def stacks(self) -> list[Stack]:
        """Its stacks, each in its first version."""
        return [
            Stack(
                name,
                1,
                load(stack["requirement"]),
                Policy(stack["policy"]),
                OnLost(stack.get("on_lost", "suspend")),
            )
            for name, stack in self.told["stacks"].items()
        ]

    @cached_property
    def graph(self) -> StackingGraph:
        """The graph of these stacks and no others."""
        return StackingGraph(self.stacks)

    @property
    def draft(self) -> Draft:
        """The pathway as somebody would draw it."""
        drawn = {
            stack.achievement: DraftStack(stack.requirement, stack.policy, stack.on_lost)
            for stack in self.stacks
        }
        return Draft(self.told["title"], self.goal, "", drawn)

    @cached_property
    def achievements(self) -> dict[str, dict[str, Any]]:
        """Every achievement named anywhere, with what it describes."""
        named = {name: None for stack in self.stacks for name in achievements_in(stack.requirement)}
        held = {award["achievement"]: None for one in self.learners for award in one.told["holds"]}
        described = self.told.get("achievements", {})
        return {name: described.get(name, {}) for name in {**self.told["stacks"], **named, **held}}

    @property
    def known(self) -> dict[str, Known]:
        """What a catalogue would say of them."""
        return {
            name: Known(
                name, retired=False, issuer="iss", results=_described(told), repeatable="repeatable" in told
            )
            for name, told in self.achievements.items()
        }


@dataclass(frozen=True)
class CaseLearner:
    """One learner of a case, who is given what is due on every day on which something happens, and keeps it."""

    case: Case
    told: dict[str, Any]
    _walked: dict[str, list[Milestone]] = field(default_factory=dict)

    @property
    def moments(self) -> list[dict[str, Any]]:
        """Instants, each with what is expected and because of what."""
        return list(self.told["moments"])

    @property
    def exceptions(self) -> list[dict[str, Any]]:
        """What was waived or let count instead."""
        return list(self.told.get("allowances", ()))

    def days(self, until: str) -> list[str]:
        """Return the days on which anything happened, ``until`` the last of them."""
        happened = {known_on(award) for award in self.told["holds"]}
        happened |= {one["given_on"] for one in self.exceptions} | {one["as_of"] for one in self.moments}
        return sorted(one for one in happened if one <= until)

    def base(self, on: str) -> list[HeldAward]:
        """Return what was awarded to the learner and known by then."""
        rubrics = self.case.told.get("achievements", {})
        return [
            _award(number, award, rubrics, stack=award["achievement"] in self.case.told["stacks"])
            for number, award in enumerate(self.told["holds"])
            if known_on(award) <= on
        ]

    def allowances(self, on: str) -> list[Allowance]:
        """Return the exceptions made by then."""
        return [
            _allowance(number, one) for number, one in enumerate(self.exceptions) if one["given_on"] <= on
        ]

    def milestones(self, on: str) -> list[Milestone]:
        """Return what had followed by then, in the order in which it did."""
        if on not in self._walked:
            earlier = self.days(on)[:-1]
            before = self.milestones(earlier[-1]) if earlier else []
            held = [*self.base(on), *map(_derived, before)]
            versions = {stack.achievement: {1} for stack in self.case.stacks}
            holdings = Holdings(held, versions, allowances=self.allowances(on))
            numbers = count(len(before))
            due = settle(
                self.case.graph, holdings, at=day(on), new_award=lambda: f"awd_milestone_{next(numbers)}"
            )
            self._walked[on] = [*before, *due]
        return self._walked[on]

    def held(self, on: str) -> list[HeldAward]:
        """Return everything held by then, milestones too."""
        return [*self.base(on), *map(_derived, self.milestones(on))]


def known_on(award: dict[str, Any]) -> str:
    """Return the day from which this service knew of an award."""
    return str(award.get("brought_on", award["earned_on"]))


def _described(told: dict[str, Any]) -> tuple[RubricFacts, ...]:
    if "highest" in told:
        return (RubricFacts(RESULT, "Score", highest=Decimal(told["highest"])),)
    return (RubricFacts(RESULT, "Level", frozenset(told["levels"])),) if "levels" in told else ()


def _award(number: int, told: dict[str, Any], rubrics: dict[str, Any], *, stack: bool) -> HeldAward:
    return HeldAward(
        f"awd_{number}",
        told["achievement"],
        int(stack),
        day(told["earned_on"]),
        day(told["until"]) if "until" in told else None,
        revision=1,
        results=_results(told, rubrics.get(told["achievement"], {})),
        credits=round(told["credits"] * 100) if "credits" in told else None,
    )


def _results(told: dict[str, Any], rubric: dict[str, Any]) -> tuple[HeldResult, ...]:
    if "score" in told:
        return (HeldResult(RESULT, Decimal(str(told["score"]))),)
    if "level" not in told:
        return ()
    levels = rubric["levels"]
    return (HeldResult(RESULT, levels=frozenset(levels[: levels.index(told["level"]) + 1])),)


def _derived(one: Milestone) -> HeldAward:
    return HeldAward(one.award_id, one.achievement, one.version, one.earned_on, derived=True)


def _allowance(number: int, told: dict[str, Any]) -> Allowance:
    given, until = day(told["given_on"]), day(told["until"]) if "until" in told else None
    if told["kind"] == "waiver":
        return Waiver(f"alw_{number}", told["clause"], given, until)
    return Substitution(f"alw_{number}", told["clause"], given, told["instead"], until)


CASES = [
    Case(path.stem, json.loads(path.read_text(encoding="utf-8"))) for path in sorted(FOLDER.glob("*.json"))
]


# ---- the same in the oracle's words, which knows days as whole numbers

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def number(at: datetime | None) -> int | None:
    """Return a day as the oracle counts it."""
    return None if at is None else (at - EPOCH).days


def clause_told(told: dict[str, Any]) -> dict[str, Any]:
    """Return a clause in the oracle's words, from its JSON form."""
    if told["kind"] == "holds":
        result = told.get("result", {})
        since = told.get("earned_since")
        return {
            "id": told.get("id"),
            "kind": "holds",
            "name": told["achievement_id"],
            "accepts": tuple(told.get("accepts", ())),
            "min_version": None,
            "max_version": None,
            "min_score": result.get("min_score"),
            "level": result.get("level"),
            "result": None,
            "since": number(datetime.fromisoformat(since)) if since else None,
            "max_age": told.get("max_age_days"),
            "current": told.get("current", True),
        }
    return {
        "id": told.get("id"),
        "kind": {"all_of": "all", "at_least": "some", "credits": "credits"}[told["kind"]],
        "parts": [_part_told(part) for part in told["parts"]],
        "exclusive": told.get("exclusive", False),
        "categories": told.get("categories", 0),
        "count": told.get("count"),
        "total": round(told.get("total", 0) * 100),
    }


def _part_told(told: dict[str, Any]) -> dict[str, Any]:
    after, brings = told.get("after"), None
    if "value" in told:
        up_to = round(told["up_to"] * 100) if "up_to" in told else None
        brings = {
            "each": round(told["value"] * 100),
            "stated": told.get("stated", False),
            "up_to": up_to,
        }
    return {
        "clause": clause_told(told["requirement"]),
        "weight": told.get("weight", 1),
        "category": told.get("category"),
        "brings": brings,
        "after": after
        and {
            "clause": clause_told(after["requirement"]),
            "strict": after.get("kind", "strict") == "strict",
            "in_order": after.get("in_order", False),
        },
    }


def award_told(award: HeldAward) -> dict[str, Any]:
    """Return an award in the oracle's words."""
    return {
        "name": award.achievement,
        "version": award.version,
        "revision": award.revision,
        "day": number(award.earned_on),
        "until": number(award.valid_until),
        "results": tuple((one.description, one.score, tuple(one.levels)) for one in award.results),
        "credits": award.credits,
        "derived": award.derived,
    }


def allowance_told(allowance: Allowance) -> dict[str, Any]:
    """Return an exception in the oracle's words."""
    return {
        "clause": allowance.clause_id,
        "day": number(allowance.given_on),
        "until": number(allowance.until),
        "instead": allowance.instead if isinstance(allowance, Substitution) else None,
    }
