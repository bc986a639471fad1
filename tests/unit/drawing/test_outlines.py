"""The outline of a pathway: what a learner reads about every clause."""

from datetime import UTC, datetime, timedelta

from clr.drawing import outlines
from clr.drawing.outlines import Look, Proof
from clr.pathways import (
    AllOf,
    AtLeast,
    HeldAward,
    Holds,
    Part,
    Policy,
    Stack,
    StackingGraph,
    open_steps,
    progress_toward,
)
from clr.registrar.explaining import clause_json

NOW = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)


def every(*parts, name=None):
    return AllOf(tuple(Part(_clause(part)) for part in parts), name=name)


def some(count, *parts, name=None):
    return AtLeast(count, tuple(Part(_clause(part)) for part in parts), name=name)


def _clause(part):
    return Holds(part) if isinstance(part, str) else part


def outline(goal, stacks, *, holds=(), expired=(), policy=Policy.AUTO):
    graph = StackingGraph([Stack(name, 1, requirement, policy) for name, requirement in stacks.items()])
    held = [
        HeldAward(f"awd_{name}", name, int(name in stacks), NOW - timedelta(days=30 - n))
        for n, name in enumerate(holds)
    ]
    held += [
        HeldAward(f"awd_{name}", name, 0, NOW - timedelta(days=60), NOW - timedelta(days=1))
        for name in expired
    ]
    found = progress_toward(graph, goal, held, at=NOW)
    names = {clause: clause for clause in [*stacks, *("Debate", "Lab", "Essay", "Poster", "Talk")]}
    looks = {name: Look(name, name, "badge", "#00693e", "Career Connect") for name in names}
    proofs = {award.id: Proof(award.id, "2 November, Prof. Ito", f"/awards/{award.id}") for award in held}
    ready = [step.achievement for step in open_steps(found) if step.ready]
    json = clause_json(found.root, names)
    return outlines.outline(json, looks, proofs, following=ready[0] if ready else None)


def read(branch):
    return {part.title: part.words for part in branch.parts}


TWO_OF_THREE = {"Thinking": some(2, "Debate", "Lab", "Essay")}


def test_a_stack_and_its_own_requirement_are_one_branch():
    goal = outline("Thinking", TWO_OF_THREE, holds=["Debate"])

    assert (goal.title, goal.asks, goal.gate) == ("Thinking", "Complete 2 of 3", "2 of 3")
    assert (goal.earned, goal.needed) == (1, 2)
    assert [part.title for part in goal.parts] == ["Debate", "Lab", "Essay"]


def test_the_next_badge_is_up_next_and_the_rest_is_another_choice():
    goal = outline("Thinking", TWO_OF_THREE, holds=["Debate"])

    assert read(goal) == {"Debate": "Counted", "Lab": "Up next", "Essay": "Another choice"}


def test_what_a_finished_group_left_open_is_not_needed():
    goal = outline("Thinking", TWO_OF_THREE, holds=["Debate", "Lab"])

    assert read(goal) == {"Debate": "Counted", "Lab": "Counted", "Essay": "Not needed"}


def test_an_award_beyond_what_a_group_needs_is_shown_as_earned_but_not_as_counted():
    goal = outline("Thinking", TWO_OF_THREE, holds=["Debate", "Lab", "Essay"])

    assert sorted(read(goal).values()) == ["Also earned", "Counted", "Counted"]
    assert len(goal.met_by) == 2


def test_a_clause_links_to_the_award_that_satisfied_it():
    goal = outline("Thinking", TWO_OF_THREE, holds=["Debate"])

    debate, lab, _ = goal.parts
    assert [proof.href for proof in debate.proofs] == ["/awards/awd_Debate"]
    assert lab.proofs == ()


def test_a_stack_in_progress_is_not_credited_with_the_awards_of_its_parts():
    goal = outline("Whole", {"Whole": every("Thinking", "Talk"), **TWO_OF_THREE}, holds=["Debate"])

    assert goal.parts[0].words == "In progress"
    assert goal.parts[0].proofs == ()


def test_an_assessed_stack_whose_parts_are_all_there_is_ready_to_be_assessed():
    stacks = {"Whole": every("Thinking", "Talk"), **TWO_OF_THREE}

    goal = outline("Whole", stacks, holds=["Debate", "Lab"], policy=Policy.ASSESSED)

    assert goal.parts[0].words == "Ready to be assessed"
    assert goal.parts[0].finish == "eligible"


def test_everything_inside_a_choice_not_taken_is_another_choice_even_where_it_asks_for_all():
    choices = some(
        1, every("Debate", "Lab", name="At work"), every("Essay", "Poster", "Talk", name="In public")
    )

    goal = outline("Thinking", {"Thinking": choices}, holds=["Debate"])

    work, public = goal.parts
    assert (work.words, public.words) == ("In progress", "Another choice")
    assert set(read(public).values()) == {"Another choice"}


def test_a_part_that_counts_for_nothing_is_optional():
    welcome = AllOf((Part(Holds("Debate")), Part(Holds("Talk"), weight=0)))

    assert read(outline("Thinking", {"Thinking": welcome}))["Talk"] == "Optional"


def test_an_award_that_has_run_out_reads_as_lapsed_with_its_date():
    debate = outline("Thinking", TWO_OF_THREE, expired=["Debate"]).parts[0]

    assert debate.words == "Lapsed"
    assert "Expired on 23 November 2026" in debate.says


def test_a_group_without_a_name_is_called_by_its_rule():
    goal = outline("Thinking", {"Thinking": every("Debate", some(1, "Lab", "Essay"))})

    assert goal.parts[1].title == "Any 1 of 2"
    assert goal.parts[1].look is None


def test_a_ring_counts_the_steps_done_and_the_steps_left():
    stacks = {"Whole": every("Thinking", "Talk"), **TWO_OF_THREE}

    goal = outline("Whole", stacks, holds=["Debate", "Talk"])

    assert goal.steps - goal.done == goal.steps_left
    assert goal.done == 2


def test_a_ring_of_very_many_steps_is_drawn_with_as_many_segments_as_can_be_told_apart():
    badges = [f"Badge {n}" for n in range(60)]

    goal = outline("Whole", {"Whole": every(*badges)}, holds=badges[:30])

    assert (goal.done, goal.steps) == (outlines.MOST_SEGMENTS // 2, outlines.MOST_SEGMENTS)


def test_an_achievement_without_a_look_is_drawn_plainly():
    goal = outline("Thinking", {"Thinking": every("Unlisted")})

    assert goal.parts[0].look is not None
    assert goal.parts[0].look.kind == "badge"
