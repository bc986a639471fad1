"""Pathways compared, written down, and handed to others: nothing is missed, and what is lost is said."""

import json
from dataclasses import replace
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clr.api.pathways import PathwayIn
from clr.errors import BadInput
from clr.pathways import (
    AllOf,
    AtLeast,
    Credits,
    Draft,
    DraftStack,
    Filters,
    Holds,
    OnLost,
    Part,
    Policy,
    with_clause_ids,
)
from clr.pathways.comparing import KINDS, changes
from clr.pathways.ctdl import Described, published
from clr.pathways.ctdl_reading import Match, addresses, read
from clr.pathways.requirements import without_ids
from clr.pathways.writing import as_json, as_text, draft_of, form
from clr.registrar.authoring import written
from tests.property.drawings import BADGES, drafts, edits, requirements

OURS = settings(max_examples=100, deadline=None, database=None, derandomize=True)


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
        assert form(whole) == written(whole)
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


# --- in another vocabulary -----------------------------------------------------------------------------------------


def describe(achievement):
    return Described(name_of(achievement), f"https://ours.example/achievements/{achievement}", "badge")


MATCHED = {describe(key).address: Match(key, name_of(key)) for key in [*BADGES, "s0", "s1", "s2", "other"]}


def there_and_back(draft):
    """What was left out, and what comes back from the document as it was sent."""
    told = published(
        draft, describe, address="https://ours.example/pathways/pth_1", owner="https://ours.example"
    )
    document = json.loads(json.dumps(told.document))
    return told, read(document, MATCHED)


class Bare:
    """A pathway as it is without what other vocabularies have no words for, by a walk of its own."""

    def __init__(self, draft):
        self.left = set()
        stacks = {
            key: DraftStack(self.clause(stack.requirement, f"stacks.{key}.requirement"), Policy.AUTO)
            for key, stack in draft.stacks.items()
        }
        self.left |= {
            (f"stacks.{key}.policy", "policy")
            for key, stack in draft.stacks.items()
            if stack.policy is not Policy.AUTO
        }
        self.left |= {
            (f"stacks.{key}.on_lost", "on_lost")
            for key, stack in draft.stacks.items()
            if stack.on_lost is not OnLost.SUSPEND
        }
        self.draft = replace(draft, stacks=stacks)

    def note(self, at, what, *, where=True):
        if where:
            self.left.add((at, what))

    def clause(self, clause, at):
        if isinstance(clause, Holds):
            return self.holds(clause, at)
        parts = [
            self.part(part, f"{at}.parts[{place}]", in_all=isinstance(clause, AllOf))
            for place, part in enumerate(clause.parts)
        ]
        group = replace(clause, parts=tuple(part for part in parts if part))
        if isinstance(group, Credits):
            return group
        self.note(f"{at}.exclusive", "exclusive", where=group.exclusive)
        return replace(group, exclusive=False)

    def holds(self, clause, at):
        was = clause.filters
        self.note(f"{at}.versions", "versions", where=bool(was.min_version or was.max_version))
        self.note(f"{at}.max_age_days", "max_age", where=was.max_age is not None)
        self.note(f"{at}.current", "current", where=not was.current)
        kept = Filters(min_score=was.min_score, level=was.level, result=was.result, since=was.since)
        if not clause.accepts:
            return replace(clause, filters=kept)
        self.note(f"{at}.accepts", "accepts")
        anyone = (Part(Holds(x, filters=kept)) for x in (clause.achievement, *clause.accepts))
        return AtLeast(1, tuple(anyone), name=clause.name)

    def part(self, part, at, *, in_all):
        if part.weight == 0 and in_all:
            return self.note(at, "optional")
        self.note(f"{at}.weight", "weight", where=part.weight != 1)
        after, brings = part.after, part.brings
        if after:
            self.note(f"{at}.after.in_order", "in_order", where=after.in_order)
            first = self.clause(after.requirement, f"{at}.after.requirement")
            after = replace(after, requirement=first, in_order=False)
        if brings:
            self.note(f"{at}.stated", "stated", where=brings.stated)
            self.note(f"{at}.up_to", "up_to", where=brings.up_to is not None)
            brings = replace(brings, stated=False, up_to=None)
        return Part(self.clause(part.requirement, f"{at}.requirement"), 1, part.category, brings, after)


