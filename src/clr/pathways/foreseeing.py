"""What a change would do to a crowd, before anything is written: who gains, who would lose, who comes within a step.

"Lose" means progress, never awards: what was earned stays earned.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clr.ids import AchievementId
from clr.pathways.allowances import Allowance
from clr.pathways.awards import HeldAward
from clr.pathways.cohort import Edition, standings
from clr.pathways.progress import S

GAIN, LOSE, ONE_AWAY, NEARER, SAME = "gain", "lose", "one_away", "nearer", "same"
EFFECTS = (GAIN, LOSE, ONE_AWAY, NEARER, SAME)
"""In the order in which they are looked for; everybody is counted once."""


class Figures(NamedTuple):
    """Basis points and steps left of one goal, by learner."""

    points: NDArray[np.int32]
    steps: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one learner: by number, with basis points and steps before and after."""

    learner: int
    effect: str
    points: tuple[int, int]
    steps: tuple[int, int]


def figures(
    edition: Edition,
    held: Iterable[tuple[int, HeldAward]],
    learners: int,
    *,
    at: datetime,
    allowances: Mapping[int, Sequence[Allowance]],
    of: Iterable[AchievementId] = (),
) -> dict[AchievementId, Figures]:
    """Return where ``learners`` learners, numbered from 0, stand toward the goal of an edition, and ``of`` others."""
    found = {
        x: Figures(np.zeros(learners, dtype=np.int32), np.ones(learners, dtype=np.int32))
        for x in (edition.goal, *of)
    }
    for who, block in standings(edition, held, range(learners), at=at, allowances=allowances):
        for x, (points, steps) in found.items():
            if x in block.place:
                points[who], steps[who] = block.of(x)
    return found


def changes(before: Figures | None, after: Figures) -> list[Change]:
    """Return what becomes of each learner; ``before`` is empty when there was nothing to stand on.

    Whoever gains is complete after and was not before; whoever loses has fewer points or more steps.
    """
    if before is None:
        before = Figures(np.zeros_like(after.points), np.full_like(after.steps, np.iinfo(np.int32).max))
    gain = (after.points == S) & (before.points < S)
    lose = (after.points < before.points) | (after.steps > before.steps)
    one_away = (after.steps == 1) & (before.steps != 1)
    nearer = (after.points > before.points) | (after.steps < before.steps)
    effect = np.select([gain, lose, one_away, nearer], [0, 1, 2, 3], 4)
    return [
        Change(
            number,
            EFFECTS[int(effect[number])],
            (int(before.points[number]), int(after.points[number])),
            (int(before.steps[number]), int(after.steps[number])),
        )
        for number in range(len(effect))
    ]


def newly_complete(before: Figures | None, after: Figures) -> int:
    """Return how many learners are complete after who were not before."""
    done = after.points == S
    return int(np.count_nonzero(done if before is None else done & (before.points < S)))
