"""Awards as the engine sees them: live facts only; whoever calls leaves out what is revoked or suspended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from clr.ids import AchievementId, AwardId


@dataclass(frozen=True, slots=True)
class HeldResult:
    """One result of an award: its score, and every level of the rubric that it reaches, by id and by name."""

    description: str
    score: Decimal | None = None
    levels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class HeldAward:
    """One live award; ``derived`` when it followed from others, ``version`` that of the stack (0: a badge).

    ``revision`` is that of the achievement's definition; ``credits`` are hundredths, if the award states any.
    """

    id: AwardId
    achievement: AchievementId
    version: int
    earned_on: datetime
    valid_until: datetime | None = None
    derived: bool = False
    revision: int = 0
    results: tuple[HeldResult, ...] = ()
    credits: int | None = None

    def earned_by(self, at: datetime | None) -> bool:
        """Whether it was earned at ``at`` or before; ``None`` stands for the end of time."""
        return at is None or self.earned_on <= at

    def current(self, at: datetime | None) -> bool:
        """Whether it was earned and had not expired at ``at``; with ``None`` expiry is left aside."""
        return at is None or (self.earned_on <= at and (self.valid_until is None or self.valid_until > at))


def by_achievement(held: Iterable[HeldAward]) -> dict[AchievementId, list[HeldAward]]:
    """Return the awards of each achievement, earliest first; ties in the order of their ids."""
    found: dict[AchievementId, list[HeldAward]] = {}
    for award in sorted(held, key=lambda award: (award.earned_on, award.id)):
        found.setdefault(award.achievement, []).append(award)
    return found
