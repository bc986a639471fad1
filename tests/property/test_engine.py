"""What must hold of every graph and every learner, held against an oracle that shares no line with the engine."""

import itertools
import json
from dataclasses import replace
from datetime import timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks.baselines import over_all_pathways
from clr.pathways import (
    Holdings,
    S,
    StackingGraph,
    advance,
    next_transition_at,
    open_steps,
    progress_toward,
    settle,
    unsupported,
)
from clr.pathways.standing import Standing
from clr.registrar.explaining import clause_json
from tests.property import oracle
from tests.property.worlds import AT, BADGES, award, clauses, graph, held_sets, milestone, stackings, versions

settings.register_profile("engine", max_examples=120, deadline=None, database=None, derandomize=True)
engine = settings.get_profile("engine")


@st.composite
def learners(draw):
    stacks = draw(stackings())
    return stacks, draw(held_sets(stacks))


def settled(stacks, held):
    """Awards of ``held`` and every milestone that follows."""
    awards = [award(name) for name in sorted(held)]
    ids = itertools.count()
    due = settle(graph(stacks), Holdings(awards, versions(stacks)), at=AT, new_award=lambda: f"m{next(ids)}")
    return awards, due


def names(awards, due):
    return {one.achievement for one in awards} | {one.achievement for one in due}


@engine
@given(learners())
def test_points_and_steps_are_the_oracles_and_whole_exactly_when_complete(learner):
    stacks, held = learner
    for name in stacks:
        told = progress_toward(graph(stacks), name, [award(one) for one in held], at=AT)
        assert told.basis_points == oracle.points_of(name, held, stacks)
        assert told.steps_left == oracle.steps_of(name, held, stacks)
        own = told.root.parts[0]
        assert own.complete == oracle.done(stacks[name][1], held)
        assert own.complete == (own.basis_points == S) == (own.steps_left == 0)


@engine
@given(learners(), st.sampled_from(BADGES))
def test_another_award_never_lowers_points_nor_adds_steps(learner, more):
    stacks, held = learner
    for name in stacks:
        before, after = (
            progress_toward(graph(stacks), name, [award(one) for one in awards], at=AT)
            for awards in (held, held | {more})
        )
        assert after.basis_points >= before.basis_points
        assert after.steps_left <= before.steps_left


@engine
@given(learners())
def test_the_milestones_are_the_least_fixpoint_and_deriving_again_adds_none(learner):
    stacks, held = learner
    awards, due = settled(stacks, held)
    assert names(awards, due) == oracle.closed(held, stacks)
    derived = [milestone(one.achievement) for one in due]
    again = settle(
        graph(stacks), Holdings([*awards, *derived], versions(stacks)), at=AT, new_award=lambda: "x"
    )
    assert again == []


@engine
@given(learners(), st.data())
def test_a_milestone_was_earned_when_its_requirement_was_met(learner, data):
    stacks, held = learner
    days = {
        name: data.draw(st.lists(st.integers(0, 9), min_size=1, max_size=2, unique=True))
        for name in sorted(held)
    }
    awards = [award(name, days_ago=day) for name in days for day in days[name]]
    ids = itertools.count()
    due = settle(graph(stacks), Holdings(awards, versions(stacks)), at=AT, new_award=lambda: f"m{next(ids)}")
    expected = oracle.dated({name: -max(several) for name, several in days.items()}, stacks)
    assert {one.achievement: (one.earned_on - AT).days for one in due} == {
        name: moment for name, moment in expected.items() if name not in held
    }
    known = {one.id for one in awards} | {one.award_id for one in due}
    assert all(set(one.causes) <= known for one in due)


@engine
@given(learners(), st.randoms(use_true_random=False))
def test_any_order_of_awards_gives_one_result(learner, random):
    stacks, held = learner
    order = sorted(held)
    random.shuffle(order)
    ids, awards = itertools.count(), []
    for name in order:
        awards.append(award(name))
        due = advance(
            graph(stacks),
            Holdings(awards, versions(stacks)),
            name,
            at=AT,
            new_award=lambda: f"m{next(ids)}",
        )
        awards += [milestone(one.achievement) for one in due]
    expected = oracle.closed(held, stacks)
    # A stack that asks for nothing weighty is complete from the start; only settling gives it.
    due_at_once = oracle.closed(set(), stacks)
    assert {one.achievement for one in awards} | due_at_once == expected | due_at_once


