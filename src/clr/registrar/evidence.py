"""Evidence files: checked by what they are, private, opened by their learner, by assessors, and through a share."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from clr.errors import NotFound, TooLarge, WrongMedia
from clr.ids import EvidenceId, IssuerId, LearnerId, new_id
from clr.records.keys import digest_multibase
from clr.registrar import policy
from clr.registrar.policy import Caller, Deed
from clr.store.tables import Achievement, Award, AwardEvidence, Evidence

_SIGNATURES = (
    (b"%PDF-", 0, "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF8", 0, "image/gif"),
    (b"WEBPVP8", 8, "image/webp"),
    (b"ftyp", 4, "video/mp4"),
    (b"ID3", 0, "audio/mpeg"),
)
"""What a file is, by its first bytes: signature, where it stands, media type."""

ACCEPTED = "PDF, PNG, JPEG, GIF, WebP, MP4, MP3 or plain text"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as sent; it was kept already under ``file``."""

    name: str
    content: bytes
    file: str


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """An evidence file, without its content."""

    id: EvidenceId
    name: str
    media_type: str
    size: int
    digest: str
    file: str
    created_at: datetime


def media_type_of(content: bytes, limit: int) -> str:
    """Return what a file is; the type its sender claims is not asked. Refuses what is too large or unknown."""
    if len(content) > limit:
        raise TooLarge(f"The file is larger than {limit:,} bytes.")
    for signature, place, media in _SIGNATURES:
        if content[place : place + len(signature)] == signature:
            return media
    if content and _is_text(content):
        return "text/plain"
    raise WrongMedia(f"This kind of file is not taken as evidence. Send {ACCEPTED}.")


def upload(transaction: Session, caller: Caller, sent: Upload, *, at: datetime, limit: int) -> EvidenceFile:
    """Enter a file that was kept; it belongs to no award until one names it."""
    require_uploader(caller)
    row = Evidence(
        id=EvidenceId(new_id("evd")),
        file=sent.file,
        name=sent.name,
        media_type=media_type_of(sent.content, limit),
        size=len(sent.content),
        digest=digest_multibase(sent.content),
        uploaded_by=caller.person_id,
        created_at=at,
    )
    transaction.add(row)
    transaction.flush()
    return _facts(row)


def require_uploader(caller: Caller) -> None:
    """Raise unless ``caller`` may upload evidence: to be asked before a file is read, and before it is kept."""
    policy.require(caller, Deed.UPLOAD_EVIDENCE)


def open_file(snapshot: Session, caller: Caller, evidence_id: EvidenceId) -> EvidenceFile:
    """Return a file to whoever may open it: who uploaded it, the learner, assessors of the issuer."""
    row = snapshot.get(Evidence, evidence_id)
    if row is None or not _opens(snapshot, caller, row):
        raise NotFound("There is nothing here that you may see.")
    return _facts(row)


def may_name(snapshot: Session, caller: Caller, evidence_id: EvidenceId) -> bool:
    """Return whether ``caller`` may award with a file: whoever may not open it must not get to by awarding."""
    row = snapshot.get(Evidence, evidence_id)
    return row is not None and (_for_all(caller) or _opens(snapshot, caller, row))


def facts_of(snapshot: Session, evidence_id: EvidenceId) -> EvidenceFile:
    """Return a file whose opening was decided elsewhere (by a share that holds it)."""
    return _facts(snapshot.get_one(Evidence, evidence_id))


def _opens(snapshot: Session, caller: Caller, row: Evidence) -> bool:
    return row.uploaded_by == caller.person_id or any(
        _may_open(caller, learner, issuer) for learner, issuer in _uses(snapshot, row.id)
    )


def _for_all(caller: Caller) -> bool:
    verdict = policy.may(caller, Deed.SEE_EVIDENCE, issuer=IssuerId(""))
    return isinstance(verdict, policy.Allowed)


def _may_open(caller: Caller, learner: LearnerId, issuer: IssuerId) -> bool:
    verdict = policy.may(caller, Deed.SEE_EVIDENCE, issuer=issuer, learner=learner)
    return isinstance(verdict, policy.Allowed)


def _uses(snapshot: Session, evidence_id: EvidenceId) -> list[tuple[LearnerId, IssuerId]]:
    rows = snapshot.exec(
        select(Award.learner_id, Achievement.issuer_id)
        .join(AwardEvidence, col(AwardEvidence.award_id) == col(Award.id))
        .join(Achievement, col(Achievement.id) == col(Award.achievement_id))
        .where(col(AwardEvidence.evidence_id) == evidence_id)
    )
    return [(LearnerId(learner), IssuerId(issuer)) for learner, issuer in rows]


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not any(ord(letter) < ord(" ") and letter not in "\t\n\r\f" for letter in text)


def _facts(row: Evidence) -> EvidenceFile:
    return EvidenceFile(row.id, row.name, row.media_type, row.size, row.digest, row.file, row.created_at)
