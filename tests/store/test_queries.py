"""What an award or a look at progress asks of the database does not grow with the learner or the catalogue."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from tests.worlds import World, all_of

MOST_FOR_AN_AWARD, MOST_FOR_A_MILESTONE, MOST_FOR_PROGRESS = 40, 18, 13


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """Collect what is asked of the database."""
    engine, asked = world.client.app.state.service.engine, []

    def note(_connection, _cursor, statement, *_more):
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def awarding(world: World, learner: str, achievement: str) -> tuple[int, list[str]]:
    world.badge(achievement)
    with statements(world) as asked:
        granted = world.grant(learner, achievement)
    return len(asked), granted.milestones


def looking(world: World, learner: str, path: str = "") -> int:
    own = world.as_(learner)
    with statements(world) as asked:
        answer = world.client.get(f"/v1/learners/me/{path}", headers=own)
    assert answer.status_code == 200, answer.text
    return len(asked)


def test_an_award_costs_the_same_whatever_is_held_and_however_many_pathways_it_moves(world: World):
    for number in range(12):
        world.stack(f"Skill {number}", all_of("Debate", f"Own {number}"))
    early = world.learner("Amy", holds=["A", "B", "C"])
    late = world.learner("Ben", holds=[f"Badge {number}" for number in range(60)])
    world.enrol(late, "Skill 0")
    world.grant(world.learner("Eve"), "Debate")  # the graph is built once for a version of the catalogue
    few, many = awarding(world, early, "Debate")[0], awarding(world, late, "Debate")[0]
    assert many <= few + 2  # what was read once may have to be read again
    assert many <= MOST_FOR_AN_AWARD


def test_a_milestone_adds_a_fixed_price(world: World):
    world.stack("Essential", all_of("A", "B"))
    below = "Essential"
    for number in range(5):
        world.stack(f"Level {number}", all_of(below, "A"))
        below = f"Level {number}"
    world.grant(world.learner("Eve"), "A")
    amy = world.learner("Amy", holds=["A"])
    plain, _ = awarding(world, amy, "C")
    cascade, milestones = awarding(world, amy, "B")
    assert len(milestones) == 6
    assert cascade - plain <= 6 * MOST_FOR_A_MILESTONE


def test_progress_is_read_at_one_price_on_two_pathways_or_on_twenty(world: World):
    for number in range(20):
        world.stack(f"Skill {number}", all_of(f"Shared {number % 2}", f"Own {number}"))
    amy = world.learner("Amy", holds=["Own 1", "Own 2"])
    ben = world.learner("Ben", holds=["Shared 0", "Shared 1"])
    for number in range(10):
        world.enrol(ben, f"Skill {number}")
    for path in ("progress", "next"):
        looking(world, ben, path)
        few, many = looking(world, amy, path), looking(world, ben, path)
        assert few == many
        assert many <= MOST_FOR_PROGRESS