@engine
@given(learners(), st.randoms(use_true_random=False))
def test_flat_and_incremental_evaluation_equal_the_explained_one(learner, random):
    stacks, held = learner
    told = graph(stacks)
    incremental = Standing(told, at=AT)
    order = sorted(held)
    random.shuffle(order)
    for name in order:
        incremental.hold(award(name))
    whole = oracle.closed(held, stacks)
    scratch = Standing(told, map(award, held), at=AT)
    for name in stacks:
        expected = (oracle.points_of(name, whole, stacks), oracle.steps_of(name, whole, stacks))
        assert scratch.of(name) == expected
        assert incremental.of(name) == expected


@engine
@given(learners(), st.randoms(use_true_random=False))
def test_revoking_one_after_another_is_as_if_each_had_never_been_awarded(learner, random):
    stacks, held = learner
    awards, due = settled(stacks, held)
    derived, left = [milestone(one.achievement) for one in due], set(held)
    for gone in random.sample(awards, len(awards)):
        left.discard(gone.achievement)
        lost = unsupported(graph(stacks), [*map(award, sorted(left)), *derived])
        derived = [one for one in derived if one.id not in lost]
        assert {one.achievement for one in derived} | left == oracle.closed(left, stacks)


@engine
@given(learners(), st.data())
def test_what_loses_its_support_is_told_whatever_has_expired_since(learner, data):
    stacks, held = learner
    assume(held)
    awards, due = settled(stacks, held)
    ended = [replace(one, valid_until=AT + timedelta(days=data.draw(st.integers(-1, 3)))) for one in awards]
    derived = [milestone(one.achievement) for one in due]
    for kept in (awards, ended):
        assert unsupported(graph(stacks), [*kept, *derived]) == ()
    gone = data.draw(st.sampled_from(sorted(held)))
    lost = {
        unsupported(graph(stacks), [*(one for one in kept if one.achievement != gone), *derived])
        for kept in (awards, ended)
    }
    assert len(lost) == 1


@engine
@given(learners(), st.data())
def test_an_award_that_ends_never_stands_in_the_way_of_a_milestone_that_lasts(learner, data):
    stacks, held = learner
    auto = [name for name, (policy, _) in stacks.items() if policy == "auto"]
    assume(auto)
    ends = AT + timedelta(days=data.draw(st.integers(1, 9)))
    brought = data.draw(st.sets(st.sampled_from(auto), min_size=1))
    awards = [
        *(award(name) for name in held),
        *(award(name, days_ago=5, valid_until=ends) for name in brought),
    ]
    ids = itertools.count()
    due = settle(graph(stacks), Holdings(awards, versions(stacks)), at=AT, new_award=lambda: f"m{next(ids)}")
    lasting = held | {one.achievement for one in due}
    assert oracle.closed(held, stacks) <= lasting


@engine
@given(learners())
def test_the_same_award_twice_counts_once(learner):
    stacks, held = learner
    once = [award(name) for name in held]
    for name in stacks:
        first = progress_toward(graph(stacks), name, once, at=AT)
        second = progress_toward(
            graph(stacks), name, [*once, *(award(one, days_ago=2) for one in held)], at=AT
        )
        assert (first.basis_points, first.steps_left) == (second.basis_points, second.steps_left)


def recomputed(told):
    """Points, steps, earned and needed of a clause from those of its parts, by the rules alone."""
    if told["kind"] == "holds":
        if told["award"]:
            return S, 0, 1, 1
        if not told["parts"]:
            return 0, 1, 0, 1
        (own,) = told["parts"]
        judged = told["policy"] != "auto"
        points = own["basis_points"] * 9 // 10 if judged else own["basis_points"]
        return min(points, S - 1), max(1, own["steps_left"] + judged), 0, 1
    parts, needed = told["parts"], told["needed"]
    steps = sum(part["steps_left"] for part in parts if part["on_route"])
    if told["kind"] == "all_of":
        weighed = [part for part in parts if part["weight"] > 0]
        assert [part["counted"] for part in parts] == [part["weight"] > 0 for part in parts]
        total = sum(part["weight"] for part in weighed)
        points = sum(part["weight"] * part["basis_points"] for part in weighed) // total
        return points, steps, sum(part["complete"] for part in weighed), len(weighed)
    counted = [part["basis_points"] for part in parts if part["counted"]]
    assert len(counted) == needed == sum(part["on_route"] for part in parts)
    return sum(counted) // needed, steps, min(needed, sum(part["complete"] for part in parts)), needed


@engine
@given(learners())
def test_an_explanation_recomputes_to_the_numbers_it_shows_from_its_json_alone(learner):
    stacks, held = learner
    for name in stacks:
        root = progress_toward(graph(stacks), name, [award(one) for one in held], at=AT).root
        waiting = [json.loads(json.dumps(clause_json(root, {})))]
        while waiting:
            told = waiting.pop()
            shown = (told["basis_points"], told["steps_left"], told["earned"], told["needed"])
            assert shown == recomputed(told)
            assert told["complete"] == (told["earned"] == told["needed"]) == (told["steps_left"] == 0)
            waiting += told["parts"]


