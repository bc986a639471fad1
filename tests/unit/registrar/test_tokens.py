"""Only tokens that this service signed, for this purpose, in their time, open anything."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jose import jwe, jwt

from clr.errors import NotSignedIn
from clr.registrar import tokens

AT = datetime(2026, 11, 24, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1())
KEYS = {"k1": KEY.public_key()}


def minted(**changes: object) -> str:
    details = {"purpose": "access", "at": AT, "minutes": 10, "kid": "k1", "key": KEY} | changes
    return tokens.mint("prs_1", **details)


def opened(token: str, *, at: datetime = AT) -> tokens.Token:
    return tokens.read(token, purpose="access", at=at, keys=KEYS)


def encoded(value: bytes | dict[str, object]) -> str:
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def forged(header: dict[str, object], secret: bytes | None = None) -> str:
    claims = {"iss": "clr", "aud": "access", "sub": "prs_1", "exp": int(AT.timestamp()) + 600}
    told = f"{encoded(header)}.{encoded(claims)}"
    signature = b"" if secret is None else hmac.new(secret, told.encode(), hashlib.sha256).digest()
    return f"{told}.{encoded(signature)}"


def test_a_token_opens_what_it_was_made_for():
    assert opened(minted()) == tokens.Token("prs_1", "access", AT + timedelta(minutes=10))


def test_a_token_ends_at_its_minute():
    token = minted()
    opened(token, at=AT + timedelta(minutes=9, seconds=59))
    with pytest.raises(NotSignedIn, match="over"):
        opened(token, at=AT + timedelta(minutes=10))


PUBLIC = KEY.public_key()
SECRETS = {
    "DER": PUBLIC.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    "PEM": PUBLIC.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    "raw point": PUBLIC.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
}
NOT_OURS = {
    "another purpose": lambda: minted(purpose="session"),
    "another key": lambda: minted(key=ec.generate_private_key(ec.SECP256R1())),
    "an unknown key": lambda: minted(kid="k2"),
    "a key path": lambda: minted(kid="../../etc/passwd"),
    "no algorithm": lambda: forged({"alg": "none", "typ": "JWT", "kid": "k1"}),
    "no algorithm, in capitals": lambda: forged({"alg": "NONE", "kid": "k1"}),
    "key in the header": lambda: jwt.encode(
        {"sub": "x"}, KEY, algorithm="ES256", headers={"jwk": {"kty": "EC"}}
    ),
    "critical extension": lambda: forged({"alg": "ES256", "kid": "k1", "crit": ["b64"]}),
    "encrypted": lambda: jwe.encrypt(b"{}", b"0" * 16, algorithm="dir", encryption="A128GCM").decode(),
    "not a token": lambda: "hello",
    "dots only": lambda: "..",
    "not text": lambda: "\ud800.\ud800.\ud800",
    "endless": lambda: "a" * 10_000,
    "a credential": lambda: jwt.encode({"vc": {}, "iss": "did:web:x"}, KEY, "ES256", headers={"kid": "k1"}),
} | {
    f"public key as secret, {form}": (lambda secret=secret: forged({"alg": "HS256", "kid": "k1"}, secret))
    for form, secret in SECRETS.items()
}


@pytest.mark.parametrize("make", NOT_OURS.values(), ids=NOT_OURS.keys())
def test_nothing_else_opens_anything(make):
    with pytest.raises(NotSignedIn):
        opened(make())


def test_changing_any_part_of_a_token_breaks_it():
    head, body, signature = minted().split(".")
    other = encoded({"iss": "clr", "aud": "access", "sub": "prs_2", "exp": int(AT.timestamp()) + 600})
    for token in (f"{head}.{other}.{signature}", f"{head}.{body}.{signature[:-4]}AAAA", f"{head}.{body}."):
        with pytest.raises(NotSignedIn):
            opened(token)
