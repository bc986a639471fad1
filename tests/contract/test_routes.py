"""Who gets past each door: every route of the assembled service, for every role, on ids of one's own and of others.

The things asked for are Amy's, and belong to the issuer "Career Connect"; the roles marked with an apostrophe are held for
another issuer. ``ok`` did it; ``in`` was shown the way in. A route without a row fails.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts
from httpx import Response

from clr.app import create_app
from clr.registrar import outbox, people, tokens
from clr.registrar.policy import Role
from clr.settings import Settings
from clr.store.migrating import METADATA
from clr.store.sessions import reading, transaction
from tests.worlds import World, all_of

ROLES = ("nobody", "ben", "amy", "assr", "awdr", "auth", "assr'", "awdr'", "auth'", "admin")

TABLE = """
                                                           nobody ben amy assr awdr auth assr' awdr' auth' admin
api  GET    /openapi.json                                    ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
api  GET    /healthz                                         ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
api  GET    /readyz                                          ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
api  GET    /v1/issuers                                      401  ok  ok   ok   ok   ok   ok    ok    ok    ok
api  POST   /v1/issuers                                      401  403 403  403  403  403  403   403   403   ok
api  GET    /v1/issuers/{issuer_id}                          401  ok  ok   ok   ok   ok   ok    ok    ok    ok
api  PATCH  /v1/issuers/{issuer_id}                          401  403 403  403  403  403  403   403   403   ok
api  GET    /v1/achievements                                 401  ok  ok   ok   ok   ok   ok    ok    ok    ok
api  POST   /v1/achievements                                 401  403 403  403  403  ok   403   403   403   ok
api  GET    /v1/achievements/{achievement_id}                401  ok  ok   ok   ok   ok   ok    ok    ok    ok
api  PATCH  /v1/achievements/{achievement_id}                401  403 403  403  403  ok   403   403   403   ok
api  POST   /v1/achievements/{achievement_id}/retire         401  403 403  403  403  ok   403   403   403   ok
api  PUT    /v1/achievements/{achievement_id}/image          401  403 403  403  403  ok   403   403   403   ok
api  GET    /v1/achievements/{achievement_id}/image          ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
api  GET    /v1/pathways                                     401  ok  ok   ok   ok   ok   ok    ok    ok    ok
api  POST   /v1/pathways                                     401  403 403  403  403  ok   403   403   403   ok
api  GET    /v1/pathways/{pathway_id}                        401  ok  ok   ok   ok   ok   ok    ok    ok    ok
api  GET    /v1/pathways/{pathway_id}/draft                  401  403 403  403  403  ok   403   403   403   ok
api  PUT    /v1/pathways/{pathway_id}/draft                  401  403 403  403  403  ok   403   403   403   ok
api  GET    /v1/pathways/{pathway_id}/draft/problems         401  403 403  403  403  ok   403   403   403   ok
api  POST   /v1/pathways/{pathway_id}/publish                401  403 403  403  403  ok   403   403   403   ok
api  GET    /v1/pathways/{pathway_id}/versions               401  ok  ok   ok   ok   ok   ok    ok    ok    ok
api  GET    /v1/pathways/{pathway_id}/versions/{number}      401  ok  ok   ok   ok   ok   ok    ok    ok    ok
api  GET    /v1/pathways/{pathway_id}/graph.svg              401  ok  ok   ok   ok   ok   ok    ok    ok    ok
api  GET    /v1/pathways/{pathway_id}/diff                   401  ok  ok   ok   ok   ok   ok    ok    ok    ok
api  GET    /v1/pathways/{pathway_id}/versions/{number}/export   401 ok ok ok   ok   ok   ok    ok    ok    ok
api  GET    /v1/pathways/{pathway_id}/versions/{number}/ctdl 401  ok  ok   ok   ok   ok   ok    ok    ok    ok
api  POST   /v1/pathways/from-ctdl                           401  403 403  403  403  ok   403   403   403   ok
api  GET    /v1/pathways/{pathway_id}/draft/export           401  403 403  403  403  ok   403   403   403   ok
api  GET    /v1/jobs/{job_id}                                401  404 404  404  404  404  404   404   404   ok
api  POST   /v1/jobs/{job_id}/pause                          401  404 404  404  404  404  404   404   404   ok
api  POST   /v1/jobs/{job_id}/resume                         401  404 404  404  404  404  404   404   404   ok
api  POST   /v1/jobs/{job_id}/cancel                         401  404 404  404  404  404  404   404   404   ok
api  POST   /v1/pathways/{pathway_id}/preview                401  403 403  403  403  ok   403   403   403   ok
api  POST   /v1/pathways/{pathway_id}/migrations             401  403 403  403  403  ok   403   403   403   ok
api  POST   /v1/pathways/{pathway_id}/archive                401  403 403  403  403  ok   403   403   403   ok
api  POST   /v1/pathways/{pathway_id}/restore                401  403 403  403  403  ok   403   403   403   ok
api  POST   /v1/pathways/{pathway_id}/migrations/preview     401  403 403  403  403  ok   403   403   403   ok
api  POST   /v1/awards/preview                               401  403 403  403  ok   403  403   403   403   ok
api  POST   /v1/learners/{learner_id}/waivers/preview        401  404 403  403  ok   404  403   403   404   ok
api  POST   /v1/learners/{learner_id}/substitutions/preview  401  404 403  403  ok   404  403   403   404   ok
api  GET    /v1/graph                                        401  ok  ok   ok   ok   ok   ok    ok    ok    ok
api  GET    /v1/learners                                     401  404 404  ok   ok   404  ok    ok    404   ok
api  POST   /v1/learners                                     401  404 404  ok   ok   404  ok    ok    404   ok
api  GET    /v1/learners/{learner_id}                        401  404 ok   ok   ok   404  ok    ok    404   ok
api  PATCH  /v1/learners/{learner_id}                        401  404 403  ok   ok   404  ok    ok    404   ok
api  GET    /v1/learners/{learner_id}/awards                 401  404 ok   ok   ok   404  ok    ok    404   ok
api  GET    /v1/learners/{learner_id}/progress               401  404 ok   ok   ok   404  ok    ok    404   ok
api  GET    /v1/learners/{learner_id}/progress/{pathway_id}  401  404 ok   ok   ok   404  ok    ok    404   ok
api  GET    /v1/learners/{learner_id}/progress/{pathway_id}/outline    401 404 ok ok ok 404 ok ok 404 ok
api  GET    /v1/learners/{learner_id}/progress/{pathway_id}/graph.svg  401 404 ok ok ok 404 ok ok 404 ok
api  GET    /v1/learners/{learner_id}/next                   401  404 ok   ok   ok   404  ok    ok    404   ok
api  GET    /v1/learners/{learner_id}/events                 401  404 ok   ok   ok   404  ok    ok    404   ok
api  GET    /v1/learners/{learner_id}/enrolments             401  404 ok   ok   ok   404  ok    ok    404   ok
api  PUT    /v1/learners/{learner_id}/enrolments/{pathway_id}    401 404 ok 403 ok  404  403   ok    404   ok
api  DELETE /v1/learners/{learner_id}/enrolments/{pathway_id}    401 404 ok 403 ok  404  403   ok    404   ok
api  GET    /v1/cohorts                                      401  404 404  ok   ok   404  ok    ok    404   ok
api  POST   /v1/cohorts                                      401  404 404  ok   ok   404  404   404   404   ok
api  GET    /v1/cohorts/{cohort_id}                          401  404 404  ok   ok   404  404   404   404   ok
api  PATCH  /v1/cohorts/{cohort_id}                          401  404 404  ok   ok   404  404   404   404   ok
api  GET    /v1/cohorts/{cohort_id}/members                  401  404 404  ok   ok   404  404   404   404   ok
api  POST   /v1/cohorts/{cohort_id}/members                  401  404 404  ok   ok   404  404   404   404   ok
api  PUT    /v1/cohorts/{cohort_id}/members                  401  404 404  ok   ok   404  404   404   404   ok
api  POST   /v1/cohorts/{cohort_id}/members/csv              401  404 404  ok   ok   404  404   404   404   ok
api  PUT    /v1/cohorts/{cohort_id}/members/{learner_id}     401  404 404  ok   ok   404  404   404   404   ok
api  DELETE /v1/cohorts/{cohort_id}/members/{learner_id}     401  404 404  ok   ok   404  404   404   404   ok
api  GET    /v1/cohorts/{cohort_id}/progress                 401  404 404  ok   ok   404  404   404   404   ok
api  GET    /v1/cohorts/{cohort_id}/progress/learners        401  404 404  ok   ok   404  404   404   404   ok
api  POST   /v1/tokens                                       401  403 403  403  403  403  403   403   403   ok
api  POST   /v1/awards                                       401  403 403  403  ok   403  403   403   403   ok
api  GET    /v1/awards/{award_id}                            401  404 ok   ok   ok   404  ok    ok    404   ok
api  GET    /v1/awards/{award_id}/explanation                401  404 ok   ok   ok   404  ok    ok    404   ok
api  GET    /v1/awards/{award_id}/credential                 401  404 ok   ok   ok   404  ok    ok    404   ok
api  POST   /v1/awards/{award_id}/revoke                     401  404 403  403  ok   404  403   403   404   ok
api  POST   /v1/awards/{award_id}/uphold                     401  404 403  403  ok   404  403   403   404   ok
api  GET    /v1/learners/{learner_id}/allowances             401  404 ok   ok   ok   404  ok    ok    404   ok
api  POST   /v1/learners/{learner_id}/waivers                401  404 403  403  ok   404  403   403   404   ok
api  POST   /v1/learners/{learner_id}/substitutions          401  404 403  403  ok   404  403   403   404   ok
api  GET    /v1/allowances/{allowance_id}                    401  404 ok   ok   ok   404  ok    ok    404   ok
api  POST   /v1/allowances/{allowance_id}/withdraw           401  404 403  403  ok   404  403   403   404   ok
api  POST   /v1/evidence                                     401  403 403  ok   ok   403  ok    ok    403   ok
api  GET    /v1/evidence/{evidence_id}                       401  404 ok   ok   404  404  404   404   404   ok
api  GET    /v1/records                                      401  ok  ok   404  404  404  404   404   404   404
api  POST   /v1/records                                      401  422 ok   404  404  404  404   404   404   404
api  GET    /v1/records/{record_id}                          401  404 ok   404  404  404  404   404   404   404
api  PUT    /v1/records/{record_id}                          401  404 ok   404  404  404  404   404   404   404
api  PATCH  /v1/records/{record_id}                          401  404 ok   404  404  404  404   404   404   404
api  DELETE /v1/records/{record_id}                          401  404 ok   404  404  404  404   404   404   404
api  GET    /v1/records/{record_id}/preview                  401  404 ok   404  404  404  404   404   404   404
api  GET    /v1/records/{record_id}/clr                      401  404 ok   404  404  404  404   404   404   404
api  POST   /v1/records/{record_id}/shares                   401  404 ok   404  404  404  404   404   404   404
api  GET    /v1/records/{record_id}/shares                   401  404 ok   404  404  404  404   404   404   404
api  DELETE /v1/shares/{share_id}                            401  404 ok   404  404  404  404   404   404   404
api  GET    /v1/shares/{share_id}/visits                     401  404 ok   404  404  404  404   404   404   404
api  GET    /s/{token}                                       ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
api  GET    /s/{token}/awards/{award_id}                     ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
api  GET    /s/{token}/evidence/{evidence_id}                ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
api  GET    /r/{slug}                                        ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
api  GET    /r/{slug}/awards/{award_id}                      ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
api  GET    /r/{slug}/evidence/{evidence_id}                 ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
api  POST   /v1/verify                                       ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
api  GET    /.well-known/did.json                            ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
api  GET    /.well-known/jwks.json                           ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
api  GET    /issuers/{slug}/did.json                         ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
api  GET    /status/{number}                                 ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
api  GET    /achievements/{achievement_id}                   ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
api  GET    /schemas/requirement/v1.json                     ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
api  GET    /issuers/{slug}                                  ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
page GET    /                                                in   ok  ok   in   in   in   in    in    in    in
page GET    /pathways                                        in   ok  ok   in   in   in   in    in    in    in
page GET    /pathways/{pathway_id}                           in   ok  ok   in   in   in   in    in    in    in
page POST   /pathways/{pathway_id}                           in   ok  ok   in   in   in   in    in    in    in
page GET    /awards/{award_id}                               in   404 ok   in   in   in   in    in    in    in
page GET    /records                                         in   ok  ok   in   in   in   in    in    in    in
page POST   /records                                         in   ok  ok   in   in   in   in    in    in    in
page GET    /records/{record_id}                             in   404 ok   in   in   in   in    in    in    in
page GET    /s/{token}                                       ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
page GET    /s/{token}/clr.json                              ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
page GET    /r/{slug}                                        ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
page GET    /r/{slug}/clr.json                               ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
page GET    /verify                                          ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
page POST   /verify                                          ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
page GET    /achievements/{achievement_id}                   ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
page GET    /issuers/{slug}                                  ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
page GET    /problems/{code}                                 ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
page GET    /static/theme.css                                ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
page GET    /static/{name}                                   ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
page GET    /sign-in                                         ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
page POST   /sign-out                                        ok   ok  ok   ok   ok   ok   ok    ok    ok    ok
page GET    /demo                                            404  404 404  404  404  404  404   404   404   404
page POST   /demo                                            404  404 404  404  404  404  404   404   404   404
page POST   /demo/step                                       404  404 404  404  404  404  404   404   404   404
"""

Route = tuple[str, str, str]
LINES = [line.split() for line in TABLE.strip().splitlines()[1:]]
ROWS: dict[Route, dict[str, str]] = {
    (line[0], line[1], line[2]): dict(zip(ROLES, line[3:], strict=True)) for line in LINES
}


def test_every_route_has_a_row():
    found = set()
    for route in iter_route_contexts(create_app(Settings()).router.routes):
        door = "page" if route.endpoint and route.endpoint.__module__.startswith("clr.pages") else "api"
        found |= {(door, method, route.path) for method in route.methods - {"HEAD"}}
    assert set(ROWS) == found


def test_the_table_has_no_row_twice():
    assert len(LINES) == len(ROWS)


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"
NUMBER = count(1)


def session_of(world: World, person: str) -> str:
    """The session cookie of a person who signed in with a browser."""
    service = world.client.app.state.service
    ring = service.keyring
    return tokens.mint(
        person, purpose="session", at=service.clock(), minutes=60, kid=ring.token_kid, key=ring.token_key
    )


@dataclass
class Campus:
    """Amy with everything that can be asked for, and everybody who may ask."""

    world: World
    poem: str = ""

    def __post_init__(self) -> None:
        world = self.world
        world.stack("Critical Thinking", all_of("Debate", "Lab"))
        world.stack("Poetry", all_of("Verse"))
        world.stack("Wide", all_of(*(f"Wide {number}" for number in range(12))))
        world.badge("Grammar", issuer="Language School")
        self.amy, self.ben = world.learner("Amy", holds=["Lab"]), world.learner("Ben")
        world.enrol(self.amy, "Critical Thinking")
        self.work = self.upload()
        mine = {"issuer_id": world.issuers["Career Connect"], "name": "Autumn"}
        self.cohort = world.post("/v1/cohorts", mine)["id"]
        granted = world.grant(self.amy, "Debate", evidence=[{"evidence_id": self.work, "name": "Essay"}])
        self.debate, self.milestone = granted.award["id"], granted.body["milestones"][0]["id"]
        self.who: dict[str, str | None] = {"nobody": None, "admin": world.people["Ada Admin"]}
        for role, name in (("amy", self.amy), ("ben", self.ben)):
            with reading(world.client.app.state.service.engine) as snapshot:
                self.who[role] = people.person_of(snapshot, name)
        for mark, issuer in (("", "Career Connect"), ("'", "Language School")):
            for short, role in (("assr", Role.ASSESSOR), ("awdr", Role.AWARDER), ("auth", Role.AUTHOR)):
                name = f"{role.value} of {issuer}"
                world.person(name, (role, world.issuers[issuer]))
                self.who[short + mark] = world.people[name]

    def upload(self) -> str:
        answer = self.world.client.post(
            "/v1/evidence?name=work.txt", content=b"work", headers=self.world.admin
        )
        return str(answer.json()["id"])

    def own(self, method: str, path: str, **more: Any) -> Response:
        return self.world.client.request(method, path, headers=self.world.as_(self.amy), **more)

    def record(self) -> dict[str, Any]:
        body = {"title": "Mine", "sections": [{"items": [{"award_id": self.debate}]}]}
        return dict(self.own("POST", "/v1/records", json=body).json())

    def public_slug(self) -> str:
        record = self.record()
        self.own("PATCH", f"/v1/records/{record['id']}", json={"visibility": "public"})
        return str(record["public_url"]).rpartition("/")[2]

    def share(self, member: str) -> str:
        path = f"/v1/records/{self.record()['id']}/shares"
        return str(self.own("POST", path, json={"label": "Employer"}).json()[member])

    def job(self) -> str:
        """Work that nobody does, since nobody knows what it is."""
        service = self.world.client.app.state.service
        with transaction(service.engine) as session:
            return str(outbox.put(session, "nothing", {}, by=None, at=service.clock()))

    def award_for(self, act: str) -> str:
        if act == "revoke":
            return str(self.world.grant(self.amy, "Debate", again=True).award["id"])
        if act == "uphold":
            return self.suspended()
        return self.milestone if act == "explanation" else self.debate

    def suspended(self) -> str:
        """A milestone that lost its support; the one before it, which may have been upheld, is revoked."""
        mistake = {"reason": "Entered by mistake."}
        if self.poem:
            self.world.post(f"/v1/awards/{self.poem}/revoke", mistake)
        granted = self.world.grant(self.amy, "Verse", again=True)
        self.world.post(f"/v1/awards/{granted.award['id']}/revoke", mistake)
        self.poem = str(granted.body["milestones"][0]["id"])
        return self.poem

    def redrawn(self) -> str:
        """A pathway whose draft differs from what is published."""
        world = self.world
        path = f"/v1/pathways/{world.pathways['Critical Thinking']}/draft"
        read = world.client.get(path, headers=world.admin)
        draft = read.json()["draft"] | {"description": f"Anew: {next(NUMBER)}."}
        world.client.put(path, json=draft, headers=world.admin | {"If-Match": read.headers["etag"]})
        return world.pathways["Critical Thinking"]

    def clause(self) -> str:
        """A clause for which no exception was made yet."""
        world = self.world
        version = world.client.get(f"/v1/pathways/{world.pathways['Wide']}/versions/1", headers=world.admin)
        (stack,) = version.json()["stacks"].values()
        made = world.client.get(f"/v1/learners/{self.amy}/allowances", headers=world.admin).json()["items"]
        taken = {one["clause_id"] for one in made}
        ids = [part["requirement"]["id"] for part in stack["requirement"]["parts"]]
        return next(name for name in ids if name not in taken)

    def allowance(self) -> str:
        waiver = {"clause_id": self.clause(), "reason": "Done elsewhere."}
        return str(self.world.post(f"/v1/learners/{self.amy}/waivers", waiver)["allowance"]["id"])

    def thing(self, name: str, path: str) -> str:
        """The id that stands for ``name`` in a path; made anew, so that a row may use it up."""
        world = self.world
        made: dict[str, Callable[[], Any]] = {
            "learner_id": lambda: self.amy,
            "achievement_id": lambda: world.badge("Old Badge" if path.endswith("retire") else "Lab"),
            "issuer_id": lambda: world.issuers["Career Connect"],
            "pathway_id": lambda: (
                self.redrawn() if path.endswith("/publish") else world.pathways["Critical Thinking"]
            ),
            "award_id": lambda: self.award_for(path.rpartition("/")[2]),
            "allowance_id": self.allowance,
            "cohort_id": lambda: self.cohort,
            "evidence_id": lambda: self.work,
            "record_id": lambda: self.record()["id"],
            "share_id": lambda: self.share("id"),
            "token": lambda: self.share("token"),
            "slug": lambda: "career-connect" if path.startswith("/issuers/") else self.public_slug(),
            "number": lambda: "1",
            "job_id": self.job,
            "name": lambda: "theme.js",
            "code": lambda: "not-found",
        }
        return str(made[name]())

    def headers(self, role: str, *, page: bool) -> dict[str, str]:
        person = self.who[role]
        if page:
            cookie = {"Cookie": f"clr_session={session_of(self.world, person)}"} if person else {}
            return {"Accept": "text/html", "Origin": "http://localhost:8000"} | cookie
        return {"Accept": "application/json"} | (self.world.headers(person) if person else {})


UNKNOWN = {"number": "99", "slug": "nobody", "name": "nothing.js", "code": "nothing", "token": "A" * 32}


def unknown(name: str) -> str:
    return UNKNOWN.get(name, f"{name[:3]}_" + "0" * 26)


def body_of(campus: Campus, method: str, path: str) -> dict[str, Any]:
    """What is sent to a route, as arguments of a request."""
    world, fresh = campus.world, f"New {next(NUMBER)}"
    draft = world.draft("Critical Thinking", {"Critical Thinking": (all_of("Debate", "Lab"), "auto")})
    record = {"title": "Mine", "sections": [{"items": [{"award_id": campus.debate}]}]}
    issuer = world.issuers["Career Connect"]
    clause = campus.clause() if "/waivers" in path or "/substitutions" in path else ""
    sent = {
        "POST /v1/issuers": {"name": fresh, "url": "https://a.example/"},
        "PATCH /v1/issuers/{issuer_id}": {"description": fresh},
        "POST /v1/achievements": {
            "issuer_id": issuer,
            "kind": "badge",
            "name": fresh,
            "description": "d",
            "criteria": "c",
        },
        "PATCH /v1/achievements/{achievement_id}": {"description": fresh},
        "POST /v1/pathways": {"issuer_id": issuer, "draft": draft},
        "POST /v1/pathways/from-ctdl": {"issuer_id": issuer, "document": {"@type": "ceterms:Pathway"}},
        "PUT /v1/pathways/{pathway_id}/draft": draft,
        "POST /v1/learners": {"name": fresh},
        "PATCH /v1/learners/{learner_id}": {"name": "Amy"},
        "POST /v1/cohorts": {"issuer_id": issuer, "name": fresh},
        "PATCH /v1/cohorts/{cohort_id}": {"name": fresh},
        "POST /v1/cohorts/{cohort_id}/members": {"learner_ids": [campus.amy]},
        "PUT /v1/cohorts/{cohort_id}/members": {"learner_ids": [campus.amy]},
        "POST /v1/tokens": {"person": campus.who["ben"]},
        "POST /v1/awards": {
            "learner_id": campus.amy,
            "achievement_id": world.badge("Debate"),
            "again": True,
        },
        "POST /v1/awards/{award_id}/revoke": {"reason": "Entered by mistake."},
        "POST /v1/awards/{award_id}/uphold": {"reason": "The board decided so."},
        "POST /v1/learners/{learner_id}/waivers": {"clause_id": clause, "reason": "Done elsewhere."},
        "POST /v1/learners/{learner_id}/substitutions": {
            "clause_id": clause,
            "reason": "As good.",
            "instead": world.badge("Debate"),
        },
        "POST /v1/pathways/{pathway_id}/preview": {"draft": draft},
        "POST /v1/pathways/{pathway_id}/migrations/preview": {"version": 1},
        "POST /v1/pathways/{pathway_id}/migrations": {"version": 1, "how": "no_loss", "reason": "New rules."},
        "POST /v1/awards/preview": {"achievement_id": world.badge("Debate"), "learner_ids": [campus.amy]},
        "POST /v1/learners/{learner_id}/waivers/preview": {"clause_id": clause, "reason": "So."},
        "POST /v1/learners/{learner_id}/substitutions/preview": {
            "clause_id": clause,
            "reason": "As good.",
            "instead": world.badge("Debate"),
        },
        "POST /v1/allowances/{allowance_id}/withdraw": {"reason": "Given by mistake."},
        "POST /v1/records": record,
        "PUT /v1/records/{record_id}": record,
        "PATCH /v1/records/{record_id}": {"visibility": "private"},
        "POST /v1/records/{record_id}/shares": {"label": "Employer"},
        "POST /v1/verify": {"type": "nothing"},
    }
    if path == "/v1/evidence":
        return {"content": b"work", "params": {"name": "work.txt"}}
    if path.endswith("/image"):
        return {"content": PNG}
    if path.endswith("/csv"):
        return {"content": b"learner_id\n"}
    if params := params_of(world, path):
        return {"params": params}
    if path in ("/demo", "/verify"):
        return {"content": b"document=x&person=x"}
    return {"json": sent[f"{method} {path}"]} if f"{method} {path}" in sent else {}


def params_of(world: World, path: str) -> dict[str, Any]:
    """What a route is asked in its address."""
    if "/cohorts/" in path and "/progress" in path:
        group = {"group": "near"} if path.endswith("/learners") else {}
        return {"pathway_id": world.pathways["Critical Thinking"], **group}
    return {"from": 1, "to": 1} if path.endswith("/diff") else {}


def revision(campus: Campus, method: str, path: str, address: str) -> dict[str, str]:
    """The If-Match of whoever has just read the thing, for the routes that ask for it."""
    if method not in {"PUT", "PATCH"}:
        return {}
    headers = campus.world.as_(campus.amy) if "/records/" in path else campus.world.admin
    tag = campus.world.client.get(address.removesuffix("/image"), headers=headers).headers.get("etag", '"1"')
    return {"If-Match": tag, "Content-Type": "image/png" if path.endswith("/image") else "application/json"}


def ask(campus: Campus, route: Route, role: str, ids: Callable[[str], str]) -> Response:
    door, method, path = route
    client = campus.world.client
    address = re.sub(r"\{([^}]+)\}", lambda found: ids(found[1]), path)
    sent = body_of(campus, method, path)
    headers = campus.headers(role, page=door == "page") | revision(campus, method, path, address)
    changes = client.app.state.service.changes
    changes.ended = path.endswith("/events")  # a stream ends at once when the service is about to stop
    try:
        return client.request(method, address, headers=headers, follow_redirects=False, **sent)
    finally:
        changes.ended = False


def outcome(answer: Response) -> str:
    if answer.status_code == 303 and answer.headers["location"] == "/sign-in":
        return "in"
    return "ok" if answer.status_code < 400 else str(answer.status_code)


def everything(campus: Campus) -> dict[str, list[str]]:
    """Every row of the database, to see that nothing changed."""
    with reading(campus.world.client.app.state.service.engine) as snapshot:
        tables = METADATA.sorted_tables
        return {table.name: sorted(map(repr, snapshot.execute(table.select()))) for table in tables}


@pytest.fixture(scope="module")
def campus(shared_world: World) -> Iterator[Campus]:
    return Campus(shared_world)


@pytest.mark.parametrize("route", ROWS, ids=" ".join)
def test_each_route_lets_in_whom_it_should(campus: Campus, route: Route):
    expected, path = ROWS[route], route[2]
    ids = {name: campus.thing(name, path) for name in re.findall(r"\{([^}]+)\}", path)}
    refused = [role for role in ROLES if expected[role] != "ok"]
    before = everything(campus)

    answers = {role: ask(campus, route, role, ids.__getitem__) for role in refused}
    absent = {role: ask(campus, route, role, unknown) for role in refused if ids}

    assert everything(campus) == before
    for role in ROLES:
        if role not in answers:
            if route[1] != "GET":
                ids = {name: campus.thing(name, path) for name in ids}
            answers[role] = ask(campus, route, role, ids.__getitem__)
    assert {role: outcome(answer) for role, answer in answers.items()} == expected
    for role, answer in absent.items():
        if expected[role] in ("401", "404"):
            assert (answer.status_code, answer.content) == (answers[role].status_code, answers[role].content)
            assert sorted(answer.headers.items()) == sorted(answers[role].headers.items())


NAMED = [route for route in ROWS if "{" in route[2] and "ok" in ROWS[route].values()]


@pytest.mark.parametrize("route", NAMED, ids=" ".join)
def test_what_does_not_exist_is_404_for_whoever_may_do_most(campus: Campus, route: Route):
    role = "admin" if ROWS[route]["admin"] == "ok" else "amy"
    assert ask(campus, route, role, unknown).status_code == 404
