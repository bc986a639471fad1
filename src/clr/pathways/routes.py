"""What is left to do, and what helps most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clr.ids import AchievementId
from clr.pathways.progress import OpenStep, Progress


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One step and the goals it brings nearer."""

    step: OpenStep
    advances: tuple[AchievementId, ...]


def open_steps(progress: Progress) -> tuple[OpenStep, ...]:
    """Return what is still open on the route, each once, what can be done now first."""
    return tuple(sorted(progress.root.open, key=lambda step: not step.ready))


def what_next(toward: Mapping[AchievementId, Progress]) -> Sequence[Suggestion]:
    """Return the open steps of several goals, each once: ready ones first, then those that help most goals.

    The nearest goal comes first among equals.
    """
    advances: dict[OpenStep, list[AchievementId]] = {}
    nearness = {goal: (progress.steps_left, -progress.basis_points) for goal, progress in toward.items()}
    for goal in sorted(toward, key=lambda goal: (nearness[goal], goal)):
        for step in open_steps(toward[goal]):
            advances.setdefault(step, []).append(goal)
    ranked = sorted(
        advances.items(), key=lambda item: (not item[0].ready, -len(item[1]), nearness[item[1][0]])
    )
    return [Suggestion(step, tuple(goals)) for step, goals in ranked]
