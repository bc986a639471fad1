"""How a crowd stands toward one goal: how many are how far, clause by clause, and who is one step away."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from clr.ids import AchievementId
from clr.pathways.columns import Counts
from clr.pathways.progress import Clause, S
from clr.pathways.rows import Block


@dataclass(frozen=True, slots=True)
class Counted:
    """Learners by how far they are with one thing; together everybody."""

    complete: int = 0
    in_progress: int = 0
    not_started: int = 0

    def __add__(self, other: "Counted") -> "Counted":
        return Counted(
            self.complete + other.complete,
            self.in_progress + other.in_progress,
            self.not_started + other.not_started,
        )


@dataclass(slots=True)
class Tally:
    """A crowd toward one goal, which grows by blocks.

    ``clauses`` counts by clause id, of the goal's requirement and of every stack below it; ``steps`` says how many
    have how many steps left, and ``near`` who has one.
    """

    goal: AchievementId
    learners: Counted = field(default_factory=Counted)
    clauses: dict[str, Counted] = field(default_factory=dict)
    steps: Counter[int] = field(default_factory=Counter)
    near: list[int] = field(default_factory=list)

    def add(self, who: Sequence[int], block: Block) -> None:
        """Count the learners of a block."""
        points, steps = block.of(self.goal)
        self.learners += _counted(points)
        for clause, place in block.clauses.items():
            self.clauses[clause] = self.clauses.get(clause, Counted()) + _counted(block.points[place])
        several, counts = np.unique(steps, return_counts=True)
        self.steps.update(dict(zip(several.tolist(), counts.tolist(), strict=True)))
        self.near += [who[column] for column in np.flatnonzero(steps == 1).tolist()]

    def add_told(self, learner: int, root: Clause) -> None:
        """Count one learner whose progress was explained; ``root`` is the clause "hold the goal"."""
        self.learners += _counted_one(root)
        told = {clause.id: clause for clause in _inside(root) if clause.id is not None}
        for key in self.clauses.keys() & told.keys():
            self.clauses[key] += _counted_one(told[key])
        self.steps[root.steps_left] += 1
        if root.steps_left == 1:
            self.near.append(learner)


def _inside(root: Clause) -> Iterator[Clause]:
    waiting = [root]
    while waiting:
        yield (clause := waiting.pop())
        waiting += clause.parts
        waiting += [clause.gate.clause] if clause.gate else []


def _counted_one(clause: Clause) -> Counted:
    if clause.complete:
        return Counted(complete=1)
    return Counted(in_progress=1) if clause.basis_points else Counted(not_started=1)


def _counted(points: Counts) -> Counted:
    complete, begun = int(np.count_nonzero(points == S)), int(np.count_nonzero(points))
    return Counted(complete, begun - complete, len(points) - begun)
