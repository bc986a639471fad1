"""The outline in reading order: what a screen reader says, one line a clause, wholes before their parts."""

from collections.abc import Iterator
from dataclasses import dataclass

from clr.drawing.outlines import Branch


@dataclass(frozen=True, slots=True)
class Line:
    """One clause as it is read, so many levels below the goal; ``says`` is the whole of it in words."""

    depth: int
    branch: Branch
    says: str


def reading(goal: Branch) -> Iterator[Line]:
    """Yield every clause of an outline, the goal first."""
    waiting = [(0, goal)]
    while waiting:
        depth, branch = waiting.pop()
        yield Line(depth, branch, sentence(branch))
        waiting += [(depth + 1, part) for part in reversed(branch.parts)]


def sentence(branch: Branch) -> str:
    """Return everything the outline shows of one clause, as one reads it aloud."""
    rule = ", ".join(filter(None, (branch.asks, branch.tally)))
    head = branch.title if branch.title != branch.asks else rule
    told = [] if branch.title == branch.asks or not rule else [rule]
    proofs = [] if branch.notes and not branch.met else [proof.words for proof in branch.proofs]
    category = [f"Category {branch.category}"] if branch.category else []
    first = f"{head}: {branch.words}" if branch.words else head
    return ". ".join([first, *told, *category, *branch.notes, *proofs]) + "."


def read_aloud(goal: Branch) -> str:
    """Return the whole outline as one text."""
    return " ".join(line.says for line in reading(goal))
