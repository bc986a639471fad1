"""Progress in words: the sentences people read beside the numbers."""

from collections.abc import Callable

from clr.ids import AchievementId
from clr.pathways.progress import Clause, Progress

NameOf = Callable[[AchievementId], str]
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def says(clause: Clause, name_of: NameOf) -> str:
    """Return what a clause asks for and how far it is: ``Complete 2 of 3, one to go``."""
    if clause.kind == "holds":
        return _says_holds(clause, name_of)
    total = sum(part.weight > 0 or clause.kind == "at_least" for part in clause.parts)
    if clause.kind == "all_of":
        asks = f"Complete all {total}" if total > 1 else "Complete it"
    else:
        asks = f"Any 1 of {total}" if clause.needed == 1 else f"Complete {clause.needed} of {total}"
    return f"{asks}, {_how_far(clause)}"


def steps_left_says(clause: Clause | Progress) -> str:
    """Return the headline: ``2 steps left``, ``at most 3 steps left``, ``Complete``."""
    if clause.steps_left == 0:
        return "Complete"
    steps = "1 step left" if clause.steps_left == 1 else f"{clause.steps_left} steps left"
    return steps if clause.steps_exact else f"at most {steps}"


def _how_far(clause: Clause) -> str:
    if clause.complete:
        return "done"
    left = clause.needed - clause.earned
    return f"{_NUMBERS[left] if left < len(_NUMBERS) else left} to go"


def _says_holds(clause: Clause, name_of: NameOf) -> str:
    name = name_of(clause.achievement) if clause.achievement else ""
    if clause.complete:
        return f"{name}, earned"
    if clause.failed is not None:
        return f"{name}: {clause.failed.says}"
    if clause.eligible:
        return (
            f"{name}: ready to be assessed" if clause.policy == "assessed" else f"{name}: ready to be awarded"
        )
    if clause.policy is not None:
        return f"{name}: {steps_left_says(clause)}"
    return f"Earn {name}"
