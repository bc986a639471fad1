"""Who is who: people who sign in, what they may do, and learners, who may exist before they ever sign in."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from clr.errors import BadInput, Conflict, NotFound, Problem
from clr.ids import LearnerId, PersonId, new_id
from clr.registrar import policy
from clr.registrar.policy import Caller, Deed, Role
from clr.store.sessions import first
from clr.store.tables import Learner, Membership, Person


@dataclass(frozen=True, slots=True)
class LearnerFacts:
    """A learner as staff and the learner see them."""

    id: LearnerId
    name: str
    email: str | None
    external_id: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Who:
    """How a caller names a learner: by id, or by what the institution knows of them."""

    learner_id: LearnerId | None = None
    email: str | None = None
    name: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A learner who can sign in."""

    person_id: PersonId
    learner_id: LearnerId
    name: str


# People


def create_person(
    transaction: Session,
    *,
    name: str,
    email: str | None,
    roles: Iterable[tuple[Role, str]],
    at: datetime,
) -> PersonId:
    """Enter somebody who may sign in, with roles for an issuer or (``""``) the whole institution."""
    person = Person(id=PersonId(new_id("prs")), name=name, email=_address(email), created_at=at)
    with first(transaction, f"Somebody signs in with {email} already."):
        transaction.add(person)
    for role, issuer in roles:
        transaction.add(Membership(person_id=person.id, role=role.value, issuer_id=issuer))
    return person.id


def caller_of(snapshot: Session, person_id: PersonId) -> Caller | None:
    """Return what ``person_id`` may do now, ``None`` when there is no such person any more."""
    person = snapshot.get(Person, person_id)
    if person is None:
        return None
    roles = snapshot.exec(select(Membership).where(Membership.person_id == person_id))
    learner = snapshot.exec(select(Learner.id).where(Learner.person_id == person_id)).first()
    held = frozenset((Role(membership.role), membership.issuer_id) for membership in roles)
    return Caller(person_id, person.name, LearnerId(learner) if learner else None, held)


def find_person(snapshot: Session, told: str) -> PersonId:
    """Return the person with this id or e-mail address; for those who run the service."""
    found = snapshot.exec(
        select(Person.id).where((col(Person.id) == told) | (col(Person.email) == _address(told)))
    ).first()
    if found is None:
        raise NotFound(f'Nobody here has the id or e-mail address "{told}".')
    return PersonId(found)


def person_named(snapshot: Session, caller: Caller, told: str) -> PersonId:
    """Return the person with this id or e-mail address, for an administrator who gives access."""
    policy.require(caller, Deed.GIVE_ACCESS)
    return find_person(snapshot, told)


def person_of(snapshot: Session, learner_id: LearnerId) -> PersonId:
    """Return who signs in as a learner."""
    learner = _learner(snapshot, learner_id)
    if learner.person_id is None:
        raise NotFound("This learner has never signed in.")
    return learner.person_id


def names(snapshot: Session, wanted: Iterable[PersonId]) -> dict[PersonId, str]:
    """Return the names of some people."""
    rows = snapshot.exec(select(Person).where(col(Person.id).in_(set(wanted))))
    return {row.id: row.name for row in rows}


def accounts(snapshot: Session) -> Sequence[Account]:
    """Return every learner who can sign in, by name; for choosing who to be in a demonstration."""
    rows = snapshot.exec(select(Learner).where(col(Learner.person_id).is_not(None)).order_by(Learner.name))
    return [Account(row.person_id, row.id, row.name) for row in rows if row.person_id]


# Learners


def create_learner(
    transaction: Session,
    *,
    name: str,
    email: str | None,
    external_id: str | None,
    with_person: bool,
    at: datetime,
) -> LearnerId:
    """Enter a learner; ``with_person`` gives them an account of their own."""
    learner = Learner(
        id=LearnerId(new_id("lrn")),
        name=name,
        email=_address(email),
        external_id=external_id,
        subject=uuid.uuid4().urn,
        created_at=at,
    )
    with first(transaction, "Somebody has just entered a learner with this email or external id."):
        if with_person:
            learner.person_id = _person_at(transaction, email) or create_person(
                transaction, name=name, email=email, roles=(), at=at
            )
        transaction.add(learner)
    return learner.id


