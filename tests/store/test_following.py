"""Following a pathway, leaving it, and what is due under which version of a stack."""

from clr.registrar import events as outbox
from clr.store.sessions import reading
from tests.worlds import World, all_of, at_least


def told(world: World, learner: str, after: int = 0) -> list[tuple[str, str]]:
    with reading(world.client.app.state.service.engine) as snapshot:
        return [(one.kind, one.data["name"]) for one in outbox.after(snapshot, learner, after)]


def leave(world: World, learner: str, goal: str) -> None:
    path = f"/v1/learners/{learner}/enrolments/{world.pathways[goal]}"
    assert world.client.delete(path, headers=world.admin).status_code == 204


def explanation(world: World, award: str) -> dict:
    answer = world.client.get(f"/v1/awards/{award}/explanation", headers=world.admin)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_whoever_leaves_an_older_version_is_given_what_is_due_under_the_one_in_force(world: World):
    world.stack("Essential", all_of("A", "B", "C"))
    amy = world.learner("Amy", holds=["A", "B"])
    world.enrol(amy, "Essential")
    world.stack("Essential", all_of("A", "B"))
    assert [name for kind, name in told(world, amy) if kind == "milestone"] == []
    before = len(told(world, amy))
    leave(world, amy, "Essential")
    assert told(world, amy, before) == [("milestone", "Essential"), ("progress", "Essential")]
    assert world.progress(amy, "Essential")["status"] == "complete"


def test_a_milestone_that_a_publication_made_due_is_told_with_the_progress_it_made(world: World):
    amy = world.learner("Amy", holds=["A", "B"])
    before = len(told(world, amy))
    world.stack("Essential", all_of("A", "B"))
    assert told(world, amy, before) == [("milestone", "Essential"), ("progress", "Essential")]


def test_an_explanation_shows_the_version_that_was_followed_not_the_one_in_force(world: World):
    draft = {"Goal": (all_of("Part", "C"), "auto"), "Part": (all_of("A"), "auto")}
    world.pathway("Goal", draft)
    amy = world.learner("Amy")
    world.enrol(amy, "Goal")
    world.pathway("Goal", draft | {"Part": (all_of("A", "B"), "auto")})
    world.grant(amy, "A")
    granted = world.grant(amy, "C")
    assert granted.milestones == ["Goal"]
    why = explanation(world, granted.body["milestones"][0]["id"])
    assert [(one["version"], one["enrolled"]) for one in why["pathways"]] == [(1, True)]
    part = why["requirement"]["parts"][0]
    assert (part["name"], part["says"]) == ("Part", "Part, earned")
    assert [inner["name"] for inner in part["parts"][0]["parts"]] == ["A"]


def test_what_was_earned_under_an_older_version_is_shown_as_it_was_earned(world: World):
    draft = {"Goal": (all_of("Part", "C"), "auto"), "Part": (all_of("A"), "auto")}
    world.pathway("Goal", draft)
    amy = world.learner("Amy", holds=["A"])
    world.pathway("Goal", draft | {"Part": (all_of("A", "B"), "auto")})
    part = world.progress(amy, "Goal")["requirement"]["parts"][0]["parts"][0]
    assert (part["says"], [inner["name"] for inner in part["parts"][0]["parts"]]) == ("Part, earned", ["A"])


def test_an_alternative_not_yet_earned_is_told_in_the_version_that_is_followed(world: World):
    draft = {"Goal": (at_least(1, "Part", "C"), "auto"), "Part": (all_of("A"), "auto")}
    world.pathway("Goal", draft)
    amy = world.learner("Amy")
    world.enrol(amy, "Goal")
    world.pathway("Goal", draft | {"Part": (all_of("A", "B"), "auto")})
    why = explanation(world, world.grant(amy, "C").body["milestones"][0]["id"])
    part = why["requirement"]["parts"][0]
    assert (part["counted"], [inner["name"] for inner in part["parts"][0]["parts"]]) == (False, ["A"])


