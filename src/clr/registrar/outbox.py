"""Work that waits: rows written in the transaction that made it necessary, and worked in chunks by whoever can.

The row is all there is to know: what is to be done, how far it is, with whom it failed. Nothing here knows who works.
A chunk is one transaction that also moves the row on, so a chunk is done whole and counted, or neither; two workers
of the same row take turns, and each does the chunk that is next. Pause and cancel are states of the row, obeyed by the
chunk after. A row is done only when everybody was gone through.
"""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session, col, select

from clr.errors import ClrError, Conflict, NotFound
from clr.ids import JobId, LearnerId, PersonId, new_id
from clr.registrar import policy
from clr.registrar.policy import Caller, Deed
from clr.registrar.urls import Urls
from clr.store.sessions import transaction as writing
from clr.store.tables import Job

_log = logging.getLogger(__name__)

LEFT_MOST = 100
"""With more learners than this it is the work that is wrong and not their data: it stops before it fails with all."""

STUMBLES_MOST = 5
"""How often work that is given up without a word is begun anew before a person is asked."""

_TRIES = 2
"""How often a learner is tried before a person is asked: in her turn, and once more when all others are done."""

Subject = Mapping[str, Any]


class State(StrEnum):
    """Where work stands; what is scheduled waits for its date."""

    SCHEDULED = "scheduled"
    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    FAILED = "failed"
    DONE = "done"


OPEN = (State.WAITING, State.RUNNING)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work: whom it goes through, in the order of their ids, and what it does for each.

    ``act`` is given the learner locked, in a savepoint of its own, and returns how much it gave. It must be
    harmless to repeat, and takes no mail and no other machine with it.
    """

    name: str
    count: Callable[[Session, Subject], int]
    learners: Callable[[Session, Subject, str, int], Sequence[LearnerId]]
    act: Callable[[Session, Subject, LearnerId, datetime, Urls], int]


@dataclass(frozen=True, slots=True)
class JobFacts:
    """Work that waits, as whoever asked for it sees it."""

    id: JobId
    kind: str
    state: State
    done: int
    total: int | None
    error: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Handed:
    """A row as workers see it: each ``attempt`` is handed out once."""

    id: JobId
    attempt: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one chunk did: how much it gave, and whether there is more to do."""

    gave: int
    more: bool


# What people ask


def put(
    transaction: Session,
    kind: str,
    subject: Mapping[str, object],
    *,
    by: PersonId | None,
    at: datetime,
    not_before: datetime | None = None,
) -> JobId:
    """Note work in the transaction that makes it necessary; ids only, since names must be erasable.

    It begins at once, or, where ``not_before`` lies ahead, then.
    """
    job = Job(
        id=new_id("job"),
        kind=kind,
        subject=dict(subject),
        state=State.SCHEDULED if not_before is not None and not_before > at else State.WAITING,
        not_before=not_before,
        asked_by=by or None,
        created_at=at,
    )
    transaction.add(job)
    transaction.flush()
    return JobId(job.id)


def job(snapshot: Session, caller: Caller, job_id: JobId) -> JobFacts:
    """Return work to the person who made it necessary, and to administrators."""
    return _facts(_seen(snapshot, caller, job_id))


def pause(transaction: Session, caller: Caller, job_id: JobId) -> JobFacts:
    """Let work rest after the chunk that is being done; it waits until somebody resumes it."""
    row = _seen(transaction, caller, job_id, lock=True)
    if row.state in OPEN:
        row.state = State.PAUSED
    elif row.state == State.SCHEDULED:
        raise Conflict("This work has not begun; cancel it instead.")
    elif row.state != State.PAUSED:
        raise Conflict(f"This work is {row.state}; there is nothing to pause.")
    return _facts(row)


