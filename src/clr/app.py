"""The assembled service: one ASGI application from its settings (the composition root)."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from importlib.metadata import distribution
from pathlib import Path

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.routing import APIRoute

from clr.api import ROUTERS as API_ROUTERS
from clr.jobs.engine import Worker
from clr.net.checking import Checker
from clr.pages import ROUTERS as PAGE_ROUTERS
from clr.records.contexts import Contexts, load_contexts
from clr.registrar.keyring import open_keyring
from clr.registrar.urls import Urls
from clr.settings import Settings
from clr.store.changes import Changes
from clr.store.files import Files
from clr.store.migrating import upgrade
from clr.store.sessions import open_engine
from clr.web import problems
from clr.web.addresses import NoNul
from clr.web.headers import SecurityHeaders
from clr.web.heads import Heads
from clr.web.service import Service, utc_now

_log = logging.getLogger(__name__)

CONTEXTS_PACKAGE, CONTEXTS_FOLDER = "openbadgeslib", "openbadgeslib/ob3/contexts"

BODY_SLACK = 65_536
"""Bytes a multipart form may add around its file."""


def open_service(
    settings: Settings, *, demo: bool = False, clock: Callable[[], datetime] = utc_now
) -> Service:
    """Open everything the service needs; the database is brought to its newest shape first."""
    upgrade(settings.database)
    engine = open_engine(settings.database)
    contexts = find_contexts(settings.contexts_dir)
    return Service(
        settings=settings,
        engine=engine,
        urls=Urls(settings.public_url),
        keyring=open_keyring(engine, settings.data_dir / "keys", at=clock()),
        contexts=contexts,
        files=Files(settings.data_dir / "files"),
        changes=Changes(engine),
        checker=Checker(contexts),
        demo=demo,
        clock=clock,
    )


def find_contexts(folder: Path | None = None) -> Contexts:
    """Load the JSON-LD contexts from ``folder``, else from openbadgeslib's data (without importing it)."""
    base = folder or Path(str(distribution(CONTEXTS_PACKAGE).locate_file(CONTEXTS_FOLDER)))
    return load_contexts(lambda name: (base / name).read_bytes())


def create_app(settings: Settings, *, demo: bool = False, clock: Callable[[], datetime] = utc_now) -> FastAPI:
    """Return the service as an ASGI application; it opens when the server starts and closes when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        service = await asyncio.to_thread(open_service, settings, demo=demo, clock=clock)
        app.state.service = service
        await service.changes.start()
        worker = _worker(service)
        yield
        if worker is not None:
            await asyncio.to_thread(worker.stop)
        await service.changes.stop()
        service.checker.close()
        service.engine.dispose()

    app = FastAPI(
        title="Comprehensive Learner Record service",
        version="0.1.0",
        description="Badges that stack, explained progress, and records as signed CLR 2.0 documents.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # it would send people to whatever Host they said they came for
        max_body_size=settings.evidence_max_bytes + BODY_SLACK,
        generate_unique_id_function=_operation_id,
    )
    problems.install(app)
    for router in (*API_ROUTERS, *PAGE_ROUTERS):
        app.include_router(router)
    _protect(app, settings)
    return app


def _worker(service: Service) -> Worker | None:
    """Begin to do the work that waits in this process, if it is the one to do it."""
    if service.settings.works_jobs(demo=service.demo):
        worker = Worker(service)
        worker.start()
        return worker
    if service.settings.jobs == "auto":
        _log.warning("Work that waits is done by `clr worker`, or by this process with CLR_JOBS=here.")
    return None


def _operation_id(route: APIRoute) -> str:
    return route.name


def _protect(app: FastAPI, settings: Settings) -> None:
    """Put guards before the doors; the last one added stands outermost, and completes what the others answer."""
    app.add_middleware(NoNul)
    app.add_middleware(Heads)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "Last-Event-ID"],
            expose_headers=["ETag", "Link", "Retry-After"],
            max_age=600,
        )
    app.add_middleware(SecurityHeaders)
