"""The command line: serve, bring in, award, and give access, through the same acts as every other door."""

import errno
import json
import re
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
import uvicorn
from alembic.util import CommandError
from fastapi import FastAPI
from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from clr.app import create_app, open_service
from clr.demo import building
from clr.errors import ClrError
from clr.ids import PathwayId, PersonId
from clr.jobs import work
from clr.jobs.engine import Worker
from clr.net import fetching
from clr.records.findings import Outcome
from clr.registrar import authoring, awarding, catalog, exporting, people, tokens
from clr.registrar.awarding import GrantRequest
from clr.registrar.exporting import Form
from clr.registrar.importing import Imported, Importer
from clr.registrar.people import Who
from clr.registrar.policy import Caller, Role
from clr.settings import Settings
from clr.store.sessions import reading, transaction
from clr.web import verification
from clr.web.access import ACCESS
from clr.web.service import Service

main = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
pathway = typer.Typer(no_args_is_help=True, help="Write a pathway down as a file.")
main.add_typer(pathway, name="pathway")
_out, _err = Console(markup=False), Console(stderr=True, markup=False)  # names and cells are text, [b] or not

OPERATOR = Caller(PersonId(""), "The operator of this service", None, frozenset({(Role.ADMIN, "")}))
"""Whoever can run this command on this machine can read its database; the registrar trusts them as an admin."""

STAFF = tuple(role for role in Role if role is not Role.LEARNER)


class Kind(StrEnum):
    """What a file holds."""

    AWARDS = "awards"
    LEARNERS = "learners"


_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


class Server(uvicorn.Server):
    """A server that ends live streams when it is told to stop, so that it need not wait for them."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop taking requests; open dashboards reconnect elsewhere, or when it is back."""
        app = self.config.app
        if isinstance(app, FastAPI) and hasattr(app.state, "service"):
            app.state.service.changes.end()
        super().handle_exit(sig, frame)


@main.command()
def serve(
    demo: Annotated[bool, typer.Option("--demo", help="With the demonstration institution.")] = False,  # noqa: FBT002  typer reads flags so
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin the demonstration anew.")] = False,  # noqa: FBT002  typer reads flags so
) -> None:
    """Start the service."""
    settings = _settings()
    if fresh and not demo:
        raise typer.BadParameter("--fresh begins the demonstration anew; say --demo too.")
    with ExitStack() as open_:
        with _refusals():
            sock = open_.enter_context(_listening(settings))
            settings = _prepared(settings, demo=demo, fresh=fresh)
        config = uvicorn.Config(
            create_app(settings, demo=demo),
            access_log=False,
            proxy_headers=False,  # nobody is believed about where they come from
            server_header=False,
            timeout_graceful_shutdown=5,
        )
        Server(config).run(sockets=[sock])


def _prepared(settings: Settings, *, demo: bool, fresh: bool) -> Settings:
    """Return the settings of what is to be served, once all that it needs is in order."""
    if not demo:
        building.require_no_demo(settings)
        open_service(settings).engine.dispose()
        return settings
    ours = building.settings_of(settings)
    _out.print(building.build(ours, fresh=fresh), soft_wrap=True, highlight=False)
    return ours


def _listening(settings: Settings) -> socket.socket:
    """Take the address before anything is built, or say why it cannot be had."""
    where = f"{settings.host}:{settings.port}"
    sock = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((settings.host, settings.port))
    except OSError as fault:
        sock.close()
        if fault.errno == errno.EADDRINUSE:
            raise ClrError(f"Something listens on {where} already. Stop it, or set CLR_PORT.") from None
        raise ClrError(
            f"{where} cannot be listened on: {fault.strerror}. Set CLR_HOST or CLR_PORT."
        ) from None
    return sock


@main.command()
def migrate() -> None:
    """Bring the database to its newest shape."""
    with _service() as service:
        _out.print(f"The database at {service.engine.url.render_as_string()} is up to date.", soft_wrap=True)


@main.command()
def token(
    person: Annotated[str, typer.Argument(help="Id or e-mail address of somebody who signs in.")],
) -> None:
    """Print an access token for somebody."""
    with _service() as service:
        now = service.clock()
        with reading(service.engine) as snapshot:
            person_id = people.find_person(snapshot, person)
        minutes = service.settings.token_minutes
        made = tokens.mint(
            person_id,
            purpose=ACCESS,
            at=now,
            minutes=minutes,
            kid=service.keyring.token_kid,
            key=service.keyring.token_key,
        )
        _err.print(f"Valid until {now + timedelta(minutes=minutes):%Y-%m-%d %H:%M} UTC.")
        print(made)  # noqa: T201  the one thing on standard output, so that it can be piped


