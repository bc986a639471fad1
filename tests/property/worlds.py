"""Small worlds of badges and stacks with every feature together, in the oracle's plain words and in the engine's.

What authoring refuses is not drawn: filters of result, age and date on an automatic stack, order where every award
counts, groups that count one award twice, totals that cannot be reached.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from clr.pathways import (
    AllOf,
    AtLeast,
    Brings,
    Credits,
    Filters,
    HeldAward,
    HeldResult,
    Holds,
    Part,
    Policy,
    Prerequisite,
    Stack,
    StackingGraph,
    Substitution,
    Waiver,
)
from tests.property import oracle

AT = datetime(2026, 11, 24, tzinfo=UTC)
DAY = timedelta(days=1)
BADGES = [f"b{number}" for number in range(6)]
REVISION = 2
"""The definition of every badge in force; awards of the one before it are about too."""

LENGTH = 600
"""Bytes of decisions that are drawn for a world; few need more."""

ALL = frozenset({"filters", "accepts", "gates", "in_order", "credits", "stated", "up_to", "exclusive"})
WITHOUT_ORDER = ALL - {"in_order"}
"""Worlds in which it does not matter when something was complete, only whether."""


@dataclass(frozen=True)
class World:
    """Stacks by name and version, the versions in force, and one learner."""

    stacks: dict
    view: dict
    awards: list = field(default_factory=list)
    allowances: list = field(default_factory=list)

    def learner(self, now=0, awards=None):
        """The oracle's learner, with every milestone that follows."""
        awards = self.awards if awards is None else awards
        return oracle.settled(self.stacks, self.view, awards, now, self.allowances)

    def but(self, **changed):
        return replace(self, **changed)

    def __repr__(self):
        stacks = [
            f"{name}@{version} {policy} = {words(clause)}"
            for (name, version), (policy, clause) in self.stacks.items()
        ]
        return "\n".join(["a world", *stacks, *map(said, self.awards), *map(said, self.allowances)])

    def _repr_pretty_(self, printer, _):
        printer.text(repr(self))


def words(clause):
    """A clause as one reads it."""
    at = f"#{clause['id']}"
    if clause["kind"] == "holds":
        plainly = oracle.plain(clause["name"]) | {"id": clause["id"], "accepts": clause["accepts"]}
        asks = [f"{key}={value}" for key, value in clause.items() if plainly[key] != value]
        return "|".join((clause["name"], *clause["accepts"])) + at + (f"[{' '.join(asks)}]" if asks else "")
    asks = {key: clause.get(key) for key in ("count", "total", "categories", "exclusive") if clause.get(key)}
    parts = []
    for part in clause["parts"]:
        how = {key: part[key] for key in ("weight", "category", "brings") if part[key] not in (None, 1)}
        after = part["after"] and part["after"] | {"clause": words(part["after"]["clause"])}
        parts.append(words(part["clause"]) + said(how) + (f" after {said(after)}" if after else ""))
    return f"{clause['kind']}{at}{said(asks)}({', '.join(parts)})"


def said(told):
    return "".join(f" {key}={value}" for key, value in told.items() if value not in (None, False, ()))


# ---- drawing


class Choices:
    """Small decisions out of one string of bytes, which Hypothesis draws and shrinks at once: 0 is the simplest."""

    def __init__(self, raw):
        self.raw = iter(raw)

    def number(self, least, most):
        return least + next(self.raw, 0) % (most - least + 1)

    def among(self, *values):
        return values[self.number(0, len(values) - 1)]

    def some(self, values, most):
        return list(dict.fromkeys(self.among(*values) for _ in range(self.number(0, most))))


@st.composite
def drawn(draw, build, *args, length=LENGTH):
    """What ``build`` makes out of choices."""
    return build(Choices(draw(st.binary(min_size=length, max_size=length))), *args)


def worlds(features=ALL, *, allowed=True, most=9):
    """Up to three stacks, each asking for badges and, as often as not, for stacks before it; and one learner."""
    return drawn(world_of, features, allowed, most)


def world_of(choices, features, allowed, most):
    stacks, view = {}, {}
    for number in range(choices.number(1, 3)):
        stacks[f"s{number}", 1] = stack_of(choices, f"s{number}", stacks, view, features)
        view[f"s{number}"] = 1
    awards = [award_of(choices, named_in(stacks)) for _ in range(choices.number(0, most))]
    allowances = [allowance_in(choices, stacks) for _ in range(choices.number(0, 2) if allowed else 0)]
    return World(stacks, view, numbered(awards), allowances)


