"""The shape of documents that are read: the credentials of OB 3.0 and CLR 2.0."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError

from clr.errors import Problem
from clr.records.canonical import listed
from clr.records.members import (
    ABSENT,
    Achievement,
    Address,
    Association,
    Endorsements,
    Evidence,
    Identities,
    Image,
    Jwss,
    Named,
    Part,
    Pointer,
    Profile,
    Proof,
    Result,
    Stamp,
    Types,
)


class _Credential(Part):
    id: Address
    type: Types
    name: str = ABSENT
    description: str = ABSENT
    image: Image = ABSENT
    issuer: Profile | Address
    valid_from: Stamp
    valid_until: Stamp = ABSENT
    awarded_date: Stamp = ABSENT
    credential_status: Pointer = ABSENT
    credential_schema: Annotated[list[Named], BeforeValidator(listed)] = ABSENT
    endorsement: Endorsements = ABSENT
    endorsement_jwt: Jwss = ABSENT
    evidence: Annotated[list[Evidence], BeforeValidator(listed)] = ABSENT
    proof: Annotated[list[Proof], BeforeValidator(listed)] = ABSENT
    refresh_service: Named = ABSENT
    terms_of_use: Annotated[list[Pointer], BeforeValidator(listed)] = ABSENT


class AchievementSubject(Part):
    """Who earned it (OB 3.0 §B.1.3)."""

    NAMED = "AchievementSubject"

    id: Address = ABSENT
    type: Types
    achievement: Achievement
    activity_start_date: Stamp = ABSENT
    activity_end_date: Stamp = ABSENT
    credits_earned: float = ABSENT
    identifier: Identities = ABSENT
    image: Image = ABSENT
    license_number: str = ABSENT
    narrative: str = ABSENT
    result: Annotated[list[Result], BeforeValidator(listed)] = ABSENT
    role: str = ABSENT
    source: Profile = ABSENT
    term: str = ABSENT


class AchievementCredential(_Credential):
    """One award (OB 3.0 §B.1.2)."""

    credential_subject: AchievementSubject


class ClrSubject(Part):
    """Whose record it is (CLR 2.0 §C.1.2); each credential in it is examined by itself."""

    NAMED = "ClrSubject"

    id: Address = ABSENT
    type: Types
    identifier: Identities = ABSENT
    verifiable_credential: Annotated[list[dict[str, Any]], Field(min_length=1), BeforeValidator(listed)]
    achievement: Annotated[list[Achievement], BeforeValidator(listed)] = ABSENT
    association: Annotated[list[Association], BeforeValidator(listed)] = ABSENT


class ClrCredential(_Credential):
    """A record (CLR 2.0 §C.1.1)."""

    name: str
    partial: bool = ABSENT
    credential_subject: ClrSubject


BADGE_TYPES = frozenset({"OpenBadgeCredential", "AchievementCredential"})
RECORD_TYPE = "ClrCredential"


def types_of(document: Mapping[str, Any]) -> list[str]:
    """Return the types a document names, as a list."""
    return [str(name) for name in listed(document.get("type", []))]


def shape_problems(document: Mapping[str, Any]) -> list[Problem]:
    """Return every place where a badge or record does not have the shape of its kind."""
    model = ClrCredential if RECORD_TYPE in types_of(document) else AchievementCredential
    try:
        model.model_validate(dict(document))
    except ValidationError as faults:
        return [
            Problem(".".join(str(step) for step in fault["loc"]), fault["type"], fault["msg"])
            for fault in faults.errors(include_url=False, include_input=False)
        ]
    return []
