"""What is wrong with one requirement: every clause that cannot be met, counted or computed, with place and cure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from clr.errors import Problem
from clr.ids import AchievementId, IssuerId
from clr.pathways.exclusive import assigned
from clr.pathways.filters import in_range
from clr.pathways.requirements import (
    CURRENT,
    AllOf,
    AtLeast,
    Credits,
    Group,
    Holds,
    Part,
    Requirement,
    achievements_in,
)
from clr.pathways.sentences import amount
from clr.pathways.stacks import Policy

MOST_AWARDS = 500
"""Awards that one part of credits may need; more is a value too small for its total."""


@dataclass(frozen=True, slots=True)
class RubricFacts:
    """One result that an achievement describes: its id, the levels of its rubric by id and name, its highest score."""

    id: str
    name: str
    levels: frozenset[str] = frozenset()
    highest: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the catalogue says of an achievement; ``revision`` is that of its definition."""

    name: str
    retired: bool
    issuer: IssuerId
    revision: int = 1
    results: tuple[RubricFacts, ...] = ()
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a requirement: the catalogue, who completes each stack, in which versions it is earned."""

    known: Mapping[AchievementId, Known]
    policies: Mapping[AchievementId, Policy]
    versions: Mapping[AchievementId, frozenset[int]]

    def name(self, achievement: AchievementId) -> str:
        """Return what people call an achievement."""
        return self.known[achievement].name if achievement in self.known else achievement

    def automatic(self, achievement: AchievementId) -> bool:
        """Whether an achievement is a milestone."""
        return self.policies.get(achievement) is Policy.AUTO

    def named(self, achievements: Sequence[AchievementId]) -> str:
        """Return several achievements in one phrase."""
        return ", ".join(map(self.name, achievements))


def faults_in(clause: Requirement, at: str, around: Surroundings) -> Iterator[Problem]:
    """Yield every fault of a requirement and of all inside it."""
    if isinstance(clause, Holds):
        yield from _holds(clause, at, around)
        return
    if not clause.parts:
        yield Problem(f"{at}.parts", "empty", "This group asks for nothing; add a part or take it out.")
    else:
        yield from _of_group(clause, at, around)
    for place, part in enumerate(clause.parts):
        here = f"{at}.parts[{place}]"
        yield from faults_in(part.requirement, f"{here}.requirement", around)
        yield from _prerequisite(part, here, around)


def unknown(at: str, achievement: AchievementId) -> Problem:
    """Return the fault of an achievement that is nowhere."""
    return Problem(at, "unknown", f"There is no achievement {achievement}; create it first or mend the id.")


def retired(at: str, fact: Known) -> Problem:
    """Return the fault of an achievement that nobody can earn."""
    return Problem(at, "retired", f"{fact.name} is retired; nobody can earn it any more.")


def _of_group(group: Group, at: str, around: Surroundings) -> Iterator[Problem]:
    if isinstance(group, AllOf) and sum(part.weight for part in group.parts) == 0:
        yield Problem(f"{at}.parts", "weights", "Every part is optional; give at least one a weight.")
    elif isinstance(group, AtLeast):
        yield from _count(group, at)
        yield from _categories(group, at)
    elif isinstance(group, Credits):
        yield from _credits(group, at, around)
    if not isinstance(group, Credits) and group.exclusive:
        yield from _exclusive(group, at)
    else:
        yield from _shared(group, at, around)


# --- holds -----------------------------------------------------------------------------------------------------


def _holds(clause: Holds, at: str, around: Surroundings) -> Iterator[Problem]:
    known = around.known
    places = [("achievement_id", clause.achievement)]
    places += [(f"accepts[{place}]", other) for place, other in enumerate(clause.accepts)]
    seen: set[AchievementId] = set()
    for member, achievement in places:
        here = at if member == "achievement_id" else f"{at}.{member}"
        if achievement not in known:
            yield unknown(here, achievement)
        elif known[achievement].retired and member == "achievement_id":
            yield retired(here, known[achievement])  # what is accepted besides may be of the past
        if achievement in seen:
            yield Problem(here, "duplicate", f"{around.name(achievement)} is accepted already; take it out.")
        seen.add(achievement)
    yield from _range(clause, at, around)
    if clause.filters.of_award:
        yield from _filters(clause, at, around)


def _range(clause: Holds, at: str, around: Surroundings) -> Iterator[Problem]:
    filters, name = clause.filters, around.name(clause.achievement)
    if not filters.ranged or clause.achievement not in around.known:
        return
    low, high = filters.min_version, filters.max_version
    if low is not None and high is not None and low > high:
        yield Problem(
            f"{at}.versions", "versions", f"No version is both {low} or later and {high} or earlier."
        )
        return
    earned = around.versions.get(clause.achievement) or {around.known[clause.achievement].revision}
    if not any(in_range(filters, version) for version in earned):
        newest = max(earned)
        says = (
            f"{name} is earned in version {newest} now, which does not count here, so nobody could complete this; "
            f"let version {newest} count."
        )
        yield Problem(f"{at}.versions", "versions", says)


def _filters(clause: Holds, at: str, around: Surroundings) -> Iterator[Problem]:
    if milestones := [x for x in clause.accepted if around.automatic(x)]:
        says = (
            f"{around.named(milestones)} follows by itself and has no result, and its date may move when an older "
            "award is brought; put result, date and age on what it asks for."
        )
        yield Problem(at, "filters-on-milestone", says)
        return
    if clause.filters.min_score is not None or clause.filters.level is not None:
        for x in clause.accepted:
            if x in around.known:
                yield from _result(clause, around.known[x], f"{at}.result")


def _result(clause: Holds, fact: Known, at: str) -> Iterator[Problem]:
    wanted = clause.filters
    seen = [result for result in fact.results if wanted.result in (None, result.id)]
    if not seen:
        what = f"result description {wanted.result}" if wanted.result else "results"
        yield Problem(at, "result", f"{fact.name} describes no {what}; describe them first or ask for none.")
        return
    levels = sorted({level for result in seen for level in result.levels})
    if wanted.level is not None and wanted.level not in levels:
        told = f"its levels are: {', '.join(levels)}" if levels else "it has no rubric"
        yield Problem(f"{at}.level", "result", f'"{wanted.level}" is no level of {fact.name}; {told}.')
    tops = [result.highest for result in seen]
    if wanted.min_score is not None and all(top is not None and top < wanted.min_score for top in tops):
        says = f"No result of {fact.name} reaches {wanted.min_score:f}; ask for less."
        yield Problem(f"{at}.min_score", "result", says)


# --- groups ----------------------------------------------------------------------------------------------------


def _count(clause: AtLeast, at: str) -> Iterator[Problem]:
    if clause.count < 1:
        yield Problem(f"{at}.count", "count", f"{clause.count} of the parts is nothing; ask for at least 1.")
    elif clause.count > len(clause.parts):
        says = f"{clause.count} are asked for, but there are only {len(clause.parts)} parts."
        yield Problem(f"{at}.count", "count", says)


def _categories(clause: AtLeast, at: str) -> Iterator[Problem]:
    if not clause.categories:
        return
    named = {part.category for part in clause.parts if part.category}
    for place, part in enumerate(clause.parts):
        if not part.category:
            says = "This part has no category, and the group counts categories; name one."
            yield Problem(f"{at}.parts[{place}].category", "category", says)
    if clause.categories > clause.count:
        says = f"{clause.count} parts cannot come from {clause.categories} categories; ask for more parts or fewer categories."
        yield Problem(f"{at}.categories", "category", says)
    if clause.categories > len(named):
        says = f"{clause.categories} categories are asked for, but the parts have only {len(named)}."
        yield Problem(f"{at}.categories", "category", says)


def _shared(group: Group, at: str, around: Surroundings) -> Iterator[Problem]:
    """Find parts that one award would fill together: the same named twice; where parts are counted, accepted too."""
    seen: dict[AchievementId, int] = {}
    for place, part in enumerate(group.parts):
        asked = part.requirement
        if not isinstance(asked, Holds):
            continue
        for x in dict.fromkeys([asked.achievement] if isinstance(group, AllOf) else asked.accepted):
            if x in seen:
                says = f"{around.name(x)} stands twice in this group; one award would fill both."
                if not isinstance(group, Credits):
                    says += " Take one out, or make the group exclusive."
                yield Problem(f"{at}.parts[{place}].requirement", "duplicate", says)
            seen.setdefault(x, place)


def _exclusive(group: AllOf | AtLeast, at: str) -> Iterator[Problem]:
    simple = True
    for place, part in enumerate(group.parts):
        asked, here = part.requirement, f"{at}.parts[{place}]"
        if not isinstance(asked, Holds):
            says = (
                "An exclusive group decides which award fills which part; with groups inside, that has no fast answer. "
                "Ask here for achievements only, and make what stands inside a stack of its own."
            )
            yield Problem(f"{here}.requirement", "exclusive-nested", says)
            simple = False
        elif asked.filters != CURRENT:
            says = "A part of an exclusive group takes no filters; put them on a stack of its own."
            yield Problem(f"{here}.requirement", "exclusive-filters", says)
        if part.weight != 1 or part.after is not None or part.category is not None:
            says = "The parts of an exclusive group count alike: no weight, no category, no prerequisite."
            yield Problem(here, "exclusive-part", says)
    if isinstance(group, AtLeast) and group.categories:
        says = "A group is exclusive or counts categories, not both; split it in two."
        yield Problem(f"{at}.categories", "exclusive-categories", says)
    count = len(group.parts) if isinstance(group, AllOf) else group.count
    if simple and not _fillable(group, count):
        says = f"The parts accept too few different achievements to fill {count} of them; accept more."
        yield Problem(f"{at}.parts", "exclusive-count", says)


def _fillable(group: AllOf | AtLeast, count: int) -> bool:
    slots = [part.requirement.accepted for part in group.parts if isinstance(part.requirement, Holds)]
    every = list(dict.fromkeys(x for slot in slots for x in slot))
    return count > len(slots) or len(assigned(slots, every, count)) == max(count, 0)


def _credits(group: Credits, at: str, around: Surroundings) -> Iterator[Problem]:
    if group.total <= 0:
        yield Problem(
            f"{at}.total", "total", f"{amount(group.total)} {group.unit} is nothing; ask for more than 0."
        )
        return
    for place, part in enumerate(group.parts):
        yield from _credit_part(part, group, f"{at}.parts[{place}]", around)
    most = sum(part.brings.most for part in group.parts if part.brings)
    if most < group.total:
        says = (
            f"All parts together bring {amount(most)} {group.unit}, but {amount(group.total)} are asked for; "
            "ask for fewer or add parts."
        )
        yield Problem(f"{at}.total", "total", says)


def _credit_part(part: Part, group: Credits, at: str, around: Surroundings) -> Iterator[Problem]:
    brings, asked = part.brings, part.requirement
    if brings is None:
        yield Problem(f"{at}.value", "value", f"Say how many {group.unit} this part brings.")
        return
    if not brings.counts_awards:
        return
    member = "up_to" if brings.up_to is not None else "stated"
    if not isinstance(asked, Holds):
        yield Problem(
            f"{at}.{member}", "value", "Only an award brings credits of its own; a group has a fixed value."
        )
    elif stacks := [
        x
        for x in asked.accepted
        if x in around.policies and (brings.up_to is not None or around.automatic(x))
    ]:
        says = f"{around.named(stacks)} is a stack, earned once; give the part a fixed value."
        yield Problem(f"{at}.{member}", "value", says)
    if brings.up_to is not None and brings.up_to < brings.each:
        says = f"One award brings {amount(brings.each)} already; up_to must be at least that."
        yield Problem(f"{at}.up_to", "value", says)
    elif brings.up_to is not None and brings.up_to > MOST_AWARDS * brings.each:
        says = f"It would take more than {MOST_AWARDS} awards to bring that much; raise the value or lower up_to."
        yield Problem(f"{at}.up_to", "value", says)


# --- prerequisites ---------------------------------------------------------------------------------------------


def _prerequisite(part: Part, at: str, around: Surroundings) -> Iterator[Problem]:
    after = part.after
    if after is None:
        return
    yield from faults_in(after.requirement, f"{at}.after.requirement", around)
    if not after.in_order:
        return
    asked = part.requirement
    if not after.strict:
        says = 'An advisory prerequisite keeps nobody back, so it has no order; make it "strict" or leave in_order out.'
        yield Problem(f"{at}.after.in_order", "order", says)
    elif not isinstance(asked, Holds):
        says = "Only one award has a date that can be held against the prerequisite; ask here for one achievement."
        yield Problem(f"{at}.after.in_order", "order", says)
    elif milestones := [x for x in asked.accepted if around.automatic(x)]:
        says = (
            f"{around.named(milestones)} follows by itself, and its date may move when an older award is brought; "
            "put the order on what it asks for."
        )
        yield Problem(f"{at}.after.in_order", "order", says)
    elif milestones := [x for x in achievements_in(after.requirement) if around.automatic(x)]:
        says = (
            f"{around.named(milestones)} follows by itself, and its date may move when an older award is brought or "
            "one is revoked; ask for what it asks for, or leave in_order out."
        )
        yield Problem(f"{at}.after.requirement", "order", says)
    elif part.brings is not None and part.brings.counts_awards:
        says = "Where awards bring credits of their own, their order is not looked at; leave in_order out."
        yield Problem(f"{at}.after.in_order", "order", says)
