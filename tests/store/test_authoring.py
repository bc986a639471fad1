"""Pathways: drafts that may be wrong, versions that never change, and nobody who misses what a version makes due."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from httpx import Response
from sqlmodel import select

from clr.jobs import work
from clr.registrar import authoring
from clr.registrar.policy import Caller, Role
from clr.store.sessions import reading, transaction
from clr.store.tables import Job
from tests.worlds import World, all_of, at_least


def begin(world: World, draft: dict[str, Any], issuer: str = "Career Connect") -> str:
    """A pathway with this first draft; returns its address."""
    made = world.post("/v1/pathways", {"issuer_id": world.issuer(issuer), "draft": draft})
    return f"/v1/pathways/{made['id']}"


def redraw(world: World, path: str, draft: dict[str, Any]) -> Response:
    tag = world.client.get(f"{path}/draft", headers=world.admin).headers["etag"]
    return world.client.put(f"{path}/draft", json=draft, headers=world.admin | {"If-Match": tag})


def publish(world: World, path: str, headers: dict[str, str] | None = None) -> Response:
    return world.client.post(f"{path}/publish", headers=headers or world.admin)


def stack_versions(world: World, path: str) -> dict[str, int]:
    """Name -> version of every stack of the newest published version."""
    names = {identity: name for name, identity in world.achievements.items()}
    newest = world.client.get(f"{path}/versions", headers=world.admin).json()["items"][0]
    return {names[key]: stack["version"] for key, stack in newest["stacks"].items()}


def clause_ids(requirement: dict[str, Any]) -> list[str]:
    return [
        requirement["id"],
        *(name for part in requirement.get("parts", ()) for name in clause_ids(part["requirement"])),
    ]


def test_a_wrong_draft_is_kept_and_every_fault_is_located(world: World):
    essential, a = world.badge("Essential", kind="micro-credential"), world.badge("A")
    draft = world.draft("Essential", {"Essential": (all_of("A", "A", at_least(3, "B", "C")), "auto")})
    draft["stacks"]["ach_unknown"] = {"requirement": {"kind": "holds", "achievement_id": a}}
    path = begin(world, draft)
    read = world.client.get(f"{path}/draft", headers=world.admin)
    told = {(fault["at"], fault["kind"]) for fault in read.json()["problems"]}
    group = f"stacks.{essential}.requirement"
    assert told == {
        (f"{group}.parts[1].requirement", "duplicate"),
        (f"{group}.parts[2].requirement.count", "count"),
        ("stacks.ach_unknown", "unknown"),
        ("stacks.ach_unknown", "unreachable"),
    }
    answer = publish(world, path)
    assert answer.status_code == 422
    assert {(fault["at"], fault["kind"]) for fault in answer.json()["errors"]} == told
    assert world.client.get(f"{path}/versions", headers=world.admin).json()["items"] == []


def test_a_circle_through_a_pathway_of_others_is_told_by_names(world: World):
    world.stack("Essential", all_of("Essay", "Lab"))
    draft = world.draft("Essay", {"Essay": (all_of("Essential"), "auto")})
    answer = publish(world, begin(world, draft))
    assert answer.status_code == 422
    detail = answer.json()["detail"]
    assert "Essay → Essential → Essay" in detail or "Essential → Essay → Essential" in detail


def test_two_pathways_published_at_once_never_close_a_circle(world: World):
    drafts = [
        world.draft("Essay", {"Essay": (all_of("Essential", "A"), "auto")}),
        world.draft("Essential", {"Essential": (all_of("Essay", "B"), "auto")}),
    ]
    paths, barrier = [begin(world, draft) for draft in drafts], Barrier(2)

    def go(path: str) -> int:
        barrier.wait()
        return publish(world, path).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(go, paths)) == [201, 422]


def test_two_edits_of_one_draft_keep_the_first_and_refuse_the_second(world: World):
    draft = world.draft("Essential", {"Essential": (all_of("A", "B"), "auto")})
    path = begin(world, draft)
    tag = world.client.get(f"{path}/draft", headers=world.admin).headers["etag"]
    barrier = Barrier(4)

    def edit(number: int) -> int:
        barrier.wait()
        headers = world.admin | {"If-Match": tag}
        body = draft | {"name": f"Edit {number}"}
        return world.client.put(f"{path}/draft", json=body, headers=headers).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(edit, range(4))) == [200, 412, 412, 412]


def test_clauses_keep_their_ids_when_the_draft_is_changed_around_them(world: World):
    essential = world.badge("Essential", kind="micro-credential")
    path = begin(world, world.draft("Essential", {"Essential": (all_of("A", "B"), "auto")}))
    before = world.client.get(f"{path}/draft", headers=world.admin).json()["draft"]
    wider = world.draft("Essential", {"Essential": (all_of("A", "B", "C"), "auto")})
    after = redraw(world, path, wider).json()["draft"]
    first, second = (clause_ids(found["stacks"][essential]["requirement"]) for found in (before, after))
    assert second[:3] == first
    assert len(set(second)) == 4


def test_a_clause_that_moves_takes_its_id_along_and_leaves_none_behind(world: World):
    essential = world.badge("Essential", kind="micro-credential")
    draft = world.draft("Essential", {"Essential": (all_of("A", all_of("B"), all_of("C")), "auto")})
    path = begin(world, draft)
    kept = world.client.get(f"{path}/draft", headers=world.admin).json()["draft"]
    parts = kept["stacks"][essential]["requirement"]["parts"]
    moved = dict(parts[2]["requirement"])
    parts[1], parts[2] = {"requirement": moved}, draft["stacks"][essential]["requirement"]["parts"][1]
    answer = redraw(world, path, kept)
    assert answer.status_code == 200, answer.text
    found = clause_ids(answer.json()["draft"]["stacks"][essential]["requirement"])
    assert moved["id"] in found
    assert len(set(found)) == len(found)


def test_a_clause_id_sent_twice_is_refused(world: World):
    essential = world.badge("Essential", kind="micro-credential")
    draft = world.draft("Essential", {"Essential": (all_of("A", "B"), "auto")})
    for part in draft["stacks"][essential]["requirement"]["parts"]:
        part["requirement"]["id"] = "mine"
    body = {"issuer_id": world.issuer(), "draft": draft}
    answer = world.client.post("/v1/pathways", json=body, headers=world.admin)
    assert answer.status_code == 422
    assert '"mine"' in answer.json()["detail"]


def test_a_version_never_changes_and_a_stack_only_moves_on_when_it_was_changed(world: World):
    stacks = {"Goal": (all_of("Left", "Right"), "assessed"), "Left": (all_of("A"), "auto")}
    stacks["Right"] = (all_of("B"), "auto")
    world.pathway("Goal", stacks)
    path = f"/v1/pathways/{world.pathways['Goal']}"
    first = world.client.get(f"{path}/versions/1", headers=world.admin).json()
    world.pathway("Goal", stacks | {"Right": (all_of("B", "C"), "auto")})
    assert stack_versions(world, path) == {"Goal": 1, "Left": 1, "Right": 2}
    assert world.client.get(f"{path}/versions/1", headers=world.admin).json() == first


def test_a_stack_drawn_alike_in_two_pathways_is_one_version(world: World):
    shared = {"Shared": (all_of("A", "B"), "auto")}
    world.pathway("French", {"French": (all_of("Shared"), "auto"), **shared})
    amy = world.learner("Amy", holds=["A", "B"])
    world.pathway("Skills", {"Skills": (all_of("Shared", "C"), "auto"), **shared})
    for goal in ("French", "Skills"):
        assert stack_versions(world, f"/v1/pathways/{world.pathways[goal]}")["Shared"] == 1
    awards = world.client.get(f"/v1/learners/{amy}/awards", headers=world.admin).json()["items"]
    assert sorted(award["name"] for award in awards) == ["A", "B", "French", "Shared"]


def test_a_version_freezes_the_stacks_it_stands_on_and_none_that_it_left(world: World):
    world.stack("Below", all_of("A")).stack("Left", all_of("B"))
    world.pathway("Goal", {"Goal": (all_of("Middle"), "auto"), "Middle": (all_of("Below", "Left"), "auto")})
    path = f"/v1/pathways/{world.pathways['Goal']}"
    assert stack_versions(world, path) == {"Goal": 1, "Middle": 1, "Below": 1, "Left": 1}
    world.pathway("Goal", {"Goal": (all_of("Middle"), "auto"), "Middle": (all_of("Below"), "auto")})
    assert stack_versions(world, path) == {"Goal": 1, "Middle": 2, "Below": 1}


def test_an_author_asks_for_anybodys_badge_but_sets_rules_for_her_own_alone(world: World):
    aude = world.person("Aude", (Role.AUTHOR, world.issuer("Languages")))
    world.badge("Debate", issuer="Engineering")
    world.badge("Robot", issuer="Engineering", kind="micro-credential")
    world.badge("French", issuer="Languages", kind="micro-credential")
    good = world.draft("French", {"French": (all_of("Debate"), "auto")}, issuer="Languages")
    bad = world.draft("Robot", {"Robot": (all_of("Debate"), "auto")}, issuer="Languages")
    assert publish(world, begin(world, good, "Languages"), aude).status_code == 201
    refused = publish(world, begin(world, bad, "Languages"), aude)
    assert refused.status_code == 422
    assert [fault["kind"] for fault in refused.json()["errors"]] == ["foreign"]
    elsewhere = begin(world, world.draft("Circuits", {"Circuits": (all_of("Debate"), "auto")}))
    assert publish(world, elsewhere, aude).status_code == 403
    assert world.client.get(f"{elsewhere}/draft", headers=aude).status_code == 403


@pytest.mark.parametrize(("groups", "status"), [(64, 201), (65, 422), (70, 422)])
def test_requirements_are_nested_as_deep_as_anyone_could_read(world: World, groups: int, status: int):
    essential = world.badge("Essential", kind="micro-credential")
    rule: dict[str, Any] = {"kind": "holds", "achievement_id": world.badge("A")}
    for _ in range(groups):
        rule = {"kind": "all_of", "parts": [{"requirement": rule}]}
    draft = {"name": "Deep", "goal": essential, "stacks": {essential: {"requirement": rule}}}
    body = {"issuer_id": world.issuer(), "draft": draft}
    answer = world.client.post("/v1/pathways", json=body, headers=world.admin)
    assert answer.status_code == status, answer.text
    if status == 201:
        path = f"/v1/pathways/{answer.json()['id']}"
        assert publish(world, path).status_code == 201
        assert world.client.get(f"{path}/versions/1", headers=world.admin).status_code == 200
    else:
        assert answer.json()["errors"][0]["at"] == f"stacks.{essential}.requirement"


@pytest.mark.parametrize("number", ["0", "-1", "2147483648", "99999999999999999999"])
def test_a_version_that_cannot_exist_is_absent(world: World, number: str):
    world.stack("Essential", all_of("A"))
    path = f"/v1/pathways/{world.pathways['Essential']}/versions/{number}"
    assert world.client.get(path, headers=world.admin).status_code in (404, 422)


def test_publishing_twice_with_one_key_publishes_once(world: World):
    path = begin(world, world.draft("Essential", {"Essential": (all_of("A"), "auto")}))
    headers = world.admin | {"Idempotency-Key": "publish-1"}
    first, second = publish(world, path, headers), publish(world, path, headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert len(world.client.get(f"{path}/versions", headers=world.admin).json()["items"]) == 1


def test_the_graph_shows_a_shared_badge_once_and_can_be_cut_to_one_goal(world: World):
    world.stack("French", all_of("Debate", "Essay")).stack("Science", all_of("Debate", "Lab"))
    whole = world.client.get("/v1/graph", headers=world.admin).json()
    shown = [node.get("achievement_id") for node in whole["nodes"]]
    assert shown.count(world.achievements["Debate"]) == 1
    root = world.achievements["French"]
    part = world.client.get(f"/v1/graph?root={root}", headers=world.admin).json()
    assert {node["achievement_id"] for node in part["nodes"] if "achievement_id" in node} == {
        world.achievements[name] for name in ("French", "Debate", "Essay")
    }
    assert world.client.get("/v1/graph?root=ach_none", headers=world.admin).json()["nodes"] == []


# Enrolment


def test_following_twice_is_following_once_and_leaving_ends_it(world: World, clock):
    world.stack("Essential", all_of("A", "B"))
    amy = world.learner("Amy")
    own, path = world.as_(amy), f"/v1/learners/me/enrolments/{world.pathways['Essential']}"
    first = world.client.put(path, headers=own)
    clock.passes(minutes=5)
    second = world.client.put(path, headers=own)
    assert (first.status_code, first.json()) == (200, second.json())
    assert [world.client.delete(path, headers=own).status_code for _ in range(2)] == [204, 204]
    clock.passes(minutes=5)
    world.client.put(path, headers=own)
    kept = world.client.get("/v1/learners/me/enrolments", headers=own).json()["items"]
    assert [interval["left_at"] is None for interval in kept] == [False, True]


def test_whoever_leaves_and_returns_at_once_still_follows(world: World):
    world.stack("Essential", all_of("A", "B"))
    own = world.as_(world.learner("Amy"))
    path = f"/v1/learners/me/enrolments/{world.pathways['Essential']}"
    answers = [world.client.request(method, path, headers=own) for method in ("PUT", "DELETE", "PUT")]
    assert [answer.status_code for answer in answers] == [200, 204, 200]
    assert answers[-1].json()["left_at"] is None


def test_nobody_follows_what_is_not_published_nor_enrols_others(world: World):
    draft = begin(world, world.draft("Essential", {"Essential": (all_of("A"), "auto")}))
    world.stack("Other", all_of("A"))
    amy, ben = world.learner("Amy"), world.learner("Ben")
    enrolments = f"/v1/learners/{amy}/enrolments"
    unpublished = world.client.put(f"{enrolments}/{draft.rpartition('/')[2]}", headers=world.as_(amy))
    assert unpublished.status_code == 409
    path = f"{enrolments}/{world.pathways['Other']}"
    for method in ("PUT", "DELETE"):
        assert world.client.request(method, path, headers=world.as_(ben)).status_code == 404


def test_whoever_follows_an_older_version_stays_on_it(world: World):
    world.stack("Essential", all_of("A", "B"))
    amy = world.learner("Amy")
    world.enrol(amy, "Essential")
    world.stack("Essential", all_of("A", "B", "C"))
    world.enrol(amy, "Essential")
    found = world.client.get(f"/v1/learners/{amy}/enrolments", headers=world.admin).json()["items"]
    assert [interval["version"] for interval in found] == [1]


# Settling


def unsettled(world: World, goal: str, *parts: str) -> None:
    """Publish without the settling that follows at the door: as when the process ends in between."""
    path = begin(world, world.draft(goal, {goal: (all_of(*parts), "auto")}))
    service = world.client.app.state.service
    with transaction(service.engine) as session:
        caller = Caller(world.people["Ada Admin"], "Ada", None, frozenset({(Role.ADMIN, "")}))
        authoring.publish(session, caller, path.rpartition("/")[2], at=service.clock())


def settled(world: World) -> int:
    return work.finish(world.client.app.state.service)


def test_settling_gives_everybody_what_is_due_once_and_is_taken_up_where_it_stopped(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(work, "CHUNKS", {"sqlite": 2, "postgresql": 2})
    learners = [world.learner(f"Amy {number}", holds=["A", "B"]) for number in range(5)]
    world.learner("Ben", holds=["A"])
    unsettled(world, "Essential", "A", "B")
    assert settled(world) == 5
    assert settled(world) == 0
    for learner in learners:
        awards = world.client.get(f"/v1/learners/{learner}/awards", headers=world.admin).json()["items"]
        assert [award["name"] for award in awards].count("Essential") == 1


def test_a_job_that_two_runs_take_up_is_counted_once(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(work, "CHUNKS", {"sqlite": 2, "postgresql": 2})
    for number in range(5):
        world.learner(f"Amy {number}", holds=["A", "B"])
    unsettled(world, "Essential", "A", "B")
    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(lambda _: settled(world), range(2))) == 5
    with reading(world.client.app.state.service.engine) as session:
        jobs = session.exec(select(Job.state, Job.done, Job.total)).all()
    assert [tuple(job) for job in jobs] == [("done", 5, 5)]


def test_an_award_that_came_while_a_publication_waited_is_settled_too(world: World, clock):
    amy = world.learner("Amy", holds=["A"])
    path = begin(world, world.draft("Essential", {"Essential": (all_of("A", "B"), "auto")}))
    begun = clock()
    clock.passes(seconds=6)
    world.grant(amy, "B")
    moments = iter(range(0, 1000, 4))  # the publication is asked for before that award, and done after it
    world.client.app.state.service.clock = lambda: begun + timedelta(seconds=next(moments))
    assert publish(world, path).status_code == 201
    assert settled(world) == 1
    world.client.app.state.service.clock = clock
    awards = world.client.get(f"/v1/learners/{amy}/awards", headers=world.admin).json()["items"]
    assert [award["name"] for award in awards if award["origin"] == "derived"] == ["Essential"]
