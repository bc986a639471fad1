"""One row of a file of awards as what it asks for: who, what, when; with everything that is wrong with it at once."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property

from sqlmodel import Session

from clr.registrar import catalog
from clr.registrar.catalog import AchievementFacts
from clr.registrar.holdings import EvidenceFacts
from clr.registrar.people import Who
from clr.registrar.repeating import GrantRequest
from clr.registrar.results import ResultGiven
from clr.registrar.spreadsheets import Fault, Row, RowRefused, nearest

COLUMNS = (
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
LONGEST = {
    "learner_email": 200,
    "external_id": 100,
    "learner_name": 200,
    "result": 200,
    "assessor": 200,
    "narrative": 10_000,
    "evidence_name": 200,
    "evidence_url": 2000,
}
"""How many characters a cell may hold: as many as a single request may."""

MOST_CREDITS = 1000
_LATE = datetime.max.replace(tzinfo=UTC)


class History:
    """A file of awards: what its rows say of one another, and the achievements they name, each looked up once."""

    def __init__(self, rows: Sequence[Row]) -> None:
        """Read ``rows``, in the order of the file."""
        self.rows = rows
        self._found: dict[tuple[str, str | None], AchievementFacts | tuple[str, str]] = {}

    def by_learner(self) -> list[list[Row]]:
        """Return the rows of each learner, in the order in which things were earned; learners in a fixed order."""
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(_key(row), []).append(row)
        return [sorted(found[key], key=_moment) for key in sorted(found)]

    def request(self, session: Session, row: Row) -> GrantRequest:
        """Return what a row asks for, or refuse it with all its faults."""
        row.require_whole()
        row.require_fitting(LONGEST)
        achievement, who, earned_on, valid_until, credits_earned, evidence = row.each(
            lambda: self._achievement(session, row),
            lambda: self._who(row),
            lambda: row.moment("earned_on"),
            lambda: row.moment("valid_until"),
            lambda: row.number("credits_earned", most=MOST_CREDITS),
            lambda: _evidence(row),
        )
        return GrantRequest(
            achievement_id=achievement.id,
            learner=who,
            earned_on=earned_on,
            valid_until=valid_until,
            recorded=True,
            results=_results(row, achievement),
            evidence=evidence,
            narrative=row.text("narrative"),
            assessor=row.text("assessor"),
            credits_earned=credits_earned,
        )

    def _who(self, row: Row) -> Who:
        email, number = row.address("learner_email"), row.text("external_id")
        if email is None and number is None:
            says = "Neither learner_email nor external_id says who it is."
            raise RowRefused(Fault(row.line, "learner_email", says))
        return Who(email=email, external_id=number, name=self._names.get(_key(row)))

    @cached_property
    def _names(self) -> Mapping[str, str]:
        """What each learner is called: one row that says so is enough."""
        return {_key(row): name for row in reversed(self.rows) if (name := row.text("learner_name"))}

    def _achievement(self, session: Session, row: Row) -> AchievementFacts:
        told, issuer = row.required("achievement"), row.text("issuer")
        if (told, issuer) not in self._found:
            self._found[told, issuer] = _look_up(session, told, issuer)
        found = self._found[told, issuer]
        if isinstance(found, AchievementFacts):
            return found
        raise RowRefused(Fault(row.line, *found))


def who_told(row: Row) -> Who:
    """Return how a row names its learner, well or badly."""
    return Who(email=row.text("learner_email"), external_id=row.text("external_id"))


def _key(row: Row) -> str:
    return (row.text("learner_email") or row.text("external_id") or "").lower()


def _moment(row: Row) -> datetime:
    try:
        return row.moment("earned_on") or _LATE
    except RowRefused:
        return _LATE


def _look_up(session: Session, told: str, issuer: str | None) -> AchievementFacts | tuple[str, str]:
    """Return the achievement that two cells name, or which of them is wrong and how."""
    named = catalog.achievements_told(session, told)
    words = {one.id: _issuer_words(session, one) for one in named}
    found = [one for one in named if issuer is None or issuer in words[one.id]]
    if len(found) == 1:
        return found[0]
    if found:
        says = f'{len(found)} achievements are called "{told}"; name the issuer in a column issuer, or write the id.'
        return "achievement", says
    if named:
        issuers = ", ".join(sorted({words[one.id][-1] for one in named}))
        return "issuer", f'"{told}" is not awarded by "{issuer}" but by: {issuers}.'
    like = nearest(told, list(catalog.names(session).values()))
    return "achievement", f'There is no achievement "{told}".{like}'


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
    url, name = row.web_address("evidence_url"), row.text("evidence_name")
    if url is None and name is not None:
        says = f'"{name}" has no evidence_url; say where it is, or leave evidence_name empty.'
        raise RowRefused(Fault(row.line, "evidence_url", says))
    return (EvidenceFacts(None, url, name or url, None, None),) if url is not None else ()
