"""A badge and a record that say everything that documents of this service can say, signed by two issuers."""

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clr.records.assembling import (
    AchievementFacts,
    AlignmentFacts,
    AssociationFacts,
    BadgeFacts,
    EvidenceFacts,
    IssuerFacts,
    LevelFacts,
    RecordFacts,
    ResultDescriptionFacts,
    ResultFacts,
    StatusFacts,
    badge_credential,
    clr_credential,
)
from clr.records.contexts import Contexts
from clr.records.findings import Needs, Report
from clr.records.keys import did_document, multikey
from clr.records.proofs import Ed25519Signer, sign
from clr.records.status import encode
from clr.records.verifying import verify_document

Document = dict[str, Any]
Place = tuple[str | int, ...]

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
INSTITUTION_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
MULTIKEY = multikey(INSTITUTION_KEY.public_key())
LIST = "https://northfield.example/status/1"
SUBJECT = "urn:uuid:6b6c0c1e-9d8c-4a2e-9f55-0a8b3f2b4c11"
INSTITUTION = IssuerFacts("did:web:northfield.example", "Northfield University", "https://northfield.example")
DEPARTMENT = IssuerFacts(
    "did:web:northfield.example:issuers:french",
    "French Department",
    "https://northfield.example/french",
    email="french@northfield.example",
    description="Languages and cultures.",
)


def achievement(number: int) -> AchievementFacts:
    address = f"https://northfield.example/achievements/{number}"
    levels = tuple(
        LevelFacts(f"{address}#{name}", name, points=str(points), description=f"{name} work.")
        for points, name in enumerate(("Emerging", "Proficient"))
    )
    return AchievementFacts(
        id=address,
        name=f"Débat {number}",
        description="Argues a case\nin French.",
        criteria="Three debates, *each* judged by two assessors.",
        achievement_type="Badge",
        image=f"{address}/image",
        tags=("french", "speaking"),
        alignments=(AlignmentFacts("Oral", "https://a.example/1", "NACE", "O1", "CFItem", "Speaks."),),
        results=(
            ResultDescriptionFacts(
                f"{address}#r1", "Rubric", "RubricCriterionLevel", None, levels[1].id, levels=levels
            ),
            ResultDescriptionFacts(
                f"{address}#r2", "Score", "Percent", required_value="50", value_min="0", value_max="100"
            ),
        ),
        credits_available=1.5,
        version="2026",
    )


def badge_facts(number: int = 1) -> BadgeFacts:
    told = achievement(number)
    return BadgeFacts(
        id=f"https://northfield.example/c/{number}",
        subject=SUBJECT,
        issuer=DEPARTMENT,
        achievement=told,
        valid_from=NOW,
        earned_on=NOW,
        status=StatusFacts(LIST, number),
        valid_until=NOW.replace(year=2030),
        narrative="Spoke “freely”.",
        credits_earned=0.5,
        results=(
            ResultFacts(told.results[0].id, achieved_level=told.results[0].levels[1].id),
            ResultFacts(told.results[1].id, value="97.5"),
        ),
        evidence=(
            EvidenceFacts("https://e.example/1", "Recording", "An hour.", "Audio", "uEiDwkeBgvIiId1ULgXUk"),
        ),
        assessor="Prof. Camille Moreau",
    )


def signed(unsigned: Mapping[str, Any], contexts: Contexts) -> Document:
    return sign(
        unsigned, Ed25519Signer(INSTITUTION_KEY, unsigned["issuer"]["id"]), created=NOW, contexts=contexts
    )


def badge(contexts: Contexts, number: int = 1) -> Document:
    return signed(badge_credential(badge_facts(number)), contexts)


def record(contexts: Contexts, *badges: Document) -> Document:
    facts = RecordFacts(
        id="https://northfield.example/c/r",
        issuer=INSTITUTION,
        subject=SUBJECT,
        name="My skills",
        description="For whoever reads it.",
        valid_from=NOW,
        learner_name="Ana",
        badges=badges or (badge(contexts),),
        achievements=(replace(achievement(9), results=()),),
        associations=(AssociationFacts("isPartOf", achievement(1).id, achievement(9).id),),
        partial=True,
        status=StatusFacts(LIST, 100),
    )
    return signed(clr_credential(facts), contexts)


def answer(
    needs: Needs, *, revoked: tuple[int, ...] = (), suspended: tuple[str, ...] = ()
) -> Document | None:
    """What the issuers publish, and tell of one credential."""
    if needs.kind == "standing":
        return {"suspended": needs.url in suspended}
    if needs.url == LIST:
        return {"credentialSubject": {"encodedList": encode(revoked)}}
    if needs.url in (INSTITUTION.did, DEPARTMENT.did):
        return did_document(needs.url, [MULTIKEY])
    return None


def report(
    document: Mapping[str, Any],
    contexts: Contexts,
    *,
    at: datetime = NOW,
    revoked: tuple[int, ...] = (),
    suspended: tuple[str, ...] = (),
) -> Report:
    """Verify, as of ``at``, with what the issuers publish."""
    verification = verify_document(document, at=at, contexts=contexts)
    try:
        needs = next(verification)
        while True:
            needs = verification.send(answer(needs, revoked=revoked, suspended=suspended))
    except StopIteration as end:
        found: Report = end.value
        return found


def members(value: Any, at: Place = ()) -> Iterator[Place]:
    """Every place in a document: members, elements, and what they hold; contexts apart."""
    if isinstance(value, dict):
        inside: Any = [(name, part) for name, part in value.items() if name != "@context"]
    else:
        inside = list(enumerate(value)) if isinstance(value, list) else []
    for step, part in inside:
        yield (*at, step)
        yield from members(part, (*at, step))


def get(document: Any, at: Place) -> Any:
    for step in at:
        document = document[step]
    return document


def put(document: Document, at: Place, value: Any) -> Document:
    changed = copy.deepcopy(document)
    get(changed, at[:-1])[at[-1]] = value
    return changed


def without(document: Document, at: Place) -> Document:
    changed = copy.deepcopy(document)
    del get(changed, at[:-1])[at[-1]]
    return changed


def same(one: Any, other: Any) -> bool:
    """Whether two documents are one and the same JSON; true is not 1."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
