"""Fetching a document that an operator names by its address, with limits on time and size.

Only what somebody asks for at this machine: nothing that a stranger's document names is ever looked up.
"""

import time
from dataclasses import dataclass

import httpx

from clr.errors import BadInput, Problem
from clr.records.reading import SIZE_LIMIT

SECONDS = 5.0
"""Longest time for one document, however slowly it comes."""

ACCEPT = (
    "application/vc+ld+json, application/vc, application/ld+json;q=0.9, application/json;q=0.9, "
    "application/jwt;q=0.8, image/png;q=0.5, image/svg+xml;q=0.5"
)
_OK = 200


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address answered."""

    content: bytes
    media_type: str


def fetch(address: str) -> Fetched:
    """Return the document at ``address``; raises ``BadInput`` with the reason when there is none to be had."""
    ends = time.monotonic() + SECONDS
    try:
        with (
            httpx.Client(timeout=SECONDS) as client,
            client.stream("GET", address, headers={"Accept": ACCEPT}) as answer,
        ):
            if answer.status_code != _OK:
                raise _nothing(f"{address} answers {answer.status_code} {answer.reason_phrase}.")
            return Fetched(_content(answer, address, ends), answer.headers.get("content-type", ""))
    except (httpx.HTTPError, httpx.InvalidURL) as fault:
        raise _nothing(f"{address} cannot be fetched: {str(fault) or type(fault).__name__}.") from fault


def _content(answer: httpx.Response, address: str, ends: float) -> bytes:
    content = bytearray()
    for piece in answer.iter_bytes():
        content += piece
        if len(content) > SIZE_LIMIT:
            raise _nothing(f"{address} gives more than {SIZE_LIMIT // 1_048_576} MiB.")
        if time.monotonic() > ends:
            raise _nothing(f"{address} takes longer than {SECONDS:g} seconds.")
    return bytes(content)


def _nothing(says: str) -> BadInput:
    return BadInput(says, (Problem("document", "not-fetched", says),))
