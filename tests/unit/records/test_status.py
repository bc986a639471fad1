"""Status lists: what one implementation writes another reads, and lists made to do harm."""

import base64
import gzip
import time
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openbadgeslib.ob3.status import _bit_set, decode_encoded_list, set_indices
from openbadgeslib.ob3.status_list import encode_bitstring

from clr.records.canonical import canonical
from clr.records.contexts import Contexts
from clr.records.status import LENGTH, encode, is_set, status_list_credential
from tests.unit.records.test_proofs import read

POSITIONS = st.sets(st.integers(0, LENGTH - 1), max_size=20)


def packed(data: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@settings(max_examples=20, deadline=None)
@given(revoked=POSITIONS, other=st.integers(0, LENGTH - 1))
def test_another_reader_finds_revoked_what_we_revoked_and_the_reverse(revoked: set[int], other: int) -> None:
    ours, theirs = encode(revoked), encode_bitstring(revoked, LENGTH)
    assert set_indices(decode_encoded_list(ours)) == revoked
    assert _bit_set(decode_encoded_list(ours), other) == is_set(theirs, other) == (other in revoked)
    assert all(is_set(theirs, position) for position in revoked)


def test_a_list_hides_one_learner_among_as_many_as_the_standard_asks() -> None:
    assert len(decode_encoded_list(encode([]))) * 8 == LENGTH == 131_072


def test_the_same_revocations_always_give_the_same_list() -> None:
    assert encode([5, 9]) == encode([9, 5])


def test_a_list_published_by_others_is_read(standards: Path) -> None:
    listed = read(standards / "samples" / "1edtech" / "bitstring-testlist")["credentialSubject"][
        "encodedList"
    ]
    bits = decode_encoded_list(listed)
    assert [is_set(listed, position) for position in range(0, len(bits) * 8, 1009)] == [
        _bit_set(bits, position) for position in range(0, len(bits) * 8, 1009)
    ]


@pytest.mark.parametrize("position", [-1, LENGTH, 10**30])
def test_a_position_outside_the_list_is_neither_set_nor_read(position: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        encode([position])
    with pytest.raises(ValueError, match="outside"):
        is_set(encode([]), position)


BOMB = packed(gzip.compress(bytes(64 * 1_048_576), 9))


@pytest.mark.parametrize(
    "listed",
    [
        "",
        "u",
        "u!",
        "uAAAA",
        "ü",
        packed(b"plain"),
        packed(gzip.compress(bytes(16384))[:-9]),
        BOMB,
        None,
        7,
        ["u"],
    ],
    ids=[
        "empty",
        "no list",
        "no base64",
        "no gzip",
        "no ascii",
        "plain",
        "cut off",
        "bomb",
        "null",
        "number",
        "array",
    ],
)
def test_a_list_that_cannot_be_read_says_so_within_bounds(listed: object) -> None:
    tracemalloc.start()
    began = time.perf_counter()
    with pytest.raises(ValueError, match="the list"):
        is_set(listed, 0)  # type: ignore[arg-type]
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 * 1_048_576
    assert time.perf_counter() - began < 1


def test_a_list_is_a_credential_all_of_which_can_be_signed(contexts: Contexts) -> None:
    url, issuer = "https://northfield.example/status/1", {"id": "did:web:northfield.example"}
    there = datetime(2026, 11, 24, 14, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))

    credential = status_list_credential(url, issuer, encode([7]), valid_from=there)

    assert datetime.fromisoformat(credential["validFrom"]) == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert encode([7]).encode() in canonical(credential, contexts)
    assert f"<{url}#list>".encode() in canonical(credential, contexts)
