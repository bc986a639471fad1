"""Cohorts on both databases: who belongs when, and how a group stands on a pathway."""

from datetime import timedelta
from typing import Any

import pytest

from clr.registrar.policy import Role
from tests.conftest import NOW, Clock
from tests.store.test_queries import statements
from tests.worlds import World, all_of, at_least

SKILL = {
    "Critical Thinking": (all_of("Debate", "Proof"), "assessed"),
    "Proof": (at_least(1, "Lab", "Field Work"), "auto"),
}


class Office:
    """A world with a pathway and a cohort, and short ways to ask of them."""

    def __init__(self, world: World) -> None:
        self.world, self.client = world, world.client
        world.pathway("Critical Thinking", SKILL)
        self.pathway = world.pathways["Critical Thinking"]
        body = {"issuer_id": world.issuers["Career Connect"], "name": "Autumn 2026"}
        self.cohort = world.post("/v1/cohorts", body)["id"]
        self.path = f"/v1/cohorts/{self.cohort}"

    def add(self, *learners: str) -> dict[str, Any]:
        return self.world.post(f"{self.path}/members", {"learner_ids": list(learners)})

    def get(self, path: str = "", **params: Any) -> dict[str, Any]:
        answer = self.client.get(self.path + path, params=params, headers=self.world.admin)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def progress(self, **params: Any) -> dict[str, Any]:
        return self.get("/progress", pathway_id=self.pathway, **params)

    def members(self, **params: Any) -> list[str]:
        return [item["name"] for item in self.get("/members", **params)["items"]]


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


def names(group: dict[str, Any]) -> list[str]:
    return sorted(item["name"] for item in group["items"])


def test_membership_is_an_interval_and_nothing_of_it_is_lost(office: Office, clock: Clock):
    world = office.world
    amy, ben = world.learner("Amy"), world.learner("Ben")
    assert office.add(amy, ben) == {"new": 2, "unchanged": 0, "faults": []}
    assert office.add(amy)["unchanged"] == 1
    world.later(clock, days=1)
    gone = office.client.delete(f"{office.path}/members/{ben}", headers=world.admin)
    assert gone.status_code == 204
    assert (office.members(), office.get()["members"]) == (["Amy"], 1)
    assert sorted(office.members(as_of=NOW.isoformat())) == ["Amy", "Ben"]
    world.later(clock, days=1)
    office.add(ben)
    assert sorted(office.members()) == ["Amy", "Ben"]
    between = (NOW + timedelta(days=1, hours=1)).isoformat()
    assert office.members(as_of=between) == ["Amy"]


def test_a_list_replaces_who_belongs_and_names_whoever_is_unknown_before_it_changes_anything(office: Office):
    world = office.world
    amy = world.post("/v1/learners", {"name": "Amy", "email": "Amy@example.edu", "external_id": "7"})["id"]
    ben = world.learner("Ben")
    office.add(ben)
    body = {"emails": ["amy@example.edu ", "nobody@example.edu"], "external_ids": ["8"]}
    refused = office.client.put(f"{office.path}/members", json=body, headers=world.admin)
    assert refused.status_code == 422
    assert [fault["at"] for fault in refused.json()["errors"]] == ["emails[1]", "external_ids[0]"]
    assert office.members() == ["Ben"]
    body = {"emails": ["amy@example.edu"], "external_ids": ["7"], "learner_ids": [amy]}
    done = office.client.put(f"{office.path}/members", json=body, headers=world.admin)
    assert done.json() == {"new": 1, "unchanged": 0, "faults": []}
    assert office.members() == ["Amy"]


