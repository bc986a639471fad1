"""Canonical forms: our RDFC-1.0 beside PyLD's URDNA2015, on a signed badge as it is issued."""

from collections.abc import Iterator
from datetime import UTC, datetime

from pyld import jsonld

from benchmarks.engine import Differs
from benchmarks.measuring import Row, in_turns
from clr.app import find_contexts
from clr.records.assembling import (
    AchievementFacts,
    AlignmentFacts,
    BadgeFacts,
    EvidenceFacts,
    IssuerFacts,
    StatusFacts,
    badge_credential,
)
from clr.records.canonical import canonical, quads_of
from clr.records.rdfc import canonical_quads

AT = datetime(2026, 11, 24, tzinfo=UTC)


def rows() -> Iterator[Row]:
    """Yield the row of canonicalisation; both sides start from the same RDF dataset."""
    contexts = find_contexts()
    document = badge_credential(_facts())
    options = {
        "documentLoader": _loader(contexts.documents),
        "format": "application/n-quads",
        "algorithm": "URDNA2015",
    }
    theirs = jsonld.normalize(document, options)
    if canonical(document, contexts).decode() != theirs:
        raise Differs("our canonical form is not PyLD's")
    quads = quads_of(document, contexts)
    nquads = {"algorithm": "URDNA2015", "inputFormat": "application/n-quads", "format": "application/n-quads"}
    ours, baseline = in_turns(lambda: canonical_quads(quads), lambda: jsonld.normalize(theirs, nquads))
    yield Row("documents:canonical form of a badge vs PyLD, from N-Quads", ours, baseline, 2)


def _loader(documents):
    def load(url, _=None):
        return {"contextUrl": None, "documentUrl": url, "document": documents[url], "tag": "static"}

    return load


def _facts() -> BadgeFacts:
    base = "https://records.example.edu"
    achievement = AchievementFacts(
        f"{base}/achievements/debate",
        "Debate in a Second Language",
        "Argues a position it did not choose.",
        "Take a side drawn by lot.",
        "Badge",
        tags=("debate", "French"),
        alignments=tuple(AlignmentFacts(f"Skill {n}", f"{base}/skills/{n}") for n in range(3)),
    )
    return BadgeFacts(
        f"{base}/c/1",
        "urn:uuid:5f0e6a3e-43bd-4f0a-a3bb-9f45f7d7e9d1",
        IssuerFacts("did:web:records.example.edu:issuers:languages", "World Languages", base),
        achievement,
        AT,
        AT,
        StatusFacts(f"{base}/status/1", 5),
        narrative="Argued for a shorter working week.",
        evidence=(EvidenceFacts(f"{base}/e/1", "Notes"),),
    )
