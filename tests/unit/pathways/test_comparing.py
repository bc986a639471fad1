"""What changed between two states of a pathway: found, placed, and said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest

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
    with_clause_ids,
    with_ids_of,
)
from clr.pathways.comparing import KINDS, changes

NAMES = {
    "goal": "Critical Thinking",
    "a": "Debate",
    "b": "Lab",
    "c": "Essay",
    "d": "Data Literacy",
    "other": "Reasoned Argument",
}
A, B, C, D = (Part(Holds(name)) for name in "abcd")
DAY = datetime(2026, 5, 1, tzinfo=UTC)


def drawn(requirement, policy=Policy.AUTO, **more):
    stacks = {"goal": DraftStack(requirement, policy)} | more
    return Draft("Thinking", "goal", "Toward it.", stacks)


def told(before, after, *, ids=True):
    """The sentences, with ids carried across as publishing does, or without any."""
    if ids:
        new = count()
        before = with_clause_ids(before, lambda: f"cls_{next(new)}")
        after = with_clause_ids(with_ids_of(after, before), lambda: f"cls_{next(new)}")
    found = changes(drawn(before), drawn(after), NAMES.__getitem__)
    assert {change.kind for change in found} <= set(KINDS)
    assert all(change.at.startswith("stacks.goal.requirement") for change in found)
    return [change.says for change in found]


@pytest.mark.parametrize("ids", [True, False])
@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (AtLeast(2, (A, B, C, D)), AtLeast(3, (A, B, C, D)), "Complete 3 of 4 (was 2 of 4)"),
        (AtLeast(1, (A, B, C)), AllOf((A, B, C)), "Complete all 3 (was any 1 of 3)"),
        (AllOf((A, B)), AllOf((A, D, B)), "Data Literacy is asked for besides, in Critical Thinking"),
        (AllOf((A, B, C)), AllOf((A, C)), "Lab is not asked for any more, in Critical Thinking"),
        (AllOf((A, B)), AllOf((A, C)), "Essay is asked for instead of Lab"),
        (AllOf((A, B, C)), AllOf((C, A, B)), "Essay stands at another place in Critical Thinking"),
        (
            AllOf((A, Part(Holds("b", filters=Filters(min_score=Decimal(70)))))),
            AllOf((A, Part(Holds("b", filters=Filters(min_score=Decimal(80)))))),
            "A score of 80 is needed now, for Lab (was with a score of 70 or more)",
        ),
        (
            AllOf((A, B)),
            AllOf((A, Part(Holds("b", filters=Filters(since=DAY))))),
            "Lab is to be earned on 1 May 2026 or later",
        ),
        (
            AllOf((A, Part(Holds("b", filters=Filters(max_age=timedelta(days=730)))))),
            AllOf((A, B)),
            "Lab need not be earned within 730 days any more",
        ),
        (
            AllOf((A, B)),
            AllOf((A, Part(Holds("b", filters=Filters(current=False))))),
            "Lab counts even if it has expired",
        ),
        (AllOf((A, B)), AllOf((A, Part(Holds("b", accepts=("c",))))), "Essay will do as well as Lab"),
        (AllOf((A, B)), AllOf((A, replace(B, weight=3))), "Lab counts 3 times (was 1)"),
        (AllOf((A, B)), AllOf((A, replace(B, weight=0))), "Lab is optional now"),
        (
            AtLeast(1, (A, replace(B, category="Craft"))),
            AtLeast(1, (A, replace(B, category="Art"))),
            "Lab stands under Art (was Craft)",
        ),
        (
            AllOf((A, B)),
            AllOf((A, replace(B, after=Prerequisite(Holds("c"))))),
            "Essay must be complete first, for Lab",
        ),
        (
            AllOf((A, replace(B, after=Prerequisite(Holds("c"))))),
            AllOf((A, replace(B, after=Prerequisite(Holds("c"), strict=False)))),
            "Essay is best complete first, for Lab (it must be complete first)",
        ),
        (
            AllOf((A, B), exclusive=False),
            AllOf((A, B), exclusive=True),
            "Each part needs a badge of its own now: Complete all 2, each with a badge of its own",
        ),
        (
            Credits(1000, (replace(A, brings=Brings(500)),)),
            Credits(1200, (replace(A, brings=Brings(500)),)),
            "Gather 12 credits (was 10 credits)",
        ),
        (
            Credits(1000, (replace(A, brings=Brings(500)),)),
            Credits(1000, (replace(A, brings=Brings(250, up_to=1000)),)),
            "Debate brings each award 2.5 credits, up to 10 (was 5 credits)",
        ),
        (
            AllOf((A, Part(AtLeast(1, (B, C), name="Practice")))),
            AllOf((A, Part(AtLeast(2, (B, C), name="Practice")))),
            "Complete 2 of 2 (was any 1 of 2)",
        ),
        (Holds("a"), Holds("b"), "Lab is asked for instead of Debate"),
    ],
)
def test_one_change_is_one_sentence(before, after, says, ids):
    assert told(before, after, ids=ids) == [says]
    assert told(before, before, ids=ids) == told(after, after, ids=ids) == []


def test_a_clause_that_moves_to_another_group_says_from_where_to_where():
    inner = Part(AtLeast(1, (B, C), name="Practice"))
    outer = Part(AtLeast(1, (B, C, A), name="Practice"))
    before, after = AllOf((A, D, inner)), AllOf((D, outer))
    assert told(before, after, ids=False) == ["Debate stands in Practice now (was in Critical Thinking)"]


def test_a_clause_is_known_by_its_id_wherever_it_is_found():
    before = AllOf((Part(AtLeast(1, (A, B), id="x")), Part(AtLeast(1, (C, D), id="y"))), id="r")
    after = AllOf((Part(AtLeast(2, (C, D), id="y")), Part(AtLeast(1, (A, B), id="x"))), id="r")
    found = changes(drawn(before), drawn(after), NAMES.__getitem__)
    assert [(change.clause, change.kind) for change in found] == [("y", "asks"), ("x", "moved")]


def test_ids_alone_are_no_difference():
    requirement = AllOf((A, Part(AtLeast(1, (B, C)))))
    first, second = count(), count(100)
    before = with_clause_ids(requirement, lambda: f"cls_{next(first)}")
    after = with_clause_ids(requirement, lambda: f"cls_{next(second)}")
    assert changes(drawn(before), drawn(after), NAMES.__getitem__) == []


def test_what_became_another_kind_of_thing_is_told_whole():
    assert told(Holds("a"), AllOf((A, B)), ids=False) == [
        "Critical Thinking asks for something else: Complete all 2",
        "Debate stands at another place in Critical Thinking",
    ]


def test_the_pathway_itself_and_its_stacks_are_compared_too():
    other = DraftStack(AtLeast(1, (C, D)), Policy.AUTO)
    before = drawn(AllOf((A, B)))
    after = Draft("Reason", "other", "Elsewhere.", {"goal": before.stacks["goal"], "other": other})
    found = changes(before, after, NAMES.__getitem__)
    assert [(change.at, change.kind, change.says) for change in found] == [
        ("name", "name", "It is called Reason (was Thinking)"),
        ("goal", "goal", "It leads to Reasoned Argument (was Critical Thinking)"),
        ("description", "description", "It is described in other words"),
        ("stacks.other", "stack-added", "Reasoned Argument is a stack now: Any 1 of 2"),
    ]
    back = changes(after, before, NAMES.__getitem__)[-1]
    assert (back.kind, back.says) == (
        "stack-removed",
        "Reasoned Argument is no stack of this pathway any more",
    )


def test_what_becomes_of_a_milestone_without_support_is_compared():
    stack = DraftStack(AllOf((A,)), Policy.AUTO)
    kept = replace(stack, on_lost=OnLost.KEEP)
    (change,) = changes(drawn(AllOf((A,))), replace(drawn(AllOf((A,))), stacks={"goal": kept}), NAMES.get)
    assert (change.at, change.before, change.after) == ("stacks.goal.on_lost", "suspend", "keep")
    assert change.says == (
        "Critical Thinking is kept when an award it stood on is revoked (it was suspended)"
    )


def test_who_completes_a_stack_is_compared():
    (change,) = changes(drawn(AllOf((A,))), drawn(AllOf((A,)), Policy.ASSESSED), NAMES.__getitem__)
    assert (change.at, change.before, change.after) == ("stacks.goal.policy", "auto", "assessed")
    assert change.says == "Critical Thinking is awarded by an assessor (it followed by itself)"