def test_a_file_adds_its_good_lines_and_tells_each_bad_one_with_its_cure(office: Office):
    world = office.world
    world.post("/v1/learners", {"name": "Amy", "email": "amy@example.edu", "external_id": "7"})
    world.post("/v1/learners", {"name": "Ben", "email": "ben@example.edu"})
    file = "email;external_id;name\namy@example.edu;;Amy\n;9;Cam\nben@example.edu;7;Ben\n;;Dot\nBEN@example.edu;;\n"
    path = f"{office.path}/members/csv"
    headers = world.admin | {"Content-Type": "text/csv"}
    tried = office.client.post(path, content=file, params={"dry_run": True}, headers=headers)
    assert (tried.status_code, tried.json()["new"], office.members()) == (200, 2, [])
    done = office.client.post(path, content=file, headers=headers).json()
    assert (done["new"], sorted(office.members())) == (2, ["Amy", "Ben"])
    assert [(fault["line"], fault["column"]) for fault in done["faults"]] == [
        (3, "external_id"),
        (4, ""),
        (5, ""),
    ]
    assert done["faults"][0]["says"] == 'No learner here has the external id "9".'
    unread = office.client.post(path, content="mail\nx\n", headers=headers)
    assert unread.status_code == 422


def test_a_cohort_is_counted_clause_by_clause_and_by_steps(office: Office):
    world = office.world
    for name, held in {"Amy": ["Debate", "Lab"], "Ben": ["Lab"], "Cam": []}.items():
        office.add(world.learner(name, holds=held))
    told = office.progress()
    assert (told["learners"], told["complete"], told["in_progress"], told["not_started"]) == (3, 0, 2, 1)
    assert told["eligible"] == 1
    assert told["steps"] == [{"left": left, "learners": 1} for left in (1, 2, 3)]
    (edition,) = told["editions"]
    counts = {
        one["says"]: (one["complete"], one["in_progress"], one["not_started"]) for one in edition["clauses"]
    }
    assert counts == {
        "Complete all 2": (1, 1, 1),
        "Debate": (1, 0, 2),
        "Proof": (2, 0, 1),
        "Any 1 of 2": (2, 0, 1),
        "Lab": (2, 0, 1),
        "Field Work": (0, 0, 3),
    }
    (amy,) = told["near"]["items"]
    assert (amy["name"], [step["kind"] for step in amy["open"]]) == ("Amy", ["assess"])
    assert amy["why"] == "Everything is there; it waits to be assessed."
    assert told["stalled"] is None


def test_everybody_is_counted_as_her_own_page_tells_her(office: Office):
    """Followers of an older version, learners with a waiver, and one whose milestone was revoked."""
    world = office.world
    amy = world.learner("Amy", holds=["Debate"])
    ben, cam = world.learner("Ben", holds=["Debate"]), world.learner("Cam", holds=["Debate"])
    dot = world.learner("Dot", holds=["Debate"])
    world.enrol(amy, "Critical Thinking")
    clause = world.progress(cam, "Critical Thinking")["requirement"]["parts"][0]["parts"][1]["id"]
    world.post(f"/v1/learners/{cam}/waivers", {"clause_id": clause, "reason": "Done elsewhere."})
    milestone = world.grant(dot, "Lab").body["milestones"][0]["id"]
    world.post(f"/v1/awards/{milestone}/revoke", {"reason": "Entered by mistake."})
    office.add(amy, ben, cam, dot)
    world.pathway(
        "Critical Thinking",
        SKILL | {"Critical Thinking": (all_of("Debate", "Proof", "Essay"), "assessed")},
    )
    told = office.progress()
    own = {
        learner: world.progress(learner, "Critical Thinking")["steps_left"]
        for learner in (amy, ben, cam, dot)
    }
    found: dict[int, int] = {}
    for steps in own.values():
        found[steps] = found.get(steps, 0) + 1
    assert told["steps"] == [{"left": left, "learners": found[left]} for left in sorted(found)]
    assert [(one["version"], one["learners"], one["following"]) for one in told["editions"]] == [
        (2, 3, 0),
        (1, 1, 1),
    ]
    proof = next(one for one in told["editions"][0]["clauses"] if one["says"] == "Proof")
    assert (proof["complete"], proof["in_progress"], proof["not_started"]) == (1, 1, 1)


