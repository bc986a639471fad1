"""An institution in sentences: what a test needs said, done through the service's own doors.

``world.stack("Critical Thinking", all_of("Debate", "Lab"))`` defines what is missing and publishes it.
People are created by the registrar's own acts, since nobody can sign in before somebody exists.
"""

from dataclasses import dataclass, field
from typing import Any

from fastapi.testclient import TestClient
from httpx import Response

from clr.jobs import work
from clr.registrar import people, tokens
from clr.registrar.policy import Role
from clr.store.sessions import transaction


@dataclass(frozen=True)
class Part:
    """A requirement by the names of achievements; turned into ids when it is published."""

    kind: str
    parts: tuple["Part | str", ...]
    count: int = 0
    weights: tuple[int, ...] = ()


def all_of(*parts: "Part | str", weights: tuple[int, ...] = ()) -> Part:
    return Part("all_of", parts, weights=weights)


def at_least(count: int, *parts: "Part | str") -> Part:
    return Part("at_least", parts, count)


@dataclass
class Granted:
    """What one grant did, by names."""

    award: dict[str, Any]
    milestones: list[str]
    body: dict[str, Any]
    response: Response


@dataclass
class World:
    """One institution on one running service."""

    client: TestClient
    achievements: dict[str, str] = field(default_factory=dict)
    pathways: dict[str, str] = field(default_factory=dict)
    learners: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    issuers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.admin = self.person("Ada Admin", (Role.ADMIN, ""))

    # People

    def person(self, name: str, *roles: tuple[Role, str]) -> dict[str, str]:
        """Someone who signs in; returns the headers of their requests."""
        service = self.client.app.state.service
        with transaction(service.engine) as session:
            person = people.create_person(session, name=name, email=None, roles=roles, at=service.clock())
        self.people[name] = person
        return self.headers(person)

    def headers(self, person: str) -> dict[str, str]:
        service = self.client.app.state.service
        ring = service.keyring
        token = tokens.mint(
            person,
            purpose="access",
            at=service.clock(),
            minutes=60,
            kid=ring.token_kid,
            key=ring.token_key,
        )
        return {"Authorization": f"Bearer {token}"}

    def learner(self, name: str, holds: tuple[str, ...] | list[str] = ()) -> str:
        """A learner with an account of their own, who already holds some achievements."""
        service = self.client.app.state.service
        with transaction(service.engine) as session:
            learner = people.create_learner(
                session, name=name, email=None, external_id=None, with_person=True, at=service.clock()
            )
        self.learners[name] = learner
        for achievement in holds:
            self.grant(learner, achievement)
        return learner

    def as_(self, learner: str) -> dict[str, str]:
        """The headers of a learner's own requests."""
        service = self.client.app.state.service
        with transaction(service.engine) as session:
            return self.headers(people.person_of(session, learner))

    def later(self, clock: Any, **duration: float) -> None:
        """Let time pass, after which the administrator signs in anew."""
        clock.passes(**duration)
        self.admin = self.headers(self.people["Ada Admin"])

    # Catalogue

    def issuer(self, name: str = "Career Connect") -> str:
        if name not in self.issuers:
            body = {"name": name, "url": "https://northfield.example/"}
            self.issuers[name] = self.post("/v1/issuers", body)["id"]
        return self.issuers[name]

    def badge(self, name: str, *, issuer: str = "Career Connect", kind: str = "badge", **more: Any) -> str:
        if name not in self.achievements:
            body = {
                "issuer_id": self.issuer(issuer),
                "kind": kind,
                "name": name,
                "description": f"About {name}.",
                "criteria": f"Shows **{name}**.",
                **more,
            }
            self.achievements[name] = self.post("/v1/achievements", body)["id"]
        return self.achievements[name]

    def stack(
        self,
        name: str,
        requirement: Part,
        policy: str = "auto",
        *,
        issuer: str = "Career Connect",
        on_lost: str = "suspend",
    ) -> "World":
        """Publish a pathway of one stack, named after it."""
        return self.pathway(name, {name: (requirement, policy, on_lost)}, issuer=issuer)

    def pathway(
        self, goal: str, stacks: dict[str, tuple[Any, ...]], *, issuer: str = "Career Connect"
    ) -> "World":
        """Publish a pathway toward ``goal`` (again: its next version)."""
        draft = self.draft(goal, stacks, issuer=issuer)
        if goal not in self.pathways:
            made = self.post("/v1/pathways", {"issuer_id": self.issuer(issuer), "draft": draft})
            self.pathways[goal] = made["id"]
        else:
            path = f"/v1/pathways/{self.pathways[goal]}/draft"
            tag = self.client.get(path, headers=self.admin).headers["etag"]
            answer = self.client.put(path, json=draft, headers=self.admin | {"If-Match": tag})
            assert answer.status_code == 200, answer.text
        answer = self.client.post(f"/v1/pathways/{self.pathways[goal]}/publish", headers=self.admin)
        assert answer.status_code in (200, 201), answer.text
        # By the test itself: a process has one DBOS, and tests have many services.
        work.finish(self.client.app.state.service)
        return self

    def draft(
        self, goal: str, stacks: dict[str, tuple[Any, ...]], *, issuer: str = "Career Connect"
    ) -> dict[str, Any]:
        for name in stacks:
            self.badge(name, kind="micro-credential", issuer=issuer)
        written = {
            self.achievements[name]: {
                "requirement": self.requirement(rule),
                "policy": policy,
                "on_lost": next(iter(lost), "suspend"),
            }
            for name, (rule, policy, *lost) in stacks.items()
        }
        goal_id = self.badge(goal, kind="micro-credential", issuer=issuer)
        return {"name": goal, "goal": goal_id, "description": f"Toward {goal}.", "stacks": written}

    def requirement(self, part: Part | str) -> dict[str, Any]:
        if isinstance(part, str):
            return {"kind": "holds", "achievement_id": self.badge(part)}
        parts: list[dict[str, Any]] = [{"requirement": self.requirement(child)} for child in part.parts]
        for child, weight in zip(parts, part.weights, strict=False):
            child["weight"] = weight
        count = {"count": part.count} if part.kind == "at_least" else {}
        return {"kind": part.kind, **count, "parts": parts}

    # Awards

    def grant(self, learner: str, achievement: str, **more: Any) -> Granted:
        body = {"learner_id": learner, "achievement_id": self.badge(achievement), **more}
        answer = self.client.post("/v1/awards", json=body, headers=self.admin)
        assert answer.status_code in (200, 201), answer.text
        told = answer.json()
        names = {identity: name for name, identity in self.achievements.items()}
        milestones = [names[award["achievement_id"]] for award in told["milestones"]]
        return Granted(told["award"], milestones, told, answer)

    def enrol(self, learner: str, goal: str) -> None:
        path = f"/v1/learners/{learner}/enrolments/{self.pathways[goal]}"
        answer = self.client.put(path, headers=self.admin)
        assert answer.status_code in (200, 201), answer.text

    def progress(self, learner: str, goal: str) -> dict[str, Any]:
        path = f"/v1/learners/{learner}/progress/{self.pathways[goal]}"
        answer = self.client.get(path, headers=self.admin)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.client.post(path, json=body, headers=self.admin)
        assert answer.status_code in (200, 201), answer.text
        return dict(answer.json())
