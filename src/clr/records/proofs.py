"""Data Integrity proofs with the cryptosuite eddsa-rdfc-2022 (W3C Data Integrity EdDSA Cryptosuites 1.0 §3.2)."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from clr.records.canonical import canonical
from clr.records.contexts import Contexts
from clr.records.keys import base58, base58_bytes, multikey

SUITE = "eddsa-rdfc-2022"
_SIGNATURE_BYTES = 64


class Signer(Protocol):
    """Whoever holds a private key; may be a service elsewhere, so it is never called inside a transaction."""

    @property
    def verification_method(self) -> str:
        """The key's name in the issuer's DID document."""

    def sign(self, data: bytes) -> bytes:
        """Return the Ed25519 signature of ``data``."""


class Ed25519Signer:
    """A signer whose key is in this process."""

    def __init__(self, key: Ed25519PrivateKey, controller: str) -> None:
        """Sign for ``controller``, a DID under which the key is listed."""
        self._key = key
        self.verification_method = f"{controller}#{multikey(key.public_key())}"

    def sign(self, data: bytes) -> bytes:
        """Return the signature of ``data``."""
        return self._key.sign(data)


def sign(
    document: Mapping[str, Any], signer: Signer, *, created: datetime, contexts: Contexts
) -> dict[str, Any]:
    """Return ``document`` with its proof; raises ``Unsafe`` where a signature would not cover everything."""
    proof = {
        "type": "DataIntegrityProof",
        "created": created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "verificationMethod": signer.verification_method,
        "cryptosuite": SUITE,
        "proofPurpose": "assertionMethod",
    }
    signature = signer.sign(_hash_data(document, proof, contexts))
    return {**document, "proof": {**proof, "proofValue": f"z{base58(signature)}"}}


def proof_holds(
    document: Mapping[str, Any], proof: Mapping[str, Any], public_key: bytes, contexts: Contexts
) -> bool:
    """Whether ``proof`` is the signature of ``document`` by ``public_key``; raises ``Unsafe``."""
    value = str(proof.get("proofValue", ""))
    try:
        signature = base58_bytes(value[1:])
    except ValueError:
        return False
    if not value.startswith("z") or len(signature) != _SIGNATURE_BYTES:
        return False
    bare = {name: part for name, part in document.items() if name != "proof"}
    options = {name: part for name, part in proof.items() if name not in ("proofValue", "@context")}
    data = _hash_data(bare, options, contexts)
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, data)
    except InvalidSignature:
        return False
    return True


def _hash_data(document: Mapping[str, Any], options: Mapping[str, Any], contexts: Contexts) -> bytes:
    """Return SHA-256 of the proof options, then of the document, each in canonical form (§3.2.3, §3.2.4)."""
    config = {"@context": document["@context"], **options}
    return b"".join(hashlib.sha256(canonical(part, contexts)).digest() for part in (config, document))
