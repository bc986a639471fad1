"""Bringing learners and past awards from a file: the good rows through the same acts, each bad one with its cure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from clr.errors import ClrError
from clr.registrar import awarding, catalog, people
from clr.registrar.catalog import AchievementFacts
from clr.registrar.holdings import EvidenceFacts
from clr.registrar.people import Who
from clr.registrar.policy import Caller
from clr.registrar.repeating import GrantRequest
from clr.registrar.results import ResultGiven
from clr.registrar.spreadsheets import Fault, Row, RowRefused, nearest, rows_of
from clr.registrar.urls import Urls
from clr.store.sessions import transaction

CHUNK = 50
"""Rows a transaction: a writer beside us hardly waits, and a stop loses little."""

LEARNER_COLUMNS = ("name", "email", "external_id")
AWARD_COLUMNS = (
    "learner_email",
    "external_id",
    "learner_name",
    "achievement",
    "issuer",
    "earned_on",
    "valid_until",
    "result",
    "credits_earned",
    "assessor",
    "narrative",
    "evidence_name",
    "evidence_url",
)

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
        rows = list(rows_of(content, known=LEARNER_COLUMNS, required=("name",)))
        return self._import(rows, self._learner)

    def awards(self, content: bytes) -> Imported:
        """Import awards of any date; importing the same file again changes nothing."""
        rows = list(rows_of(content, known=AWARD_COLUMNS, required=("achievement",)))
        return self._import(rows, self._award)

    def _import(self, rows: Sequence[Row], act: Act) -> Imported:
        done = Imported()
        for start in range(0, len(rows), CHUNK):
            self._chunk(rows[start : start + CHUNK], act, done)
            self.progressed(min(start + CHUNK, len(rows)), len(rows))
        return done

    def _chunk(self, rows: Sequence[Row], act: Act, done: Imported) -> None:
        with transaction(self.engine) as session:
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
        who = Who(name=row.required("name"), email=row.text("email"), external_id=row.text("external_id"))
        known = people.known(session, who)
        people.find_or_create(session, who, at=self.clock())
        return not known

    def _award(self, session: Session, row: Row) -> bool:
        row.require_whole()
        achievement = _achievement(session, row)
        request = GrantRequest(
            achievement_id=achievement.id,
            learner=_who(row),
            earned_on=row.moment("earned_on"),
            valid_until=row.moment("valid_until"),
            recorded=True,
            results=_results(row, achievement),
            evidence=_evidence(row),
            narrative=row.text("narrative"),
            assessor=row.text("assessor"),
            credits_earned=row.number("credits_earned"),
        )
        granted = awarding.grant(session, self.caller, request, at=self.clock(), urls=self.urls)
        return not granted.repeated


def _who(row: Row) -> Who:
    who = Who(
        email=row.text("learner_email"), external_id=row.text("external_id"), name=row.text("learner_name")
    )
    if who.email is None and who.external_id is None:
        raise RowRefused(
            Fault(row.line, "learner_email", "Neither learner_email nor external_id says who it is.")
        )
    return who


def _achievement(session: Session, row: Row) -> AchievementFacts:
    told, issuer = row.required("achievement"), row.text("issuer")
    found = [
        one
        for one in catalog.achievements_told(session, told)
        if issuer is None or issuer in _issuer_words(session, one)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        says = f'{len(found)} issuers have an achievement "{told}"; add a column issuer, or write the id.'
        raise RowRefused(Fault(row.line, "achievement", says))
    like = nearest(told, list(catalog.names(session).values()))
    raise RowRefused(Fault(row.line, "achievement", f'There is no achievement "{told}".{like}'))


def _issuer_words(session: Session, achievement: AchievementFacts) -> tuple[str, str, str]:
    issuer = catalog.issuer(session, achievement.issuer_id)
    return issuer.id, issuer.slug, issuer.name


def _results(row: Row, achievement: AchievementFacts) -> tuple[ResultGiven, ...]:
    told = row.text("result")
    if told is None:
        return ()
    if not achievement.result_descriptions:
        says = f"{achievement.name} describes no result; leave the cell empty."
        raise RowRefused(Fault(row.line, "result", says))
    described = achievement.result_descriptions[0]
    key = str(described["id"])
    if described.get("levels"):
        return (ResultGiven(key, achieved_level=told),)
    return (ResultGiven(key, value=told),)


def _evidence(row: Row) -> tuple[EvidenceFacts, ...]:
    url, name = row.text("evidence_url"), row.text("evidence_name")
    if url is None:
        return ()
    if not url.startswith(("https://", "http://")):
        raise RowRefused(
            Fault(row.line, "evidence_url", f'"{url}" is no web address; begin it with https://.')
        )
    return (EvidenceFacts(None, url, name or url, None, None),)


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