def stack_of(choices, name, stacks, view, features=ALL, version=1):
    """A policy and a clause that asks for badges and for stacks in ``view``."""
    policy = choices.among("auto", "auto", "auto", "assessed", "manual")
    drawing = _Drawing(choices, features, {key: (stacks[key, view[key]][0], view[key]) for key in view})
    clause = drawing.clause(2)
    for number, each in enumerate(oracle.clauses_in(clause)):
        each["id"] = f"{name}.{version}.{number}"
    return policy, clause


class _Drawing:
    """Draws clauses that authoring takes; ``below`` are the policy and version of each stack that may be asked for."""

    def __init__(self, choices, features, below):
        self.number, self.among, self.some_of = choices.number, choices.among, choices.some
        self.features, self.below = features, below
        self.names = [*BADGES, *[*below] * 3]

    def sometimes(self, feature, outof=3):
        return feature in self.features and self.number(1, outof) == outof

    def automatic(self, names):
        return any(name in self.below and self.below[name][0] == "auto" for name in names)

    def clause(self, depth):
        kinds = ["all", "all", "some", "some", "holds"]
        kinds += ["credits"] * ("credits" in self.features) + ["exclusive"] * ("exclusive" in self.features)
        kind = self.among(*kinds) if depth else "holds"
        return {
            "holds": self.holds,
            "all": lambda: self.all_of(depth),
            "some": lambda: self.some(depth),
            "credits": lambda: self.credits(depth),
            "exclusive": self.exclusive,
        }[kind]()

    def holds(self):
        asked = oracle.plain(self.among(*self.names))
        if self.sometimes("accepts", 4):
            asked["accepts"] = self.others(asked["name"])
        if self.sometimes("filters"):
            asked |= self.filters(asked)
        return asked

    def others(self, name):
        return tuple(other for other in self.some_of(self.names, 2) if other != name)

    def filters(self, asked):
        """Ask of one award several things together; of what follows by itself only its version."""
        in_force = self.below[asked["name"]][1] if asked["name"] in self.below else REVISION
        asks = {
            "min_version": self.among(None, None, 1, in_force),
            "max_version": self.among(None, None, in_force, in_force + 1),
            "current": self.number(1, 3) < 3,
        }
        if not self.automatic([asked["name"], *asked["accepts"]]):
            asks |= {
                "min_score": self.among(None, None, 5, 8),
                "level": self.among(None, None, "good"),
                "since": self.among(None, None, -6, -3),
                "max_age": self.among(None, None, 4, 8),
            }
            if asks["min_score"] or asks["level"]:
                asks["result"] = self.among(None, "r1")
        return asks

    def all_of(self, depth):
        clauses = self.several(depth, lambda one: [one["name"]] if one["kind"] == "holds" else [])
        weights = [self.number(0, 3) for _ in clauses]
        if not any(weights):
            weights[0] = 1
        parts = [self.part(clause, weight=weight) for clause, weight in zip(clauses, weights, strict=True)]
        return group("all", parts)

    def some(self, depth):
        clauses = self.several(depth, accepted)
        count = self.number(1, len(clauses))
        spread = self.number(1, 3) == 1
        parts = [self.part(clause, category=self.among("x", "y") if spread else None) for clause in clauses]
        kinds = len({part["category"] for part in parts}) if spread else 0
        return group("some", parts, count=count, categories=min(count, kinds))

    def credits(self, depth):
        parts = [self.bringing(clause) for clause in self.several(depth, accepted)]
        reachable = sum(oracle.most(part["brings"]) for part in parts)
        return group("credits", parts, total=self.number(1, reachable))

    def bringing(self, clause):
        each, up_to, holds = self.among(50, 100, 150), None, clause["kind"] == "holds"
        names = accepted(clause)
        if holds and not set(names) & set(self.below) and self.sometimes("up_to"):
            up_to = self.among(100, 200, 250)
        states = holds and not self.automatic(names) and self.sometimes("stated")
        brings = {"each": each, "stated": states, "up_to": up_to}
        return self.part(clause, brings=brings, ordered=not states and up_to is None)

    def exclusive(self):
        slots = []
        for _ in range(self.number(1, 3)):
            slot = oracle.plain(self.among(*self.names))
            if slot["name"] not in [each["name"] for each in slots]:
                slot["accepts"] = self.others(slot["name"])
                slots.append(slot)
        parts = [part_of(slot) for slot in slots]
        if self.number(0, 1):
            return group("all", parts, exclusive=True)
        return group("some", parts, exclusive=True, count=self.number(1, len(parts)))

    def several(self, depth, named):
        """Some clauses of which no two give the same name."""
        found, seen = [], set()
        for _ in range(self.number(1, 4 if depth == 1 else 3)):
            clause = self.clause(depth - 1)
            if not seen & set(named(clause)):
                found.append(clause)
                seen |= set(named(clause))
        return found

    def part(self, clause, *, ordered=True, **told):
        after = None
        if self.sometimes("gates", 5):
            first = self.clause(self.among(0, 0, 1))
            if first != clause:
                ordered = ordered and clause["kind"] == "holds" and not self.automatic(accepted(clause))
                strict = self.number(1, 3) > 1
                in_order = strict and ordered and self.sometimes("in_order", 2)
                after = {"clause": first, "strict": strict, "in_order": in_order}
        return part_of(clause, after=after, **told)


