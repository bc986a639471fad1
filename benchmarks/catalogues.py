"""A catalogue like a large university's: badges into micro-credentials, those into credentials, five levels high."""

import random

from clr.pathways import AllOf, AtLeast, Holds, Part, Policy, Requirement, Stack, StackingGraph

SHARES = (0.60, 0.26, 0.09, 0.035, 0.015)
"""Of the stacks, how many stand on each level."""


def university(size: int, *, seed: int = 1) -> StackingGraph:
    """Return a graph of ``size`` achievements, 72 of 100 of them badges, some of these asked for by many stacks."""
    draw = random.Random(seed)
    badges = [f"b{number}" for number in range(size * 72 // 100)]
    popularity = [1 / (place + 5) ** 0.22 for place in range(len(badges))]
    levels: list[list[str]] = []
    stacks: list[Stack] = []
    for level, share in enumerate(SHARES):
        names = [f"s{level}.{number}" for number in range(max(1, int((size - len(badges)) * share)))]
        for name in names:
            if level == 0:
                parts = list(dict.fromkeys(draw.choices(badges, popularity, k=draw.randint(3, 8))))
            else:
                below = levels[level - 1]
                parts = draw.sample(below, min(len(below), draw.randint(2, 3)))
                parts += draw.choices(badges, popularity, k=draw.randint(0, 1))
            policy = draw.choice((Policy.AUTO, Policy.ASSESSED))
            stacks.append(Stack(name, 1, _requirement(draw, parts), policy))
        levels.append(names)
    return StackingGraph(stacks)


def _requirement(draw: random.Random, parts: list[str]) -> Requirement:
    """Return some way to ask for ``parts``: all of them, several of them, or one group within another."""
    holds = [Part(Holds(part), draw.choice((1, 1, 1, 2, 3))) for part in parts]
    form = draw.choice(("all", "all", "some", "some", "nested"))
    if form == "all":
        return AllOf(tuple(holds))
    plain = tuple(Part(part.requirement) for part in holds)
    if form == "some" or len(plain) == 1:
        return AtLeast(max(1, len(plain) * 2 // 3), plain)
    return AllOf((plain[0], Part(AtLeast(1, plain[1:]))))
