"""A pathway written down: one clause a line, nothing that changes by itself, and JSON that draws it anew."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

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
)
from clr.pathways.sentences import amount
from clr.pathways.writing import as_json, as_text, draft_of

NAMES = {"a": "Debate", "b": "Lab", "c": 'The "long" Essay', "goal": "Critical Thinking", "x": "Practice"}
STRICT = Filters(
    min_version=2,
    min_score=Decimal(80),
    level="Proficient",
    result="res_1",
    since=datetime(2026, 1, 1, tzinfo=UTC),
    max_age=timedelta(days=730),
    current=False,
)
PATHWAY = Draft(
    "Thinking",
    "goal",
    "Toward it.\n\nIn two paragraphs.",
    {
        "a-first": DraftStack(
            Credits(
                1250,
                (
                    Part(Holds("a"), brings=Brings(250, stated=True, up_to=1000)),
                    Part(Holds("b"), brings=Brings(300)),
                ),
                unit="hours",
            ),
            Policy.AUTO,
        ),
        "goal": DraftStack(
            AllOf(
                (
                    Part(Holds("a", id="cls_1", accepts=("b",), filters=STRICT), 2),
                    Part(Holds("b"), 0, after=Prerequisite(AtLeast(1, (Part(Holds("a")),)), in_order=True)),
                    Part(
                        AtLeast(
                            2,
                            (
                                Part(Holds("b"), category="Art"),
                                Part(Holds("c", name="Prose"), category="Craft"),
                            ),
                            id="cls_2",
                            name="Practice",
                            categories=2,
                        )
                    ),
                    Part(AllOf((Part(Holds("a")),), exclusive=True)),
                )
            ),
            Policy.ASSESSED,
            OnLost.KEEP,
        ),
    },
)
LINES = r"""
pathway "Thinking"
goal goal "Critical Thinking"
| Toward it.
|
| In two paragraphs.

stack goal "Critical Thinking", assessed, on lost support keep
  all of
    holds a "Debate", or b "Lab", version 2.., result "res_1", score 80 or more, level "Proficient" or above, earned since 2026-01-01T00:00:00+00:00, age 730 days at most, expired too, weight 2
    holds b "Lab", weight 0
      after, in order
        at least 1 of
          holds a "Debate"
    at least 2 of, from 2 categories, called "Practice"
      holds b "Lab", category "Art"
      holds c "The \"long\" Essay", called "Prose", category "Craft"
    all of, exclusive
      holds a "Debate"

stack a-first "Practice of Debate", auto
  gather 12.5 hours
    holds a "Debate", brings 2.5, or what the award states, each award up to 10
    holds b "Lab", brings 3
""".lstrip()


def name_of(achievement):
    return NAMES.get(achievement, "Practice of Debate")


def test_every_clause_is_a_line_with_all_that_it_asks_for():
    assert as_text(PATHWAY, name_of) == LINES


def test_one_more_badge_is_one_more_line():
    first, *rest = PATHWAY.stacks["goal"].requirement.parts
    wider = AllOf((first, Part(Holds("c")), *rest))
    stacks = {"goal": DraftStack(wider, Policy.ASSESSED, OnLost.KEEP), "a-first": PATHWAY.stacks["a-first"]}
    lines = as_text(replace(PATHWAY, stacks=stacks), name_of).splitlines()
    assert [line for line in lines if line not in LINES.splitlines()] == [r'    holds c "The \"long\" Essay"']
    assert len(lines) == len(LINES.splitlines()) + 1


def test_the_json_is_the_body_that_draws_the_pathway_with_the_goal_first():
    told = as_json(PATHWAY, "iss_1")
    body = json.loads(told)
    assert told.endswith("}\n")
    assert list(body) == ["issuer_id", "draft"]
    assert list(body["draft"]) == ["name", "goal", "description", "stacks"]
    assert list(body["draft"]["stacks"]) == ["goal", "a-first"]
    assert draft_of(body["draft"]) == PATHWAY


def test_the_order_in_which_stacks_were_drawn_makes_no_difference():
    turned = replace(PATHWAY, stacks=dict(reversed(PATHWAY.stacks.items())))
    assert as_json(turned, "iss_1") == as_json(PATHWAY, "iss_1")
    assert as_text(turned, name_of) == as_text(PATHWAY, name_of)


@pytest.mark.parametrize(
    ("hundredths", "told"), [(1200, "12"), (1250, "12.5"), (5, "0.05"), (0, "0"), (-50, "-0.5"), (-100, "-1")]
)
def test_amounts_are_written_as_people_write_them(hundredths, told):
    assert amount(hundredths) == told


def test_a_pathway_without_a_goal_is_written_too():
    assert as_text(Draft("Any", "", "", {}), name_of) == 'pathway "Any"\ngoal none\n'
