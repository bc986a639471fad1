"""What must hold of every graph and every learner, held against an oracle that shares no line with the engine."""

import itertools
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.baselines import over_all_pathways
from clr.errors import PathwayUnsound
from clr.pathways import (
    HeldAward,
    HeldResult,
    Holdings,
    Holds,
    S,
    advance,
    next_transition_at,
    open_steps,
    progress_toward,
    settle,
    unsupported,
)
from clr.pathways.explaining import Explainer
from clr.pathways.picking import cheapest
from clr.pathways.standing import Standing
from tests.property import oracle
from tests.property.profiles import examples
from tests.property.worlds import (
    ALL,
    AT,
    DAY,
    WITHOUT_ORDER,
    Choices,
    award_of,
    drawn,
    exceptions,
    graph,
    group,
    held,
    named_in,
    numbered,
    on,
    part_of,
    requirement,
    stack_of,
    worlds,
)

orders = st.randoms(use_true_random=False)


def holdings(world, awards, versions=None):
    return Holdings(awards, versions or {}, allowances=exceptions(world.allowances))


def settled(world, awards, now=0, versions=None):
    """The awards and every milestone that follows."""
    return [*awards, *due(world, awards, now, versions)]


def due(world, awards, now=0, versions=None):
    ids = (f"m{len(awards)}.{number}" for number in itertools.count())
    found = settle(graph(world), holdings(world, awards, versions), at=on(now), new_award=lambda: next(ids))
    return list(map(as_held, found))


def as_held(milestone):
    return HeldAward(
        milestone.award_id, milestone.achievement, milestone.version, milestone.earned_on, derived=True
    )


def told(world, awards, now=0, pins=None):
    """Points, steps and whether complete since when: of every stack, and of what each asks for."""
    explained = Explainer(
        graph(world), awards, at=on(now), pins=pins or {}, allowances=exceptions(world.allowances)
    )
    goals = [explained.holds(Holds(name)) for name in world.view]
    asked = [explained.clause(requirement(clause)) for _, clause in world.stacks.values()]
    return [(one.basis_points, one.steps_left, one.complete, one.earned_on) for one in (*goals, *asked)]


def said(world, learner):
    """The same by the oracle."""
    asked = [*map(oracle.plain, world.view), *(clause for _, clause in world.stacks.values())]
    return [
        (learner.points(clause), learner.steps(clause), learner.done(clause), moment(learner.since(clause)))
        for clause in asked
    ]


def moment(day):
    return None if day is None else on(day)


def figures(world, learner):
    """Points and steps of every stack, by the oracle."""
    return {name: (learner.points_of(name), learner.steps_of(name)) for name in world.view}


def lost(world, awards, allowances=None):
    allowed = exceptions(world.allowances if allowances is None else allowances)
    return {one.award for one in unsupported(graph(world), awards, allowances=allowed)}


@examples(500)
@given(worlds())
def test_points_steps_and_moments_are_the_oracles_and_whole_exactly_when_complete(world):
    learner, awards = world.learner(), settled(world, held(world.awards))
    found = told(world, awards)
    assert found == said(world, learner)
    for points, steps, complete, since in found:
        assert 0 <= points <= S
        assert steps >= 0
        assert complete == (points == S) == (steps == 0) == (since is not None)


@examples(250)
@given(worlds(), st.data())
def test_another_award_never_lowers_points_nor_adds_steps(world, data):
    more = numbered([data.draw(drawn(award_of, named_in(world.stacks), length=8))], "z")
    awards = held(world.awards)
    for before, after in zip(
        told(world, settled(world, awards)),
        told(world, settled(world, [*awards, *held(more)])),
        strict=True,
    ):
        assert after[0] >= before[0]
        assert after[1] <= before[1]
        assert after[2] or not before[2]
        assert before[3] is None or after[3] <= before[3]


def arriving(world, awards):
    """The awards with the milestones that followed from one after another."""
    ids, kept = (f"m{number}" for number in itertools.count()), []
    kept += due(world, [])  # what asks for nothing that is not allowed follows from the start
    for award in awards:
        kept.append(award)
        found = advance(
            graph(world), holdings(world, kept), award.achievement, at=AT, new_award=lambda: next(ids)
        )
        kept += map(as_held, found)
    return kept


@examples(120)
@given(worlds(WITHOUT_ORDER), orders)
def test_any_order_of_awards_gives_one_result(world, random):
    awards = held(world.awards)
    random.shuffle(awards)
    expected = [(points, steps, done) for points, steps, done, _ in said(world, world.learner())]
    found = told(world, arriving(world, awards))
    assert [(points, steps, done) for points, steps, done, _ in found] == expected


