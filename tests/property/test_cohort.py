"""Many learners at once are told the same whole numbers as each of them alone, with every feature on."""

import random
from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import catalogues
from clr.pathways import HeldAward, HeldResult, StackingGraph, Substitution, Waiver, achievements_in, clauses
from clr.pathways.cohort import Cohort, Edition, standings
from clr.pathways.standing import Standing

settings.register_profile("cohort", max_examples=60, deadline=None, database=None, derandomize=True)
cohorts = settings.get_profile("cohort")

AT = catalogues.AT
CROWD, SMALL = 12, 5
"""Learners of a crowd, and how many of them fit a block, so that a crowd fills several."""

seeds = st.integers(0, 10**6)


def university(draw):
    """A small university in which far more stands behind something else than in a real one."""
    gates = catalogues.Gates(share=0.3, ordered=0.5)
    return StackingGraph(catalogues.stacks_of(50, seed=draw.randrange(10**6), gates=gates))


def learners(draw, graph):
    """Awards of a crowd, of badges and of stacks, early and late, good and poor, expired and of tomorrow."""
    names = sorted(
        {x for key, stack in graph.stacks.items() for x in (key[0], *achievements_in(stack.requirement))}
    )
    return [[award(draw, names, number) for number in range(draw.randint(0, 25))] for _ in range(CROWD)]


def award(draw, names, number):
    name = draw.choice(names)
    earned = AT - timedelta(days=draw.choice((-1, 0, 1, 1, 2, 3, 400, 800, 1_500)))
    ends = draw.choice((None, None, None, AT, AT + timedelta(days=1)))
    result = HeldResult(
        draw.choice(("exam", "work")), Decimal(draw.choice((60, 70, 90))), frozenset({"proficient"})
    )
    return HeldAward(
        f"a{number}",
        name,
        int(name.startswith("s")),
        earned,
        ends if ends is None or ends > earned else None,
        revision=draw.randint(1, 2),
        results=(result,) if draw.random() < 0.6 else (),
        credits=draw.choice((None, 0, 50, 125)),
    )


def allowances(draw, graph):
    """A few exceptions for one learner."""
    asked = [clause.id for stack in graph.stacks.values() for clause in clauses(stack.requirement)]
    since = AT - timedelta(days=5)
    return [
        Waiver(f"w{number}", draw.choice(asked), since)
        if draw.random() < 0.5
        else Substitution(f"w{number}", draw.choice(asked), since, f"b{draw.randrange(36)}")
        for number in range(draw.randint(1, 3))
    ]


def pairs(crowd):
    return [(number, award) for number, awards in enumerate(crowd) for award in awards]


def figures(block, column, achievement):
    points, steps = block.of(achievement)
    return int(points[column]), int(steps[column])


@cohorts
@given(seeds)
def test_a_crowd_stands_where_each_of_its_learners_stands_alone(seed):
    draw = random.Random(seed)
    graph = university(draw)
    crowd = learners(draw, graph)
    cohort = Cohort(graph, graph.compiled, at=AT, size=SMALL)
    seen = []
    for who, block in cohort.blocks(pairs(crowd), range(CROWD)):
        for column, learner in enumerate(who):
            alone = Standing(graph, crowd[learner], at=AT)
            for achievement in graph.compiled.place:
                assert figures(block, column, achievement) == alone.of(achievement)
            for key, place in graph.compiled.root.items():
                assert (block.points[place, column] == 10_000) == alone.meets(key)
            seen.append(learner)
    assert seen == list(range(CROWD))


@cohorts
@given(seeds)
def test_one_pathway_alone_is_told_as_among_all_and_with_the_exceptions_made(seed):
    draw = random.Random(seed)
    graph = university(draw)
    crowd = learners(draw, graph)
    made = {learner: allowances(draw, graph) for learner in draw.sample(range(CROWD), 4)}
    for goal in draw.sample(sorted(graph.current), 4):
        edition = Edition(graph, goal)
        seen = set()
        for who, block in standings(edition, pairs(crowd), range(CROWD), at=AT, allowances=made):
            for column, learner in enumerate(who):
                alone = Standing(graph, crowd[learner], at=AT, allowances=made.get(learner, ()))
                assert figures(block, column, goal) == alone.of(goal)
                seen.add(learner)
        assert seen == set(range(CROWD))
