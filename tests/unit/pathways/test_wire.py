"""Requirements as JSON: what goes in comes out, and nothing unreadable gets in."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from clr.errors import BadInput
from clr.pathways import (
    AllOf,
    AtLeast,
    Brings,
    Credits,
    Filters,
    Holds,
    Part,
    Prerequisite,
    clauses,
    with_clause_ids,
    with_ids_of,
)
from clr.pathways.wire import dump, dump_stored, load, load_stored, require_readable, schema

HOLDS = {"kind": "holds", "achievement_id": "ach_1"}
NAMES = st.none() | st.text(min_size=1, max_size=5)
INSTANTS = st.integers(0, 2**31).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
FILTERS = st.builds(
    Filters,
    min_version=st.none() | st.integers(1, 9),
    max_version=st.none() | st.integers(1, 9),
    min_score=st.none() | st.integers(-900, 9000).map(lambda tenths: Decimal(tenths) / 10),
    level=NAMES,
    result=NAMES,
    since=st.none() | INSTANTS,
    max_age=st.none() | st.integers(1, 9999).map(lambda days: timedelta(days=days)),
    current=st.booleans(),
)
ANY_HOLDS = st.builds(
    Holds,
    st.text(min_size=1, max_size=5),
    name=NAMES,
    accepts=st.lists(st.text(min_size=1, max_size=5), max_size=2).map(tuple),
    filters=FILTERS,
)
AMOUNTS = st.integers(1, 99_999)


def groups(inner):
    after = st.none() | st.builds(Prerequisite, inner, strict=st.booleans(), in_order=st.booleans())
    part = st.builds(Part, inner, st.integers(0, 9), category=NAMES, after=after)
    brings = st.builds(Brings, AMOUNTS, st.booleans(), st.none() | AMOUNTS)
    credit = st.builds(Part, inner, brings=brings, after=after)
    return st.one_of(
        st.builds(AllOf, st.lists(part, max_size=3).map(tuple), exclusive=st.booleans()),
        st.builds(
            AtLeast,
            st.integers(0, 9),
            st.lists(part, max_size=3).map(tuple),
            categories=st.integers(0, 3),
            exclusive=st.booleans(),
        ),
        st.builds(
            Credits,
            AMOUNTS,
            st.lists(credit, max_size=3).map(tuple),
            unit=st.sampled_from(["credits", "hours", "points"]),
        ),
    )


REQUIREMENTS = st.recursive(ANY_HOLDS, groups, max_leaves=12)
SCHEMA = Draft202012Validator(schema())


@given(REQUIREMENTS)
@settings(max_examples=400, deadline=None, database=None, derandomize=True)
def test_a_requirement_survives_its_json_which_fits_the_published_schema(requirement):
    told = json.loads(json.dumps(dump(requirement)))
    SCHEMA.validate(told)
    assert load(told) == requirement
    assert load_stored(dump_stored(requirement)) == requirement


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "not", "parts": []},
        {"kind": "at_most", "count": 1, "parts": []},
        {**HOLDS, "filter": {}},
        {"kind": "holds"},
        {"kind": "at_least", "count": "2", "parts": []},
        {"kind": "all_of", "parts": [{"requirement": HOLDS, "weight": -1}]},
        {"kind": "all_of", "parts": [HOLDS]},
    ],
)
def test_what_is_no_requirement_is_refused(wrong):
    with pytest.raises(ValidationError):
        load(wrong)


@pytest.mark.parametrize("kind", ["not", "at_most"])
def test_what_could_undo_what_is_complete_is_refused_with_the_reason_wherever_it_stands(kind):
    inner = {"kind": kind, "parts": [{"requirement": HOLDS}]}
    first = {"requirement": {"kind": "all_of", "parts": [{"requirement": inner}]}}
    whole = {"kind": "all_of", "parts": [{"requirement": HOLDS, "after": first}]}
    with pytest.raises(BadInput, match="undo what was complete") as refused:
        require_readable(whole, "stacks.ach_1.requirement")
    at = "stacks.ach_1.requirement.parts[0].after.requirement.parts[0].requirement.kind"
    assert [(one.at, one.kind) for one in refused.value.problems] == [(at, "not-monotone")]


def test_nesting_without_end_is_refused_before_it_is_read():
    deep = HOLDS
    for _ in range(2000):
        deep = {"kind": "all_of", "parts": [{"requirement": deep}]}
    with pytest.raises(BadInput, match="nested deeper than 64"):
        require_readable(deep, "stacks.ach_1.requirement")


def test_a_form_of_another_version_is_not_misread():
    with pytest.raises(ValueError, match="form 2"):
        load_stored('{"v": 2, "requirement": {}}')


def test_every_clause_has_an_id_of_its_own_and_keeps_it_when_redrawn():
    ids = iter("pqrstuvw")
    first = with_clause_ids(
        AllOf((Part(Holds("a")), Part(AtLeast(1, (Part(Holds("b")),))))), lambda: next(ids)
    )
    assert sorted(clause.id for clause in clauses(first)) == ["p", "q", "r", "s"]
    redrawn = AllOf((Part(Holds("c")), Part(AtLeast(1, (Part(Holds("b")),))), Part(Holds("a"))))
    again = with_clause_ids(with_ids_of(redrawn, first), lambda: next(ids))
    found = {
        getattr(clause, "achievement", clause.__class__.__name__): clause.id for clause in clauses(again)
    }
    before = {
        getattr(clause, "achievement", clause.__class__.__name__): clause.id for clause in clauses(first)
    }
    assert {key: found[key] for key in before} == before
    assert found["c"] == "t"
