"""A catalogue like a large university's: badges into micro-credentials, those into credentials, five levels high.

Every feature is used about as often as programmes use it: a tenth of what is asked for asks for a result, a date or an
age; some groups want several categories, gather credits or hours, let nothing stand for two parts, or stand behind a
prerequisite.
"""

import itertools
import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from clr.pathways import (
    AllOf,
    AtLeast,
    Brings,
    Credits,
    Filters,
    Holds,
    Part,
    Policy,
    Prerequisite,
    Requirement,
    Stack,
    StackingGraph,
    with_clause_ids,
)

SHARES = (0.60, 0.26, 0.09, 0.035, 0.015)
"""Of the stacks, how many stand on each level."""

FORMS = {"all": 0.34, "some": 0.28, "nested": 0.18, "spread": 0.08, "credits": 0.08, "exclusive": 0.04}
"""What badges are asked for by, and how often."""

ABOVE = {"all": 0.62, "some": 0.20, "nested": 0.18}
"""The same of stacks."""

FILTERED = 0.10
"""How many badges are asked for with filters."""


@dataclass(frozen=True)
class Gates:
    """How many parts stand behind another, how many of these strictly, for how many of these the order matters."""

    share: float = 0.05
    strict: float = 0.8
    ordered: float = 0


AT = datetime(2026, 11, 24, tzinfo=UTC)
"""When everybody is looked at."""

_FILTERS = (
    Filters(min_score=Decimal(70)),
    Filters(min_score=Decimal(85), result="exam"),
    Filters(level="proficient"),
    Filters(since=AT - timedelta(days=3 * 365)),
    Filters(max_age=timedelta(days=2 * 365)),
    Filters(min_version=2),
)


def university(size: int, *, seed: int = 1) -> StackingGraph:
    """Return a graph of ``size`` achievements, 72 of 100 of them badges, some of these asked for by many stacks."""
    return StackingGraph(stacks_of(size, seed=seed))


def stacks_of(size: int, *, seed: int = 1, gates: Gates | None = None) -> list[Stack]:
    """Return the stacks of such a graph; ``gates`` says how much stands behind something else."""
    draw = random.Random(seed)
    badges = [f"b{number}" for number in range(size * 72 // 100)]
    popularity = list(itertools.accumulate(1 / (place + 5) ** 0.22 for place in range(len(badges))))
    levels: list[list[str]] = []
    stacks: list[Stack] = []
    for level, share in enumerate(SHARES):
        names = [f"s{level}.{number}" for number in range(max(1, int((size - len(badges)) * share)))]
        for name in names:
            if level == 0:
                parts = list(
                    dict.fromkeys(draw.choices(badges, cum_weights=popularity, k=draw.randint(3, 8)))
                )
            else:
                below = levels[level - 1]
                parts = draw.sample(below, min(len(below), draw.randint(2, 3)))
                parts += draw.choices(badges, cum_weights=popularity, k=draw.randint(0, 1))
            policy = draw.choice((Policy.AUTO, Policy.ASSESSED))
            ids = (f"{name}/{number}" for number in itertools.count())
            asked = with_clause_ids(_asking(draw, parts, badges, level, gates or Gates()), ids.__next__)
            stacks.append(Stack(name, 1, asked, policy))
        levels.append(names)
    return stacks


def _asking(
    draw: random.Random, names: list[str], badges: list[str], level: int, gates: Gates
) -> Requirement:
    """Return some way to ask for ``names``."""
    forms = ABOVE if level else FORMS
    form = draw.choices([*forms], [*forms.values()])[0]
    if form == "exclusive":
        slots = [(name, draw.choice(badges)) for name in names]
        holds = (Holds(name, accepts=(other,) if other not in names else ()) for name, other in slots)
        return AtLeast(max(1, len(slots) - 1), tuple(map(Part, holds)), exclusive=True)
    parts = [_part(draw, name, names, gates) for name in names]
    if form == "credits":
        return _credits(draw, parts)
    if form == "all":
        return AllOf(
            tuple(Part(one.requirement, draw.choice((1, 1, 1, 2, 3)), after=one.after) for one in parts)
        )
    if form == "spread" and len(parts) > 1:
        told = (Part(one.requirement, category="abc"[place % 3]) for place, one in enumerate(parts))
        return AtLeast(max(2, len(parts) * 2 // 3), tuple(told), categories=2)
    if form == "nested" and len(parts) > 1:
        return AllOf((parts[0], Part(AtLeast(1, tuple(parts[1:])))))
    return AtLeast(max(1, len(parts) * 2 // 3), tuple(parts))


def _part(draw: random.Random, name: str, names: list[str], gates: Gates) -> Part:
    """Return a part, now and then with filters or behind another part."""
    asked = Holds(name)
    if name.startswith("b") and draw.random() < FILTERED:
        asked = Holds(name, filters=draw.choice(_FILTERS))
    first = draw.choice(names)
    if draw.random() >= gates.share or first == name:
        return Part(asked)
    strict = draw.random() < gates.strict
    in_order = strict and name.startswith("b") and gates.ordered > 0 and draw.random() < gates.ordered
    return Part(asked, after=Prerequisite(Holds(first), strict=strict, in_order=in_order))


def _credits(draw: random.Random, parts: list[Part]) -> Credits:
    """Return a sum of credits, some stated by the awards themselves, some gathered by every award up to a cap."""
    told = []
    for part in parts:
        each = draw.choice((50, 100, 100, 200, 300))
        kind = draw.choice(("fixed", "fixed", "stated", "every"))
        brings = Brings(each, stated=kind != "fixed", up_to=3 * each if kind == "every" else None)
        after = part.after and replace(
            part.after, in_order=False
        )  # where every award counts, none is out of order
        told.append(Part(part.requirement, brings=brings, after=after))
    reachable = sum(part.brings.most for part in told if part.brings)
    return Credits(max(50, reachable * 6 // 10), tuple(told))