def test_a_learner_moves_on_a_pathway_whose_goal_has_changed_since_she_began(world: World):
    world.stack("Career", all_of("A", "B"))
    amy = world.learner("Amy")
    world.enrol(amy, "Career")
    path = f"/v1/pathways/{world.pathways['Career']}"
    tag = world.client.get(f"{path}/draft", headers=world.admin).headers["etag"]
    draft = world.draft("Calling", {"Calling": (all_of("D"), "auto")})
    assert world.client.put(f"{path}/draft", json=draft, headers=world.admin | {"If-Match": tag}).is_success
    assert world.client.post(f"{path}/publish", headers=world.admin).is_success
    moved = world.grant(amy, "A").body["progress"]
    assert [(one["pathway_id"], one["steps_left"]) for one in moved] == [(world.pathways["Career"], 1)]


def test_a_retired_milestone_follows_no_more_and_what_was_earned_stays(world: World):
    world.stack("Essential", all_of("A"))
    amy, ben = world.learner("Amy", holds=["A"]), world.learner("Ben")
    world.post(f"/v1/achievements/{world.achievements['Essential']}/retire", {})
    assert world.grant(ben, "A").milestones == []
    world.stack("Beside", all_of("A"))
    assert world.progress(amy, "Essential")["status"] == "complete"
    assert world.progress(ben, "Essential")["status"] == "in_progress"
    assert world.progress(ben, "Beside")["status"] == "complete"


def test_nobody_publishes_a_pathway_toward_what_is_retired(world: World):
    world.stack("Essential", all_of("A"))
    world.post(f"/v1/achievements/{world.achievements['Essential']}/retire", {})
    stacks = {
        "goal": {},
        f"stacks.{world.achievements['Essential']}": {"Essential": (all_of("A", "B"), "auto")},
    }
    for at, drawn in stacks.items():
        body = {"issuer_id": world.issuer(), "draft": world.draft("Essential", drawn)}
        path = f"/v1/pathways/{world.post('/v1/pathways', body)['id']}"
        answer = world.client.post(f"{path}/publish", headers=world.admin)
        assert answer.status_code == 422
        assert [(fault["at"], fault["kind"]) for fault in answer.json()["errors"]] == [(at, "retired")]


def test_an_easier_requirement_reaches_everybody_who_meets_it_and_a_harder_one_takes_nothing(
    world: World, clock
):
    world.stack("Essential", at_least(2, "A", "B", "C"))
    amy, ben, cat = (
        world.learner(name, holds=holds) for name, holds in (("Amy", "AB"), ("Ben", "A"), ("Cat", ""))
    )
    for rule, expected in (
        (at_least(1, "A", "B", "C"), (True, True, False)),
        (all_of("C"), (True, True, False)),
    ):
        clock.passes(minutes=1)
        world.stack("Essential", rule)
        statuses = [world.progress(learner, "Essential")["status"] for learner in (amy, ben, cat)]
        assert tuple(status == "complete" for status in statuses) == expected
    assert world.grant(cat, "A").milestones == []
    assert world.grant(cat, "C").milestones == ["Essential"]


def test_who_follows_two_versions_of_a_stack_is_assessed_when_either_is_met(world: World):
    world.stack("Essential", all_of("A"), policy="assessed")
    amy = world.learner("Amy")
    world.enrol(amy, "Essential")
    harder = {"Career": (all_of("Essential"), "auto"), "Essential": (all_of("A", "B"), "assessed")}
    world.pathway("Career", harder)
    world.enrol(amy, "Career")
    body = {"learner_id": amy, "achievement_id": world.achievements["Essential"]}
    early = world.client.post("/v1/awards", json=body, headers=world.admin)
    assert (early.status_code, early.json()["errors"][0]["kind"]) == (409, "not-eligible")
    world.grant(amy, "A")
    assert world.progress(amy, "Essential")["status"] == "eligible"
    assert world.progress(amy, "Career")["status"] == "in_progress"
    granted = world.grant(amy, "Essential")
    assert (granted.award["stack_version"], granted.milestones) == (1, ["Career"])