def register(
    transaction: Session,
    caller: Caller,
    *,
    name: str,
    email: str | None,
    external_id: str | None,
    at: datetime,
) -> LearnerFacts:
    """Enter a learner; one e-mail address and one external id belong to one learner."""
    policy.require(caller, Deed.FIND_LEARNERS)
    _require_free(transaction, email=email, external_id=external_id)
    learner_id = create_learner(
        transaction, name=name, email=email, external_id=external_id, with_person=True, at=at
    )
    return _facts(_learner(transaction, learner_id))


def find_learners(
    snapshot: Session,
    caller: Caller,
    *,
    email: str | None,
    external_id: str | None,
    after: str | None,
    limit: int,
) -> Sequence[LearnerFacts]:
    """Return learners in the order of their ids, narrowed by an exact e-mail address or external id."""
    policy.require(caller, Deed.FIND_LEARNERS)
    query = select(Learner).order_by(col(Learner.id)).limit(limit)
    if email is not None:
        query = query.where(col(Learner.email) == (_address(email) or ""))
    if external_id is not None:
        query = query.where(col(Learner.external_id) == external_id)
    if after is not None:
        query = query.where(col(Learner.id) > after)
    return [_facts(learner) for learner in snapshot.exec(query)]


def learner_facts(snapshot: Session, caller: Caller, learner_id: LearnerId) -> LearnerFacts:
    """Return one learner, to herself and to staff."""
    policy.require(caller, Deed.SEE_LEARNER, learner=learner_id)
    return _facts(_learner(snapshot, learner_id))


def amend_learner(
    transaction: Session,
    caller: Caller,
    learner_id: LearnerId,
    *,
    name: str | None,
    email: str | None,
    external_id: str | None,
) -> LearnerFacts:
    """Change what is known of a learner; members left out stay. Only staff change addresses and ids."""
    policy.require(caller, Deed.FIND_LEARNERS, learner=learner_id)
    learner = _learner(transaction, learner_id)
    _require_free(transaction, email=email, external_id=external_id, but=learner_id)
    with first(transaction, "Another learner has just been given this email or external id."):
        learner.name = name or learner.name
        learner.email = _address(email) or learner.email
        learner.external_id = external_id or learner.external_id
        transaction.add(learner)
    return _facts(learner)


def find_or_create(transaction: Session, who: Who, *, at: datetime) -> LearnerId:
    """Return the learner ``who`` speaks of; one named by address or external id is entered when new."""
    if who.learner_id is not None:
        return _learner(transaction, who.learner_id).id
    if _address(who.email) is None and who.external_id is None:
        says = "Name the learner: learner_id, or learner with an email or external_id."
        raise BadInput(says, (Problem("learner", "missing", says),))
    if found := known(transaction, who):
        return found
    if not who.name:
        says = f"{who.email or who.external_id} is new here; send the learner's name too."
        raise BadInput(says, (Problem("learner.name", "missing", says),))
    _require_free(transaction, email=who.email, external_id=who.external_id)
    try:
        return create_learner(
            transaction, name=who.name, email=who.email, external_id=who.external_id, with_person=True, at=at
        )
    except Conflict:
        if found := known(transaction, who):  # entered by somebody else since we looked
            return found
        raise


def known(snapshot: Session, who: Who) -> LearnerId | None:
    """Return the learner with this e-mail address, else with this external id."""
    address = _address(who.email)
    if address is None and who.external_id is None:
        return None
    told = (col(Learner.email) == address) if address else (col(Learner.external_id) == who.external_id)
    found = snapshot.exec(select(Learner.id).where(told)).first()
    return LearnerId(found) if found else None


def lock_learner(transaction: Session, learner_id: LearnerId) -> None:
    """Let nobody else change this learner until the transaction ends; to be done before anything is read.

    SQLite lets one transaction write at a time, so there it is enough to have begun.
    """
    query = select(Learner).where(col(Learner.id) == learner_id).with_for_update()
    locked = transaction.exec(query.execution_options(populate_existing=True)).first()
    if locked is None:
        raise NotFound("There is no such learner, or none that you may see.")


