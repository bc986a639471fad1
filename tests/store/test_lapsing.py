"""What time alone changes happens at its instant, is told, and takes nothing away that was earned."""

import pytest
from sqlmodel import select

from clr.registrar import events, lapsing
from clr.store.sessions import reading, transaction
from clr.store.tables import Award
from tests.worlds import World, all_of


@pytest.fixture
def first_aid(world: World) -> str:
    """A learner whose first aid, on which a milestone stands, lapses on the first of January."""
    world.stack("Field Trip Leader", all_of("First Aid", "Map Reading"))
    world.stack("Expedition", all_of("First Aid", "Tents"), policy="assessed")
    amy = world.learner("Amy", holds=["Map Reading"])
    world.grant(amy, "First Aid", valid_until="2027-01-01T00:00:00Z")
    return amy


def told(world: World, learner: str) -> list[dict]:
    with reading(world.client.app.state.service.engine) as snapshot:
        return [{"kind": event.kind, **event.data} for event in events.after(snapshot, learner, 0)]


def run(world: World) -> int:
    service = world.client.app.state.service
    return lapsing.run_due(service.engine, at=service.clock(), urls=service.urls)


def test_nothing_is_due_before_its_instant(world: World, first_aid: str):
    assert run(world) >= 0  # ninety days before its end something is called expiring
    before = told(world, first_aid)
    assert run(world) == 0
    assert told(world, first_aid) == before


def test_a_milestone_whose_support_lapsed_stands_and_says_so(world: World, clock, first_aid: str):
    world.later(clock, days=60)
    assert world.progress(first_aid, "Expedition")["status"] == "not_started"
    already = len(told(world, first_aid))

    assert run(world) == 1

    new = told(world, first_aid)[already:]
    assert [(one["kind"], one["name"], one.get("state", one.get("says"))) for one in new] == [
        ("milestone", "Field Trip Leader", "support_lost"),
        ("progress", "Expedition", "3 steps left"),
    ]
    assert world.progress(first_aid, "Field Trip Leader")["status"] == "complete"
    assert run(world) == 0


def test_renewed_in_time_nothing_is_lost(world: World, clock, first_aid: str):
    world.grant(first_aid, "First Aid", again=True, valid_until="2029-01-01T00:00:00Z")
    world.later(clock, days=60)
    already = len(told(world, first_aid))
    run(world)
    assert told(world, first_aid)[already:] == []


def test_support_revoked_after_it_lapsed_still_suspends_what_stood_on_it(world: World, clock, first_aid: str):
    world.later(clock, days=60)
    run(world)
    held = world.client.get(f"/v1/learners/{first_aid}/awards", headers=world.admin).json()["items"]
    aid = next(one["id"] for one in held if one["name"] == "First Aid")
    lost = world.post(f"/v1/awards/{aid}/revoke", {"reason": "The course never took place."})["suspended"]
    assert [(one["name"], one["state"]) for one in lost] == [("Field Trip Leader", "suspended")]


def test_one_for_whom_it_fails_keeps_nobody_waiting(world: World, clock, first_aid: str):
    graded = world.badge(
        "Graded", result_descriptions=[{"name": "Grade", "result_type": "Percent", "value_max": "100"}]
    )
    world.stack("Needs a grade", all_of("Graded"))
    draft = world.draft("Needs a grade", {"Needs a grade": (all_of("Graded"), "auto")})
    (stack,) = draft["stacks"].values()
    stack["requirement"]["parts"][0]["requirement"]["result"] = {"min_score": 80}
    path = f"/v1/pathways/{world.pathways['Needs a grade']}"
    tag = world.client.get(f"{path}/draft", headers=world.admin).headers["etag"]
    world.client.put(f"{path}/draft", json=draft, headers=world.admin | {"If-Match": tag})
    world.post(f"{path}/publish", {})
    broken = world.learner("Broken")
    world.grant(broken, "Graded", valid_until="2026-12-15T00:00:00Z")
    with transaction(world.client.app.state.service.engine) as session:
        row = session.exec(select(Award).where(Award.achievement_id == graded)).one()
        row.results = [{"nothing": "readable"}]
        session.add(row)
    world.later(clock, days=60)

    assert run(world) == 2

    assert ("milestone", "support_lost") in [
        (one["kind"], one.get("state")) for one in told(world, first_aid)
    ]
    assert run(world) == 1
