"""The pinned contexts, a badge made by hand, and the standards' published vectors where they are at hand."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clr.app import find_contexts
from clr.records.contexts import EXTENSIONS, OB, VC, Contexts
from clr.records.proofs import Ed25519Signer
from tests.standards import pytest_collection_modifyitems, standards

__all__ = ["pytest_collection_modifyitems", "standards"]

ISSUER = "did:web:northfield.example:issuers:french"
PRIVATE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture(scope="session")
def contexts() -> Contexts:
    return find_contexts()


@pytest.fixture
def signer() -> Ed25519Signer:
    return Ed25519Signer(PRIVATE_KEY, ISSUER)


@pytest.fixture
def badge() -> dict[str, Any]:
    return {
        "@context": [VC, OB, EXTENSIONS],
        "id": "https://northfield.example/c/1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": ISSUER, "type": ["Profile"], "name": "French Department"},
        "validFrom": "2026-11-02T10:00:00Z",
        "validUntil": "2028-11-02T10:00:00Z",
        "awardedDate": "2026-11-01T10:00:00Z",
        "name": "Débat “à la française”",
        "credentialSubject": {
            "id": "urn:uuid:6b6c0c1e-9d8c-4a2e-9f55-0a8b3f2b4c11",
            "type": ["AchievementSubject"],
            "creditsEarned": 1.5,
            "achievement": {
                "id": "https://northfield.example/achievements/1",
                "type": ["Achievement"],
                "name": "Débat",
                "description": "Argues a case\n\tin French.",
                "criteria": {"narrative": "Three debates, \\ each judged by two assessors."},
                "tag": ["french", "speaking"],
                "image": {"id": "https://northfield.example/i/1.svg", "type": "Image"},
            },
            "result": [{"type": ["Result"], "value": "A"}, {"type": ["Result"], "value": "B"}],
        },
        "evidence": [
            {"id": "https://northfield.example/e/1", "type": ["Evidence"], "name": "Recording"},
            {"id": "https://northfield.example/e/2", "type": ["Evidence"], "name": "Notes"},
        ],
        "credentialStatus": {
            "id": "https://northfield.example/status/1#7",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "7",
            "statusListCredential": "https://northfield.example/status/1",
        },
    }
