"""From facts to unsigned documents: AchievementCredential (OB 3.0 §B.1.2) and ClrCredential (CLR 2.0 §C.1.1).

No thing is described twice in one document: a second description would join the first in the canonical form, and
taking one of the two away would go unnoticed. So an achievement names no creator (it is the issuer), and the
envelope repeats nothing that a badge in it says.
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, get_args

from clr.records.canonical import is_address
from clr.records.contexts import CLR, EXTENSIONS, OB, VC
from clr.records.members import AssociationKind

BADGE_CONTEXT = (VC, OB, EXTENSIONS)
RECORD_CONTEXT = (VC, CLR, OB, EXTENSIONS)
BADGE_SCHEMA = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json-ld/ob_v3p0_achievementcredential_schema.json"
)
RECORD_SCHEMA = "https://purl.imsglobal.org/spec/clr/v2p0/schema/json-ld/clr_v2p0_clrcredential_schema.json"
ASSOCIATIONS = frozenset(get_args(AssociationKind))
"""Every kind of association there is."""

MOST_DECIMALS = 4
"""Of credits: readers write smaller parts of a number each in their own way, and the signature would not hold."""

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Letters that no page shows, that SQL cannot keep (NUL), and that verifiers of what we sign write differently."""


class CannotAssemble(ValueError):
    """Facts that make no sound document; the message names what does not fit."""


