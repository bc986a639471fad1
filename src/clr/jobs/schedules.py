"""What is done at its hour, once however many workers there are: DBOS names each tick by its time.

A new schedule is a line in ``SCHEDULES``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dbos import DBOS

from clr.jobs.pump import WORKFLOW, workflow_id
from clr.jobs.work import KINDS
from clr.registrar import lapsing, outbox
from clr.store.sessions import reading, transaction
from clr.web.service import Service

TICK = "tick"
"""The workflow that a schedule begins."""

KEPT = {WORKFLOW: timedelta(days=30), TICK: timedelta(days=1)}
"""How long ended workflows are kept, by name. Nobody else clears them away; our own rows stay."""

ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Schedule:
    """An act and its hours: cron with seconds in front, in UTC. The act must be harmless to repeat."""

    hours: str
    act: Callable[[Service, datetime], None]


def pick_up(service: Service, _: datetime) -> None:
    """Begin anew what says that it runs while DBOS has ended it, or knows nothing of it (after a restored backup)."""
    with reading(service.engine) as snapshot:
        running = outbox.running(snapshot, KINDS, limit=_BATCH)
    known = (
        DBOS.list_workflows(
            workflow_ids=[workflow_id(one) for one in running], load_input=False, load_output=False
        )
        if running
        else []
    )
    worked = {one.workflow_id for one in known if one.status not in ENDED}
    for one in running:
        if workflow_id(one) not in worked:
            with transaction(service.engine) as session:
                outbox.stumbled(session, one)


def begin(service: Service, _: datetime) -> None:
    """Begin the work whose date has come."""
    with transaction(service.engine) as session:
        outbox.begin_due(session, at=service.clock())


def pass_time(service: Service, _: datetime) -> None:
    """Bring everybody up to now for whom time has changed something: awards that lapsed, exceptions that ended."""
    lapsing.run_due(service.engine, at=service.clock(), urls=service.urls)


def forget(_: Service, at: datetime) -> None:
    """Delete workflows that ended long ago, with their steps."""
    for name, kept in KEPT.items():
        before = (at - kept).isoformat()
        while found := DBOS.list_workflows(
            name=name,
            status=list(ENDED),
            completed_before=before,
            limit=_BATCH,
            load_input=False,
            load_output=False,
        ):
            DBOS.delete_workflows([one.workflow_id for one in found])


SCHEDULES: Mapping[str, Schedule] = {
    "pick-up": Schedule("*/30 * * * * *", pick_up),
    "begin": Schedule("*/5 * * * * *", begin),
    "pass-time": Schedule("*/10 * * * * *", pass_time),
    "forget": Schedule("0 17 3 * * *", forget),
}
"""Every schedule by its name, which stands in the database."""
