"""Bringing learners and past awards from a file: the good rows through the same acts, each bad one with its cure.

Awards are brought learner by learner in the order in which they were earned, whatever the order of the rows: so a
milestone is dated as if the service had been there all along, and two imports at once take learners in one order.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from clr.errors import ClrError
from clr.registrar import awarding, history, people
from clr.registrar.history import History
from clr.registrar.people import Who
from clr.registrar.policy import Caller
from clr.registrar.spreadsheets import Fault, Row, RowRefused, rows_of
from clr.registrar.urls import Urls
from clr.store.sessions import transaction

CHUNK = 50
"""Rows a transaction, or some more: a writer beside us hardly waits, a stop loses little, no learner is cut in two."""

LEARNER_COLUMNS = {"name": 200, "email": 200, "external_id": 100}
"""The columns of a file of learners, and how many characters each may hold."""

Act = Callable[[Session, Row], bool]
"""Does what one row says; returns whether anything changed."""

Progressed = Callable[[int, int], None]
"""Told after each chunk: rows done, rows in all."""


@dataclass
class Imported:
    """What an import did: rows that changed something, rows that said what was so already, rows refused."""

    new: int = 0
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Importer:
    """Somebody who imports, and where; ``dry_run`` undoes everything after each chunk."""

    engine: Engine
    caller: Caller
    urls: Urls
    clock: Callable[[], datetime]
    dry_run: bool = False
    progressed: Progressed = lambda _done, _total: None

    def learners(self, content: bytes) -> Imported:
        """Import learners; ``BadInput`` when the file itself cannot be used."""
        rows = rows_of(content, known=tuple(LEARNER_COLUMNS), required=("name",))
        return self._import([[row] for row in rows], self._learner)

    def awards(self, content: bytes) -> Imported:
        """Import awards of any date; importing the same file again changes nothing."""
        told = History(list(rows_of(content, known=history.COLUMNS, required=("achievement",))))
        return self._import(told.by_learner(), lambda session, row: self._award(session, row, told))

    def _import(self, groups: Sequence[Sequence[Row]], act: Act) -> Imported:
        done, total, finished = Imported(), sum(map(len, groups)), 0
        for rows in _chunks(groups):
            self._chunk(rows, act, done)
            finished += len(rows)
            self.progressed(finished, total)
        done.faults.sort(key=lambda fault: fault.line)
        return done

    def _chunk(self, rows: Sequence[Row], act: Act, done: Imported) -> None:
        with transaction(self.engine) as session:
            people.lock_known(session, map(history.who_told, rows))
            for row in rows:
                try:
                    with session.begin_nested():
                        changed = act(session, row)
                    done.new += changed
                    done.unchanged += not changed
                except RowRefused as refused:
                    done.faults += refused.faults
                except ClrError as refused:
                    done.faults += _faults(row, refused)
            if self.dry_run:
                session.rollback()

    def _learner(self, session: Session, row: Row) -> bool:
        row.require_whole()
        row.require_fitting(LEARNER_COLUMNS)
        name, email = row.each(lambda: row.required("name"), lambda: row.address("email"))
        who = Who(name=name, email=email, external_id=row.text("external_id"))
        known = people.known(session, who)
        people.find_or_create(session, who, at=self.clock())
        return not known

    def _award(self, session: Session, row: Row, told: History) -> bool:
        request = told.request(session, row)
        granted = awarding.grant(session, self.caller, request, at=self.clock(), urls=self.urls)
        return not granted.repeated


def _chunks(groups: Iterable[Sequence[Row]]) -> Iterator[list[Row]]:
    rows: list[Row] = []
    for group in groups:
        rows += group
        if len(rows) >= CHUNK:
            yield rows
            rows = []
    if rows:
        yield rows


def _faults(row: Row, refused: ClrError) -> Iterator[Fault]:
    """Put an act's refusal into the columns of the file."""
    for problem in refused.problems:
        yield Fault(row.line, _COLUMN.get(problem.at.partition("[")[0].rpartition(".")[2], ""), problem.says)
    if not refused.problems:
        yield Fault(row.line, "", refused.says)


_COLUMN = {
    "achievement_id": "achievement",
    "learner": "learner_email",
    "name": "learner_name",
    "email": "learner_email",
    "external_id": "external_id",
    "earned_on": "earned_on",
    "valid_until": "valid_until",
    "results": "result",
    "evidence": "evidence_url",
}
"""Which column of the file a member of a request came from."""