def resume(transaction: Session, caller: Caller, job_id: JobId) -> JobFacts:
    """Go on where work was paused or failed; those with whom it failed are tried first."""
    row = _seen(transaction, caller, job_id, lock=True)
    if row.state in (State.PAUSED, State.FAILED):
        row.left = [{**one, "tries": 0} for one in row.left]
        row.state, row.error, row.stumbles = State.WAITING, None, 0
        row.attempt += 1
    elif row.state not in (*OPEN, State.SCHEDULED):
        raise Conflict(f"This work is {row.state} and does not begin again.")
    return _facts(row)


def cancel(transaction: Session, caller: Caller, job_id: JobId) -> JobFacts:
    """End work after the chunk that is being done; what was given stays given."""
    row = _seen(transaction, caller, job_id, lock=True)
    if row.state == State.DONE:
        raise Conflict("This work is done; there is nothing to cancel.")
    row.state = State.CANCELLED
    return _facts(row)


# What workers ask


def begin_due(transaction: Session, *, at: datetime) -> None:
    """Let work wait for a worker whose date has come."""
    due = (col(Job.state) == State.SCHEDULED, col(Job.not_before) <= at)
    transaction.exec(update(Job).where(*due).values(state=State.WAITING))


def waiting(snapshot: Session, kinds: Collection[str], *, limit: int) -> Sequence[Handed]:
    """Return work of these kinds that nobody has taken, oldest first."""
    return _handed(snapshot, kinds, (State.WAITING,), limit)


def running(snapshot: Session, kinds: Collection[str], *, limit: int) -> Sequence[Handed]:
    """Return work of these kinds that somebody has taken."""
    return _handed(snapshot, kinds, (State.RUNNING,), limit)


def open_work(snapshot: Session, kinds: Collection[str]) -> Sequence[JobId]:
    """Return the work of these kinds that is not ended, oldest first."""
    return [one.id for one in _handed(snapshot, kinds, OPEN, None)]


def taken(transaction: Session, handed: Handed) -> None:
    """Note that a worker has this attempt, unless something else has become of it."""
    _move(transaction, handed, (State.WAITING,), state=State.RUNNING)


def given_back(transaction: Session, handed: Handed) -> None:
    """Note that whoever had this attempt stops before its end: the next worker goes on."""
    _move(transaction, handed, OPEN, state=State.WAITING, attempt=handed.attempt + 1)


def stumbled(transaction: Session, handed: Handed) -> None:
    """Note that whoever had this attempt gave it up without a word: it is begun anew, but not for ever."""
    row = transaction.get(Job, handed.id, with_for_update=True)
    if row is None or row.attempt != handed.attempt or row.state != State.RUNNING:
        return
    row.stumbles += 1
    row.attempt += 1
    row.state = State.WAITING
    if row.stumbles >= STUMBLES_MOST:
        row.state = State.FAILED
        row.error = (
            f"Given up {row.stumbles} times; the log of the workers says why. Resume it once that is mended."
        )
        _log.error("Job %s (%s) has failed: %s", row.id, row.kind, row.error)


def work_chunk(
    engine: Engine,
    kinds: Mapping[str, Kind],
    job_id: JobId,
    *,
    at: datetime,
    urls: Urls,
    limit: int,
    enough: Callable[[], bool] = lambda: False,
) -> Chunk:
    """Do what is next of a job for up to ``limit`` learners or until ``enough``, and count it, in one transaction.

    A learner with whom it fails is noted in the row, which and why, and the rest goes on. A database that is out of
    reach is nobody's fault: it is raised, nothing is kept, and the chunk can be done again.
    """
    with writing(engine) as session:
        row = session.get(Job, job_id, with_for_update=True, populate_existing=True)
        if row is None or row.state not in OPEN:
            return Chunk(0, more=False)
        kind = kinds[row.kind]
        if row.total is None:
            row.total = kind.count(session, row.subject)
        gave, (chunk, forward) = 0, _next(session, kind, row, limit)
        for learner_id in chunk:
            gave += _one(session, kind, row, learner_id, at, urls)
            if forward:
                row.after = learner_id
            if enough():
                break
        if not chunk or len(row.left) > LEFT_MOST:
            _end(row)
        return Chunk(gave, more=row.state in OPEN)


