"""Work that waits: done whole and counted, steered by whoever made it necessary, and stopped by nobody's data."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from httpx import Response
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from clr.ids import JobId, LearnerId
from clr.jobs import work
from clr.registrar import authoring, outbox
from clr.registrar.outbox import Handed, Kind
from clr.registrar.policy import Caller, Role
from clr.registrar.settling import SETTLING
from clr.store.sessions import reading, transaction
from clr.store.tables import Job
from tests.worlds import World, all_of


class Work:
    """One job on one institution, and learners to whom something is due by it."""

    def __init__(self, world: World, learners: int) -> None:
        self.world, self.service = world, world.client.app.state.service
        self.learners = sorted(world.learner(f"Amy {number}", holds=["A"]) for number in range(learners))
        draft = world.draft("Essential", {"Essential": (all_of("A"), "auto")})
        self.pathway = world.post("/v1/pathways", {"issuer_id": world.issuer(), "draft": draft})["id"]
        with transaction(self.service.engine) as session:
            caller = Caller(world.people["Ada Admin"], "Ada", None, frozenset({(Role.ADMIN, "")}))
            self.id = authoring.publish(session, caller, self.pathway, at=self.service.clock()).job_id

    def row(self) -> Job:
        with transaction(self.service.engine) as session:
            return session.exec(select(Job).where(Job.id == self.id)).one()

    def chunk(self, kind: Kind = SETTLING, limit: int = 2) -> bool:
        service = self.service
        return outbox.work_chunk(
            service.engine,
            {"settle": kind},
            self.id,
            at=service.clock(),
            urls=service.urls,
            limit=limit,
        ).more

    def all_chunks(self, kind: Kind = SETTLING, limit: int = 2) -> None:
        while self.chunk(kind, limit):
            pass

    def asks(self, act: str, headers: dict[str, str] | None = None) -> Response:
        return self.world.client.post(f"/v1/jobs/{self.id}/{act}", headers=headers or self.world.admin)

    def handed(self) -> Handed:
        return Handed(self.id, self.row().attempt)

    def with_milestone(self) -> list[str]:
        return [learner for learner in self.learners if "Essential" in names(self.world, learner)]


def names(world: World, learner: str) -> list[str]:
    items = world.client.get(f"/v1/learners/{learner}/awards", headers=world.admin).json()["items"]
    return [item["name"] for item in items]


def failing_with(learners: Sequence[str], fault: Exception, times: int = 10**6) -> Kind:
    """Settling that fails with some learners, the first ``times`` times."""
    left = [times]

    def act(session: Any, subject: Any, learner: LearnerId, at: Any, urls: Any) -> int:
        gave = SETTLING.act(session, subject, learner, at, urls)
        if learner in learners and left[0] > 0:
            left[0] -= 1
            raise fault
        return gave

    return replace(SETTLING, act=act)


@pytest.fixture
def job(world: World) -> Work:
    return Work(world, learners=5)


# Progress


def test_a_chunk_is_counted_in_the_transaction_that_does_it(job: Work):
    assert (job.row().total, job.row().done) == (None, 0)
    job.chunk()
    assert (job.row().total, job.row().done, job.row().state) == (5, 2, "waiting")
    assert job.with_milestone() == job.learners[:2]
    job.all_chunks()
    assert (job.row().total, job.row().done, job.row().state) == (5, 5, "done")
    assert job.with_milestone() == job.learners


def test_a_chunk_ends_when_it_has_taken_long_enough_and_the_next_goes_on_there(job: Work):
    service = job.service
    for done in (1, 2):
        chunk = outbox.work_chunk(
            service.engine,
            work.KINDS,
            job.id,
            at=service.clock(),
            urls=service.urls,
            limit=100,
            enough=lambda: True,
        )
        assert chunk == outbox.Chunk(1, more=True)
        assert (job.row().done, job.row().after) == (done, job.learners[done - 1])
    job.all_chunks()
    assert job.with_milestone() == job.learners


def test_a_chunk_that_meets_a_database_out_of_reach_leaves_no_trace_and_is_done_again(job: Work):
    away = OperationalError("select 1", {}, Exception("the server is starting up"))
    with pytest.raises(OperationalError):
        job.chunk(failing_with(job.learners[1:2], away))
    assert (job.row().done, job.row().after, job.row().left) == (0, "", [])
    assert job.with_milestone() == []
    job.all_chunks()
    assert job.with_milestone() == job.learners


def test_work_of_a_kind_that_this_version_does_not_know_is_left_to_those_who_do(job: Work):
    with transaction(job.service.engine) as session:
        strange = outbox.put(session, "strange", {}, by=None, at=job.service.clock())
    assert work.finish(job.service) == 5
    with reading(job.service.engine) as snapshot:
        assert [one.id for one in outbox.waiting(snapshot, ["strange"], limit=9)] == [strange]
        assert outbox.waiting(snapshot, work.KINDS, limit=9) == []


# What people ask


def test_paused_work_rests_until_it_is_resumed_and_goes_on_where_it_was(job: Work):
    job.chunk()
    assert job.asks("pause").json()["state"] == "paused"
    assert not job.chunk()
    assert work.finish(job.service) == 0
    assert job.asks("pause").json()["state"] == "paused"
    before = job.row().attempt
    told = job.asks("resume").json()
    assert (told["state"], told["done"], told["total"]) == ("waiting", 2, 5)
    assert job.row().attempt == before + 1
    job.all_chunks()
    assert job.row().done == 5
    assert job.with_milestone() == job.learners


def test_cancelled_work_stays_so_and_keeps_what_it_gave(job: Work):
    job.chunk()
    assert job.asks("cancel").json()["state"] == "cancelled"
    assert not job.chunk()
    assert job.with_milestone() == job.learners[:2]
    assert {act: job.asks(act).status_code for act in ("pause", "resume", "cancel")} == {
        "pause": 409,
        "resume": 409,
        "cancel": 200,
    }
    handed = job.handed()
    with transaction(job.service.engine) as session:
        outbox.taken(session, handed)
        outbox.stumbled(session, handed)
        outbox.given_back(session, handed)
    assert job.row().state == "cancelled"


def test_work_that_is_done_is_neither_paused_nor_begun_again(job: Work):
    job.all_chunks()
    assert [job.asks(act).status_code for act in ("pause", "resume", "cancel")] == [409, 409, 409]
    assert job.row().state == "done"


def test_whoever_published_sees_and_steers_the_work_and_other_authors_do_not(world: World):
    issuer = world.issuer()
    nina = world.person("Nina", (Role.AUTHOR, issuer))
    otto = world.person("Otto", (Role.AUTHOR, issuer))
    draft = world.draft("Essential", {"Essential": (all_of("A"), "auto")})
    path = f"/v1/pathways/{world.post('/v1/pathways', {'issuer_id': issuer, 'draft': draft})['id']}/publish"
    once = nina | {"Idempotency-Key": "publish-1"}

    first, again = (world.client.post(path, headers=once) for _ in range(2))
    address = f"/v1/jobs/{first.json()['job_id']}"

    assert (first.status_code, first.json()) == (201, again.json())
    assert first.headers["link"] == again.headers["link"] == f'<{address}>; rel="monitor"'
    assert [world.client.get(address, headers=who).status_code for who in (nina, world.admin, otto)] == [
        200,
        200,
        404,
    ]
    assert world.client.post(f"{address}/cancel", headers=otto).status_code == 404
    told = world.client.post(f"{address}/pause", headers=nina).json()
    assert (told["kind"], told["state"], told["done"], told["error"]) == ("settle", "paused", 0, None)


# When it fails


def test_one_learner_with_whom_it_fails_keeps_nobody_else_waiting_and_is_named_in_the_row(job: Work, caplog):
    ill = job.learners[1]
    job.all_chunks(failing_with([ill], KeyError("clause")))
    row = job.row()
    assert (row.state, row.done, row.total) == ("failed", 4, 5)
    assert row.left == [{"learner_id": ill, "says": "KeyError: 'clause'", "tries": 2}]
    assert row.error == f"1 learner is left; {ill}: KeyError: 'clause'. Resume it once that is mended."
    assert job.with_milestone() == [learner for learner in job.learners if learner != ill]
    assert [record.exc_info is not None for record in caplog.records if ill in record.message] == [
        True,
        True,
        False,
    ]

    assert job.asks("resume").json()["error"] is None
    job.all_chunks()

    assert (job.row().state, job.row().done, job.row().left) == ("done", 5, [])
    assert job.with_milestone() == job.learners


def test_a_learner_with_whom_it_failed_once_is_tried_again_when_the_others_are_done(job: Work):
    job.all_chunks(failing_with(job.learners[:2], ValueError("for a moment"), times=2))
    assert (job.row().state, job.row().done, job.row().left) == ("done", 5, [])
    assert job.with_milestone() == job.learners


def test_work_that_fails_with_everybody_stops_soon_and_goes_on_when_it_is_mended(
    job: Work, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(outbox, "LEFT_MOST", 2)
    job.all_chunks(failing_with(job.learners, ValueError("a mistake of ours")), limit=1)
    row = job.row()
    assert (row.state, row.done, len(row.left), row.after) == ("failed", 0, 3, job.learners[2])
    assert "3 learners are left, and the others still wait" in str(row.error)
    job.asks("resume")
    job.chunk(limit=3)
    assert (job.row().done, job.row().left) == (3, [])
    job.all_chunks()
    assert job.with_milestone() == job.learners


def test_what_a_database_says_of_values_is_not_kept(job: Work):
    fault = Exception("duplicate key\nDETAIL: Key (name)=(Amy) exists.")
    job.all_chunks(failing_with(job.learners[:1], fault))
    assert job.row().left[0]["says"] == "Exception: duplicate key"


def test_work_given_up_without_a_word_is_begun_anew_and_after_five_times_shown_to_a_person(job: Work):
    for times in range(1, 6):
        handed = job.handed()
        with transaction(job.service.engine) as session:
            outbox.taken(session, handed)
        for _ in range(2):  # two workers that see the same count it once
            with transaction(job.service.engine) as session:
                outbox.stumbled(session, handed)
        assert (job.row().stumbles, job.row().attempt) == (times, times)
    assert job.row().state == "failed"
    assert "Given up 5 times" in str(job.row().error)
    assert job.asks("resume").json()["state"] == "waiting"
    assert job.row().stumbles == 0


def test_work_that_a_stopping_worker_gives_back_is_handed_out_anew(job: Work):
    handed = job.handed()
    with transaction(job.service.engine) as session:
        outbox.given_back(session, handed)
        outbox.taken(session, handed)  # by a pump that was slower than the worker
    with reading(job.service.engine) as snapshot:
        assert outbox.waiting(snapshot, work.KINDS, limit=9) == [Handed(JobId(job.id), handed.attempt + 1)]
