"""Signing keys: made on first start, private halves in files only their owner reads, public halves kept for ever.

Ed25519 signs credentials (Data Integrity), P-256 signs access tokens.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from sqlalchemy import Engine
from sqlmodel import col, select

from clr.errors import ClrError
from clr.records.keys import jwk_of, multikey, public_key_of
from clr.store.sessions import reading, transaction
from clr.store.tables import PublicKey

_CREDENTIAL, _TOKEN = "credential", "token"


class KeyUnusable(ClrError):
    """A key file that cannot be trusted or read; the message names the file and the cure."""

    code = "key-unusable"
    title = "A signing key cannot be used"


@dataclass(frozen=True)
class Keyring:
    """The keys in force, and every public key there ever was."""

    credential_key: Ed25519PrivateKey
    credential_multikey: str
    credential_multikeys: tuple[str, ...]
    token_key: ec.EllipticCurvePrivateKey
    token_kid: str
    token_jwks: tuple[Mapping[str, str], ...]
    token_public_keys: Mapping[str, ec.EllipticCurvePublicKey]


def open_keyring(engine: Engine, folder: Path, *, at: datetime) -> Keyring:
    """Return the keys in ``folder``; missing ones are made, mode 0600, and their public halves recorded."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    credential = _credential_key(folder / "credential-ed25519.pem")
    token = _token_key(folder / "token-p256.pem")
    own_multikey, own_jwk = multikey(credential.public_key()), jwk_of(token.public_key())
    _record(engine, _CREDENTIAL, own_multikey, own_multikey, at)
    _record(engine, _TOKEN, own_jwk["kid"], json.dumps(own_jwk, sort_keys=True), at)
    jwks = tuple(json.loads(text) for text in _recorded(engine, _TOKEN))
    return Keyring(
        credential_key=credential,
        credential_multikey=own_multikey,
        credential_multikeys=_recorded(engine, _CREDENTIAL),
        token_key=token,
        token_kid=own_jwk["kid"],
        token_jwks=jwks,
        token_public_keys={jwk["kid"]: public_key_of(jwk) for jwk in jwks},
    )


def _credential_key(path: Path) -> Ed25519PrivateKey:
    found = _load_or_make(path, Ed25519PrivateKey.generate)
    if not isinstance(found, Ed25519PrivateKey):
        raise KeyUnusable(f"{path} is no Ed25519 key. Restore it from the backup.")
    return found


def _token_key(path: Path) -> ec.EllipticCurvePrivateKey:
    found = _load_or_make(path, lambda: ec.generate_private_key(ec.SECP256R1()))
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise KeyUnusable(f"{path} is no P-256 key. Restore it from the backup.")
    return found


def _load_or_make(
    path: Path, make: Callable[[], Ed25519PrivateKey | ec.EllipticCurvePrivateKey]
) -> PrivateKeyTypes:
    if not path.exists():
        _write(path, make().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    if path.stat().st_mode & 0o077:
        raise KeyUnusable(f"Others on this machine can read {path}. Run: chmod 600 {path}")
    try:
        return load_pem_private_key(path.read_bytes(), None)
    except ValueError as fault:
        raise KeyUnusable(f"{path} holds no readable private key. Restore it from the backup.") from fault


def _write(path: Path, content: bytes) -> None:
    """Write whole or not at all; where two starters race, the first one's file stays."""
    own = path.with_suffix(f".{os.getpid()}")
    own.touch(mode=0o600)
    own.write_bytes(content)
    try:
        os.link(own, path)
    except FileExistsError:
        pass
    finally:
        own.unlink()


def _record(engine: Engine, purpose: str, name: str, public: str, at: datetime) -> None:
    with transaction(engine) as session:
        if session.get(PublicKey, name) is None:
            session.add(PublicKey(id=name, purpose=purpose, public=public, created_at=at))


def _recorded(engine: Engine, purpose: str) -> tuple[str, ...]:
    with reading(engine) as session:
        wanted = select(PublicKey.public).where(PublicKey.purpose == purpose)
        return tuple(session.exec(wanted.order_by(col(PublicKey.created_at), col(PublicKey.id))))