@engine
@given(learners())
def test_what_is_suggested_completes_the_goal(learner):
    stacks, held = learner
    for name in stacks:
        told = progress_toward(graph(stacks), name, [award(one) for one in held], at=AT)
        more = {step.achievement for step in open_steps(told) if step.kind != "milestone"}
        whole = oracle.closed(held | more, stacks)
        assert name in whole or name in more
        assert (len(open_steps(told)) == told.steps_left) == told.steps_exact


@engine
@given(learners(), st.integers(0, 40), st.integers(0, 40))
def test_progress_changes_only_when_something_begins_or_ends(learner, first, second):
    stacks, held = learner
    awards = [award(name, days_ago=10, valid_until=AT + timedelta(days=10)) for name in held]
    one, other = sorted((AT + timedelta(days=first - 20), AT + timedelta(days=second - 20)))
    instants = {AT - timedelta(days=10), AT + timedelta(days=10)}
    if any(one < instant <= other for instant in instants):
        return
    for name in stacks:
        told = [progress_toward(graph(stacks), name, awards, at=at).basis_points for at in (one, other)]
        assert told[0] == told[1]


@engine
@given(stackings(), stackings(), st.data())
def test_a_pathway_beside_others_changes_nobodys_progress(stacks, others, data):
    held = data.draw(held_sets(stacks))
    beside = {f"t{name}": (policy, _renamed(clause)) for name, (policy, clause) in others.items()}
    for name in stacks:
        alone, together = (
            progress_toward(graph(all_stacks), name, [award(one) for one in held], at=AT)
            for all_stacks in (stacks, stacks | beside)
        )
        assert alone == together


def _renamed(clause):
    """Return a clause that asks for the other world's own stacks, and for the same badges."""
    if clause[0] == "holds":
        return ("holds", f"t{clause[1]}" if clause[1].startswith("s") else clause[1])
    if clause[0] == "all":
        return ("all", [(_renamed(part), weight) for part, weight in clause[1]])
    return ("some", clause[1], [_renamed(part) for part in clause[2]])


@engine
@given(stackings(), st.data())
def test_publishing_a_second_version_changes_nothing_for_whoever_is_enrolled_in_the_first(stacks, data):
    held = data.draw(held_sets(stacks))
    changed = data.draw(st.sampled_from(sorted(stacks)))
    below = [*BADGES, *(name for name in stacks if name < changed)]
    first = [*graph(stacks).stacks.values()]
    second = [*graph({changed: ("auto", data.draw(clauses(below)))}, version=2).stacks.values()]
    both, pins = StackingGraph([*first, *second]), dict.fromkeys(stacks, 1)
    awards = [award(one) for one in held]
    for name in stacks:
        before = progress_toward(graph(stacks), name, awards, at=AT)
        assert progress_toward(both, name, awards, at=AT, pins=pins) == before


def asks_once(clause):
    """Whether no group asks twice for one thing, which no draft may and a graph with one edge each cannot say."""
    if clause[0] == "holds":
        return True
    parts = [part for part, _ in clause[1]] if clause[0] == "all" else clause[2]
    named = [part[1] for part in parts if part[0] == "holds"]
    return len(named) == len(set(named)) and all(asks_once(part) for part in parts)


@engine
@given(learners())
def test_the_flat_form_agrees_with_recursion_over_the_networkx_graph(learner):
    stacks, held = learner
    assume(all(asks_once(clause) for _, clause in stacks.values()))
    reference = graph(stacks)
    goals = [f"{name}@1" for name in stacks]
    badges = {name for name in held if name in BADGES}
    awards = [award(name) for name in sorted(badges)]
    expected = over_all_pathways(reference.network, goals, awards, AT)
    told = Standing(reference, awards, at=AT)
    assert {f"{name}@1": told.of(name) for name in stacks} == expected


@engine
@given(learners(), st.data())
def test_nothing_changes_by_time_alone_before_it_is_foretold(learner, data):
    stacks, held = learner
    days = st.integers(1, 40)
    awards = [
        award(name, days_ago=data.draw(days) - 20, valid_until=AT + timedelta(days=data.draw(days)))
        for name in sorted(held)
    ]
    for name in stacks:
        now = progress_toward(graph(stacks), name, awards, at=AT)
        foretold = next_transition_at(graph(stacks), name, awards, at=AT)
        until = foretold - timedelta(seconds=1) if foretold else AT + timedelta(days=400)
        later = progress_toward(graph(stacks), name, awards, at=until)
        assert (later.status, later.root) == (now.status, now.root)