@dataclass(frozen=True, slots=True)
class IssuerFacts:
    """Who issues: the DID that signs, and how people know it."""

    did: str
    name: str
    url: str
    email: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class AlignmentFacts:
    """A competency of an outside framework that the achievement meets."""

    name: str
    url: str
    framework: str | None = None
    code: str | None = None
    target_type: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class LevelFacts:
    """One level of a rubric; ``id`` is an address."""

    id: str
    name: str
    points: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class ResultDescriptionFacts:
    """What a result says and what is asked; ``id`` is an address."""

    id: str
    name: str
    result_type: str
    required_value: str | None = None
    required_level: str | None = None
    value_min: str | None = None
    value_max: str | None = None
    levels: tuple[LevelFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class AchievementFacts:
    """What was earned; ``id`` is its address."""

    id: str
    name: str
    description: str
    criteria: str
    achievement_type: str
    image: str | None = None
    tags: tuple[str, ...] = ()
    alignments: tuple[AlignmentFacts, ...] = ()
    results: tuple[ResultDescriptionFacts, ...] = ()
    credits_available: float | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class ResultFacts:
    """How the work was judged: an answer to one result description."""

    result_description: str
    value: str | None = None
    achieved_level: str | None = None


@dataclass(frozen=True, slots=True)
class EvidenceFacts:
    """A piece of the work; ``digest`` is the multibase SHA-256 of an uploaded file."""

    id: str
    name: str
    narrative: str | None = None
    genre: str | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class StatusFacts:
    """The bit that tells whether a document was revoked."""

    status_list: str
    index: int


@dataclass(frozen=True, slots=True)
class BadgeFacts:
    """One award, ready to become a credential. ``subject`` is the learner's random URN: no name, no address."""

    id: str
    subject: str
    issuer: IssuerFacts
    achievement: AchievementFacts
    valid_from: datetime
    earned_on: datetime
    status: StatusFacts
    valid_until: datetime | None = None
    narrative: str | None = None
    credits_earned: float | None = None
    results: tuple[ResultFacts, ...] = ()
    evidence: tuple[EvidenceFacts, ...] = ()
    assessor: str | None = None


@dataclass(frozen=True, slots=True)
class AssociationFacts:
    """An edge that was satisfied, between two achievements of the document."""

    kind: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """A record, ready to become a ClrCredential; ``badges`` are signed and stay as they are, byte for byte."""

    id: str
    issuer: IssuerFacts
    subject: str
    name: str
    description: str | None
    valid_from: datetime
    learner_name: str | None
    badges: tuple[Mapping[str, Any], ...]
    achievements: tuple[AchievementFacts, ...]
    associations: tuple[AssociationFacts, ...]
    partial: bool
    status: StatusFacts


def badge_credential(facts: BadgeFacts) -> dict[str, Any]:
    """Return the unsigned AchievementCredential of one award; raises ``CannotAssemble``."""
    _require_sayable(facts)
    document = {
        "@context": list(BADGE_CONTEXT),
        "id": facts.id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": facts.achievement.name,
        "issuer": issuer_profile(facts.issuer),
        "validFrom": stamp(facts.valid_from),
        **_said(validUntil=facts.valid_until and stamp(facts.valid_until)),
        "awardedDate": stamp(facts.earned_on),
        "credentialSubject": {
            "id": facts.subject,
            "type": ["AchievementSubject"],
            "achievement": achievement(facts.achievement),
            **_said(
                source=facts.assessor and _assessor(facts.issuer, facts.assessor),
                narrative=facts.narrative,
                creditsEarned=facts.credits_earned,
                result=[_result(result) for result in facts.results],
            ),
        },
        **_said(evidence=[_evidence(item) for item in facts.evidence]),
        "credentialStatus": _status(facts.status),
        "credentialSchema": [{"id": BADGE_SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }
    _require_plain(document)
    return document


def clr_credential(facts: RecordFacts) -> dict[str, Any]:
    """Return the unsigned ClrCredential of a record; raises ``CannotAssemble``."""
    _require_whole(facts)
    identity = {"type": "IdentityObject", "hashed": False, "identityType": "name"}
    names = [{**identity, "identityHash": facts.learner_name}] if facts.learner_name else []
    return {
        "@context": list(RECORD_CONTEXT),
        "id": facts.id,
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": facts.name,
        **_said(description=facts.description),
        "partial": facts.partial,
        "issuer": issuer_profile(facts.issuer),
        "validFrom": stamp(facts.valid_from),
        "awardedDate": stamp(facts.valid_from),
        "credentialSubject": {
            "id": facts.subject,
            "type": ["ClrSubject"],
            **_said(identifier=names),
            "verifiableCredential": [dict(badge) for badge in facts.badges],
            **_said(
                achievement=[achievement(item) for item in facts.achievements],
                association=[_association(item) for item in facts.associations],
            ),
        },
        "credentialStatus": _status(facts.status),
        "credentialSchema": [{"id": RECORD_SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }


def achievement(facts: AchievementFacts) -> dict[str, Any]:
    """Return one Achievement (OB 3.0 §B.1.1)."""
    return {
        "id": facts.id,
        "type": ["Achievement"],
        "achievementType": facts.achievement_type,
        "name": facts.name,
        "description": facts.description,
        "criteria": {"narrative": facts.criteria},
        **_said(
            image={"id": facts.image, "type": "Image"} if facts.image else None,
            version=facts.version,
            creditsAvailable=facts.credits_available,
            tag=list(facts.tags),
            alignment=[_alignment(item) for item in facts.alignments],
            resultDescription=[_result_description(item) for item in facts.results],
        ),
    }


def issuer_profile(facts: IssuerFacts) -> dict[str, Any]:
    """Return one Profile (OB 3.0 §B.1.16)."""
    return {
        "id": facts.did,
        "type": ["Profile"],
        "name": facts.name,
        "url": facts.url,
        **_said(email=facts.email, description=facts.description),
    }


def stamp(at: datetime) -> str:
    """Return a moment as every document writes it: UTC, whole seconds, ``Z``."""
    told = at.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    return f"{told.isoformat()}Z"  # strftime would write the year 850 with three digits


def _said(**members: Any) -> dict[str, Any]:
    """Return the members that say something."""
    return {name: value for name, value in members.items() if value is not None and value not in ("", [])}


def _status(facts: StatusFacts) -> dict[str, Any]:
    return {
        "id": f"{facts.status_list}#{facts.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(facts.index),
        "statusListCredential": facts.status_list,
    }


def _assessor(issuer: IssuerFacts, name: str) -> dict[str, Any]:
    """Return who assessed (OB 3.0 §B.1.3 source); the id is one name's under one issuer, and leads nowhere."""
    person = uuid.uuid5(uuid.NAMESPACE_URL, f"{issuer.did}#{name}")
    return {"id": person.urn, "type": ["Profile"], "name": name}


def _alignment(facts: AlignmentFacts) -> dict[str, Any]:
    return {
        "type": ["Alignment"],
        "targetName": facts.name,
        "targetUrl": facts.url,
        **_said(
            targetFramework=facts.framework,
            targetCode=facts.code,
            targetType=facts.target_type,
            targetDescription=facts.description,
        ),
    }


def _result_description(facts: ResultDescriptionFacts) -> dict[str, Any]:
    levels = [
        {
            "id": level.id,
            "type": ["RubricCriterionLevel"],
            "name": level.name,
            **_said(points=level.points, description=level.description),
        }
        for level in facts.levels
    ]
    return {
        "id": facts.id,
        "type": ["ResultDescription"],
        "name": facts.name,
        "resultType": facts.result_type,
        **_said(
            requiredValue=facts.required_value,
            requiredLevel=facts.required_level,
            valueMin=facts.value_min,
            valueMax=facts.value_max,
            rubricCriterionLevel=levels,
        ),
    }


def _result(facts: ResultFacts) -> dict[str, Any]:
    return {
        "type": ["Result"],
        "resultDescription": facts.result_description,
        **_said(value=facts.value, achievedLevel=facts.achieved_level),
    }


def _evidence(facts: EvidenceFacts) -> dict[str, Any]:
    return {
        "id": facts.id,
        "type": ["Evidence"],
        "name": facts.name,
        **_said(narrative=facts.narrative, genre=facts.genre, digestMultibase=facts.digest),
    }


def _association(facts: AssociationFacts) -> dict[str, Any]:
    return {
        "type": "Association",
        "associationType": facts.kind,
        "sourceId": facts.source,
        "targetId": facts.target,
    }


def _require_sayable(facts: BadgeFacts) -> None:
    """Refuse what no reader could take back out of the canonical form as it went in."""
    addresses = [
        facts.issuer.url,
        *(item.id for item in facts.evidence),
        *(item.url for item in facts.achievement.alignments),
    ]
    for address in addresses:
        if not is_address(address):
            raise CannotAssemble(f'"{address[:120]}" is no address; write its odd letters with %.')
    for number in (facts.credits_earned, facts.achievement.credits_available):
        if number is not None and round(number, MOST_DECIMALS) != number:
            raise CannotAssemble(f"Credits have at most {MOST_DECIMALS} decimals; {number} has more.")


def _require_plain(value: Any) -> None:
    """Refuse control characters: verifiers escape them each in its own way, and the signature would not hold."""
    if isinstance(value, str):
        if found := CONTROL.search(value):
            raise CannotAssemble(f"A text holds the control character U+{ord(found[0]):04X}; leave it out.")
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            _require_plain(part)


def _require_whole(facts: RecordFacts) -> None:
    """Refuse an empty record, a definition given twice, and an edge that leads out of the document."""
    if not facts.badges:
        raise CannotAssemble("A record needs at least one award.")
    carried = {badge["credentialSubject"]["achievement"]["id"] for badge in facts.badges}
    defined = [item.id for item in facts.achievements]
    if twice := carried.intersection(defined) or {key for key in defined if defined.count(key) > 1}:
        raise CannotAssemble(f"{min(twice)} would be described twice.")
    _require_resolved(facts.associations, carried.union(defined))


def _require_resolved(associations: Sequence[AssociationFacts], known: set[str]) -> None:
    for edge in associations:
        if edge.kind not in ASSOCIATIONS:
            raise CannotAssemble(f"{edge.kind} is no kind of association.")
        for end in (edge.source, edge.target):
            if end not in known:
                raise CannotAssemble(f"{end} is not in the document, so no edge can lead to it.")
