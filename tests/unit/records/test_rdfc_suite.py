"""The W3C suite of RDF Dataset Canonicalization 1.0, and datasets made to keep a reader busy."""

import csv
import re
import time
from pathlib import Path

import pytest

from clr.records.canonical import _object
from clr.records.rdfc import Quad, TooMuchWork, canonical_quads

TERM = r"""(<[^>]*>|_:\S+?|"(?:[^"\\]|\\.)*"(?:\^\^<[^>]*>|@[A-Za-z0-9-]+)?)"""
LINE = re.compile(rf"\s*{TERM}\s*{TERM}\s*{TERM}\s*(?:{TERM}\s*)?\.\s*$")
ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
LETTERS = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
LANGUAGE_TEXT = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
OTHER_HASH, POISON = "test075", "test074"


def quads_in(text: str) -> list[Quad]:
    lines = [line for line in text.split("\n") if line.strip() and not line.startswith("#")]
    found = [LINE.match(line) for line in lines]
    assert None not in found
    return [
        (term(match[1]), term(match[2]), term(match[3]), term(match[4] or "")) for match in found if match
    ]


def term(told: str) -> str:
    """Read a term with any escapes, and write it as the product writes terms."""
    if not told.startswith('"'):
        return ESCAPE.sub(plain, told)
    text, _, tail = told[1:].rpartition('"')
    kind = {"datatype": ESCAPE.sub(plain, tail[3:-1])} if tail.startswith("^^") else {}
    if tail.startswith("@"):
        kind = {"datatype": LANGUAGE_TEXT, "language": tail[1:]}
    return _object({"type": "literal", "value": ESCAPE.sub(plain, text), **kind})


def plain(escape: re.Match[str]) -> str:
    code, letter = escape[1] or escape[2], escape[3]
    return chr(int(code, 16)) if code else LETTERS.get(letter, letter)


def test_every_dataset_of_the_published_suite_has_its_published_form(standards: Path) -> None:
    suite = standards / "vectors" / "w3c-rdf-canon"
    with (suite / "manifest.csv").open(encoding="utf-8") as rows:
        names = [row["test"] for row in csv.DictReader(rows)]
    names = [name for name in names if name not in (OTHER_HASH, POISON)]
    different = [
        name
        for name in names
        if canonical_quads(
            quads_in((suite / "rdfc10" / f"{name}-in.nq").read_text(encoding="utf-8")), max_work=100_000
        )
        != (suite / "rdfc10" / f"{name}-rdfc10.nq").read_text(encoding="utf-8")
    ]
    assert len(names) > 60
    assert different == []


def test_the_published_poison_graph_is_refused_at_once(standards: Path) -> None:
    text = (standards / "vectors" / "w3c-rdf-canon" / "rdfc10" / f"{POISON}-in.nq").read_text(
        encoding="utf-8"
    )
    began = time.perf_counter()
    with pytest.raises(TooMuchWork):
        canonical_quads(quads_in(text))
    assert time.perf_counter() - began < 2


def clique(size: int) -> list[Quad]:
    return [(f"_:n{a}", "<urn:knows>", f"_:n{b}", "") for a in range(size) for b in range(size) if a != b]


def ring(name: str, size: int) -> list[Quad]:
    return [(f"_:{name}{place}", "<urn:next>", f"_:{name}{(place + 1) % size}", "") for place in range(size)]


def star(points: int) -> list[Quad]:
    return [("_:hub", "<urn:has>", f"_:p{n}", "") for n in range(points)] + [
        ("_:hub2", "<urn:has>", f"_:q{n}", "") for n in range(points)
    ]


@pytest.mark.parametrize(
    "tangle",
    [clique(7), clique(60), ring("a", 2000) + ring("b", 2000), star(12), star(3000)],
    ids=["seven acquainted", "sixty acquainted", "two long rings", "a star", "a great star"],
)
def test_a_tangle_is_given_up_within_two_seconds(tangle: list[Quad]) -> None:
    began = time.perf_counter()
    with pytest.raises(TooMuchWork):
        canonical_quads(tangle)
    assert time.perf_counter() - began < 2


def test_names_and_order_of_blank_nodes_change_nothing() -> None:
    quads = [*ring("a", 5), ("_:a0", "<urn:name>", '"first"', ""), ("_:a3", "<urn:in>", "_:g", "_:g")]
    renamed = [tuple(term.replace("_:a", "_:other") for term in quad) for quad in reversed(quads)]
    assert canonical_quads(quads) == canonical_quads(renamed)  # type: ignore[arg-type]
    assert canonical_quads(quads) != canonical_quads(quads[:-1])