def _next(session: Session, kind: Kind, row: Job, limit: int) -> tuple[Sequence[LearnerId], bool]:
    """Those who failed before a person resumed it; then whoever comes next; last, once more, who failed meanwhile.

    The second part says whether they are those who come next.
    """
    if resumed := _left(row, 0):
        return resumed[:limit], False
    if chunk := kind.learners(session, row.subject, row.after, limit):
        return chunk, True
    return _left(row, 1)[:limit], False


def _left(row: Job, tries: int) -> list[LearnerId]:
    return [LearnerId(one["learner_id"]) for one in row.left if one["tries"] == tries]


def _one(session: Session, kind: Kind, row: Job, learner_id: LearnerId, at: datetime, urls: Urls) -> int:
    try:
        with session.begin_nested():
            gave = kind.act(session, row.subject, learner_id, at, urls)
    except (OperationalError, InterfaceError):
        raise
    except Exception as fault:  # noqa: BLE001  whatever it is, the others get what is theirs, and the row says who did not
        _log.exception("Job %s (%s) failed with learner %s", row.id, row.kind, learner_id)
        before = next((one for one in row.left if one["learner_id"] == learner_id), {"tries": 0})
        noted = {"learner_id": learner_id, "says": _told(fault), "tries": min(before["tries"] + 1, _TRIES)}
        row.left = [*(one for one in row.left if one["learner_id"] != learner_id), noted]
        return 0
    row.left = [one for one in row.left if one["learner_id"] != learner_id]
    row.done += 1
    return gave


def _told(fault: Exception) -> str:
    """Return a fault in one line; what follows in that of a database are values, and values may be names."""
    if isinstance(fault, ClrError):
        return fault.says
    lines = str(getattr(fault, "orig", None) or fault).strip().splitlines()
    return f"{type(fault).__name__}: {lines[0][:200]}" if lines else type(fault).__name__


def _end(row: Job) -> None:
    if not row.left:
        row.state, row.total = State.DONE, row.done
        return
    row.state = State.FAILED
    one = row.left[0]
    count = f"{len(row.left)} learners are" if len(row.left) > 1 else "1 learner is"
    stopped = ", and the others still wait" if len(row.left) > LEFT_MOST else ""
    row.error = f"{count} left{stopped}; {one['learner_id']}: {one['says']}. Resume it once that is mended."
    _log.error("Job %s (%s) has failed: %s", row.id, row.kind, row.error)


def _handed(
    snapshot: Session, kinds: Collection[str], states: Collection[State], limit: int | None
) -> Sequence[Handed]:
    query = select(Job.id, Job.attempt).where(col(Job.state).in_(states), col(Job.kind).in_(kinds))
    found = snapshot.exec(query.order_by(col(Job.created_at), col(Job.id)).limit(limit))
    return [Handed(JobId(job_id), attempt) for job_id, attempt in found]


def _move(transaction: Session, handed: Handed, before: Collection[State], **values: object) -> None:
    same = (col(Job.id) == handed.id, col(Job.attempt) == handed.attempt, col(Job.state).in_(before))
    transaction.exec(update(Job).where(*same).values(**values))


def _seen(snapshot: Session, caller: Caller, job_id: JobId, *, lock: bool = False) -> Job:
    row = snapshot.get(Job, job_id, with_for_update=lock or None)
    if row is not None and row.asked_by is not None and row.asked_by == caller.person_id:
        return row
    policy.require(caller, Deed.STEER_WORK)
    if row is None:
        raise NotFound("There is no such work.")
    return row


def _facts(row: Job) -> JobFacts:
    return JobFacts(JobId(row.id), row.kind, State(row.state), row.done, row.total, row.error, row.created_at)
