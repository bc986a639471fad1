"""Progress toward a goal, in whole numbers: basis points (10 000 is complete), and steps left.

Points are floored at each group, so they reach 10 000 exactly when the goal is complete and never fall when an
award is added. Steps are zero exactly when complete and never grow.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from clr.ids import AchievementId, AllowanceId, AwardId

S = 10_000
"""Basis points of something complete."""


class Status(StrEnum):
    """Where a learner stands on a pathway."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    ELIGIBLE = "eligible"
    COMPLETE = "complete"
    EXPIRING = "expiring"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Failed:
    """The first filter for which an award does not count: which award, what was needed, what was found."""

    filter: str
    award: AwardId
    needed: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class OpenStep:
    """One thing left to do: earn a badge, be assessed for a stack, or wait for a milestone that is due.

    ``ready`` when nothing else must come before it; ``advised`` when something else had better come before.
    ``times`` is how often, where every award counts.
    """

    achievement: AchievementId
    kind: str
    ready: bool = True
    advised: bool = False
    times: int = 1


@dataclass(frozen=True, slots=True)
class Gate:
    """A prerequisite as it stands for one learner; a strict one that is not complete closes the clause."""

    clause: "Clause"
    strict: bool
    in_order: bool

    @property
    def closed(self) -> bool:
        """Whether the clause counts for nothing yet."""
        return self.strict and not self.clause.complete


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a requirement, explained; its numbers recompute from those of its parts.

    ``counted`` parts explain the basis points of the whole, ``on_route`` parts its steps. A clause on a stack
    carries the stack's own requirement as its one part. ``earned`` of ``needed`` parts are complete, or hundredths
    of ``unit`` gathered; ``earned_on`` is when the clause became complete; ``open`` what is left on the route.

    ``award`` is the one used by a hold, ``instead`` what it is of when that is not the achievement named, and
    ``failed`` why the nearest award does not count. ``allowance`` is the waiver or substitution it is complete by.
    A part of credits ``brings`` so many hundredths now and is ``worth`` so many each time; ``route_steps`` are those on
    the way to the sum.
    """

    kind: str
    basis_points: int
    steps_left: int
    steps_exact: bool
    complete: bool
    earned: int
    needed: int
    id: str | None = None
    name: str | None = None
    achievement: AchievementId | None = None
    policy: str | None = None
    eligible: bool = False
    weight: int = 1
    counted: bool = True
    on_route: bool = True
    award: AwardId | None = None
    instead: AchievementId | None = None
    satisfied_by: tuple[AwardId, ...] = ()
    failed: Failed | None = None
    allowance: AllowanceId | None = None
    earned_on: datetime | None = None
    valid_until: datetime | None = None
    category: str | None = None
    categories: int = 0
    exclusive: bool = False
    unit: str | None = None
    brings: int | None = None
    worth: int | None = None
    route_steps: int | None = None
    gate: Gate | None = None
    parts: tuple["Clause", ...] = ()
    open: tuple[OpenStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a learner is toward a goal at one instant; ``root`` is the clause "hold the goal"."""

    status: Status
    as_of: datetime
    root: Clause

    @property
    def basis_points(self) -> int:
        """Basis points of the goal."""
        return self.root.basis_points

    @property
    def steps_left(self) -> int:
        """Steps left to the goal."""
        return self.root.steps_left

    @property
    def steps_exact(self) -> bool:
        """Whether no step is counted twice."""
        return self.root.steps_exact
