"""Documents of strangers are checked in a process that can be ended, and nobody waits long for another's."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from clr.app import find_contexts
from clr.errors import Busy
from clr.net.checking import MOST_WAITING, SHORT_BYTES, Checker, check_here
from clr.records.contexts import Contexts
from clr.records.findings import PARSE, PROOF, Needs, Outcome
from clr.records.reading import NotADocument
from tests.unit.records.papers import NOW, answer, badge, record

JSON = "application/json"


@pytest.fixture(scope="module")
def contexts() -> Contexts:
    return find_contexts()


@pytest.fixture
def checker(contexts: Contexts) -> Iterator[Checker]:
    made = Checker(contexts)
    yield made
    made.close()


def poison(contexts: Contexts) -> bytes:
    """A badge whose blank nodes are all alike: to order them takes for ever."""
    document = badge(contexts)
    tangle = [{"type": ["Alignment"], "targetName": "a", "targetUrl": "https://a.example/"} for _ in range(9)]
    document["credentialSubject"]["result"] = [{"type": ["Result"], "alignment": tangle} for _ in range(4)]
    return json.dumps(document).encode()


def test_the_worker_finds_what_this_process_finds(checker: Checker, contexts: Contexts) -> None:
    document = record(contexts)
    told = checker.check(json.dumps(document).encode(), JSON, at=NOW, resolve=answer)
    assert told == check_here(document, at=NOW, contexts=contexts, resolve=answer)
    assert told.verified


def test_what_the_badges_of_a_record_share_is_looked_up_once(checker: Checker, contexts: Contexts) -> None:
    asked: list[Needs] = []

    def resolve(needs: Needs) -> Any:
        asked.append(needs)
        return answer(needs)

    document = record(contexts, badge(contexts, 1), badge(contexts, 2), badge(contexts, 3))
    checker.check(json.dumps(document).encode(), JSON, at=NOW, resolve=resolve)

    assert len(asked) == len(set(asked))
    assert [needs.kind for needs in asked if needs.kind != "standing"] == [
        "controller",
        "status-list",
        "controller",
    ]


def test_a_poisoned_document_gets_its_finding_within_two_seconds(
    checker: Checker, contexts: Contexts
) -> None:
    content = poison(contexts)
    checker.check(json.dumps(badge(contexts)).encode(), JSON, at=NOW, resolve=answer)
    began = time.monotonic()
    told = checker.check(content, JSON, at=NOW, resolve=answer)

    assert time.monotonic() - began < 2.5
    assert not told.verified
    assert next(one for one in told.findings if one.number == PROOF).outcome is Outcome.FAIL


def test_a_document_that_takes_too_long_is_given_up_and_the_next_is_checked(contexts: Contexts) -> None:
    checker = Checker(contexts, seconds=-1.0)  # over before it began
    try:
        given_up = checker.check(json.dumps(badge(contexts)).encode(), JSON, at=NOW, resolve=answer)
        long = json.dumps(badge(contexts)).encode() + b" " * 2_000_000  # its length buys it time
        checked = checker.check(long, JSON, at=NOW, resolve=answer)
    finally:
        checker.close()

    assert [one.number for one in given_up.findings] == list(range(1, 13))
    assert next(one for one in given_up.findings if one.number == PARSE).outcome is Outcome.FAIL
    assert checked.verified


def test_who_comes_when_too_many_wait_is_sent_away_but_only_from_that_queue(
    checker: Checker, contexts: Contexts
) -> None:
    short = json.dumps(badge(contexts)).encode()
    long = short + b" " * SHORT_BYTES
    places = checker._short._places
    for _ in range(MOST_WAITING):
        assert places.acquire(blocking=False)
    with pytest.raises(Busy):
        checker.check(short, JSON, at=NOW, resolve=answer)
    assert checker.check(long, JSON, at=NOW, resolve=answer).verified

    places.release(MOST_WAITING)
    assert checker.check(short, JSON, at=NOW, resolve=answer).verified


def test_documents_that_arrive_together_are_checked_one_after_the_other(
    checker: Checker, contexts: Contexts
) -> None:
    content = json.dumps(badge(contexts)).encode()
    with ThreadPoolExecutor(MOST_WAITING) as pool:
        told = list(
            pool.map(
                lambda _: checker.check(content, JSON, at=NOW, resolve=answer).verified, range(MOST_WAITING)
            )
        )
    assert told == [True] * MOST_WAITING


def test_what_is_no_document_is_refused_and_the_worker_goes_on(checker: Checker, contexts: Contexts) -> None:
    for content in (b"[]", b"{", b"\xff", b"[" * 100_000, b'{"a":1,"a":2}', b"\x89PNG\r\n\x1a\n"):
        with pytest.raises(NotADocument):
            checker.check(content, JSON, at=NOW, resolve=answer)
    assert checker.check(json.dumps(badge(contexts)).encode(), JSON, at=NOW, resolve=answer).verified


def test_a_fault_while_looking_up_leaves_no_worker_waiting(checker: Checker, contexts: Contexts) -> None:
    content = json.dumps(badge(contexts)).encode()

    def broken(_: Needs) -> Any:
        raise RuntimeError("the database is away")

    with pytest.raises(RuntimeError):
        checker.check(content, JSON, at=NOW, resolve=broken)
    assert checker.check(content, JSON, at=NOW, resolve=answer).verified