@main.command()
def person(
    name: Annotated[str, typer.Argument(help="As pages show it.")],
    email: Annotated[str, typer.Argument(help="The address they sign in with.")],
    role: Annotated[
        list[str] | None, typer.Option(help="admin, author, awarder or assessor; ROLE=ISSUER for one issuer.")
    ] = None,
) -> None:
    """Enter somebody who signs in; the first administrator comes this way."""
    with _service() as service, transaction(service.engine) as session:
        if not name.strip():
            raise ClrError("NAME is empty; write it as pages show it.")
        if not _ADDRESS.fullmatch(email.strip()):
            raise ClrError(f'"{email}" is no e-mail address; write name@example.edu.')
        roles = [_role(session, told) for told in role or ()]
        people.create_person(session, name=name, email=email, roles=roles, at=service.clock())
        _out.print(f"{name} may sign in: clr token {email}")


@main.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV with a heading line, in UTF-8.")],
    kind: Annotated[Kind, typer.Option(help="What the rows are.")] = Kind.AWARDS,
    dry_run: Annotated[  # noqa: FBT002  typer reads flags so
        bool, typer.Option("--dry-run", help="Say what would happen; change nothing.")
    ] = False,
) -> None:
    """Bring in a CSV file; good rows are kept, each bad one is listed with its cure."""
    with _service() as service, _bar() as progressed:
        importer = Importer(service.engine, OPERATOR, service.urls, service.clock, dry_run, progressed)
        content = _content(file)
        done = importer.awards(content) if kind is Kind.AWARDS else importer.learners(content)
    _tell(done, kind, dry_run=dry_run)
    if done.faults:
        raise typer.Exit(1)


@main.command()
def award(
    learner: Annotated[str, typer.Option(help="E-mail address or external id.")],
    achievement: Annotated[str, typer.Option(help="Id or exact name.")],
    name: Annotated[str | None, typer.Option(help="Of a learner who is new here.")] = None,
    assessor: Annotated[str | None, typer.Option(help="Who assessed the work.")] = None,
) -> None:
    """Award one achievement, with every milestone that follows."""
    with _service() as service, transaction(service.engine) as session:
        found = catalog.achievements_told(session, achievement)
        if not found:
            raise ClrError(f'No achievement is called "{achievement}", and none has this id.')
        if len(found) > 1:
            raise ClrError(f'{len(found)} achievements are called "{achievement}"; give the id of one.')
        who = Who(email=learner, name=name) if "@" in learner else Who(external_id=learner, name=name)
        request = GrantRequest(found[0].id, who, assessor=assessor)
        granted = awarding.grant(session, OPERATOR, request, at=service.clock(), urls=service.urls)
    state = "was held already" if granted.repeated else "awarded"
    _out.print(f"{granted.award.name}: {state}.")
    for milestone in granted.milestones:
        _out.print(f"{milestone.name}: followed by itself.")


@main.command()
def worker() -> None:
    """Do the work that waits, until told to stop; as many at once as wanted on PostgreSQL."""
    with _service() as service:
        stopped = threading.Event()
        for told in (signal.SIGINT, signal.SIGTERM):
            signal.signal(told, lambda *_: stopped.set())
        working = Worker(service)
        working.start()
        _out.print(f"Working the jobs of {service.engine.url.render_as_string()}.", soft_wrap=True)
        stopped.wait()
        working.stop()


@main.command()
def settle() -> None:
    """Give the milestones that publications made due and that nobody has given yet."""
    with _service() as service:
        given = work.finish(service)
        _out.print(f"{given} milestone{'' if given == 1 else 's'} given.")


@main.command()
def verify(
    document: Annotated[str, typer.Argument(help="A file (JSON, JWT, PNG or SVG), or the address of one.")],
) -> None:
    """Check a credential or record as the verifier's page does; leaves with 1 unless it holds."""
    with _service() as service:
        content, media_type = _document(document)
        try:
            report = verification.verify(service, content, media_type, at=service.clock())
        finally:
            service.checker.close()
    table = Table("", "Found", "What the check found", box=None)
    for finding in report.findings:
        if not finding.at or finding.outcome is not Outcome.PASS:
            says = f"{finding.at}: {finding.says}" if finding.at else finding.says
            table.add_row(str(finding.number), finding.outcome.value.replace("_", " "), _printable(says))
    _out.print(table)
    _out.print("It holds." if report.verified else "It does not hold, or not all of it could be checked.")
    if not report.verified:
        raise typer.Exit(1)