@examples(120)
@given(worlds(allowed=False))
def test_awards_that_arrive_as_they_were_earned_lead_where_they_lead_together(world):
    awards = sorted(held(world.awards), key=lambda award: award.earned_on)
    assert told(world, arriving(world, awards)) == said(world, world.learner())


@examples(500)
@given(worlds(), orders)
def test_the_flat_form_tells_the_same_whole_numbers_counted_at_once_and_award_by_award(world, random):
    expected = figures(world, world.learner())
    awards, stacks, allowances = held(world.awards), graph(world), exceptions(world.allowances)
    whole = Standing(stacks, awards, at=AT, allowances=allowances)
    growing, shown = Standing(stacks, at=AT, allowances=allowances), {}
    random.shuffle(awards)
    start = {name: growing.of(name) for name in world.view}
    for award in awards:
        shown |= growing.hold(award)
    for name, numbers in expected.items():
        assert whole.of(name) == numbers
        assert growing.of(name) == numbers
        if name not in {award.achievement for award in awards}:  # of which whoever awards it knows
            assert shown.get(name, start[name]) == numbers


@examples(400)
@given(worlds(WITHOUT_ORDER, allowed=False))
def test_recursion_over_the_networkx_graph_tells_the_same_whole_numbers(world):
    goals = [f"{name}@1" for name in world.view]
    found = over_all_pathways(graph(world).network, goals, held(world.awards), AT)
    assert {goal.removesuffix("@1"): numbers for goal, numbers in found.items()} == figures(
        world, world.learner()
    )


@examples(150)
@given(worlds())
def test_the_milestones_are_the_least_fixpoint_and_deriving_again_adds_none(world):
    awards = held(world.awards)
    first = due(world, awards)
    assert due(world, [*awards, *first]) == []
    expected = {
        (one["name"], on(one["day"]))
        for one in oracle.milestones(world.stacks, world.view, world.awards, 0, world.allowances)
    }
    assert {(one.achievement, one.earned_on) for one in first} <= expected
    lasting = {award.achievement for award in awards if award.valid_until is None}
    assert {name for name, _ in expected} <= {one.achievement for one in first} | lasting


@examples(120)
@given(worlds())
def test_a_milestone_names_the_awards_that_it_stands_on(world):
    awards = held(world.awards)
    stacks, found = graph(world), due(world, awards)
    ids = (f"m{len(awards)}.{number}" for number in itertools.count())
    reasons = settle(stacks, holdings(world, awards), at=AT, new_award=lambda: next(ids))
    by_id = {award.id: award for award in (*awards, *found)}
    for reason in reasons:
        causes = [by_id[cause] for cause in reason.causes]
        explained = Explainer(stacks, causes, at=AT, allowances=exceptions(world.allowances))
        clause = explained.clause(stacks.stacks[reason.achievement, reason.version].requirement)
        assert (clause.complete, clause.earned_on) == (True, reason.earned_on)


@examples(80)
@given(worlds(WITHOUT_ORDER), orders)
def test_revoking_one_after_another_is_as_if_each_had_never_been_awarded(world, random):
    awards = held(world.awards)
    kept = settled(world, awards)
    left = dict(zip([award.id for award in awards], world.awards, strict=True))
    for gone in random.sample(awards, len(awards)):
        del left[gone.id]
        kept.remove(gone)
        unheld = lost(world, kept)
        kept = settled(world, [award for award in kept if award.id not in unheld])
        expected = said(world, world.learner(awards=[*left.values()]))
        found = [(points, steps, done) for points, steps, done, _ in told(world, kept)]
        # what ends by time alone stays as it was, so nothing is less than had the award never been
        for now, never in zip(found, expected, strict=True):
            assert now[0] >= never[0]
            assert now[1] <= never[1]
        if all(award["until"] is None for award in world.awards):
            assert found == [(points, steps, done) for points, steps, done, _ in expected]


@examples(120)
@given(worlds(), st.data())
def test_what_loses_its_support_is_told_whatever_has_expired_since(world, data):
    awards = held(world.awards)
    derived = due(world, awards)
    assert lost(world, [*awards, *derived]) == set()
    later = [one | {"until": data.draw(st.sampled_from([None, one["day"] + 1]))} for one in world.awards]
    if world.awards:
        gone = data.draw(st.sampled_from(world.awards))["id"]
        for many in (world.awards, later):
            rest = [one for one in many if one["id"] != gone]
            timeless = oracle.milestones(world.stacks, world.view, rest, None, world.allowances)
            names = {one["name"] for one in timeless}
            expected = {one.id for one in derived if one.achievement not in names}
            assert lost(world, [*held(rest), *derived]) == expected


