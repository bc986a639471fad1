"""Idempotency-Key: a request that is sent twice is done once, and answered twice.

Only ids are kept; the answer is rebuilt from them, so nothing about a person outlives its erasure here and a
one-time secret is never repeated. The row is written in the act's own transaction.
"""

import hashlib
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from sqlalchemy import func, select, text
from sqlmodel import Session

from clr.errors import InFlight, KeyReused
from clr.store.tables import AnsweredRequest
from clr.web.access import ServiceDep, SignedIn
from clr.web.bodies import JSON_LIMIT, read_body
from clr.web.service import IN_FLIGHT


class Attempt:
    """One request's key, if it came with one."""

    def __init__(self, caller: str, key: str | None, fingerprint: str) -> None:
        self._caller, self._key, self._fingerprint = caller, key, fingerprint

    def before(self, transaction: Session) -> dict[str, Any] | None:
        """Return the ids of the first answer, ``None`` when this is the first time."""
        if self._key is None:
            return None
        self._claim(transaction)
        first = transaction.get(AnsweredRequest, (self._caller, self._key))
        if first is None:
            return None
        if first.fingerprint != self._fingerprint:
            raise KeyReused("This Idempotency-Key came before with another request. Use a new key.")
        return dict(first.answer)

    def keep(
        self, transaction: Session, answer: Mapping[str, object], *, status: int = 201, at: datetime
    ) -> None:
        """Remember the ids from which the answer can be rebuilt."""
        if self._key is not None:
            row = AnsweredRequest(
                caller=self._caller,
                key=self._key,
                fingerprint=self._fingerprint,
                status=status,
                answer=dict(answer),
                created_at=at,
            )
            transaction.add(row)

    def _claim(self, transaction: Session) -> None:
        """Tell the second of two simultaneous requests of two processes so; SQLite lets one write at a time."""
        if transaction.get_bind().dialect.name != "postgresql":
            return
        name = f"{self._caller} {self._key}"
        free = transaction.scalar(
            select(func.pg_try_advisory_xact_lock(func.hashtextextended(name, text("0"))))
        )
        if not free:
            raise InFlight(IN_FLIGHT)


async def _once(
    request: Request,
    caller: SignedIn,
    service: ServiceDep,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$", description="Makes a retry harmless."
        ),
    ] = None,
) -> AsyncIterator[Attempt]:
    told = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    told.update(await _content(request))
    attempt = Attempt(caller.person_id, idempotency_key, told.hexdigest())
    if idempotency_key is None:
        yield attempt
        return
    with service.answering.claim(f"{caller.person_id} {idempotency_key}"):
        yield attempt


async def _content(request: Request) -> bytes:
    """Return the body as whoever came before us has read it, else read it within the bounds of any body."""
    known: bytes | None = getattr(request, "_body", None)
    return await read_body(request, JSON_LIMIT) if known is None else known


Once = Annotated[Attempt, Depends(_once, scope="function")]
