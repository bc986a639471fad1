"""The shape of documents that are read: OB 3.0 and CLR 2.0, as far as a verifier relies on it.

Members these models do not name are kept; whether a context defines them is the canonical form's question.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from clr.errors import Problem


def _one_or_more(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _with_zone(value: str) -> str:
    if datetime.fromisoformat(value).tzinfo is None or "T" not in value.upper():
        raise ValueError("must be a date and time with a zone, such as 2026-01-31T09:00:00Z")
    return value


def _address(value: str) -> str:
    if ":" not in value or any(letter.isspace() for letter in value):
        raise ValueError("must be an absolute address")
    return value


Stamp = Annotated[str, AfterValidator(_with_zone)]
Address = Annotated[str, AfterValidator(_address)]
Types = Annotated[list[str], Field(min_length=1), BeforeValidator(_one_or_more)]


class _Read(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True, strict=True)


class Profile(_Read):
    """Who issued (OB 3.0 §B.1.16)."""

    id: Address
    type: Types


class Criteria(_Read):
    """How an achievement is earned (OB 3.0 §B.1.6)."""

    id: Address | None = None
    narrative: str | None = None


class Achievement(_Read):
    """What was earned (OB 3.0 §B.1.1)."""

    id: Address
    type: Types
    name: str
    description: str
    criteria: Criteria


class Evidence(_Read):
    """What shows it (OB 3.0 §B.1.10)."""

    id: Address | None = None
    type: Types
    name: str | None = None
    narrative: str | None = None


class AchievementSubject(_Read):
    """Who earned it (OB 3.0 §B.1.3)."""

    id: Address | None = None
    type: Types
    achievement: Achievement


class Association(_Read):
    """An edge between two achievements (CLR 2.0 §C.1.3)."""

    type: Literal["Association"]
    association_type: str = Field(alias="associationType")
    source_id: Address = Field(alias="sourceId")
    target_id: Address = Field(alias="targetId")


class Status(_Read):
    """Where it says whether the document was revoked."""

    id: Address | None = None
    type: str


class _Credential(_Read):
    id: Address
    type: Types
    name: str | None = None
    issuer: Profile | Address
    valid_from: Stamp = Field(alias="validFrom")
    valid_until: Stamp | None = Field(None, alias="validUntil")
    awarded_date: Stamp | None = Field(None, alias="awardedDate")
    credential_status: Status | None = Field(None, alias="credentialStatus")
    evidence: list[Evidence] = []


class AchievementCredential(_Credential):
    """One award (OB 3.0 §B.1.2)."""

    credential_subject: AchievementSubject = Field(alias="credentialSubject")


class ClrSubject(_Read):
    """Whose record it is (CLR 2.0 §C.1.2)."""

    id: Address | None = None
    type: Types
    verifiable_credential: list[dict[str, Any]] = Field(alias="verifiableCredential", min_length=1)
    achievement: list[Achievement] = []
    association: list[Association] = []


class ClrCredential(_Credential):
    """A record (CLR 2.0 §C.1.1)."""

    name: str
    credential_subject: ClrSubject = Field(alias="credentialSubject")


BADGE_TYPES = frozenset({"OpenBadgeCredential", "AchievementCredential"})
RECORD_TYPE = "ClrCredential"


def types_of(document: Mapping[str, Any]) -> list[str]:
    """Return the types a document names, as a list."""
    return [str(name) for name in _one_or_more(document.get("type", []))]


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