@examples(150)
@given(worlds(WITHOUT_ORDER))
def test_an_exception_withdrawn_is_as_if_it_had_never_been_made(world):
    awards = held(world.awards)
    derived = due(world, awards)
    unheld = lost(world, [*awards, *derived], allowances=[])
    kept = [one for one in derived if one.id not in unheld]
    if all(award["until"] is None for award in world.awards):
        plain = world.but(allowances=[])
        found = told(plain, settled(plain, [*awards, *kept]))
        assert [one[:3] for one in found] == [one[:3] for one in said(plain, plain.learner())]


@examples(100)
@given(worlds(allowed=False), st.data())
def test_a_circle_is_refused_by_the_names_of_its_shortest(world, data):
    first = data.draw(st.sampled_from(sorted(world.view)))
    last = data.draw(st.sampled_from(sorted(name for name in world.view if name >= first)))
    policy, clause = world.stacks[first, 1]
    looped = {**world.stacks, (first, 1): (policy, group("all", [part_of(clause), part_of(holds(last))]))}
    asks = {name: set(named_in({(name, 1): stack})[:-1]) for (name, _), stack in looped.items()}
    shortest = min(circles(asks), key=len, default=())
    if not shortest:
        graph(world.but(stacks=looped))
        return
    with pytest.raises(PathwayUnsound) as refused:
        graph(world.but(stacks=looped))
    names = str(refused.value).split(" goes round")[0].split(" → ")
    assert len(names) == len(shortest) + 1
    assert names[0] == names[-1]
    assert all(one in asks[other] for one, other in itertools.pairwise(names))


def holds(name):
    return oracle.plain(name) | {"id": "more"}


def circles(asks):
    return [
        way
        for length in range(1, len(asks) + 1)
        for way in itertools.permutations(asks, length)
        if all(one in asks[other] for one, other in itertools.pairwise([*way, way[0]]))
    ]


costs = st.lists(st.tuples(st.integers(0, 9), st.sampled_from("xyz")), min_size=1, max_size=7)


@examples(300)
@given(costs, st.data())
def test_the_choice_from_several_categories_is_the_best_of_all_choices(parts, data):
    count = data.draw(st.integers(1, len(parts)))
    wanted = data.draw(st.integers(0, min(count, len({kind for _, kind in parts}))))
    places = cheapest([cost for cost, _ in parts], count, [kind for _, kind in parts], wanted)
    chosen = [parts[place] for place in places]
    assert len(set(places)) == count
    assert len({kind for _, kind in chosen}) >= wanted
    assert sum(cost for cost, _ in chosen) == min(
        sum(cost for cost, _ in few)
        for few in itertools.combinations(parts, count)
        if len({kind for _, kind in few}) >= wanted
    )


@examples(80)
@given(worlds(), worlds(allowed=False))
def test_a_pathway_beside_others_changes_nobodys_progress(world, other):
    beside = {
        (f"t{name}", 1): (policy, renamed(clause)) for (name, _), (policy, clause) in other.stacks.items()
    }
    both = world.but(stacks=world.stacks | beside)
    awards = held(world.awards)
    alone, together = settled(world, awards), settled(both, awards)
    for name in world.view:
        assert progress(both, name, together).root.parts == progress(world, name, alone).root.parts


def progress(world, name, awards, now=0):
    return progress_toward(graph(world), name, awards, at=on(now), allowances=exceptions(world.allowances))


def renamed(clause):
    """A clause that asks for the other world's own stacks, and for the same badges."""
    if clause["kind"] == "holds":
        names = [
            f"t{name}" if name.startswith("s") else name for name in (clause["name"], *clause["accepts"])
        ]
        return clause | {"id": f"t{clause['id']}", "name": names[0], "accepts": tuple(names[1:])}
    parts = [
        part
        | {"clause": renamed(part["clause"])}
        | ({"after": part["after"] | {"clause": renamed(part["after"]["clause"])}} if part["after"] else {})
        for part in clause["parts"]
    ]
    return clause | {"id": f"t{clause['id']}", "parts": parts}


@st.composite
def edited(draw, features=ALL):
    """A world, and the same with a second version of one of its stacks in force."""
    world, choices = draw(worlds(features)), Choices(draw(st.binary(min_size=200, max_size=200)))
    name = choices.among(*world.view)
    below = {key: version for key, version in world.view.items() if key < name}
    second = stack_of(choices, name, world.stacks, below, features, version=2)
    return world, world.but(stacks=world.stacks | {(name, 2): second}, view=world.view | {name: 2})


