"""What a verification finds: numbered checks, each with an outcome and plain words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

CHECKS = (
    "parse",
    "contexts",
    "type",
    "shape",
    "subject",
    "evidence and issuer",
    "proof",
    "issuer's key",
    "status",
    "dates",
    "endorsements",
    "nested credentials",
)
"""What each number stands for, from 1."""

PARSE, CONTEXTS, TYPE, SHAPE, SUBJECT, ISSUER, PROOF, KEY, STATUS, DATES, ENDORSED, NESTED = range(1, 13)


class Outcome(StrEnum):
    """What a check found."""

    PASS = "pass"  # noqa: S105  no password
    WARN = "warn"
    FAIL = "fail"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; ``at`` is empty for the document itself, else the place of a nested one."""

    number: int
    outcome: Outcome
    says: str
    detail: str | None = None
    at: str = ""

    @property
    def check(self) -> str:
        """What was checked."""
        return CHECKS[self.number - 1]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a credential says, from what its signature covers."""

    at: str
    id: str
    type: str
    name: str
    verified: bool
    issuer: Mapping[str, str | None]
    subject: str | None
    achievement: Mapping[str, str | None] | None
    valid_from: str | None
    valid_until: str | None
    awarded_date: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything found. ``verified`` when nothing fails and proof, key, status and dates pass."""

    verified: bool
    findings: tuple[Finding, ...]
    credentials: tuple[Summary, ...] = ()


@dataclass(frozen=True, slots=True)
class Needs:
    """Something to look up: a ``controller``'s document, a ``status-list``, or a credential's ``standing``.

    A controller is a DID or address; the standing is what the issuer tells of one credential alone.
    """

    kind: str
    url: str
