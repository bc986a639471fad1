"""Giving the milestones that a publication made due, to everybody, in short transactions that can be resumed."""

from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from clr.ids import LearnerId
from clr.registrar import deriving, people, tracking
from clr.registrar.authoring import SETTLE
from clr.registrar.urls import Urls
from clr.store.sessions import reading, transaction
from clr.store.tables import Award, Job

CHUNK = 100
"""Learners a transaction, so that awards made meanwhile hardly wait."""

WAITING, DONE = "waiting", "done"


def settle(transaction: Session, learner_id: LearnerId, *, at: datetime, urls: Urls) -> list[Award]:
    """Give a learner every milestone that is due, and tell her what moved. She must be locked."""
    given = deriving.settle_learner(transaction, learner_id, at=at, urls=urls)
    if given:
        now = deriving.standing(transaction, learner_id)
        at = now.present(at)
        moved = tracking.moved_by(transaction, now, [award.achievement_id for award in given], at=at)
        tracking.tell(transaction, learner_id, moved, at=at)
    return given


def run_pending(engine: Engine, *, at: datetime, urls: Urls) -> int:
    """Finish every settling that waits; return how many milestones were given.

    Resumes where an earlier run stopped: the job remembers the last learner of each finished chunk. Settling a
    learner twice changes nothing, so two runs at once do no harm.
    """
    with reading(engine) as snapshot:
        waiting = select(Job.id).where(col(Job.kind) == SETTLE, col(Job.state) == WAITING)
        jobs = snapshot.exec(waiting.order_by(col(Job.created_at), col(Job.id))).all()
    return sum(_run(engine, job, at, urls) for job in jobs)


def _run(engine: Engine, job_id: str, at: datetime, urls: Urls) -> int:
    given = 0
    while True:
        with transaction(engine) as session:
            job = session.get_one(Job, job_id, with_for_update=True)
            if job.state == DONE:  # another run has finished it
                return given
            chunk = people.learners_with_awards(session, after=str(job.subject["after"]), limit=CHUNK)
            for learner_id in chunk:
                people.lock_learner(session, learner_id)
                given += len(settle(session, learner_id, at=at, urls=urls))
            _note(job, chunk[-1] if len(chunk) == CHUNK else None, len(chunk))
            session.add(job)
            if job.state == DONE:
                return given


def _note(job: Job, last: LearnerId | None, count: int) -> None:
    job.done += count
    if last is None:
        job.state, job.total = DONE, job.done
    else:
        job.subject = {**job.subject, "after": last}
