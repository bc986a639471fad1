"""Keys in the forms documents carry them, held to other implementations' reading."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from hypothesis import given
from hypothesis import strategies as st
from openbadgeslib.ob3.did import (
    _b58btc_decode,
    _b58btc_encode,
    multikey_from_pem,
    pem_for_kid,
    resolve_did,
)

from clr.records.keys import (
    base58,
    base58_bytes,
    did_document,
    digest_multibase,
    jwk_of,
    multikey,
    multikey_bytes,
    public_key_of,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key()
PEM = KEY.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
DID = "did:web:northfield.example"


def url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def p256(secret: int = 7) -> EllipticCurvePrivateKey:
    return derive_private_key(secret, SECP256R1())


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"Hello World!", "2NEpo7TZRRrLZSi2U"),
        (bytes.fromhex("0000287fb4cd"), "11233QC4"),
        (b"", ""),
        (b"\0", "1"),
    ],
)
def test_base58_is_written_as_its_specification_shows(data: bytes, text: str) -> None:
    assert base58(data) == text
    assert base58_bytes(text) == data


@given(st.binary(max_size=80))
def test_base58_is_what_another_reader_makes_of_it(data: bytes) -> None:
    assert base58(data) == _b58btc_encode(data)
    assert base58_bytes(base58(data)) == data == _b58btc_decode(base58(data))


@pytest.mark.parametrize("text", ["0", "O", "I", "l", "2NEp o7", "é", "2" * 129, "1" * 1_000_000])
def test_what_is_no_base58_or_longer_than_any_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not base58"):
        base58_bytes(text)


def test_a_multikey_is_the_one_another_implementation_writes() -> None:
    assert multikey(KEY) == multikey_from_pem(PEM)
    assert multikey_bytes(multikey(KEY)) == KEY.public_bytes_raw()


def test_the_published_key_pair_is_read(standards: Path) -> None:
    published = json.loads(
        (standards / "vectors" / "w3c-vc-di-eddsa" / "keyPair.json").read_text(encoding="utf-8")
    )
    secret = base58_bytes(published["privateKeyMultibase"][1:])[2:]
    public = Ed25519PrivateKey.from_private_bytes(secret).public_key()
    assert multikey(public) == published["publicKeyMultibase"]
    assert multikey_bytes(published["publicKeyMultibase"]) == public.public_bytes_raw()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z",
        multikey(KEY)[1:],
        "u" + multikey(KEY)[1:],
        multikey(KEY)[:-1],
        multikey(KEY) + "2",
        "z" + base58(b"\x80\x24" + bytes(33)),
        "z" + base58(b"\xed\x01" + bytes(31)),
        "z" + base58(b"\0\xed\x01" + bytes(32)),
    ],
)
def test_only_an_ed25519_multikey_is_read_as_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"key|base58"):
        multikey_bytes(text)


def test_another_reader_finds_every_key_in_a_did_document_old_ones_too() -> None:
    old = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    document = did_document(DID, [multikey(old), multikey(KEY)])

    for key in (old, KEY):
        name = f"{DID}#{multikey(key)}"
        assert load_pem_public_key(pem_for_kid(document, DID, name)) == key
        assert name in document["assertionMethod"]
    assert load_pem_public_key(resolve_did(f"did:key:{multikey(KEY)}")) == KEY


def test_a_jwk_says_the_key_and_is_named_by_its_thumbprint() -> None:
    key = p256()
    jwk = jwk_of(key.public_key())

    told = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    thumbprint = hashlib.sha256(json.dumps(told, separators=(",", ":")).encode()).digest()
    assert jwk["kid"] == url64(thumbprint)
    assert set(jwk) == {"crv", "kty", "x", "y", "alg", "use", "kid"}
    public_key_of(jwk).verify(key.sign(b"a record", ECDSA(SHA256())), b"a record", ECDSA(SHA256()))


def test_a_coordinate_that_begins_with_zeros_keeps_its_length() -> None:
    short = next(
        key
        for key in (p256(secret) for secret in range(1, 2000))
        if key.public_key().public_numbers().x >> 248 == 0
    )
    jwk = jwk_of(short.public_key())
    assert len(jwk["x"]) == len(jwk["y"]) == 43
    assert public_key_of(jwk) == short.public_key()


def test_a_key_off_the_curve_is_refused() -> None:
    jwk = jwk_of(p256().public_key())
    with pytest.raises(ValueError, match=r"curve|point|Invalid"):
        public_key_of({**jwk, "y": jwk["x"]})


def test_a_digest_says_its_kind_before_its_bytes() -> None:
    assert digest_multibase(b"evidence") == "u" + url64(b"\x12\x20" + hashlib.sha256(b"evidence").digest())
