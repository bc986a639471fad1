"""How a crowd stands: everybody is counted once, clause by clause, and nobody is kept in memory longer than a block."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

from clr.pathways import (
    AllOf,
    AtLeast,
    HeldAward,
    Holds,
    Part,
    Policy,
    Prerequisite,
    S,
    Stack,
    StackingGraph,
    Substitution,
    Waiver,
)
from clr.pathways.cohort import FIGURES, Cohort, Edition, standings
from clr.pathways.tallies import Counted, Tally

AT = datetime(2026, 11, 24, tzinfo=UTC)
BEFORE = AT - timedelta(days=1)
AMY, BEN, CAM, DOT = range(4)


def holds(name):
    return Part(Holds(name, id=f"holds {name}"))


PROOF = AtLeast(1, (holds("Lab"), holds("Field work")), id="proof")
GRAPH = StackingGraph(
    [
        Stack("Skill", 1, AllOf((holds("Debate"), holds("Knowledge")), id="skill"), Policy.AUTO),
        Stack("Knowledge", 1, AllOf((holds("Essay"), Part(PROOF)), id="knowledge"), Policy.ASSESSED),
    ]
)


def awards(**by_learner):
    numbers = {"amy": AMY, "ben": BEN, "cam": CAM, "dot": DOT}
    return [
        (numbers[learner], HeldAward(f"{learner}{place}", name, 0, BEFORE))
        for learner, names in by_learner.items()
        for place, name in enumerate(names)
    ]


HELD = awards(amy=["Debate", "Essay", "Lab"], ben=["Debate", "Knowledge"], cam=["Field work"])


def tally(held=HELD, allowances=None):
    told = Tally("Skill")
    for who, block in standings(
        Edition(GRAPH, "Skill"), iter(held), range(4), at=AT, allowances=allowances or {}
    ):
        told.add(who, block)
    return told


def test_every_clause_counts_everybody_once():
    told = tally()
    assert told.learners == Counted(complete=1, in_progress=2, not_started=1)
    assert told.clauses["skill"] == Counted(1, 2, 1)
    assert told.clauses["knowledge"] == Counted(complete=1, in_progress=1, not_started=2)
    assert told.clauses["proof"] == Counted(complete=2, in_progress=0, not_started=2)
    assert told.clauses["holds Debate"] == Counted(2, 0, 2)
    assert {sum((one.complete, one.in_progress, one.not_started)) for one in told.clauses.values()} == {4}


def test_whoever_has_one_step_left_is_named_and_all_are_counted_by_steps():
    told = tally()
    assert told.near == [AMY]
    assert told.steps == {1: 1, 0: 1, 3: 1, 4: 1}


def test_an_exception_counts_for_its_learner_alone_and_hides_no_clause():
    waived = {DOT: [Waiver("alw_1", "knowledge", BEFORE)]}
    told, before = tally(allowances=waived), tally()
    assert told.clauses.keys() == before.clauses.keys()
    assert told.clauses["knowledge"] == Counted(complete=2, in_progress=1, not_started=1)
    assert told.clauses["holds Essay"] == before.clauses["holds Essay"]
    assert told.learners == Counted(complete=1, in_progress=3)


def test_a_weight_that_no_small_number_holds_is_weighed_exactly():
    asked = AllOf((Part(Holds("Debate"), weight=1_000_000), Part(Holds("Essay"), weight=2_000_000)))
    graph = StackingGraph([Stack("Skill", 1, asked, Policy.AUTO)])
    told = Cohort(graph, graph.compiled, at=AT)
    (_, block), *_ = told.blocks(awards(amy=["Essay"]), [AMY])
    assert block.of("Skill")[0].tolist() == [6_666]


def test_a_large_catalogue_is_evaluated_for_fewer_learners_at_once():
    many = tuple(Part(Holds(f"b{number}")) for number in range(20_000))
    graph = StackingGraph([Stack("All", 1, AllOf(many), Policy.AUTO)])
    cohort = Cohort(graph, graph.compiled, at=AT)
    assert cohort.size * len(graph.compiled.nodes) <= FIGURES


def test_the_engine_alone_loads_no_numpy():
    code = "import sys, clr.pathways; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_award_of_tomorrow_does_not_come_after_a_prerequisite_yet():
    gate = Prerequisite(Holds("Safety"), strict=True, in_order=True)
    graph = StackingGraph([Stack("Goal", 1, AllOf((Part(Holds("Lab"), after=gate),)), Policy.AUTO)])
    days = {"Safety": -2, "Lab": (-3, 1)}
    held = [
        (0, HeldAward(f"{name}{day}", name, 0, AT + timedelta(days=day)))
        for name, several in days.items()
        for day in (several if isinstance(several, tuple) else (several,))
    ]
    ((_, block),) = standings(Edition(graph, "Goal"), held, range(1), at=AT, allowances={})
    assert [int(one[0]) for one in block.of("Goal")] == [0, 1]


def test_a_stack_brought_instead_counts_wherever_it_stands_among_all():
    clause = Holds("a", id="cls_a")
    graph = StackingGraph(
        [
            Stack("first", 1, AllOf((Part(clause),)), Policy.AUTO),
            Stack("second", 1, AllOf((Part(Holds("b")),)), Policy.AUTO),
        ]
    )
    allowed = (Substitution("alw", "cls_a", BEFORE, "second"),)
    held = [(0, HeldAward("awd", "b", 0, BEFORE))]
    ((_, block),) = standings(Edition(graph, "first"), held, range(1), at=AT, allowances={0: allowed})
    assert [int(one[0]) for one in block.of("first")] == [S, 0]
