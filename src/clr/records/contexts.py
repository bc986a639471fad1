"""The JSON-LD contexts documents may use: a fixed list, each pinned by digest, never fetched.

A context decides what a signature means; a document that names any other is refused.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

VC = "https://www.w3.org/ns/credentials/v2"
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"

PINNED: Mapping[str, tuple[str, str]] = {
    VC: ("credentials-v2.json", "b463c8d6a066214123ddd9827b135e1b50e1fc73322cc52a9b12a4f1fc7d86cf"),
    OB: ("ob-v3p0-context-3.0.3.json", "04b1136ddc4eda9a8966bc7ef182789f233a26739473140ef75d6968c29a2966"),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": (
        "ob-v3p0-context-3.0.2.json",
        "bdd1d11a55a660322f24660862a1d430ee80cce584465f750909daa43684357c",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": (
        "ob-v3p0-context-3.0.1.json",
        "8bb2354552b70cbdf2066f6d3e24bc5c2be2619145737580ad2aebdc366e77d5",
    ),
    EXTENSIONS: (
        "ob-v3p0-extensions.json",
        "15f4c347c6fe4380d9b6b93795859e33747ef48d5c55b91a71c52fb51c7bcbd7",
    ),
    CLR: ("clr_context_2.0.1.json", "7defe702c102faf14108579b7d65ef39ecf4c3bbef925b803e15bd77cd6e3394"),
    "https://w3id.org/security/data-integrity/v2": (
        "security-data-integrity-v2.json",
        "7ba3c50acf2689d5e07927267343eb353249c7c22a9f2d00307cc970e855e305",
    ),
    "https://w3id.org/security/multikey/v1": (
        "security-multikey-v1.json",
        "be20c3ee6af6e9c4102e66a85c26617831218e32216bdf050f870e389e737cdc",
    ),
}
"""Every context that is read: its address, the file it is kept in, the SHA-256 of its canonical JSON."""


class ContextChanged(ValueError):
    """A context is not the one that was pinned; the message names the file and the cure."""


@dataclass(frozen=True)
class Contexts:
    """The contexts by address. Never written to after loading."""

    documents: Mapping[str, Any]


def load_contexts(read: Callable[[str], bytes]) -> Contexts:
    """Return the pinned contexts, each read by its file name and held against its digest."""
    return Contexts({url: _pinned(name, digest, read) for url, (name, digest) in PINNED.items()})


def _pinned(name: str, digest: str, read: Callable[[str], bytes]) -> Any:
    document = json.loads(read(name))
    told = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    if hashlib.sha256(told).hexdigest() != digest:
        raise ContextChanged(
            f"{name} is not the JSON-LD context this version signs with. Restore the file, or name a folder that "
            "holds it in CLR_CONTEXTS_DIR."
        )
    return document