def test_who_stood_still_is_named_with_what_is_known_of_why(office: Office, clock: Clock):
    world = office.world
    quiet = world.learner("Quiet", holds=["Lab"])
    moving, silent = world.learner("Moving", holds=["Lab"]), world.learner("Silent")
    done = world.learner("Done", holds=["Lab", "Debate", "Critical Thinking"])
    office.add(quiet, moving, silent, done)
    world.later(clock, days=10)
    since = clock.at.isoformat()
    world.later(clock, days=20)
    world.grant(moving, "Debate")
    world.grant(quiet, "Chess")
    office.add(world.learner("New"))
    stalled = office.progress(stalled_since=since)["stalled"]
    assert (stalled["learners"], names(stalled)) == (2, ["Quiet", "Silent"])
    why = {item["name"]: item["why"] for item in stalled["items"]}
    assert why["Silent"] == "Nothing that counts here has been recorded yet."
    assert why["Quiet"].startswith("The last award that counts here was recorded on ")
    first = office.get(
        "/progress/learners", pathway_id=office.pathway, group="stalled", stalled_since=since, limit=1
    )
    second = office.get(
        "/progress/learners",
        pathway_id=office.pathway,
        group="stalled",
        stalled_since=since,
        limit=1,
        after=first["next"],
    )
    assert sorted(names(first) + names(second)) == ["Quiet", "Silent"]
    assert second["next"] is None
    unsaid = {"pathway_id": office.pathway, "group": "stalled"}
    refused = office.client.get(f"{office.path}/progress/learners", params=unsaid, headers=world.admin)
    assert refused.status_code == 422


def test_a_cohort_of_other_staff_is_as_one_that_does_not_exist(office: Office):
    world = office.world
    world.badge("Grammar", issuer="Language School")
    here, there = world.issuers["Career Connect"], world.issuers["Language School"]
    own = world.person("Olu Own", (Role.ASSESSOR, here))
    other = world.person("Odd Other", (Role.AWARDER, there))
    amy = world.learner("Amy")
    office.add(amy)
    nothing = "/v1/cohorts/coh_" + "0" * 26
    for path in ("", "/members", f"/progress?pathway_id={office.pathway}"):
        assert office.client.get(office.path + path, headers=own).status_code == 200
        foreign, absent = (office.client.get(one + path, headers=other) for one in (office.path, nothing))
        assert (foreign.status_code, foreign.content) == (404, absent.content)
    change = office.client.post(f"{office.path}/members", json={"learner_ids": [amy]}, headers=other)
    assert change.status_code == 404
    assert office.client.get("/v1/cohorts", headers=other).json()["items"] == []
    assert len(office.client.get("/v1/cohorts", headers=own).json()["items"]) == 1


def test_a_larger_cohort_asks_no_more_of_the_database(office: Office):
    world = office.world

    def asked() -> int:
        with statements(world) as told:
            office.progress(stalled_since=NOW.isoformat())
        return len(told)

    office.add(*(world.learner(f"Early {number}", holds=["Lab", "Debate"]) for number in range(3)))
    asked()
    few = asked()
    office.add(*(world.learner(f"Late {number}", holds=["Lab", "Debate"]) for number in range(20)))
    assert asked() == few


def test_a_score_that_a_clause_asks_for_is_looked_at_for_everybody(office: Office):
    world = office.world
    exam = {"name": "Exam", "result_type": "Percent", "value_min": "0", "value_max": "100"}
    badge = world.badge("Statistics", result_descriptions=[exam])
    told = office.client.get(f"/v1/achievements/{badge}", headers=world.admin).json()
    described = told["result_descriptions"][0]["id"]
    asked = world.requirement(all_of("Statistics"))
    asked["parts"][0]["requirement"]["result"] = {"min_score": 70}
    goal = world.badge("Numbers", kind="micro-credential")
    draft = {
        "name": "Numbers",
        "goal": goal,
        "description": "Toward Numbers.",
        "stacks": {goal: {"requirement": asked, "policy": "auto"}},
    }
    body = {"issuer_id": world.issuers["Career Connect"], "draft": draft}
    office.pathway = world.post("/v1/pathways", body)["id"]
    world.post(f"/v1/pathways/{office.pathway}/publish", {})
    for name, score in (("Amy", "85"), ("Ben", "55")):
        learner = world.learner(name)
        office.add(learner)
        world.grant(learner, "Statistics", results=[{"result_description": described, "value": score}])
    told = office.progress()
    assert (told["complete"], names(told["near"])) == (1, ["Ben"])
