"""Pathways compared, written down, and handed to others: nothing is missed, and what is lost is said."""

import json
from dataclasses import replace
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from clr.api.pathways import PathwayIn
from clr.pathways import Draft, DraftStack, Policy, with_clause_ids
from clr.pathways.comparing import KINDS, changes
from clr.pathways.requirements import without_ids
from clr.pathways.writing import as_json, as_text, draft_of
from tests.property.drawings import drafts, edits, requirements

OURS = settings(max_examples=300, deadline=None, database=None, derandomize=True)


def name_of(achievement):
    return f"The {achievement}"


def identified(requirement):
    new = count()
    return with_clause_ids(requirement, lambda: f"cls_{next(new)}")


def compared(before, after):
    return changes(sketch(before), sketch(after), name_of)


def sketch(requirement):
    return Draft("Any", "s0", "", {"s0": DraftStack(requirement, Policy.AUTO)})


@given(drafts())
@OURS
def test_a_pathway_does_not_differ_from_itself(draft):
    assert changes(draft, draft, name_of) == []
    stacks = {
        key: replace(stack, requirement=identified(stack.requirement)) for key, stack in draft.stacks.items()
    }
    assert changes(draft, replace(draft, stacks=stacks), name_of) == []
    assert changes(replace(draft, stacks=stacks), draft, name_of) == []


@given(st.data(), requirements().map(identified))
@OURS
def test_every_single_edit_is_found_by_the_ids_and_is_what_it_is_called(data, before):
    after, kind = data.draw(edits(before))
    found = compared(before, after)
    assert kind in {change.kind for change in found}
    assert {change.kind for change in found} <= set(KINDS)
    assert all(change.says and change.at.startswith("stacks.s0.requirement") for change in found)
    if kind != "asks":  # another kind of group gives its parts another meaning of what they bring
        assert {change.kind for change in found} == {kind}


@given(st.data(), requirements())
@OURS
def test_every_single_edit_is_found_without_any_ids(data, before):
    after, _ = data.draw(edits(before))
    found = compared(before, after)
    assert found
    assert without_ids(after) != before


@given(requirements(), requirements())
@OURS
def test_any_two_requirements_are_told_apart_in_both_directions(before, after):
    differ = before != after
    assert bool(compared(before, after)) == bool(compared(after, before)) == differ
    assert bool(compared(identified(before), identified(after))) == differ


# --- written down --------------------------------------------------------------------------------------------------


@given(drafts())
@OURS
def test_a_pathway_written_as_json_is_drawn_by_it_without_loss(draft):
    stacks = {
        key: replace(stack, requirement=identified(stack.requirement)) for key, stack in draft.stacks.items()
    }
    for whole in (draft, replace(draft, stacks=stacks)):
        told = as_json(whole, "iss_1")
        body = PathwayIn.model_validate(json.loads(told))
        assert draft_of(json.loads(told)["draft"]) == whole
        assert body.draft.draft() == whole
        assert as_json(body.draft.draft(), body.issuer_id) == told


@given(drafts(), drafts())
@OURS
def test_lines_are_the_same_for_the_same_pathway_and_for_no_other(one, other):
    one, other = (replace(draft, description="") for draft in (one, other))
    assert (as_text(one, name_of) == as_text(other, name_of)) == (one == other)
    bare = replace(
        one,
        stacks={
            key: replace(stack, requirement=identified(stack.requirement))
            for key, stack in one.stacks.items()
        },
    )
    assert as_text(bare, name_of) == as_text(one, name_of)


@given(st.data(), requirements())
@OURS
def test_one_edit_of_one_clause_shows_in_the_lines(data, before):
    after, _ = data.draw(edits(before))
    one, other = (as_text(sketch(requirement), name_of) for requirement in (before, after))
    assert one != other
