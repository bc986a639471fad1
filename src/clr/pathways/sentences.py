"""Progress in words: the sentences people read beside the numbers."""

from collections.abc import Callable, Mapping
from datetime import datetime

from clr.ids import AchievementId
from clr.pathways.progress import Clause, Failed, Progress
from clr.pathways.requirements import HUNDREDTHS

NameOf = Callable[[AchievementId], str]
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def says(clause: Clause, name_of: NameOf) -> str:
    """Return what a clause asks for and how far it is: ``Complete 2 of 3, one to go``."""
    told = _says_holds(clause, name_of) if clause.kind == "holds" else f"{_asks(clause)}, {_how_far(clause)}"
    if clause.gate is None or clause.gate.clause.complete or clause.complete:
        return told
    first = prerequisite_says(clause.gate.clause, name_of)
    return f"{told}; first: {first}" if clause.gate.strict else f"{told}; best after: {first}"


def prerequisite_says(clause: Clause, name_of: NameOf) -> str:
    """Return what comes first, in as few words as will do."""
    return name_of(clause.achievement) if clause.achievement else clause.name or _asks(clause)


def steps_left_says(clause: Clause | Progress) -> str:
    """Return the headline: ``2 steps left``, ``at most 3 steps left``, ``Complete``."""
    if clause.steps_left == 0:
        return "Complete"
    steps = "1 step left" if clause.steps_left == 1 else f"{clause.steps_left} steps left"
    return steps if clause.steps_exact else f"at most {steps}"


def failed_says(failed: Failed) -> str:
    """Return why an award does not count: ``Expired on 3 May 2026``."""
    return _FAILED[failed.filter](failed.needed, failed.found)


def _versions_says(needed: str, found: str) -> str:
    return f"Earned under version {found}; {_range(needed)} counts"


def _result_says(needed: str, found: str) -> str:
    return f"Needs a result of at least {needed}" + (f", not {found}" if found else "")


_FAILED: Mapping[str, Callable[[str, str], str]] = {
    "versions": _versions_says,
    "result": _result_says,
    "since": lambda needed, found: f"Earned on {_day(found)}; it counts from {_day(needed)} on",
    "max_age": lambda needed, found: f"Earned on {_day(found)}; it counts for {needed}",
    "in_order": lambda _, found: f"Earned on {_day(found)}, before what must come first",
    "exclusive": lambda *_: "Used for another part already",
    "current": lambda _, found: f"Expired on {_day(found)}",
}


def _range(versions: str) -> str:
    low, _, high = versions.partition("..")
    if not high:
        return f"version {low} or later"
    return f"version {high} or earlier" if not low else f"version {low} to {high}"


def _day(moment: str) -> str:
    found = datetime.fromisoformat(moment)
    return f"{found.day} {found:%B %Y}"


def _asks(clause: Clause) -> str:
    if clause.kind == "credits":
        return f"Gather {amount(clause.needed)} {clause.unit}"
    total = sum(part.weight > 0 or clause.kind == "at_least" for part in clause.parts)
    if clause.kind == "all_of":
        asks = f"Complete all {total}" if total > 1 else "Complete it"
    else:
        asks = f"Any 1 of {total}" if clause.needed == 1 else f"Complete {clause.needed} of {total}"
    if clause.categories > 1:
        asks = f"{asks}, from at least {clause.categories} categories"
    return f"{asks}, each with a badge of its own" if clause.exclusive else asks


def amount(hundredths: int) -> str:
    """Return hundredths of a unit as people write them: ``12``, ``12.5``."""
    whole, rest = divmod(abs(hundredths), HUNDREDTHS)
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{whole}.{rest:02}".rstrip("0") if rest else f"{sign}{whole}"


def _how_far(clause: Clause) -> str:
    if clause.allowance is not None:
        return "waived"
    if clause.complete:
        return "done"
    left = clause.needed - clause.earned
    if clause.kind == "credits":
        return f"{amount(left)} to go"
    return f"{_NUMBERS[left] if left < len(_NUMBERS) else left} to go"


def _says_holds(clause: Clause, name_of: NameOf) -> str:
    name = name_of(clause.achievement) if clause.achievement else ""
    if clause.complete or clause.award is not None:  # held, though what must come first may be missing
        return f"{name}, {_met(clause, name_of)}"
    if clause.failed is not None:
        return f"{name}: {failed_says(clause.failed)}"
    if clause.eligible:
        return (
            f"{name}: ready to be assessed" if clause.policy == "assessed" else f"{name}: ready to be awarded"
        )
    if clause.policy is not None:
        return f"{name}: {steps_left_says(clause)}"
    return f"Earn {name}"


def _met(clause: Clause, name_of: NameOf) -> str:
    if clause.instead is not None:
        how = "substituted by" if clause.allowance else "met by"
        return f"{how} {name_of(clause.instead)}"
    return "waived" if clause.allowance else "earned"
