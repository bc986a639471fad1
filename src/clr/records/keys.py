"""Public keys in the forms documents carry: Multikey, did:web documents, JWK."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_ED25519 = b"\xed\x01"
_KEY_BYTES = 32
_LONGEST = 128
"""Letters; longer base58 than any key or signature is not read, since reading takes quadratic time."""


def base58(data: bytes) -> str:
    """Return ``data`` in base58btc, without the multibase prefix."""
    number, letters = int.from_bytes(data), ""
    while number:
        number, digit = divmod(number, 58)
        letters = _ALPHABET[digit] + letters
    return _ALPHABET[0] * (len(data) - len(data.lstrip(b"\0"))) + letters


def base58_bytes(text: str) -> bytes:
    """Return what base58btc ``text`` says; ``ValueError`` when it says nothing."""
    if len(text) > _LONGEST or not all(letter in _VALUES for letter in text):
        raise ValueError("not base58")
    number = 0
    for letter in text:
        number = number * 58 + _VALUES[letter]
    zeros = len(text) - len(text.lstrip(_ALPHABET[0]))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)


def multikey(key: Ed25519PublicKey) -> str:
    """Return the key as ``z6Mk…`` (Controlled Identifiers 1.0 §2.2.2 Multikey)."""
    return "z" + base58(_ED25519 + key.public_bytes_raw())


def multikey_bytes(text: str) -> bytes:
    """Return the 32 bytes of an Ed25519 multikey; ``ValueError`` for anything else."""
    if not text.startswith("z"):
        raise ValueError("a multikey begins with z")
    data = base58_bytes(text[1:])
    if not data.startswith(_ED25519) or len(data) != len(_ED25519) + _KEY_BYTES:
        raise ValueError("not an Ed25519 key")
    return data[len(_ED25519) :]


def did_document(did: str, multikeys: Iterable[str]) -> dict[str, Any]:
    """Return the did:web document that lists ``multikeys`` for assertions (DID Core §5)."""
    methods = [
        {"id": f"{did}#{key}", "type": "Multikey", "controller": did, "publicKeyMultibase": key}
        for key in multikeys
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def jwk_of(key: EllipticCurvePublicKey) -> dict[str, str]:
    """Return a P-256 key as a JWK; ``kid`` is its thumbprint (RFC 7638)."""
    numbers = key.public_numbers()
    x, y = (_url64(number.to_bytes(_KEY_BYTES)) for number in (numbers.x, numbers.y))
    jwk = {"crv": "P-256", "kty": "EC", "x": x, "y": y}
    told = json.dumps(jwk, sort_keys=True, separators=(",", ":")).encode()
    return {**jwk, "alg": "ES256", "use": "sig", "kid": _url64(hashlib.sha256(told).digest())}


def public_key_of(jwk: Mapping[str, str]) -> EllipticCurvePublicKey:
    """Return the P-256 key a JWK says."""
    x, y = (int.from_bytes(_url64_bytes(jwk[name])) for name in ("x", "y"))
    return EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()


def digest_multibase(data: bytes) -> str:
    """Return the SHA-256 of ``data`` as a multibase multihash (VC Data Model 2.0 §5.3 digestMultibase)."""
    return "u" + _url64(b"\x12\x20" + hashlib.sha256(data).digest())


def _url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _url64_bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