@pathway.command()
def export(
    pathway_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the pathway.")],
    version: Annotated[
        int | None, typer.Option(min=1, help="A published version; else the one in force, or the draft.")
    ] = None,
    form: Annotated[
        Form, typer.Option(help="Lines to read and compare, or JSON to draw it anew.")
    ] = Form.TEXT,
) -> None:
    """Print a pathway as a file that changes only where the pathway does."""
    with _service() as service, reading(service.engine) as snapshot:
        key = PathwayId(pathway_id)
        number = version or authoring.pathway(snapshot, key).current_version
        told = exporting.exported(snapshot, OPERATOR, key, number, form)
    sys.stdout.buffer.write(told.encode())  # UTF-8 wherever it is kept, whatever this terminal speaks


@main.command()
def openapi() -> None:
    """Print the contract of the API."""
    print(json.dumps(create_app(_settings()).openapi(), indent=2, sort_keys=True))  # noqa: T201  to be redirected


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as faults:
        for fault in faults.errors():
            _err.print(f"CLR_{str(fault['loc'][0]).upper()}: {fault['msg']}", soft_wrap=True, highlight=False)
        raise typer.Exit(2) from None
    except SettingsError as fault:
        found = re.search(r'field "(\w+)"', str(fault))
        name = f"CLR_{found[1].upper()}" if found else "A setting"
        _err.print(
            f'{name} is no JSON; a list is written ["one", "another"].', soft_wrap=True, highlight=False
        )
        raise typer.Exit(2) from None


@contextmanager
def _service() -> Iterator[Service]:
    with _refusals():
        service = open_service(_settings())
        try:
            yield service
        finally:
            service.engine.dispose()


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn a refusal into a sentence and an exit code."""
    try:
        yield
    except ClrError as refused:
        says = refused.says
    except SQLAlchemyError as fault:
        cause = str(getattr(fault, "orig", None) or fault).strip().splitlines()
        says = f"The database cannot be used: {cause[0] if cause else fault}. See CLR_DATABASE_URL and CLR_DATA_DIR."
    except CommandError as fault:
        says = f"The database was made by another version of this service: {fault}."
    except OSError as fault:
        says = f"{fault.filename or 'A file'} cannot be used: {fault.strerror}. See CLR_DATA_DIR."
    else:
        return
    _err.print(says, soft_wrap=True, highlight=False)
    raise typer.Exit(1)


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn("Importing"), BarColumn(), MofNCompleteColumn(), TextColumn("rows"))
    with Progress(*columns, console=_err, transient=not sys.stderr.isatty()) as bar:
        task = bar.add_task("rows", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as fault:
        raise ClrError(f"{file} cannot be read: {fault.strerror}.") from None


def _document(named: str) -> tuple[bytes, str]:
    """Return the bytes of a file or address, and what they are."""
    if named.startswith(("http://", "https://")):
        found = fetching.fetch(named)
        return found.content, found.media_type
    return _content(Path(named)), _MEDIA.get(Path(named).suffix.lower(), "text/plain")


_MEDIA = {".png": "image/png", ".svg": "image/svg+xml"}


def _tell(done: Imported, kind: Kind, *, dry_run: bool) -> None:
    would = "would be " if dry_run else ""
    _out.print(f"{done.new} {kind} {would}new, {done.unchanged} there already, {len(done.faults)} problems.")
    if not done.faults:
        return
    table = Table("Line", "Column", "What is wrong, and the cure", box=None)
    for fault in done.faults:
        table.add_row(str(fault.line), fault.column or "-", _printable(fault.says))
    _err.print(table)


def _printable(text: str) -> str:
    """Return text that moves no cursor and rings no bell, whatever a cell held."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _role(session: Session, told: str) -> tuple[Role, str]:
    name, _, issuer = told.partition("=")
    if name not in STAFF:
        raise ClrError(f'"{name}" is no role; there are: {", ".join(STAFF)}.')
    return Role(name), catalog.issuer_by_slug(session, issuer).id if issuer else ""
