"""Who may do what: one table, and two functions that read it.

A role is held for one issuer, or for the whole institution (issuer ``""``). Learners act on themselves.
Private means absent: where a caller may not even see a thing, the refusal is ``NotFound``.
"""

from dataclasses import dataclass
from enum import StrEnum

from clr.errors import NotAllowed, NotFound
from clr.ids import IssuerId, LearnerId, PersonId


class Role(StrEnum):
    """What a member of staff is trusted with."""

    LEARNER = "learner"
    ASSESSOR = "assessor"
    AWARDER = "awarder"
    AUTHOR = "author"
    ADMIN = "admin"


class Deed(StrEnum):
    """What can be asked of the registrar."""

    SEE_CATALOGUE = "see the catalogue"
    DEFINE_ISSUER = "define issuers"
    DEFINE_ACHIEVEMENT = "define achievements of this issuer"
    DRAW_PATHWAY = "draw and publish pathways of this issuer"
    AWARD = "award achievements of this issuer"
    ASSESS = "assess work for this issuer"
    REVOKE = "revoke awards of this issuer"
    ALLOW = "make exceptions for learners in pathways of this issuer"
    SEE_EVIDENCE = "see evidence given to this issuer"
    UPLOAD_EVIDENCE = "upload evidence"
    FIND_LEARNERS = "find and register learners"
    SEE_LEARNER = "see this learner's awards and progress"
    SEE_COHORT = "see cohorts of this issuer"
    KEEP_COHORT = "keep cohorts of this issuer"
    ENROL = "enrol this learner"
    COMPOSE = "compose this learner's records"
    GIVE_ACCESS = "give people access"
    STEER_WORK = "see and steer work that waits"


_STAFF = frozenset({Role.ASSESSOR, Role.AWARDER, Role.AUTHOR, Role.ADMIN})

TABLE: dict[Deed, frozenset[Role]] = {
    Deed.SEE_CATALOGUE: _STAFF | {Role.LEARNER},
    Deed.DEFINE_ISSUER: frozenset({Role.ADMIN}),
    Deed.DEFINE_ACHIEVEMENT: frozenset({Role.AUTHOR, Role.ADMIN}),
    Deed.DRAW_PATHWAY: frozenset({Role.AUTHOR, Role.ADMIN}),
    Deed.AWARD: frozenset({Role.AWARDER, Role.ADMIN}),
    Deed.ASSESS: frozenset({Role.ASSESSOR, Role.ADMIN}),
    Deed.REVOKE: frozenset({Role.AWARDER, Role.ADMIN}),
    Deed.ALLOW: frozenset({Role.AWARDER, Role.ADMIN}),
    Deed.SEE_EVIDENCE: frozenset({Role.ASSESSOR, Role.ADMIN}),
    Deed.UPLOAD_EVIDENCE: frozenset({Role.ASSESSOR, Role.AWARDER, Role.ADMIN}),
    Deed.FIND_LEARNERS: frozenset({Role.ASSESSOR, Role.AWARDER, Role.ADMIN}),
    Deed.SEE_LEARNER: frozenset({Role.ASSESSOR, Role.AWARDER, Role.ADMIN}),
    Deed.SEE_COHORT: frozenset({Role.ASSESSOR, Role.AWARDER, Role.ADMIN}),
    Deed.KEEP_COHORT: frozenset({Role.ASSESSOR, Role.AWARDER, Role.ADMIN}),
    Deed.ENROL: frozenset({Role.AWARDER, Role.ADMIN}),
    Deed.COMPOSE: frozenset(),
    Deed.GIVE_ACCESS: frozenset({Role.ADMIN}),
    Deed.STEER_WORK: frozenset({Role.ADMIN}),
}
"""Which roles allow a deed; a learner may besides do ``OWN`` to herself."""

OWN = frozenset({Deed.SEE_LEARNER, Deed.SEE_EVIDENCE, Deed.ENROL, Deed.COMPOSE})

WHOLE_INSTITUTION = frozenset({Deed.DEFINE_ISSUER, Deed.GIVE_ACCESS, Deed.STEER_WORK})
"""Deeds that a role held for one issuer alone does not cover."""

ABSENT = frozenset(
    {
        Deed.SEE_LEARNER,
        Deed.SEE_EVIDENCE,
        Deed.ENROL,
        Deed.COMPOSE,
        Deed.FIND_LEARNERS,
        Deed.SEE_COHORT,
        Deed.KEEP_COHORT,
        Deed.STEER_WORK,
    }
)
"""Deeds whose refusal must not tell that the thing exists."""

TOLD = frozenset({Deed.ENROL, Deed.FIND_LEARNERS})
"""Those of them whose refusal is told plainly to whoever may see the learner, and so knows that she exists."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks."""

    person_id: PersonId
    name: str
    learner_id: LearnerId | None
    roles: frozenset[tuple[Role, str]]

    def holds(self, roles: frozenset[Role], issuer: str | None) -> bool:
        """Whether one of ``roles`` is held for ``issuer``, for all, or (``None``) for any issuer."""
        return any(
            role in roles and (scope == "" or issuer is None or scope == issuer) for role, scope in self.roles
        )

    @property
    def is_staff(self) -> bool:
        """Whether any staff role is held anywhere."""
        return self.holds(_STAFF, None)


@dataclass(frozen=True, slots=True)
class Allowed:
    """The deed may be done."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The deed may not be done."""

    reason: str


Verdict = Allowed | Refused


def may(
    caller: Caller, deed: Deed, *, issuer: IssuerId | None = None, learner: LearnerId | None = None
) -> Verdict:
    """Return whether ``caller`` may do ``deed``; without ``issuer`` a role for any issuer is enough."""
    if learner is not None and deed in OWN and caller.learner_id == learner:
        return Allowed()
    scope = "" if deed in WHOLE_INSTITUTION else issuer
    roles = caller.roles | ({(Role.LEARNER, "")} if caller.learner_id else set())
    if Caller(caller.person_id, caller.name, None, frozenset(roles)).holds(TABLE[deed], scope):
        return Allowed()
    return Refused(f"{caller.name} may not {deed.value}")


def require(
    caller: Caller, deed: Deed, *, issuer: IssuerId | None = None, learner: LearnerId | None = None
) -> None:
    """Raise ``NotAllowed`` (or ``NotFound`` where even existence is private) unless the deed is allowed."""
    match may(caller, deed, issuer=issuer, learner=learner):
        case Allowed():
            return
        case Refused(reason):
            if deed in ABSENT and not (deed in TOLD and _sees(caller, learner)):
                raise NotFound("There is nothing here that you may see.")
            raise NotAllowed(reason)


def _sees(caller: Caller, learner: LearnerId | None) -> bool:
    return learner is not None and isinstance(may(caller, Deed.SEE_LEARNER, learner=learner), Allowed)
