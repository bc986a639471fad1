"""Stacks: an achievement earned through a requirement, in versions that never change."""

from dataclasses import dataclass
from enum import StrEnum

from clr.ids import AchievementId
from clr.pathways.requirements import Requirement

StackKey = tuple[AchievementId, int]
"""An achievement and the version of its stack."""


class Policy(StrEnum):
    """Who completes a stack whose requirement is met: nobody, an assessor, an awarder."""

    AUTO = "auto"
    ASSESSED = "assessed"
    MANUAL = "manual"


class OnLost(StrEnum):
    """What becomes of a milestone when an award that it stood on is revoked: put to staff, kept, or revoked with it."""

    SUSPEND = "suspend"
    KEEP = "keep"
    REVOKE = "revoke"


@dataclass(frozen=True, slots=True)
class Stack:
    """One version of a stack: immutable once published."""

    achievement: AchievementId
    version: int
    requirement: Requirement
    policy: Policy
    on_lost: OnLost = OnLost.SUSPEND

    @property
    def key(self) -> StackKey:
        """Its place among all stacks."""
        return self.achievement, self.version
