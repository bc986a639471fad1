"""Taking an award back: everything that stood on it alone falls with it, and nothing else does."""

from clr.registrar import events as outbox
from clr.store.sessions import reading
from tests.worlds import World, all_of, at_least


def revoke(world: World, award: str, status: int = 200) -> dict:
    path = f"/v1/awards/{award}/revoke"
    answer = world.client.post(path, json={"reason": "Given in error."}, headers=world.admin)
    assert answer.status_code == status, answer.text
    return answer.json()


def states(world: World, learner: str) -> list[tuple[str, str]]:
    """Name and state of every award but plain badges, which have one letter."""
    items = world.client.get(f"/v1/learners/{learner}/awards", headers=world.admin).json()["items"]
    return sorted((item["name"], item["state"]) for item in items if len(item["name"]) > 1)


def events(world: World, learner: str) -> list[tuple[str, str, str | int]]:
    """What the learner was told, in order."""
    with reading(world.client.app.state.service.engine) as snapshot:
        told = outbox.after(snapshot, learner, 0)
    return [
        (one.kind, one.data["name"], one.data.get("state", one.data.get("steps_left", ""))) for one in told
    ]


def chain(world: World) -> None:
    """Essential from A and B, Skill from Essential and C, Career from Skill or Z."""
    world.stack("Essential", all_of("A", "B")).stack("Skill", all_of("Essential", "C"))
    world.stack("Career", at_least(1, "Skill", "Z"))


def test_milestones_fall_with_the_badge_they_all_stood_on_and_return_with_it_once_each(world: World):
    chain(world)
    amy = world.learner("Amy", holds=["A", "C"])
    last = world.grant(amy, "B")
    assert last.milestones == ["Essential", "Skill", "Career"]
    before = len(events(world, amy))
    done = revoke(world, last.award["id"])
    assert [award["name"] for award in done["suspended"]] == ["Essential", "Skill", "Career"]
    assert {award["because"] for award in done["suspended"]} == {"B, on which it stood, was revoked."}
    assert events(world, amy)[before:] == [
        ("award", "B", "revoked"),
        ("milestone", "Essential", "suspended"),
        ("milestone", "Skill", "suspended"),
        ("milestone", "Career", "suspended"),
        *(("progress", moved["name"], moved["steps_left"]) for moved in done["progress"]),
    ]
    assert {moved["name"]: moved["steps_left"] for moved in done["progress"]} == {
        "Essential": 1,
        "Skill": 1,
        "Career": 1,
    }
    assert world.grant(amy, "B").milestones == ["Essential", "Skill", "Career"]
    assert states(world, amy) == [
        (name, state) for name in ("Career", "Essential", "Skill") for state in ("live", "suspended")
    ]


def test_a_milestone_with_another_support_stays_until_that_is_revoked_too(world: World):
    chain(world)
    amy = world.learner("Amy", holds=["A", "B", "C"])
    z = world.grant(amy, "Z")
    assert z.milestones == []
    items = world.client.get(f"/v1/learners/{amy}/awards", headers=world.admin).json()["items"]
    c = next(item["id"] for item in items if item["name"] == "C")
    assert [award["name"] for award in revoke(world, c)["suspended"]] == ["Skill"]
    assert states(world, amy) == [("Career", "live"), ("Essential", "live"), ("Skill", "suspended")]
    assert [award["name"] for award in revoke(world, z.award["id"])["suspended"]] == ["Career"]


def test_revoking_twice_is_refused_and_tells_nothing(world: World):
    chain(world)
    amy = world.learner("Amy", holds=["A"])
    last = world.grant(amy, "B")
    revoke(world, last.award["id"])
    told, kept = events(world, amy), states(world, amy)
    assert "revoked already: Given in error." in revoke(world, last.award["id"], 409)["detail"]
    assert (events(world, amy), states(world, amy)) == (told, kept)


def test_a_milestone_outlives_the_badge_it_stood_on_but_not_its_revocation(world: World, clock):
    world.stack("Essential", all_of("A", "B"))
    amy = world.learner("Amy")
    a = world.grant(amy, "A", valid_until="2026-12-01T00:00:00Z")
    world.grant(amy, "B")
    world.later(clock, days=30)
    unrelated = world.grant(amy, "C")
    assert revoke(world, unrelated.award["id"])["suspended"] == []
    assert states(world, amy) == [("Essential", "live")]
    assert [award["name"] for award in revoke(world, a.award["id"])["suspended"]] == ["Essential"]


def test_what_an_assessor_decided_stands_although_a_badge_beneath_it_was_revoked(world: World):
    world.stack("Essential", all_of("A"), policy="assessed").stack("Career", all_of("Essential"))
    amy = world.learner("Amy")
    a = world.grant(amy, "A")
    assessed = world.grant(amy, "Essential")
    assert assessed.milestones == ["Career"]
    assert revoke(world, a.award["id"])["suspended"] == []
    assert states(world, amy) == [("Career", "live"), ("Essential", "live")]
    assert [award["name"] for award in revoke(world, assessed.award["id"])["suspended"]] == ["Career"]
    assert world.progress(amy, "Career")["steps_left"] == 2


def test_a_milestone_that_was_revoked_itself_does_not_return_on_the_same_ground(world: World):
    world.stack("Essential", at_least(1, "A", "B")).stack("Skill", all_of("Essential", "C"))
    amy = world.learner("Amy", holds=["C"])
    a = world.grant(amy, "A")
    assert [award["name"] for award in revoke(world, a.body["milestones"][0]["id"])["suspended"]] == ["Skill"]
    assert world.grant(amy, "D").milestones == []
    assert world.grant(amy, "A", again=True).milestones == []
    world.stack("Beside", all_of("D"))
    assert states(world, amy) == [("Beside", "live"), ("Essential", "revoked"), ("Skill", "suspended")]
    revoke(world, a.award["id"])
    assert world.grant(amy, "B").milestones == ["Essential", "Skill"]


def test_a_pathway_that_nothing_counts_toward_any_more_is_told_a_last_time(world: World):
    world.stack("Essential", all_of("A", "B"))
    amy = world.learner("Amy")
    done = revoke(world, world.grant(amy, "A").award["id"])
    assert [(moved["name"], moved["steps_left"], moved["basis_points"]) for moved in done["progress"]] == [
        ("Essential", 2, 0)
    ]
    assert world.client.get(f"/v1/learners/{amy}/progress", headers=world.admin).json()["items"] == []
