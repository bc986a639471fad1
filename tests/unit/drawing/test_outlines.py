"""The outline of a pathway: what a learner reads about every clause."""

from datetime import UTC, datetime, timedelta

import pytest

from clr.drawing import outlines
from clr.drawing.outlines import Look, Proof
from clr.drawing.readings import reading
from clr.pathways import (
    AllOf,
    AtLeast,
    Brings,
    Credits,
    Filters,
    HeldAward,
    Holds,
    Part,
    Policy,
    Prerequisite,
    Stack,
    StackingGraph,
    Substitution,
    Waiver,
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


def outline(goal, stacks, *, holds=(), expired=(), until=None, policy=Policy.AUTO, allowances=(), told=()):
    graph = StackingGraph([Stack(name, 1, requirement, policy) for name, requirement in stacks.items()])
    held = [
        HeldAward(f"awd_{name}", name, int(name in stacks), NOW - timedelta(days=30 - n), until)
        for n, name in enumerate(holds)
    ]
    held += [
        HeldAward(f"awd_{name}", name, 0, NOW - timedelta(days=60), NOW - timedelta(days=1))
        for name in expired
    ]
    found = progress_toward(graph, goal, held, at=NOW, allowances=allowances)
    names = {clause: clause for clause in [*stacks, *("Debate", "Lab", "Essay", "Poster", "Talk", "Ethics")]}
    looks = {name: Look(name, name, "badge", "#00693e", "Career Connect") for name in names}
    proofs = {award.id: Proof(award.id, "2 November, Prof. Ito", f"/awards/{award.id}") for award in held}
    ready = [step.achievement for step in open_steps(found) if step.ready and not step.advised]
    json = clause_json(found.root, names)
    following = ready[0] if ready else None
    return outlines.outline(json, looks, proofs, following=following, allowances=told, at=NOW)


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


def after(part, first, **more):
    return Part(_clause(part), after=Prerequisite(_clause(first), **more))


def told(branch):
    return (branch.words, *branch.notes)


def test_what_a_strict_prerequisite_shuts_is_locked_and_names_it():
    talk = AllOf((Part(Holds("Debate")), after("Talk", "Ethics")))

    shut = outline("Thinking", {"Thinking": talk}).parts[1]
    opened = outline("Thinking", {"Thinking": talk}, holds=["Ethics"]).parts[1]

    assert told(shut) == ("Locked", "Opens after Ethics")
    assert (shut.shape, shut.finish, shut.first.title, shut.first.words) == (
        "shut",
        "locked",
        "Ethics",
        "To do",
    )
    assert told(opened) == ("To do",)


def test_what_was_earned_behind_a_shut_door_is_said_to_count_later():
    talk = AllOf((after("Talk", "Ethics"),))

    assert told(outline("Thinking", {"Thinking": talk}, holds=["Talk"]).parts[0]) == (
        "Locked",
        "Opens after Ethics",
        "Earned already, and counts once that is done",
    )


def test_what_had_better_come_first_is_named_and_shuts_nothing():
    talk = AllOf((after("Talk", "Ethics", strict=False), Part(Holds("Lab"))))

    talk, lab = outline("Thinking", {"Thinking": talk}).parts

    assert told(talk) == ("To do", "Best after Ethics")
    assert told(lab) == ("Up next",)


@pytest.mark.parametrize(
    ("first", "says"),
    [
        (some(1, "Ethics", "Lab"), "Opens after Ethics or Lab"),
        (some(2, "Ethics", "Lab", "Essay"), "Opens after 2 of Ethics, Lab and Essay"),
        (every("Ethics", "Lab", name="Basics"), "Opens after Basics"),
        (every(*("Debate", "Lab", "Essay", "Poster", "Ethics")), "Opens after Debate, Lab, Essay and 2 more"),
    ],
)
def test_a_prerequisite_of_several_parts_is_called_by_its_name_or_by_them(first, says):
    assert outline("Thinking", {"Thinking": AllOf((after("Talk", first),))}).parts[0].notes == (says,)


def test_hours_are_told_in_their_unit_with_what_each_part_brings():
    field = Credits(
        3000,
        (
            Part(Holds("Debate"), brings=Brings(1250)),
            Part(Holds("Lab"), brings=Brings(1000)),
            Part(Holds("Essay"), brings=Brings(1000)),
        ),
        unit="hours",
    )

    goal = outline("Fieldwork", {"Fieldwork": field}, holds=["Debate"])

    assert (goal.asks, goal.gate, goal.tally) == ("Gather 30 hours", "30 hours", "12.5 of 30 hours")
    assert told(goal.parts[0]) == ("Counted", "Brings 12.5 hours")
    assert (goal.done, goal.steps) == (1, 3)


def test_a_badge_for_each_part_is_asked_for_in_words():
    goal = outline("Thinking", {"Thinking": AtLeast(1, every("Debate", "Lab").parts, exclusive=True)})

    assert (goal.asks, goal.terms) == ("Any 1 of 2, each with a badge of its own", ("one badge each",))


def test_categories_are_asked_for_in_words_and_told_of_each_part():
    parts = tuple(
        Part(Holds(name), category=kind)
        for name, kind in (("Debate", "Course"), ("Lab", "Course"), ("Essay", "Community"))
    )
    goal = outline("Thinking", {"Thinking": AtLeast(2, parts, categories=2)}, holds=["Debate"])

    assert goal.asks == "Complete 2 of 3, from at least 2 categories"
    assert goal.terms == ("from 2 categories",)
    assert [part.category for part in goal.parts] == ["Course", "Course", "Community"]
    assert read(goal) == {"Debate": "Counted", "Lab": "Another choice", "Essay": "Up next"}


def test_an_equivalent_is_named_that_was_accepted():
    asked = every(Holds("Ethics", accepts=("Debate",)), "Lab")

    assert told(outline("Thinking", {"Thinking": asked}, holds=["Debate"]).parts[0]) == (
        "Counted",
        "Met by Debate",
    )


WAIVED = Waiver("alw_1", "cl_1", NOW - timedelta(days=2), NOW + timedelta(days=300))
SAID = {
    "id": "alw_1",
    "clause_id": "cl_1",
    "kind": "waiver",
    "instead": None,
    "instead_name": None,
    "reason": "She teaches it.",
    "author": "Prof. Ito",
    "given_on": "2026-11-22T14:05:00+00:00",
    "until": "2027-09-20T14:05:00+00:00",
}


def test_a_waiver_is_seen_with_who_gave_it_and_why():
    asked = every(Holds("Ethics", id="cl_1"), "Lab")

    bare = outline("Thinking", {"Thinking": asked}, allowances=[WAIVED])
    known = outline("Thinking", {"Thinking": asked}, allowances=[WAIVED], told=[SAID])

    assert told(bare.parts[0]) == ("Waived", "Waived")
    assert told(known.parts[0]) == (
        "Waived",
        "Waived by Prof. Ito on 22 November 2026: She teaches it",
        "In force until 20 September 2027",
    )
    assert bare.parts[0].finish == "eligible"


def test_a_substitution_is_seen_with_who_allowed_it():
    asked = every(Holds("Ethics", id="cl_1"), "Lab")
    instead = Substitution("alw_1", "cl_1", NOW - timedelta(days=2), "Debate")
    said = SAID | {"kind": "substitution", "instead": "Debate", "instead_name": "Debate", "until": None}

    part = outline(
        "Thinking", {"Thinking": asked}, holds=["Debate"], allowances=[instead], told=[said]
    ).parts[0]

    assert told(part) == (
        "Counted",
        "Met by Debate, allowed instead",
        "Allowed by Prof. Ito on 22 November 2026: She teaches it",
    )


def test_an_award_that_does_not_count_says_why():
    since = Filters(since=datetime(2026, 11, 1, tzinfo=UTC))
    asked = every(Holds("Debate", filters=since), "Lab")

    part = outline("Thinking", {"Thinking": asked}, holds=["Debate"]).parts[0]

    assert told(part) == ("Does not count", "Earned on 25 October 2026; it counts from 1 November 2026 on")


def test_what_is_about_to_run_out_counts_and_says_until_when():
    part = outline("Thinking", TWO_OF_THREE, holds=["Debate"], until=NOW + timedelta(days=40)).parts[0]

    assert told(part) == ("Expiring", "Expires on 3 January 2027")
    assert part.met
    assert 0 < part.left < 1


def test_a_pathway_is_read_from_the_whole_to_its_parts_one_sentence_a_clause():
    stacks = {"Whole": every("Thinking", "Talk"), **TWO_OF_THREE}

    lines = list(reading(outline("Whole", stacks, holds=["Debate"])))

    assert [(line.depth, line.says) for line in lines] == [
        (0, "Whole: In progress. Complete all 2, 0 done."),
        (1, "Thinking: In progress. Complete 2 of 3, 1 done."),
        (2, "Debate: Counted. 2 November, Prof. Ito."),
        (2, "Lab: Up next."),
        (2, "Essay: Another choice."),
        (1, "Talk: To do."),
    ]


def test_only_what_leads_to_the_next_step_wants_attention():
    stacks = {"Whole": every("Thinking", "Writing"), "Writing": every("Poster", "Talk"), **TWO_OF_THREE}

    goal = outline("Whole", stacks, holds=["Debate"])

    assert [part.leads_on for part in goal.parts] == [True, False]