def lock_known(transaction: Session, several: Iterable[Who]) -> None:
    """Lock those of some learners who exist, in the one order in which everybody does who locks more than one."""
    told = list(several)
    addresses = {address for who in told if (address := _address(who.email))}
    numbers = {who.external_id for who in told if who.external_id}
    named = col(Learner.email).in_(addresses) | col(Learner.external_id).in_(numbers)
    transaction.exec(select(Learner.id).where(named).order_by(col(Learner.id)).with_for_update()).all()


def require_learner(snapshot: Session, learner_id: LearnerId) -> None:
    """Raise ``NotFound`` unless the learner exists."""
    _learner(snapshot, learner_id)


def require_all(snapshot: Session, learners: Iterable[LearnerId]) -> None:
    """Raise ``BadInput`` naming the first of some learners who does not exist."""
    wanted = list(learners)
    known = set(snapshot.exec(select(Learner.id).where(col(Learner.id).in_(wanted))))
    for place, learner_id in enumerate(wanted):
        if learner_id not in known:
            says = f"There is no learner {learner_id}."
            raise BadInput(says, (Problem(f"learner_ids[{place}]", "unknown", says),))


def learner_names(snapshot: Session, learners: Iterable[LearnerId]) -> dict[LearnerId, str]:
    """Return the names of some learners."""
    rows = snapshot.exec(select(Learner.id, Learner.name).where(col(Learner.id).in_(list(learners))))
    return {LearnerId(key): name for key, name in rows}


def learners_with_awards(snapshot: Session, *, after: str, limit: int) -> Sequence[LearnerId]:
    """Return learners in the order of their ids, a chunk at a time."""
    query = select(Learner.id).where(col(Learner.id) > after, col(Learner.sequence) > 0)
    return [LearnerId(found) for found in snapshot.exec(query.order_by(col(Learner.id)).limit(limit))]


def count_with_awards(snapshot: Session) -> int:
    """Return how many learners :func:`learners_with_awards` goes through."""
    return int(snapshot.scalar(select(func.count(col(Learner.id))).where(col(Learner.sequence) > 0)) or 0)


def _person_at(transaction: Session, email: str | None) -> PersonId | None:
    """Return the person who signs in with an address; staff may be learners too."""
    if email is None:
        return None
    found = transaction.exec(select(Person.id).where(col(Person.email) == _address(email))).first()
    return PersonId(found) if found else None


def _learner(snapshot: Session, learner_id: LearnerId) -> Learner:
    learner = snapshot.get(Learner, learner_id)
    if learner is None:
        raise NotFound("There is no such learner, or none that you may see.")
    return learner


def _require_free(
    transaction: Session, *, email: str | None, external_id: str | None, but: LearnerId | None = None
) -> None:
    for field, column, value in (
        ("email", col(Learner.email), _address(email)),
        ("external_id", col(Learner.external_id), external_id),
    ):
        if value is None:
            continue
        other = transaction.exec(select(Learner.id).where(column == value)).first()
        if other is not None and other != but:
            says = f"Another learner has this {field.replace('_', ' ')}."
            raise Conflict(says, (Problem(field, "taken", says),))
    _require_own_account(transaction, _address(email), but)


def _require_own_account(transaction: Session, address: str | None, but: LearnerId | None) -> None:
    """Refuse the address with which another learner signs in, even where it is not written to any more.

    Otherwise whoever is given the address next would find somebody else's account behind it.
    """
    if address is None:
        return
    other = transaction.exec(select(Learner.id).join(Person).where(col(Person.email) == address)).first()
    if other is not None and other != but:
        says = "Another learner signs in with this email address."
        raise Conflict(says, (Problem("email", "taken", says),))


def _address(email: str | None) -> str | None:
    return email.strip().lower() if email and email.strip() else None


def _facts(learner: Learner) -> LearnerFacts:
    return LearnerFacts(learner.id, learner.name, learner.email, learner.external_id, learner.created_at)