@examples(100)
@given(edited())
def test_publishing_a_second_version_changes_nothing_for_whoever_is_enrolled_in_the_first(worlds):
    world, after = worlds
    awards, first = held(world.awards), {name: {1} for name in world.view}
    pinned = settled(after, awards, versions=first)
    assert pinned == settled(world, awards)
    goals = len(world.view)
    assert told(after, pinned, pins=world.view)[:goals] == told(world, pinned)[:goals]


@examples(200)
@given(edited(), st.data())
def test_milestones_follow_under_every_version_that_is_followed(worlds, data):
    _, world = worlds
    versions = {
        name: data.draw(st.sampled_from([{1}, {2}, {1, 2}])) & {1, world.view[name]} or {1}
        for name in world.view
    }
    newest = {name: max(several) for name, several in versions.items()}
    followed = [(name, version) for name, several in versions.items() for version in several]
    learner = oracle.settled(world.stacks, newest, world.awards, 0, world.allowances, followed)
    awards = settled(world, held(world.awards), versions=versions)
    assert told(world, awards, pins=newest) == said(world, learner)


@examples(150)
@given(worlds(WITHOUT_ORDER - {"up_to"}), st.data())
def test_an_award_that_another_is_no_worse_than_in_anything_adds_nothing(world, data):
    """What counts every award is left out; so is order, for which an older award may say something new."""
    earned = [award for award in world.awards if award["day"] <= 0]
    if not earned:
        return
    good = data.draw(st.sampled_from(earned))
    worse = good | {
        "id": "z",
        "day": good["day"] - data.draw(st.integers(0, 3)),
        "until": data.draw(st.sampled_from([good["until"], good["day"] + 1])),
        "results": data.draw(st.sampled_from([(), good["results"]])),
        "credits": data.draw(st.sampled_from([0, good["credits"]])),
    }
    if good["until"] is not None and worse["until"] is not None:
        worse["until"] = min(good["until"], worse["until"])
    awards = held(world.awards)
    before, after = (
        told(world, settled(world, many)) for many in (awards, [*awards, *held([worse, worse | {"id": "y"}])])
    )
    assert [one[:3] for one in after] == [one[:3] for one in before]


GOOD = tuple(HeldResult(name, 9, frozenset({"good"})) for name in ("r1", "r2"))


@examples(120)
@given(worlds())
def test_what_is_suggested_completes_the_goal_once_it_is_awarded(world):
    awards = settled(world, held(world.awards))
    for name in world.view:
        now = progress(world, name, awards)
        assert (sum(step.times for step in open_steps(now)) == now.steps_left) == now.steps_exact
        open_now = [step for step in open_steps(now) if step.kind != "milestone"]
        more = [
            HeldAward(f"n{step.achievement}{number}", step.achievement, version, AT, revision=2, results=GOOD)
            for step in open_now
            for version in [int(step.kind != "earn")]
            for number in range(step.times)
        ]
        assert progress(world, name, settled(world, [*awards, *more])).root.complete


@examples(120)
@given(worlds())
def test_nothing_changes_by_time_alone_before_it_is_foretold(world):
    awards, stacks, allowances = held(world.awards), graph(world), exceptions(world.allowances)
    for name in world.view:
        foretold = next_transition_at(stacks, name, awards, at=AT, allowances=allowances)
        until = foretold - timedelta(seconds=1) if foretold else AT + 400 * DAY
        now, later = (
            progress_toward(stacks, name, awards, at=at, allowances=allowances) for at in (AT, until)
        )
        assert (later.status, later.root) == (now.status, now.root)


@examples(100)
@given(worlds(), st.integers(-9, 3), st.integers(-9, 3))
def test_progress_changes_only_on_days_on_which_something_begins_or_ends(world, first, second):
    one, other = sorted((first, second))
    ages = [
        clause["max_age"]
        for _, root in world.stacks.values()
        for clause in oracle.clauses_in(root)
        if clause.get("max_age")
    ]
    begins = [each["day"] for each in (*world.awards, *world.allowances)]
    ends = [each["until"] for each in (*world.awards, *world.allowances) if each["until"] is not None]
    ends += [award["day"] + age for award in world.awards for age in ages]
    if not any(one < day <= other for day in (*begins, *ends)):
        early, late = (said(world, world.learner(day)) for day in (one, other))
        assert early == late
        assert told(world, settled(world, held(world.awards), one), one) == told(
            world, settled(world, held(world.awards), other), other
        )
