"""Requirements as JSON: what goes in comes out, and nothing unreadable gets in."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from clr.errors import BadInput
from clr.pathways import AllOf, AtLeast, Holds, Part, clauses, with_clause_ids, with_ids_of
from clr.pathways.wire import dump, dump_stored, load, load_stored, require_readable

HOLDS = {"kind": "holds", "achievement_id": "ach_1"}
REQUIREMENTS = st.recursive(
    st.builds(Holds, st.text(min_size=1, max_size=5), name=st.none() | st.text(max_size=5)),
    lambda inner: st.one_of(
        st.builds(AllOf, st.lists(st.builds(Part, inner, st.integers(0, 9)), max_size=3).map(tuple)),
        st.builds(AtLeast, st.integers(0, 9), st.lists(st.builds(Part, inner), max_size=3).map(tuple)),
    ),
    max_leaves=12,
)


@given(REQUIREMENTS)
@settings(max_examples=60, deadline=None, database=None, derandomize=True)
def test_a_requirement_survives_its_json(requirement):
    assert load(json.loads(json.dumps(dump(requirement)))) == requirement
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
