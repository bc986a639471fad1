"""Signatures: those of the standard's authors and of strangers hold; ours hold for others; a changed letter fails."""

import copy
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3.ldp import verify_data_integrity_proof

from clr.records.canonical import Unsafe, canonical
from clr.records.contexts import CLR, EXTENSIONS, OB, VC, Contexts
from clr.records.keys import base58, base58_bytes, multikey_bytes
from clr.records.proofs import Ed25519Signer, proof_holds, sign
from clr.records.unbaking import from_png
from tests.unit.records.conftest import ISSUER, PRIVATE_KEY

Document = dict[str, Any]
Place = tuple[str | int, ...]

CREATED = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PUBLIC_KEY = PRIVATE_KEY.public_key().public_bytes_raw()
PEM = PRIVATE_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
EXAMPLES = {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def proofs_of(document: Document) -> list[Document]:
    return document["proof"] if isinstance(document["proof"], list) else [document["proof"]]


def holds(document: Document, contexts: Contexts) -> bool:
    proof = proofs_of(document)[0]
    key = multikey_bytes(proof["verificationMethod"].rpartition("#")[2])
    return proof_holds(document, proof, key, contexts)


def holds_for_another(document: Document, contexts: Contexts) -> bool:
    more = {CLR: contexts.documents[CLR]}
    try:
        verify_data_integrity_proof(copy.deepcopy(document), PEM, extra_contexts=more)
    except LibOpenBadgesException:
        return False
    return True


@pytest.fixture
def signed(badge: Document, signer: Ed25519Signer, contexts: Contexts) -> Document:
    return sign(badge, signer, created=CREATED, contexts=contexts)


def test_the_published_vector_is_made_and_read_step_by_step(standards: Path, contexts: Contexts) -> None:
    folder = standards / "vectors" / "w3c-vc-di-eddsa"
    steps = folder / "eddsa-rdfc-2022"
    with_examples = replace(
        contexts, documents={**contexts.documents, "https://www.w3.org/ns/credentials/examples/v2": EXAMPLES}
    )
    unsigned, published = read(folder / "unsigned.json"), read(steps / "signedDataInt.json")
    told = canonical(unsigned, with_examples)
    config = canonical(read(steps / "proofConfigDataInt.json"), with_examples)
    secret = base58_bytes(read(folder / "keyPair.json")["privateKeyMultibase"][1:])[2:]
    key = Ed25519PrivateKey.from_private_bytes(secret)
    method = published["proof"]["verificationMethod"]
    created = datetime.fromisoformat(published["proof"]["created"])

    assert told.decode() == (steps / "canonDocDataInt.txt").read_text(encoding="utf-8")
    assert config.decode() == (steps / "proofCanonDataInt.txt").read_text(encoding="utf-8")
    combined = hashlib.sha256(config).hexdigest() + hashlib.sha256(told).hexdigest()
    assert combined == (steps / "combinedHashDataInt.txt").read_text(encoding="utf-8").strip()
    ours = sign(
        unsigned, Ed25519Signer(key, method.partition("#")[0]), created=created, contexts=with_examples
    )
    assert ours == published
    assert holds(published, with_examples)


@pytest.mark.parametrize(
    "name", ["1edtech/ob30-simple.json", "1edtech/clr20-simple.json", "example_clr_signed.json"]
)
def test_documents_signed_by_others_hold_and_so_does_each_badge_in_them(
    name: str, standards: Path, contexts: Contexts
) -> None:
    document = read(standards / "samples" / name)
    assert holds(document, contexts)
    for nested in document["credentialSubject"].get("verifiableCredential", []):
        assert holds(nested, contexts)
    document["name"] = "Something else"
    assert not holds(document, contexts)


def test_a_badge_that_others_signed_and_baked_holds(standards: Path, contexts: Contexts) -> None:
    image = (standards / "samples" / "1edtech" / "ob30-simple-json.png").read_bytes()
    assert holds(json.loads(from_png(image)), contexts)


def test_the_record_made_by_hand_holds_for_another_verifier_too(standards: Path, contexts: Contexts) -> None:
    """The oracle itself is sound for records, so that what it refuses below is refused for a reason."""
    record = read(standards / "samples" / "example_clr_signed.json")
    key = Ed25519PublicKey.from_public_bytes(
        multikey_bytes(record["proof"][0]["verificationMethod"].rpartition("#")[2])
    )
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    verify_data_integrity_proof(record, pem, extra_contexts={CLR: contexts.documents[CLR]})


def test_what_we_sign_holds_for_us_and_for_another_verifier(signed: Document, contexts: Contexts) -> None:
    assert isinstance(signed["proof"], dict)
    assert signed["proof"]["verificationMethod"].startswith(f"{ISSUER}#z6Mk")
    assert holds(signed, contexts)
    assert holds_for_another(signed, contexts)


def leaves(value: Any, at: Place = ()) -> Iterator[Place]:
    if isinstance(value, dict):
        for name, part in value.items():
            if name != "@context":
                yield from leaves(part, (*at, name))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from leaves(part, (*at, place))
    else:
        yield at


def changed(document: Document, at: Place, how: str) -> Document:
    result = copy.deepcopy(document)
    holder: Any = result
    for step in at[:-1]:
        holder = holder[step]
    if how == "deleted":
        del holder[at[-1]]
    else:
        was = holder[at[-1]]
        holder[at[-1]] = was + 1 if isinstance(was, float | int) else f"{was}x"
    return result


def still_holds(document: Document, contexts: Contexts) -> bool:
    try:
        return proof_holds(document, document["proof"], PUBLIC_KEY, contexts)
    except Unsafe:
        return False


@pytest.mark.parametrize("how", ["altered", "deleted"])
def test_every_leaf_of_a_signed_badge_is_covered_for_us_and_for_another_verifier(
    how: str, signed: Document, contexts: Contexts
) -> None:
    assert len(list(leaves(signed))) > 40
    tampered = {at: changed(signed, at, how) for at in leaves(signed)}
    assert [at for at in tampered if still_holds(tampered[at], contexts)] == []
    assert [at for at in tampered if holds_for_another(tampered[at], contexts)] == []


def test_every_leaf_of_a_signed_record_is_covered(signed: Document, contexts: Contexts) -> None:
    record = sign(
        {
            "@context": [VC, CLR, OB, EXTENSIONS],
            "id": "https://northfield.example/r/1",
            "type": ["VerifiableCredential", "ClrCredential"],
            "name": "Ana's record",
            "issuer": {
                "id": "did:web:northfield.example",
                "type": ["Profile"],
                "name": "Northfield University",
            },
            "validFrom": "2026-11-24T09:00:00Z",
            "partial": True,
            "credentialSubject": {
                "id": "urn:uuid:6b6c0c1e-9d8c-4a2e-9f55-0a8b3f2b4c11",
                "type": ["ClrSubject"],
                "verifiableCredential": [signed],
                "association": [
                    {
                        "type": "Association",
                        "associationType": "isPartOf",
                        "sourceId": "https://northfield.example/achievements/1",
                        "targetId": "https://northfield.example/achievements/2",
                    }
                ],
            },
        },
        Ed25519Signer(PRIVATE_KEY, "did:web:northfield.example"),
        created=CREATED,
        contexts=contexts,
    )
    assert holds(record, contexts)
    assert holds_for_another(record, contexts)
    hows = ("altered", "deleted")
    tampered = {at: changed(record, at, hows[number % 2]) for number, at in enumerate(leaves(record))}
    assert [at for at in tampered if still_holds(tampered[at], contexts)] == []
    assert [at for at in tampered if holds_for_another(tampered[at], contexts)] == []


def test_another_key_does_not_hold(signed: Document, contexts: Contexts) -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    assert not proof_holds(signed, signed["proof"], other, contexts)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "z",
        "u" + "A" * 86,
        "z" + "1" * 64,
        "z" + base58(bytes(63)),
        "z" + "2" * 10_000,
        "z0OIl",
        None,
        7,
        ["z"],
        {},
    ],
)
def test_a_signature_that_is_none_does_not_hold_and_does_no_harm(
    value: object, signed: Document, contexts: Contexts
) -> None:
    proof = {**signed["proof"], "proofValue": value}
    assert not proof_holds({**signed, "proof": proof}, proof, PUBLIC_KEY, contexts)


def test_a_document_of_which_a_part_would_go_unsigned_is_never_signed(
    badge: Document, signer: Ed25519Signer, contexts: Contexts
) -> None:
    badge["honours"] = "summa cum laude"
    with pytest.raises(Unsafe, match="honours"):
        sign(badge, signer, created=CREATED, contexts=contexts)


def test_an_unsigned_word_added_to_a_proof_is_refused(signed: Document, contexts: Contexts) -> None:
    proof = {**signed["proof"], "note": "checked by hand"}
    with pytest.raises(Unsafe, match="note"):
        proof_holds({**signed, "proof": proof}, proof, PUBLIC_KEY, contexts)


def test_a_proof_tells_its_time_in_utc_to_the_second(
    badge: Document, signer: Ed25519Signer, contexts: Contexts
) -> None:
    there = CREATED.astimezone(timezone(timedelta(hours=5, minutes=30))).replace(microsecond=999)
    signed = sign(badge, signer, created=there, contexts=contexts)
    assert signed["proof"]["created"] == "2026-11-24T09:00:00Z"
