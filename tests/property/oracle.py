"""The rules of stacking, said again in plain Python and slowly. Imports nothing of the service.

A clause is a dict with an ``id`` and a ``kind``:

- ``holds``: name, accepts, and filters: min_version, max_version, min_score, level, result, since, max_age, current
- ``all``: parts with a weight, exclusive
- ``some``: count, parts with a category, categories, exclusive
- ``credits``: total, and parts with what they bring: each, stated, up_to (all in hundredths)

A part is a dict with its ``clause``, ``weight``, ``category``, ``brings`` and ``after`` (a clause, strict, in_order).
Days are whole numbers. An award is a dict: name, version, revision, day, until, results, credits. An allowance is a
dict: clause (its id), day, until, and ``instead`` (the name that will do, ``None`` where the clause is waived).
``stacks`` maps (name, version) to (policy, clause); ``view`` a name to the version that tells what is missing.
"""

from functools import cache
from itertools import combinations, product

S = 10_000


class Learner:
    """One learner on one day; with ``now=None`` nothing expires, grows old or lies ahead."""

    def __init__(self, stacks, view, awards, now, allowances=()):
        self.stacks, self.view, self.now = stacks, view, now
        self.awards = [award for award in awards if now is None or award["day"] <= now]
        self.allowances = [one for one in allowances if self.in_force(one)]
        self.points_of, self.steps_of = cache(self.points_of), cache(self.steps_of)

    def in_force(self, allowance):
        return self.now is None or (allowance["day"] <= self.now and not self.ended(allowance["until"]))

    def ended(self, until):
        return self.now is not None and until is not None and until <= self.now

    # ---- what counts

    def waived(self, clause):
        """The day from which a clause is waived; ``None`` when it is not."""
        found = [one for one in self.allowances if one["clause"] == clause["id"] and one["instead"] is None]
        return min((one["day"] for one in found), default=None)

    def accepted(self, clause):
        more = [one["instead"] for one in self.allowances if one["clause"] == clause["id"] and one["instead"]]
        return {clause["name"], *clause["accepts"], *more}

    def good(self, clause, after=None):
        """Every award that passes all filters together, and was not earned before ``after``."""
        names = self.accepted(clause)
        own = [award for award in self.awards if award["name"] in names and self.passes(clause, award)]
        return [award for award in own if after is None or award["day"] >= after]

    def passes(self, asked, award):
        version, old = award["version"] or award["revision"], asked["max_age"]
        wants_result = asked["min_score"] is not None or asked["level"] is not None
        in_range = (asked["min_version"] or 0) <= version <= (asked["max_version"] or version)
        return (
            (award["name"] != asked["name"] or in_range)
            and (not wants_result or any(enough(asked, result) for result in award["results"]))
            and (asked["since"] is None or award["day"] >= asked["since"])
            and (old is None or self.now is None or self.now - award["day"] < old)
            and not (asked["current"] and self.ended(award["until"]))
        )

    # ---- complete, yes or no: no numbers

    def done(self, clause):
        if self.waived(clause) is not None:
            return True
        if clause["kind"] == "holds":
            return bool(self.good(clause))
        if clause["kind"] == "credits":
            return sum(map(self.brought, clause["parts"])) >= clause["total"]
        if clause["exclusive"]:
            return any(all(map(self.held, filled)) for filled in self.assignments(clause))
        return any(all(self.part_done(part) for part in chosen) for chosen in choices(clause))

    def part_done(self, part):
        clause, after = part["clause"], part["after"]
        if not after or not after["strict"]:
            return self.done(clause)
        if not self.done(after["clause"]):
            return False
        if after["in_order"] and self.waived(clause) is None:
            return bool(self.good(clause, self.since(after["clause"])))
        return self.done(clause)

    def held(self, name):
        return name is WAIVED or self.done(plain(name))

    # ---- complete since when

    def since(self, clause, after=None):
        """The first day on which a clause was complete, by what counts now; ``None`` while it is not."""
        return earliest([self.waived(clause), self.since_itself(clause, after)])

    def since_itself(self, clause, after):
        if clause["kind"] == "holds":
            return earliest(award["day"] for award in self.good(clause, after))
        if clause["kind"] == "credits":
            days = sorted({one["day"] for one in (*self.awards, *self.allowances)})
            sums = ((day, sum(self.brought(part, day) for part in clause["parts"])) for day in days)
            return next((day for day, amount in sums if amount >= clause["total"]), None)
        if clause["exclusive"]:
            return earliest(
                latest(
                    self.filled_since(clause, place, name)
                    for place, name in enumerate(way)
                    if name is not None
                )
                for way in self.assignments(clause, places=True)
            )
        return earliest(latest(map(self.part_since, chosen)) for chosen in choices(clause))

    def part_since(self, part):
        after = part["after"]
        if not after or not after["strict"]:
            return self.since(part["clause"])
        first = self.since(after["clause"])
        own = None if first is None else self.since(part["clause"], first if after["in_order"] else None)
        return latest([first, own])

    def filled_since(self, clause, place, name):
        return self.waived(clause["parts"][place]["clause"]) if name is WAIVED else self.since(plain(name))

    # ---- credits

    def brought(self, part, by=None):
        """What a part brings, of what counts now; with ``by``, what of it was there on that day."""
        clause, brings, since = part["clause"], part["brings"], self.part_since(part)
        if since is None or (by is not None and since > by):
            return 0
        if brings["up_to"] is None and not brings["stated"]:
            return brings["each"]
        awards = [award for award in self.good(clause) if by is None or award["day"] <= by]
        worth = [brings["each"] if not stated(part, award) else award["credits"] for award in awards]
        waived = self.waived(clause)
        whole = most(brings) if waived is not None and (by is None or waived <= by) else 0
        if brings["up_to"] is None:
            return max([whole, *worth])
        return max(whole, min(brings["up_to"], sum(worth)))

    def credits_steps(self, clause):
        """The fewest further awards that reach the sum: every number of awards of every part is tried."""
        need = clause["total"] - sum(map(self.brought, clause["parts"]))
        ways = product(*map(self.further, clause["parts"]))
        return min(sum(cost for _, cost in way) for way in ways if sum(gain for gain, _ in way) >= need)

    def further(self, part):
        """What some more awards of a part would bring, and cost."""
        brings, now, cost = part["brings"], self.brought(part), self.part_steps(part) or 1
        if brings["up_to"] is not None:
            left = max(0, brings["up_to"] - now)
            return [(min(left, n * brings["each"]), n * cost) for n in range(-(-left // brings["each"]) + 1)]
        more = max(0, brings["each"] - now) if brings["stated"] or not self.part_done(part) else 0
        return [(0, 0), (more, cost)]

    # ---- exclusive use

    def assignments(self, clause, *, places=False):
        """Every way to fill enough slots, none with what fills another; a waived slot is filled by nothing."""
        slots = [part["clause"] for part in clause["parts"]]
        takes = [sorted(self.accepted(slot)) + [WAIVED] * (self.waived(slot) is not None) for slot in slots]
        count = clause["count"] if clause["kind"] == "some" else len(slots)
        for way in product(*([None, *names] for names in takes)):
            filled = [name for name in way if name is not None]
            named = [name for name in filled if name is not WAIVED]
            if len(filled) == count and len(set(named)) == len(named):
                yield way if places else filled

    def exclusive_points(self, clause):
        count = clause["count"] if clause["kind"] == "some" else len(clause["parts"])
        most_held = max(sum(map(self.held, filled)) for filled in self.assignments(clause))
        return S * most_held // count

    # ---- points and steps

    def points(self, clause):
        if self.waived(clause) is not None:
            return S
        if clause["kind"] == "holds":
            return S if self.good(clause) else self.missing_points(clause["name"])
        if clause["kind"] == "credits":
            total = clause["total"]
            return S * min(total, sum(map(self.brought, clause["parts"]))) // total
        if clause["exclusive"]:
            return self.exclusive_points(clause)
        if clause["kind"] == "all":
            weights = sum(part["weight"] for part in clause["parts"])
            return sum(part["weight"] * self.part_points(part) for part in clause["parts"]) // weights
        return max(sum(map(self.part_points, chosen)) // clause["count"] for chosen in choices(clause))

    def part_points(self, part):
        clause, after = part["clause"], part["after"]
        if not after or not after["strict"]:
            return self.points(clause)
        if not self.done(after["clause"]):
            return 0
        if after["in_order"] and not self.part_done(part):
            return self.missing_points(clause["name"])
        return self.points(clause)

    def missing_points(self, name):
        if name not in self.view:
            return 0
        policy, clause = self.stacks[name, self.view[name]]
        return min(S - 1, self.points(clause) if policy == "auto" else self.points(clause) * 9 // 10)

    def points_of(self, name):
        return self.points(plain(name))

    def steps(self, clause):
        if self.waived(clause) is not None:
            return 0
        if clause["kind"] == "holds":
            return 0 if self.good(clause) else self.missing_steps(clause["name"])
        if clause["kind"] == "credits":
            return self.credits_steps(clause)
        if clause["exclusive"]:
            return min(
                sum(self.steps_of(name) for name in filled if name is not WAIVED)
                for filled in self.assignments(clause)
            )
        return min(sum(map(self.part_steps, chosen)) for chosen in choices(clause))

    def part_steps(self, part):
        clause, after = part["clause"], part["after"]
        if not after or not after["strict"]:
            return self.steps(clause)
        if after["in_order"] and self.waived(clause) is None:
            own = 0 if self.part_done(part) else self.missing_steps(clause["name"])
        else:
            own = self.steps(clause)
        return own + self.steps(after["clause"])

    def missing_steps(self, name):
        if name not in self.view:
            return 1
        policy, clause = self.stacks[name, self.view[name]]
        return max(1, self.steps(clause) + (policy != "auto"))

    def steps_of(self, name):
        return self.steps(plain(name))


WAIVED = ""
"""What fills a slot that was waived."""


def plain(name):
    unfiltered = dict.fromkeys(
        ("min_version", "max_version", "min_score", "level", "result", "since", "max_age")
    )
    return {"id": None, "kind": "holds", "name": name, "accepts": (), "current": True, **unfiltered}


def enough(asked, result):
    description, score, levels = result
    return (
        asked["result"] in (None, description)
        and (asked["min_score"] is None or (score is not None and score >= asked["min_score"]))
        and (asked["level"] is None or asked["level"] in levels)
    )


def stated(part, award):
    return part["brings"]["stated"] and award["credits"] is not None


def most(brings):
    return brings["each"] if brings["up_to"] is None else brings["up_to"]


def choices(clause):
    """Every choice of parts that would do: all that have weight, or so many of enough categories."""
    if clause["kind"] == "all":
        return [[part for part in clause["parts"] if part["weight"]]]
    several = combinations(clause["parts"], clause["count"])
    return [few for few in several if len({part["category"] for part in few}) >= clause["categories"]]


def clauses_in(clause):
    """A clause and everything inside it, prerequisites too."""
    yield clause
    for part in clause.get("parts", ()):
        yield from clauses_in(part["clause"])
        if part["after"]:
            yield from clauses_in(part["after"]["clause"])


def earliest(days):
    return min((day for day in days if day is not None), default=None)


def latest(days):
    days = list(days)
    return None if None in days else max(days)


def milestones(stacks, view, awards, now, allowances=(), followed=None):
    """The awards that follow by themselves: the least fixpoint, each on the day its requirement was complete."""
    keys = [
        (name, version) for name, version in followed or view.items() if stacks[name, version][0] == "auto"
    ]
    found = []
    while True:
        learner = Learner(stacks, view, [*awards, *found], now, allowances)
        days = {key: learner.since(stacks[key][1]) for key in keys}
        due = [milestone(*key, day) for key, day in days.items() if day is not None]
        if due == found:
            return found
        found = due


def milestone(name, version, day):
    told = {"name": name, "version": version, "revision": 0, "day": day, "until": None}
    return {**told, "results": (), "credits": None, "derived": True}


def settled(stacks, view, awards, now, allowances=(), followed=None):
    """A learner on one day, with every milestone that follows."""
    due = milestones(stacks, view, awards, now, allowances, followed)
    return Learner(stacks, view, [*awards, *due], now, allowances)
