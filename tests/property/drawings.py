"""Random pathways with everything a requirement can ask for, sound or not, and random single edits of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from clr.pathways import (
    AllOf,
    AtLeast,
    Brings,
    Credits,
    Draft,
    DraftStack,
    Filters,
    Holds,
    OnLost,
    Part,
    Policy,
    Prerequisite,
)
from clr.pathways.requirements import CURRENT

BADGES = [f"b{number}" for number in range(6)]
NAMES = st.none() | st.sampled_from(["Practice", 'Two "words"', "Zwei\nZeilen", "Ä"])
TEXTS = st.text(
    st.characters(exclude_categories=["C"], include_characters="\n"), min_size=1, max_size=12
).filter(lambda text: bool(text.strip("\n") and text == text.strip()))
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  Hypothesis wants the ends naive
AMOUNTS = st.integers(1, 5000)


def filters(*, sayable: bool = False):
    """Filters; ``sayable``: only those that other vocabularies have words for too."""
    known = {
        "min_score": st.none() | st.decimals(0, 100, places=2),
        "level": st.none() | st.sampled_from(["Proficient", "lvl_2"]),
        "result": st.none() | st.just("res_1"),
        "since": st.none() | MOMENTS,
    }
    own = {
        "min_version": st.none() | st.integers(1, 5),
        "max_version": st.none() | st.integers(1, 5),
        "max_age": st.none() | st.integers(1, 900).map(lambda days: timedelta(days=days)),
        "current": st.booleans(),
    }
    return st.just(CURRENT) | st.builds(Filters, **known, **({} if sayable else own))


def holds():
    return st.builds(
        Holds,
        st.sampled_from(BADGES),
        name=NAMES,
        accepts=st.lists(st.sampled_from(BADGES), max_size=2, unique=True).map(tuple),
        filters=filters(),
    )


def parts(inner, *, credited: bool = False):
    after = st.none() | st.builds(Prerequisite, inner, st.booleans(), st.booleans())
    if credited:
        brings = st.builds(Brings, AMOUNTS, st.booleans(), st.none() | AMOUNTS)
        return st.builds(Part, inner, brings=brings, after=after)
    category = st.none() | st.sampled_from(["Art", "Craft"])
    return st.builds(Part, inner, st.integers(0, 3), category, after=after)


def groups(inner):
    several = st.lists(parts(inner), max_size=4).map(tuple)
    return st.one_of(
        st.builds(AllOf, several, name=NAMES, exclusive=st.booleans()),
        st.builds(
            AtLeast,
            st.integers(0, 4),
            several,
            name=NAMES,
            categories=st.integers(0, 3),
            exclusive=st.booleans(),
        ),
        st.builds(
            Credits,
            st.integers(-1, 9000),
            st.lists(parts(inner, credited=True), max_size=3).map(tuple),
            name=NAMES,
            unit=st.sampled_from(["credits", "hours", "points"]),
        ),
    )


def requirements():
    return st.recursive(holds(), groups, max_leaves=8)


def drafts(inner=None):
    stack = st.builds(DraftStack, inner or requirements(), st.sampled_from(Policy), st.sampled_from(OnLost))
    return st.builds(
        Draft,
        TEXTS,
        st.sampled_from(["s0", "s1", ""]),
        st.just("") | TEXTS,
        st.dictionaries(st.sampled_from(["s0", "s1", "s2"]), stack, min_size=1, max_size=3),
    )


# --- one edit ------------------------------------------------------------------------------------------------------


@st.composite
def edits(draw, requirement):
    """The requirement with exactly one thing changed somewhere, and what was: a kind of change."""
    if not isinstance(requirement, Holds) and requirement.parts and draw(st.booleans()):
        place = draw(st.integers(0, len(requirement.parts) - 1))
        part, kind = draw(part_edits(requirement.parts[place]))
        row = (*requirement.parts[:place], part, *requirement.parts[place + 1 :])
        return replace(requirement, parts=row), kind
    return draw(holds_edits(requirement) if isinstance(requirement, Holds) else group_edits(requirement))


@st.composite
def part_edits(draw, part):
    options = ["inside", "weight", "category"] if part.brings is None else ["inside", "value"]
    changed = draw(st.sampled_from([*options, "prerequisite"]))
    match changed:
        case "inside":
            inside, changed = draw(edits(part.requirement))
            part = replace(part, requirement=inside)
        case "weight":
            part = replace(part, weight=part.weight + draw(st.integers(1, 3)))
        case "category":
            part = replace(part, category=f"{part.category or ''}New")
        case "value":
            part = replace(part, brings=replace(part.brings, each=part.brings.each + 100))
        case _ if part.after is None:
            part = replace(part, after=Prerequisite(Holds("b0")))
        case _ if draw(st.booleans()):
            part = replace(part, after=None)
        case _:
            part = replace(part, after=replace(part.after, strict=not part.after.strict))
    return part, changed


@st.composite
def holds_edits(draw, clause):
    was, changed = clause.filters, draw(st.sampled_from(["achievement", "accepts", "called", "filter"]))
    if changed == "achievement":
        return replace(clause, achievement="other"), changed
    if changed == "accepts":
        return replace(clause, accepts=(*clause.accepts, "other")), changed
    if changed == "called":
        return replace(clause, name=f"{clause.name or ''}New"), changed
    new = draw(
        st.sampled_from(
            [
                {"min_score": (was.min_score or Decimal(0)) + 1},
                {"level": f"{was.level or ''}New"},
                {"result": f"{was.result or ''}new"},
                {"since": (was.since or datetime(2026, 1, 1, tzinfo=UTC)) + timedelta(days=1)},
                {"max_age": (was.max_age or timedelta()) + timedelta(days=1)},
                {"current": not was.current},
                {"max_version": (was.max_version or 0) + 1},
            ]
        )
    )
    return replace(clause, filters=replace(was, **new)), "filter"


@st.composite
def group_edits(draw, group):
    options = ["added", "called", "asks"]
    options += ["removed"] if group.parts else []
    options += ["moved"] if len({repr(part) for part in group.parts}) > 1 else []
    options += [] if isinstance(group, Credits) else ["exclusive"]
    changed = draw(st.sampled_from(options))
    match changed:
        case "added":
            place = draw(st.integers(0, len(group.parts)))
            brings = Brings(100) if isinstance(group, Credits) else None
            new = Part(Holds("other"), brings=brings)
            group = replace(group, parts=(*group.parts[:place], new, *group.parts[place:]))
        case "removed":
            place = draw(st.integers(0, len(group.parts) - 1))
            group = replace(group, parts=(*group.parts[:place], *group.parts[place + 1 :]))
        case "moved":
            first, *rest = group.parts
            place = next(n for n, part in enumerate(rest, 1) if part != first)
            group = replace(group, parts=(*rest[:place], first, *rest[place:]))
        case "called":
            group = replace(group, name=f"{group.name or ''}New")
        case "exclusive":
            group = replace(group, exclusive=not group.exclusive)
        case _ if isinstance(group, AllOf):
            group = AtLeast(1, group.parts, group.id, group.name, exclusive=group.exclusive)
        case _ if isinstance(group, AtLeast):
            group = replace(group, count=group.count + 1)
        case _:
            group = replace(group, total=group.total + 50)
    return group, changed
