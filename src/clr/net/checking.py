"""Verifying documents of strangers in a process of its own, which is ended when it takes too long.

A document may be made to keep its reader busy for ever, or to fill its memory. The worker has a limit on both;
what it needs to look up it asks of this process, which answers from the store.
"""

import base64
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from clr.errors import Busy
from clr.records.contexts import Contexts
from clr.records.findings import Finding, Needs, Outcome, Report, Summary
from clr.records.reading import NotADocument
from clr.records.verifying import Verification, given_up, verify, verify_document

SECONDS = 2.0
"""Longest time for one document, without the time to start the worker and what its length adds."""

BYTES_A_SECOND = 200_000
"""How much longer a long document may take: a badge in a record has 4 kB and takes 10 ms."""

SHORT_BYTES = 65_536
MOST_WAITING = 4
"""Requests that one worker is busy with or that wait for it; each holds a thread that others need."""

MEMORY_BYTES = 1024 * 1_048_576
WORKER = "clr.net.worker"
_log = logging.getLogger(__name__)

Resolve = Callable[[Needs], Mapping[str, Any] | None]
"""Answers what a verification asks for, from what this service knows."""


def check_here(document: Mapping[str, Any], *, at: datetime, contexts: Contexts, resolve: Resolve) -> Report:
    """Verify a document of our own making in this process."""
    return _drive(verify_document(document, at=at, contexts=contexts), resolve)


def run_here(data: bytes, media_type: str, *, at: datetime, contexts: Contexts, resolve: Resolve) -> Report:
    """Verify bytes in this process; what the worker does in its own."""
    return _drive(verify(data, media_type, at=at, contexts=contexts), resolve)


def _drive(verification: Verification, resolve: Resolve) -> Report:
    """Answer what a verification asks for, each thing once: the badges of a record share lists and keys."""
    known: dict[Needs, Mapping[str, Any] | None] = {}
    try:
        needs = next(verification)
        while True:
            if needs not in known:
                known[needs] = resolve(needs)
            needs = verification.send(known[needs])
    except StopIteration as end:
        report: Report = end.value
        return report


class Checker:
    """Two workers, so that nobody's short document waits behind somebody's long one."""

    def __init__(self, contexts: Contexts, *, seconds: float = SECONDS) -> None:
        """Check with ``contexts``, at most ``seconds`` a document and what its length adds."""
        self._short, self._long = _Lane(contexts, seconds), _Lane(contexts, seconds)

    def check(self, data: bytes, media_type: str, *, at: datetime, resolve: Resolve) -> Report:
        """Verify ``data``; raises ``NotADocument``, and ``Busy`` when others wait already.

        A document that takes too long gets a finding that says so.
        """
        lane = self._short if len(data) <= SHORT_BYTES else self._long
        return lane.check(data, media_type, at=at, resolve=resolve)

    def close(self) -> None:
        """End the workers."""
        self._short.close()
        self._long.close()


class _Lane:
    """One worker, started when first needed, kept for the next document, replaced when it had to be ended."""

    def __init__(self, contexts: Contexts, seconds: float) -> None:
        self._contexts, self._seconds = contexts, seconds
        self._one_at_a_time = threading.Lock()
        self._places = threading.BoundedSemaphore(MOST_WAITING)
        self._worker: subprocess.Popen[str] | None = None

    def check(self, data: bytes, media_type: str, *, at: datetime, resolve: Resolve) -> Report:
        if not self._places.acquire(blocking=False):
            raise Busy("Several documents are being verified right now. Repeat the request in a few seconds.")
        try:
            with self._one_at_a_time:
                return self._check(data, media_type, at, resolve)
        finally:
            self._places.release()

    def _check(self, data: bytes, media_type: str, at: datetime, resolve: Resolve) -> Report:
        worker, seconds = self._running(), self._seconds + len(data) / BYTES_A_SECOND
        ender = threading.Timer(seconds, worker.kill)
        ender.start()
        try:
            return self._ask(worker, data, media_type, at, resolve)
        except NotADocument:
            raise
        except (OSError, json.JSONDecodeError):
            _log.warning("A document was given up while it was checked.")
            self._end()
            return given_up(
                Outcome.FAIL, f"Checking was given up after {seconds:.1f} seconds or for want of memory."
            )
        except BaseException:
            self._end()  # it waits for an answer that will not come
            raise
        finally:
            ender.cancel()

    def close(self) -> None:
        with self._one_at_a_time:
            self._end()

    def _running(self) -> "subprocess.Popen[str]":
        if self._worker is None or self._worker.poll() is not None:
            self._end()
            self._worker = subprocess.Popen(  # noqa: S603  our own module, by our own interpreter
                [sys.executable, "-m", WORKER, str(MEMORY_BYTES)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
            _write(self._worker, dict(self._contexts.documents))
            _read(self._worker)  # it is ready
        return self._worker

    def _ask(
        self, worker: "subprocess.Popen[str]", data: bytes, media_type: str, at: datetime, resolve: Resolve
    ) -> Report:
        _write(
            worker,
            {"data": base64.b64encode(data).decode(), "media_type": media_type, "at": at.isoformat()},
        )
        while True:
            answer = _read(worker)
            if "needs" in answer:
                _write(worker, resolve(Needs(**answer["needs"])))
            elif "not_a_document" in answer:
                raise NotADocument(answer["not_a_document"])
            else:
                return report_of(answer)

    def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        worker.kill()
        worker.wait()
        for pipe in (worker.stdin, worker.stdout):
            if pipe is not None:
                pipe.close()


def report_json(report: Report) -> dict[str, Any]:
    """Return a report as JSON, in the form ``POST /v1/verify`` answers."""
    return {
        "verified": report.verified,
        "findings": [
            {
                "number": finding.number,
                "check": finding.check,
                "outcome": finding.outcome.value,
                "says": finding.says,
                "detail": finding.detail,
                "at": finding.at,
            }
            for finding in report.findings
        ],
        "credentials": [asdict(credential) for credential in report.credentials],
    }


def report_of(told: Mapping[str, Any]) -> Report:
    """Return the report that :func:`report_json` wrote."""
    findings = (
        Finding(item["number"], Outcome(item["outcome"]), item["says"], item["detail"], item["at"])
        for item in told["findings"]
    )
    return Report(told["verified"], tuple(findings), tuple(Summary(**item) for item in told["credentials"]))


def _write(worker: "subprocess.Popen[str]", message: Any) -> None:
    if worker.stdin is None:
        raise OSError("the worker is gone")
    worker.stdin.write(json.dumps(message) + "\n")
    worker.stdin.flush()


def _read(worker: "subprocess.Popen[str]") -> dict[str, Any]:
    line = worker.stdout.readline() if worker.stdout else ""
    if not line:
        raise OSError("the worker ended")
    message: dict[str, Any] = json.loads(line)
    return message
