"""One learner in flat form: what an award moves, and what it brings."""

from datetime import UTC, datetime, timedelta

from clr.pathways import (
    AllOf,
    Brings,
    Credits,
    Filters,
    HeldAward,
    Holds,
    Part,
    Policy,
    Stack,
    StackingGraph,
    Substitution,
)
from clr.pathways.standing import Standing

AT = datetime(2026, 11, 24, tzinfo=UTC)
BEFORE = AT - timedelta(days=1)


def test_credits_brought_instead_count_once_even_where_they_were_accepted_anyhow():
    hours = Holds("Workshop", id="hours", accepts=("Seminar",))
    asked = Credits(300, (Part(hours, brings=Brings(100, up_to=300)),))
    graph = StackingGraph([Stack("Practice", 1, asked, Policy.AUTO)])
    held = [HeldAward("a", "Seminar", 0, BEFORE)]
    instead = [Substitution("alw_1", "hours", BEFORE, "Seminar")]
    assert Standing(graph, held, at=AT, allowances=instead).of("Practice") == (3_333, 2)


def test_an_award_moves_what_stands_above_it_and_not_itself_whether_or_not_filters_look_at_it():
    since = Holds("Debate", filters=Filters(since=BEFORE))
    graph = StackingGraph(
        [
            Stack("Plain", 1, AllOf((Part(Holds("Debate")), Part(Holds("Essay")))), Policy.AUTO),
            Stack("Recent", 1, AllOf((Part(since), Part(Holds("Essay")))), Policy.AUTO),
        ]
    )
    standing = Standing(graph, at=AT)
    assert standing.hold(HeldAward("a", "Debate", 0, BEFORE)) == {"Plain": (5_000, 1), "Recent": (5_000, 1)}
    assert standing.hold(HeldAward("b", "Essay", 0, BEFORE)) == {"Plain": (10_000, 0), "Recent": (10_000, 0)}


def test_an_award_of_tomorrow_counts_for_nothing_today():
    tomorrow = HeldAward("a", "Debate", 0, AT + timedelta(days=1))
    asked = Holds("Debate", filters=Filters(current=False))
    graph = StackingGraph([Stack("Skill", 1, AllOf((Part(asked),)), Policy.AUTO)])
    assert Standing(graph, [tomorrow], at=AT).of("Skill") == (0, 1)