@given(drafts())
@OURS
def test_what_comes_back_is_what_went_out_without_what_the_list_names(draft):
    told, again = there_and_back(draft)
    bare = Bare(draft)
    assert {(one.at, one.what) for one in told.left_out} == bare.left
    assert len(told.left_out) == len(bare.left)
    assert all(one.says for one in told.left_out)
    assert again.unread == again.unmatched == ()
    assert again.draft == bare.draft


@given(drafts().map(lambda draft: Bare(draft).draft))
@OURS
def test_what_can_be_said_comes_back_whole(draft):
    told, again = there_and_back(draft)
    assert told.left_out == ()
    assert again.draft == draft


@given(drafts())
@OURS
def test_a_document_holds_together(draft):
    told, _ = there_and_back(draft)
    pathway, *components = told.document["@graph"]
    known = {one["@id"] for one in components}
    assert set(pathway["ceterms:hasPart"]) == known
    assert len(known) == len(components)
    for component in components:
        for term in ("ceasn:hasChild", "ceasn:isChildOf", "ceterms:precedes", "ceterms:prerequisite"):
            assert set(component.get(term, ())) <= known
        assert all(
            component["@id"] in by_id(components, at)["ceasn:hasChild"]
            for at in component.get("ceasn:isChildOf", ())
        )


def by_id(components, at):
    return next(one for one in components if one["@id"] == at)


TERMS = (
    *("@id", "@type", "ceterms:hasPart", "ceterms:hasDestinationComponent", "ceterms:hasCondition"),
    *(
        "ceterms:targetComponent",
        "ceterms:requiredNumber",
        "ceterms:logicalOperator",
        "ceterms:hasConstraint",
    ),
    *("ceterms:precedes", "ceterms:prerequisite", "ceasn:hasChild", "ceterms:pointValue", "ceterms:proxyFor"),
    *("ceterms:leftSource", "ceterms:leftAction", "ceterms:comparator", "ceterms:rightSource", "name"),
    *("ceterms:componentCategory", "schema:value", "@graph", "ceterms:isDestinationComponentOf", "odd"),
)
WORDS = (
    *("ceterms:Pathway", "ceterms:CredentialComponent", "BasicComponent", "ceterms:ComponentCondition"),
    *("_:a", "_:b", "_:c", "logic:And", "logic:Or", "compare:GTEQ", "array:Sum", "array:CountDistinct"),
    *("ceterms:pointValue", "ceterms:componentCategory", "https://schema.org/value", "3", "1e999999999", ""),
    *("https://ours.example/achievements/b0", "2026-01-01", "0001-01-01T00:00:00+14:00", "Ä" * 300),
)
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals(allow_nan=False, allow_infinity=False).map(float)
    | st.sampled_from(WORDS)
    | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(TERMS) | st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=30,
)


def kept_or_refused(document):
    """Read what may be anything: a draft that can be kept and read again, or a refusal in words."""
    try:
        addresses(document)
        found = read(document, MATCHED)
    except BadInput as fault:
        refused = fault
    else:
        refused = None
    if refused:
        assert refused.says
        assert refused.problems
        return
    assert draft_of(json.loads(json.dumps(form(found.draft)))).stacks.keys() == found.draft.stacks.keys()
    assert 0 < len(found.draft.name) <= 200
    assert all(one.says for one in found.unread)


@given(ODD, ODD)
@settings(OURS, max_examples=200)
def test_no_document_is_too_odd_to_be_read_or_refused(pathway, rest):
    kept_or_refused(rest)
    node = {"@id": "_:p", "@type": "ceterms:Pathway", "ceterms:hasDestinationComponent": "_:a"}
    goal = {"@id": "_:a", "@type": "ceterms:CredentialComponent", "ceterms:hasCondition": rest}
    more = pathway if isinstance(pathway, dict) else {}
    kept_or_refused({"@graph": [node | more, goal, pathway]})


@st.composite
def broken(draw):
    """A document of ours in which some values were taken from elsewhere in it."""
    told, _ = there_and_back(draw(drafts()))
    document = json.loads(json.dumps(told.document))
    places = [(node, key) for node in dicts(document) for key in node]
    values = [node[key] for node, key in places]
    for _ in range(draw(st.integers(1, 4))):
        node, key = draw(st.sampled_from(places))
        node[key] = draw(st.sampled_from(values) | ODD)
    return json.loads(json.dumps(document)) if not circular(document) else {}


def dicts(value):
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from dicts(inner)


def circular(document):
    try:
        json.dumps(document)
    except (ValueError, RecursionError):
        return True
    return False


@given(broken())
@settings(OURS, max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_a_document_put_together_wrongly_is_read_or_refused(document):
    kept_or_refused(document)