def group(kind, parts, **told):
    return {
        "id": None,
        "kind": kind,
        "parts": parts,
        "exclusive": False,
        "categories": 0,
        "count": None,
        **told,
    }


def part_of(clause, weight=1, category=None, brings=None, after=None):
    return {"clause": clause, "weight": weight, "category": category, "brings": brings, "after": after}


def accepted(clause):
    return [clause["name"], *clause["accepts"]] if clause["kind"] == "holds" else []


def named_in(stacks):
    """Everything that some stack asks for or accepts, as often as it does, and the stacks."""
    asked = [each for _, clause in stacks.values() for each in oracle.clauses_in(clause)]
    return [*(name for each in asked for name in accepted(each)), *(name for name, _ in stacks)]


def award_of(choices, names, *, latest=1):
    """An award of some badge or stack: when, how well, for how long, under which definition."""
    name = choices.among(*names)
    stack, day = name.startswith("s"), latest - choices.number(0, 9 + latest)
    return {
        "name": name,
        "version": choices.among(1, 1, 0) if stack else 0,
        "revision": 1 if stack else choices.among(REVISION, REVISION, 1),
        "day": day,
        "until": choices.among(None, None, None, max(-1, day + 1), max(3, day + 1)),
        "results": choices.among((), (("r1", 6, ()),), (("r1", 9, ("good",)),), (("r2", 9, ("good",)),)),
        "credits": choices.among(None, None, 0, 70, 120),
        "derived": False,
    }


def allowance_in(choices, stacks):
    """A waiver of any clause, or a badge instead of what a hold names."""
    _, clause = stacks[choices.among(*stacks)]
    found = choices.among(*oracle.clauses_in(clause))
    instead = choices.among(None, None, *BADGES) if found["kind"] == "holds" else None
    day = choices.number(-9, 1)
    until = choices.among(None, None, day + 3)
    return {"clause": found["id"], "day": day, "until": until, "instead": instead}


def numbered(awards, letter="a"):
    return [award | {"id": f"{letter}{number}"} for number, award in enumerate(awards)]


# ---- the same in the engine's words


def requirement(clause):
    if clause["kind"] == "holds":
        return Holds(clause["name"], clause["id"], None, tuple(clause["accepts"]), filters(clause))
    parts = tuple(map(part, clause["parts"]))
    if clause["kind"] == "credits":
        return Credits(clause["total"], parts, clause["id"])
    if clause["kind"] == "all":
        return AllOf(parts, clause["id"], exclusive=clause["exclusive"])
    how = {"categories": clause["categories"], "exclusive": clause["exclusive"]}
    return AtLeast(clause["count"], parts, clause["id"], **how)


def filters(asked):
    return Filters(
        asked["min_version"],
        asked["max_version"],
        None if asked["min_score"] is None else Decimal(asked["min_score"]),
        asked["level"],
        asked["result"],
        None if asked["since"] is None else on(asked["since"]),
        None if asked["max_age"] is None else asked["max_age"] * DAY,
        asked["current"],
    )


def part(told):
    after, brings = told["after"], told["brings"]
    return Part(
        requirement(told["clause"]),
        told["weight"],
        told["category"],
        Brings(brings["each"], brings["stated"], brings["up_to"]) if brings else None,
        Prerequisite(requirement(after["clause"]), after["strict"], after["in_order"]) if after else None,
    )


def on(day):
    return AT + day * DAY


def graph(world):
    return StackingGraph(
        (
            Stack(name, version, requirement(clause), Policy(policy))
            for (name, version), (policy, clause) in world.stacks.items()
        ),
    )


def held(awards):
    return [
        HeldAward(
            award["id"],
            award["name"],
            award["version"],
            on(award["day"]),
            None if award["until"] is None else on(award["until"]),
            derived=award["derived"],
            revision=award["revision"],
            results=tuple(
                HeldResult(description, None if score is None else Decimal(score), frozenset(levels))
                for description, score, levels in award["results"]
            ),
            credits=award["credits"],
        )
        for award in awards
    ]


def exceptions(allowances):
    return [
        Waiver(f"w{number}", one["clause"], on(one["day"]), _until(one))
        if one["instead"] is None
        else Substitution(f"w{number}", one["clause"], on(one["day"]), one["instead"], _until(one))
        for number, one in enumerate(allowances)
    ]


def _until(allowance):
    return None if allowance["until"] is None else on(allowance["until"])
