"""The pathways written up in ``tests/cases``, lived through in a real service, day by day."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from clr.cli import OPERATOR
from clr.registrar import awarding
from clr.registrar.awarding import GrantRequest
from clr.registrar.people import Who
from clr.store.sessions import transaction
from tests.casebook import CASES, Case, CaseLearner, day, known_on
from tests.worlds import World


class Lived:
    """One case in a service: its achievements, its pathway and its learners, entered through the doors."""

    def __init__(self, case: Case, client: TestClient, clock: Any) -> None:
        self.case, self.clock = case, clock
        self.days = sorted({on for one in case.learners for on in one.days("9999")})
        clock.at = day(self.days[0])
        self.world = World(client)
        for name, told in case.achievements.items():
            kind = "micro-credential" if name in case.told["stacks"] else "badge"
            self.world.badge(name, kind=kind, **described(told))
        stacks = {
            self.world.achievements[name]: {**stack, "requirement": self.named(stack["requirement"])}
            for name, stack in case.told["stacks"].items()
        }
        draft = {"name": case.goal, "goal": self.world.achievements[case.goal], "stacks": stacks}
        body = {"issuer_id": self.world.issuer(), "draft": {**draft, "description": case.told["title"]}}
        made = self.world.post("/v1/pathways", body)
        self.world.pathways[case.goal] = made["id"]
        self.world.post(f"/v1/pathways/{made['id']}/publish", {})
        self.learners = {learner.told["who"]: self.entered(learner) for learner in case.learners}

    def entered(self, learner: CaseLearner) -> str:
        identity = self.world.learner(learner.told["who"])
        self.world.enrol(identity, self.case.goal)
        return identity

    def named(self, told: Any) -> Any:
        """A requirement with the ids that its achievements were given."""
        if isinstance(told, list):
            return [self.named(each) for each in told]
        if not isinstance(told, dict):
            return told
        ids = self.world.achievements
        found = {key: self.named(value) for key, value in told.items()}
        if "achievement_id" in told:
            found["achievement_id"] = ids[told["achievement_id"]]
            found |= {"accepts": [ids[x] for x in told["accepts"]]} if "accepts" in told else {}
        return found

    def begins(self, on: str) -> None:
        """Let a day begin, on which the administrator signs in anew."""
        self.clock.at = day(on)
        self.world.admin = self.world.headers(self.world.people["Ada Admin"])

    def happens(self, learner: CaseLearner, on: str) -> None:
        """Do what that day brought the learner, exceptions last."""
        for award in learner.told["holds"]:
            if known_on(award) == on:
                self.award(self.learners[learner.told["who"]], award)
        for made in learner.exceptions:
            if made["given_on"] == on:
                self.allow(self.learners[learner.told["who"]], made)

    def award(self, learner: str, told: dict[str, Any]) -> None:
        if told.get("history"):  # of a stack that was completed elsewhere
            self.record(learner, told)
            return
        achievement = self.world.achievements[told["achievement"]]
        body = {
            "learner_id": learner,
            "achievement_id": achievement,
            "earned_on": day(told["earned_on"]).isoformat(),
            "again": True,
            "results": self.results(achievement, told),
        }
        if "until" in told:
            body["valid_until"] = day(told["until"]).isoformat()
        if "credits" in told:
            body["credits_earned"] = told["credits"]
        self.world.post("/v1/awards", body)

    def record(self, learner: str, told: dict[str, Any]) -> None:
        service = self.world.client.app.state.service
        request = GrantRequest(
            self.world.achievements[told["achievement"]],
            Who(learner_id=learner),
            earned_on=day(told["earned_on"]),
            valid_until=day(told["until"]) if "until" in told else None,
            recorded=True,
        )
        with transaction(service.engine) as session:
            awarding.grant(session, OPERATOR, request, at=service.clock(), urls=service.urls)

    def results(self, achievement: str, told: dict[str, Any]) -> list[dict[str, str]]:
        if "score" not in told and "level" not in told:
            return []
        path = f"/v1/achievements/{achievement}"
        (described,) = self.world.client.get(path, headers=self.world.admin).json()["result_descriptions"]
        found = {"value": str(told["score"])} if "score" in told else {"achieved_level": told["level"]}
        return [{"result_description": described["id"], **found}]

    def allow(self, learner: str, told: dict[str, Any]) -> None:
        act = {"waiver": "waivers", "substitution": "substitutions"}[told["kind"]]
        body = {"clause_id": told["clause"], "reason": "Shown before."}
        if "instead" in told:
            body["instead"] = self.world.achievements[told["instead"]]
        if "until" in told:
            body["until"] = day(told["until"]).isoformat()
        self.world.post(f"/v1/learners/{learner}/{act}", body)

    def stands(self, learner: CaseLearner) -> dict[str, Any]:
        """Where the service says the learner stands, in the words of the case."""
        identity = self.learners[learner.told["who"]]
        names = {given: name for name, given in self.world.achievements.items()}
        progress = self.world.progress(identity, self.case.goal)
        read = self.world.client.get(f"/v1/learners/{identity}/awards", headers=self.world.admin).json()
        following = self.world.client.get(f"/v1/learners/{identity}/next", headers=self.world.admin).json()
        derived = [one for one in read["items"] if one["origin"] == "derived"]
        told = [[names[one["achievement_id"]], one["earned_on"][:10]] for one in derived]
        return {
            **{key: progress[key] for key in ("status", "basis_points", "steps_left", "says")},
            "milestones": sorted(told, key=lambda one: one[1]),
            "ready": [one["name"] for one in following["items"] if one["ready"]],
        }


def described(told: dict[str, Any]) -> dict[str, Any]:
    """What an achievement says of itself when it is entered."""
    more: dict[str, Any] = {"repeatable": True} if told.get("repeatable") else {}
    if "highest" in told:
        score = {"name": "Score", "result_type": "RawScore", "value_max": str(told["highest"])}
        more["result_descriptions"] = [score]
    if "levels" in told:
        levels = [{"name": name} for name in told["levels"]]
        level = {"name": "Level", "result_type": "RubricCriterionLevel", "levels": levels}
        more["result_descriptions"] = [level]
    return more


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_whoever_lives_through_a_case_reads_at_each_moment_what_it_says(
    case: Case, client: TestClient, clock: Any
):
    lived = Lived(case, client, clock)
    for on in lived.days:
        lived.begins(on)
        for learner in case.learners:
            lived.happens(learner, on)
            for moment in learner.moments:
                if moment["as_of"] == on:
                    expected = {**moment["expected"]}
                    del expected["next_transition"]
                    assert lived.stands(learner) == expected, moment["because"]
