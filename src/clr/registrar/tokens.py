"""Our own access tokens: ES256, one algorithm, one header, keys as objects (the only user of python-jose).

A token names a person and a purpose, never a role: what the person may do is looked up at each request.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from jose import jwt
from jose.backends import ECKey
from jose.exceptions import JOSEError

from clr.errors import NotSignedIn
from clr.ids import PersonId

ALGORITHM = "ES256"
ISSUER = "clr"
MAX_LENGTH = 4096
_HEADERS = {"alg", "typ", "kid"}
_NO_CLOCK = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
"""python-jose would read the clock; times are checked here, against the moment given."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a valid token says."""

    person_id: PersonId
    purpose: str
    expires_at: datetime


def mint(
    person: PersonId,
    *,
    purpose: str,
    at: datetime,
    minutes: int,
    kid: str,
    key: EllipticCurvePrivateKey,
) -> str:
    """Return a signed token for ``person``, valid for ``minutes`` from ``at``."""
    claims = {
        "iss": ISSUER,
        "aud": purpose,
        "sub": person,
        "iat": int(at.timestamp()),
        "exp": int((at + timedelta(minutes=minutes)).timestamp()),
    }
    token: str = jwt.encode(claims, ECKey(key, ALGORITHM), algorithm=ALGORITHM, headers={"kid": kid})
    return token


def read(token: str, *, purpose: str, at: datetime, keys: Mapping[str, EllipticCurvePublicKey]) -> Token:
    """Return what ``token`` says, or raise ``NotSignedIn``: wrong key, algorithm, purpose or time."""
    try:
        claims = jwt.decode(
            token,
            ECKey(_key_named(token, keys), ALGORITHM),
            algorithms=[ALGORITHM],
            audience=purpose,
            issuer=ISSUER,
            options=_NO_CLOCK,
        )
        expires_at = datetime.fromtimestamp(int(claims["exp"]), UTC)
        person = PersonId(str(claims["sub"]))
    except (JOSEError, KeyError, TypeError, ValueError, OverflowError, RecursionError) as fault:
        raise NotSignedIn("The access token is not one of ours.") from fault
    if expires_at <= at:
        raise NotSignedIn("The access token is over. Ask for a new one.")
    return Token(person, purpose, expires_at)


def _key_named(token: str, keys: Mapping[str, EllipticCurvePublicKey]) -> EllipticCurvePublicKey:
    """Return our key that the header names; any header beyond alg, typ and kid is refused (RFC 8725 §3)."""
    if len(token) > MAX_LENGTH:
        raise ValueError("longer than any token of ours")
    header = jwt.get_unverified_header(token)
    if set(header) - _HEADERS or header.get("alg") != ALGORITHM:
        raise ValueError("a header that our tokens never carry")
    return keys[str(header.get("kid"))]
