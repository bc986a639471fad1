"""What is left to do, and what helps most."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from clr.ids import AchievementId
from clr.pathways.groups import once
from clr.pathways.progress import Clause, OpenStep, Progress


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One step and the goals it brings nearer."""

    step: OpenStep
    advances: tuple[AchievementId, ...]


def shared(toward: Iterable[Progress]) -> Mapping[AchievementId, int]:
    """Return what is open in more than one tree, alternatives too, with in how many: what is worth preferring."""
    counts = Counter(achievement for progress in toward for achievement in _open_in(progress.root))
    return {achievement: count for achievement, count in counts.items() if count > 1}


def _open_in(root: Clause) -> set[AchievementId]:
    found: set[AchievementId] = set()
    waiting = [root]
    while waiting:
        clause = waiting.pop()
        if clause.complete:
            continue
        if clause.achievement is not None:
            found.add(clause.achievement)
        waiting += clause.parts
        waiting += [clause.gate.clause] if clause.gate else []
    return found


def open_steps(progress: Progress) -> tuple[OpenStep, ...]:
    """Return what is still open on the route, each once, what can be done now first."""
    return tuple(sorted(progress.root.open, key=_order))


def _order(step: OpenStep) -> tuple[bool, bool]:
    return not step.ready, step.advised


def what_next(toward: Mapping[AchievementId, Progress]) -> Sequence[Suggestion]:
    """Return the open steps of several goals, each once: ready ones first, then those that help most goals.

    The nearest goal comes first among equals.
    """
    steps: dict[tuple[AchievementId, str], OpenStep] = {}
    advances: dict[tuple[AchievementId, str], list[AchievementId]] = {}
    nearness = {goal: (progress.steps_left, -progress.basis_points) for goal, progress in toward.items()}
    for goal in sorted(toward, key=lambda goal: (nearness[goal], goal)):
        for step in open_steps(toward[goal]):
            key = (step.achievement, step.kind)
            steps[key] = once((*([steps[key]] if key in steps else []), step))[0]
            advances.setdefault(key, []).append(goal)
    ranked = sorted(
        advances, key=lambda key: (*_order(steps[key]), -len(advances[key]), nearness[advances[key][0]])
    )
    return [Suggestion(steps[key], tuple(advances[key])) for key in ranked]
