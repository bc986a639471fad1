"""Bitstring Status List 1.0 (W3C): one bit a credential, set when it is revoked."""

import base64
import gzip
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from clr.records.contexts import VC

LENGTH = 131_072
"""Entries of a list: the least that hides one learner among others (§5.2)."""

_MOST_BYTES = 16 * LENGTH // 8
"""Larger foreign lists are not opened."""


def encode(revoked: Iterable[int], *, length: int = LENGTH) -> str:
    """Return a list of ``length`` bits in which ``revoked`` are set: gzip, multibase base64url (§2.1)."""
    bits = bytearray(length // 8)
    for position in revoked:
        if not 0 <= position < length:
            raise ValueError(f"position {position} lies outside the list")
        bits[position // 8] |= 0x80 >> position % 8
    packed = gzip.compress(bytes(bits), mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def is_set(encoded: str, position: int) -> bool:
    """Whether a position is set; ``ValueError`` when the list cannot be read or does not reach so far."""
    bits = _decode(encoded)
    if not 0 <= position < len(bits) * 8:
        raise ValueError("the position lies outside the list")
    return bool(bits[position // 8] & (0x80 >> position % 8))


def _decode(encoded: str) -> bytes:
    if not isinstance(encoded, str):
        raise ValueError("the list is no text")  # noqa: TRY004  to callers a foreign list is unreadable, whatever it is
    text = encoded.removeprefix("u")
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        unpacker = zlib.decompressobj(wbits=31)
        bits = unpacker.decompress(packed, _MOST_BYTES)
    except (ValueError, zlib.error) as fault:
        raise ValueError("the list is not gzip in base64url") from fault
    if unpacker.unconsumed_tail:
        raise ValueError("the list is larger than any list should be")
    if not unpacker.eof:
        raise ValueError("the list is cut off")
    return bits


def status_list_credential(
    url: str, issuer: Mapping[str, Any], encoded: str, *, valid_from: datetime
) -> dict[str, Any]:
    """Return the unsigned credential that carries a list (§2.2)."""
    return {
        "@context": [VC],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": dict(issuer),
        "validFrom": valid_from.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded,
        },
    }
