"""Verifying a document that anyone may have made: twelve numbered checks, every one of them, in one order.

No input or output happens here. What must be looked up is asked for by the generator and answered by whoever
drives it: a document, or ``None`` when it cannot be had.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from clr.records.canonical import DEPTH_LIMIT, Unsafe, listed, require_contexts
from clr.records.contexts import VC, Contexts
from clr.records.documents import BADGE_TYPES, RECORD_TYPE, shape_problems, types_of
from clr.records.findings import (
    CHECKS,
    CONTEXTS,
    DATES,
    ENDORSED,
    ISSUER,
    KEY,
    NESTED,
    PARSE,
    PROOF,
    SHAPE,
    STATUS,
    SUBJECT,
    TYPE,
    Finding,
    Needs,
    Outcome,
    Report,
    Summary,
)
from clr.records.keys import multikey_bytes
from clr.records.proofs import SUITE, proof_holds
from clr.records.rdfc import TooMuchWork
from clr.records.reading import looks_like_jwt, parsed, text_of
from clr.records.status import is_set

SKEW = timedelta(seconds=60)
"""How far clocks may differ."""

MOST_NESTED = 500
MOST_PROOFS = 4

_MUST_PASS = frozenset({PROOF, KEY, STATUS, DATES})
"""What must be found sound, if with a warning; of the other checks it is enough that they do not fail."""


Verification = Generator[Needs, Mapping[str, Any] | None, Report]


def verify(data: bytes, media_type: str, *, at: datetime, contexts: Contexts) -> Verification:
    """Verify what ``data`` holds, as of ``at``; raises ``NotADocument``."""
    text = text_of(data, media_type)
    if looks_like_jwt(text):
        says = (
            "This is a VC-JWT. Give the document with its embedded proof (JSON), or an image that holds it."
        )
        return given_up(Outcome.NOT_CHECKED, says)
    return (yield from verify_document(parsed(text), at=at, contexts=contexts))


def verify_document(document: Mapping[str, Any], *, at: datetime, contexts: Contexts) -> Verification:
    """Verify a document that was read already."""
    check = _Check(document, at, contexts, "")
    return (yield from check.report())


def given_up(outcome: Outcome, says: str) -> Report:
    """Return the report of what could not be read to its end: all the other checks were not made."""
    rest = (
        Finding(number, Outcome.NOT_CHECKED, "This was not looked at.")
        for number in range(2, len(CHECKS) + 1)
    )
    return Report(verified=False, findings=(Finding(PARSE, outcome, says), *rest))


@dataclass
class _Check:
    """One credential under examination; findings gather in the order of their numbers."""

    document: Mapping[str, Any]
    at: datetime
    contexts: Contexts
    place: str
    findings: dict[int, Finding] = field(default_factory=dict)

    def report(self) -> Verification:
        self._say(PARSE, Outcome.PASS, "The document can be read.")
        self._contexts()
        self._type()
        self._shape()
        self._subject()
        self._issuer()
        yield from self._key(self._proof_key())
        yield from self._status()
        self._dates()
        self._endorsements()
        nested = yield from self._nested()
        return self._summed_up(nested)

    def _say(self, number: int, outcome: Outcome, says: str, detail: str | None = None) -> None:
        self.findings[number] = Finding(number, outcome, says, detail, self.place)

    def _contexts(self) -> None:
        given = self.document.get("@context")
        first = given[0] if isinstance(given, list) and given else given
        try:
            require_contexts(self.document, self.contexts)
        except Unsafe as fault:
            return self._say(
                CONTEXTS, Outcome.FAIL, "The words of the document are not defined where we know.", str(fault)
            )
        if first != VC:
            return self._say(CONTEXTS, Outcome.FAIL, f"The first context must be {VC}.")
        return self._say(CONTEXTS, Outcome.PASS, "Every word is defined by a standard this service knows.")

    def _type(self) -> None:
        types = types_of(self.document)
        if "VerifiableCredential" in types and (RECORD_TYPE in types or BADGE_TYPES & set(types)):
            kind = "learner record (CLR 2.0)" if self._is_record else "badge (Open Badges 3.0)"
            return self._say(TYPE, Outcome.PASS, f"It is a {kind}.")
        told = ", ".join(types)[:200] or "none"
        return self._say(TYPE, Outcome.FAIL, "It is neither a badge nor a learner record.", f"Types: {told}")

    def _shape(self) -> None:
        faults = shape_problems(self.document)
        if not faults:
            return self._say(SHAPE, Outcome.PASS, "It has the members that its kind must have.")
        told = "; ".join(f"{fault.at}: {fault.says}" for fault in faults[:5])
        return self._say(SHAPE, Outcome.FAIL, f"{len(faults)} of its members are missing or malformed.", told)

    def _subject(self) -> None:
        if self._own_subject is None:
            return self._say(SUBJECT, Outcome.WARN, "It does not say by an identifier who earned it.")
        others = {_subject_of(badge) for badge in self._badges} - {self._own_subject, None}
        if others:
            return self._say(
                SUBJECT, Outcome.FAIL, "Some of its badges are about somebody else.", min(map(str, others))
            )
        return self._say(SUBJECT, Outcome.PASS, "It is about one learner.", self._own_subject)

    def _issuer(self) -> None:
        count = len(listed(self.document.get("evidence", [])))
        evidence = f" It names {count} piece{'' if count == 1 else 's'} of evidence." if count else ""
        if not self._issuer_id:
            return self._say(ISSUER, Outcome.FAIL, "It does not say who issued it.")
        name = self._issuer_name or self._issuer_id
        return self._say(ISSUER, Outcome.PASS, f"It says that {name} issued it.{evidence}", self._issuer_id)

    def _proof_key(self) -> str | None:
        """Check every proof with the key it names; return that key when all hold and it is one."""
        proofs = [one for one in listed(self.document.get("proof")) if isinstance(one, dict)]
        if not proofs:
            self._say(PROOF, Outcome.FAIL, "It carries no signature.")
            return None
        if len(proofs) > MOST_PROOFS:
            self._say(PROOF, Outcome.NOT_CHECKED, f"It carries more than {MOST_PROOFS} signatures.")
            return None
        if any(one.get("cryptosuite") != SUITE for one in proofs):
            says = f"It is not signed with {SUITE} alone, the one way this service reads."
            self._say(PROOF, Outcome.FAIL if len(proofs) == 1 else Outcome.NOT_CHECKED, says)
            return None
        if not all(self._holds(one) for one in proofs):
            return None
        methods = {str(one["verificationMethod"]) for one in proofs}
        if len(methods) > 1:
            self._say(PROOF, Outcome.NOT_CHECKED, "Several keys signed it; this service reads one.")
            return None
        self._say(PROOF, Outcome.PASS, "It is exactly as it was signed.", *methods)
        return methods.pop()

    def _holds(self, proof: Mapping[str, Any]) -> bool:
        """Whether a proof holds; where it does not, say why."""
        purpose, kind, method = (proof.get(name) for name in ("proofPurpose", "type", "verificationMethod"))
        try:
            key = multikey_bytes(str(method).rpartition("#")[2])
        except ValueError as fault:
            says = "The key that signed is not named by itself, so it would have to be looked up."
            self._say(PROOF, Outcome.NOT_CHECKED, says, str(fault))
            return False
        try:
            holds = (purpose, kind) == ("assertionMethod", "DataIntegrityProof") and proof_holds(
                self.document, proof, key, self.contexts
            )
        except Unsafe as fault:
            self._say(CONTEXTS, Outcome.FAIL, "Its signature does not cover everything it says.", str(fault))
            says = "A signature over this document would not cover everything it says."
            self._say(PROOF, Outcome.FAIL, says)
            return False
        except TooMuchWork as fault:
            self._say(PROOF, Outcome.FAIL, "It is made so that checking it would never end.", str(fault))
            return False
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            self._say(PROOF, Outcome.FAIL, "Its signature cannot be read.", str(fault)[:200])
            return False
        ends = _moment(proof.get("expires"))
        if not holds:
            says = "The signature does not fit: the document was changed after signing."
            self._say(PROOF, Outcome.FAIL, says)
        elif ends is not None and ends < self.at - SKEW:
            self._say(PROOF, Outcome.FAIL, f"The signature ended on {_day(ends)}.")
        else:
            return True
        return False

    def _key(self, method: str | None) -> Generator[Needs, Mapping[str, Any] | None, None]:
        if method is None:
            self._say(KEY, Outcome.NOT_CHECKED, "Without a sound signature there is no key to check.")
            return
        controller = method.partition("#")[0]
        if controller != self._issuer_id:
            told = f"{controller} signed, {self._issuer_id} is named"
            self._say(KEY, Outcome.FAIL, "It was not signed by the issuer it names.", told)
            return
        if controller.startswith("did:key:"):
            self._own_key(controller, method)
            return
        listing = yield Needs("controller", controller)
        if listing is None:
            says = "The issuer's list of keys was not looked up: this service knows its own issuers only."
            self._say(KEY, Outcome.NOT_CHECKED, says, controller)
        elif _lists(listing, controller, method):
            self._say(KEY, Outcome.PASS, "The key is one that the issuer lists as its own.", controller)
        else:
            self._say(KEY, Outcome.FAIL, "The issuer does not list the key that signed.", method)

    def _own_key(self, controller: str, method: str) -> None:
        """Check an issuer that is a key: its signature is its own, but nobody vouches for the name it gives."""
        if controller.removeprefix("did:key:") != method.rpartition("#")[2]:
            return self._say(KEY, Outcome.FAIL, "The key is not the one the issuer names.", controller)
        says = f"The issuer is known by its key alone; that it is {self._issuer_name or 'anybody'} is its own word."
        return self._say(KEY, Outcome.WARN, says, controller)

    def _status(self) -> Generator[Needs, Mapping[str, Any] | None, None]:
        entry = self.document.get("credentialStatus")
        if entry is None:
            self._say(STATUS, Outcome.PASS, "It has no status that could change.")
            return
        url, position = _entry(entry)
        if url is None or position is None:
            self._say(STATUS, Outcome.NOT_CHECKED, "Its status is kept in a way this service does not read.")
            return
        listed = yield Needs("status-list", url)
        try:
            revoked = is_set(listed["credentialSubject"]["encodedList"], position) if listed else None
        except (ValueError, KeyError, TypeError) as fault:
            self._say(STATUS, Outcome.FAIL, "Its status list cannot be read.", str(fault)[:200])
            return
        if revoked is None:
            self._say(
                STATUS, Outcome.NOT_CHECKED, "Its status was not looked up: the list is kept elsewhere.", url
            )
        elif revoked:
            self._say(STATUS, Outcome.FAIL, "It was revoked by its issuer.", url)
        else:
            yield from self._standing(url)

    def _standing(self, url: str) -> Generator[Needs, Mapping[str, Any] | None, None]:
        """Tell of a suspension, which no list tells; only of what is sound, and so to whoever holds it."""
        told = None
        if self.findings[KEY].outcome is Outcome.PASS:
            told = yield Needs("standing", str(self.document.get("id")))
        if told and told.get("suspended"):
            says = "Its issuer has suspended it until it is decided whether it stands."
            return self._say(STATUS, Outcome.FAIL, says)
        return self._say(STATUS, Outcome.PASS, "It has not been revoked.", url)

    def _dates(self) -> None:
        begins, ends = _moment(self.document.get("validFrom")), _moment(self.document.get("validUntil"))
        if begins is None or (self.document.get("validUntil") is not None and ends is None):
            return self._say(DATES, Outcome.FAIL, "Its dates cannot be read.")
        if begins > self.at + SKEW:
            return self._say(DATES, Outcome.FAIL, f"It is not valid before {_day(begins)}.")
        if ends is not None and ends < self.at - SKEW:
            return self._say(DATES, Outcome.FAIL, f"It expired on {_day(ends)}.")
        until = f", until {_day(ends)}" if ends else ""
        return self._say(DATES, Outcome.PASS, f"It is valid since {_day(begins)}{until}.")

    def _endorsements(self) -> None:
        if _endorsed(self.document):
            return self._say(ENDORSED, Outcome.NOT_CHECKED, "It carries endorsements; they were not checked.")
        return self._say(ENDORSED, Outcome.PASS, "It carries no endorsements.")

    def _nested(self) -> Generator[Needs, Mapping[str, Any] | None, list[Report]]:
        badges, reports = self._badges, []
        if not badges:
            self._say(NESTED, Outcome.PASS, "It holds no other credentials.")
            return []
        if len(badges) > MOST_NESTED:
            self._say(NESTED, Outcome.FAIL, f"It holds more than {MOST_NESTED} credentials.")
            return []
        for number, badge in enumerate(badges):
            place = f"{self.place}.verifiableCredential[{number}]".lstrip(".")
            reports.append((yield from _Check(badge, self.at, self.contexts, place).report()))
        self._say(NESTED, *_of_nested(reports))
        return reports

    def _summed_up(self, nested: list[Report]) -> Report:
        own = tuple(self.findings[number] for number in sorted(self.findings))
        unsound = any(finding.outcome is Outcome.FAIL for finding in own)
        passed = {finding.number for finding in own if finding.outcome in (Outcome.PASS, Outcome.WARN)}
        verified = not unsound and passed >= _MUST_PASS and all(report.verified for report in nested)
        covered = PROOF in passed and self.findings[CONTEXTS].outcome is Outcome.PASS
        summary = (
            (self._summary(verified=verified),)
            if covered and self.findings[SHAPE].outcome is Outcome.PASS
            else ()
        )
        return Report(
            verified,
            own + tuple(finding for report in nested for finding in report.findings),
            summary + tuple(credential for report in nested for credential in report.credentials),
        )

    def _summary(self, *, verified: bool) -> Summary:
        told = self.document
        earned = None if self._is_record else told["credentialSubject"]["achievement"]
        return Summary(
            at=self.place,
            id=str(told.get("id")),
            type=RECORD_TYPE if self._is_record else "OpenBadgeCredential",
            name=str(told.get("name") or (earned or {}).get("name") or ""),
            verified=verified,
            issuer={"id": self._issuer_id, "name": self._issuer_name},
            subject=self._own_subject,
            achievement={
                "id": str(earned["id"]),
                "name": str(earned["name"]),
                "description": str(earned["description"]),
                "criteria": (earned.get("criteria") or {}).get("narrative"),
            }
            if earned
            else None,
            valid_from=told.get("validFrom"),
            valid_until=told.get("validUntil"),
            awarded_date=told.get("awardedDate"),
        )

    @property
    def _is_record(self) -> bool:
        return RECORD_TYPE in types_of(self.document)

    @property
    def _own_subject(self) -> str | None:
        return _subject_of(self.document)

    @property
    def _issuer_id(self) -> str | None:
        issuer = self.document.get("issuer")
        found = issuer.get("id") if isinstance(issuer, dict) else issuer
        return found if isinstance(found, str) else None

    @property
    def _issuer_name(self) -> str | None:
        issuer = self.document.get("issuer")
        found = issuer.get("name") if isinstance(issuer, dict) else None
        return found if isinstance(found, str) else None

    @property
    def _badges(self) -> list[Mapping[str, Any]]:
        subject = self.document.get("credentialSubject")
        found = subject.get("verifiableCredential") if isinstance(subject, dict) and self._is_record else None
        return [badge for badge in listed(found) if isinstance(badge, dict)]


def _subject_of(document: Mapping[str, Any]) -> str | None:
    subject = document.get("credentialSubject")
    found = subject.get("id") if isinstance(subject, dict) else None
    return found if isinstance(found, str) else None


def _endorsed(value: Any, depth: int = 0) -> bool:
    """Whether anything in a document is endorsed; the credentials nested in it speak for themselves."""
    if isinstance(value, list):
        return any(_endorsed(part, depth + 1) for part in value)
    if not isinstance(value, dict) or depth > DEPTH_LIMIT:
        return False
    return any(
        bool(part) if name in ("endorsement", "endorsementJwt") else _endorsed(part, depth + 1)
        for name, part in value.items()
        if name != "verifiableCredential"
    )


def _of_nested(reports: list[Report]) -> tuple[Outcome, str]:
    count = f"{len(reports)} credential{'' if len(reports) == 1 else 's'}"
    if all(report.verified for report in reports):
        return Outcome.PASS, f"Each of its {count} was verified by itself."
    failed = sum(any(finding.outcome is Outcome.FAIL for finding in report.findings) for report in reports)
    if failed:
        return Outcome.FAIL, f"Of its {count}, {failed} did not pass every check."
    return Outcome.NOT_CHECKED, f"Some of its {count} could not be checked wholly."


def _lists(listing: Mapping[str, Any], controller: str, method: str) -> bool:
    """Whether a DID document lists a method for assertions, under its own id, with the key it is named for."""
    allowed = {one if isinstance(one, str) else one.get("id") for one in listing.get("assertionMethod", [])}
    keys = {
        one.get("id"): (one.get("controller"), one.get("publicKeyMultibase"))
        for one in listing.get("verificationMethod", [])
    }
    named = (controller, method.rpartition("#")[2])
    return listing.get("id") == controller and method in allowed and keys.get(method) == named


def _entry(entry: Any) -> tuple[str | None, int | None]:
    if not isinstance(entry, dict) or entry.get("type") != "BitstringStatusListEntry":
        return None, None
    url, position = entry.get("statusListCredential"), str(entry.get("statusListIndex", ""))
    sound = isinstance(url, str) and position.isascii() and position.isdigit() and len(position) <= 12  # noqa: PLR2004  digits of any real list
    return (url, int(position)) if sound and entry.get("statusPurpose") == "revocation" else (None, None)


def _moment(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"
