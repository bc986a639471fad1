"""What a signature covers: everything a document says to a reader, or the document is refused."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyld import jsonld

from clr.app import find_contexts
from clr.records.canonical import Unsafe, canonical
from clr.records.contexts import CLR, EXTENSIONS, OB, PINNED, VC, ContextChanged, Contexts, load_contexts
from clr.records.rdfc import TooMuchWork

Document = dict[str, Any]
Change = Callable[[Document], object]

UNTIL = "https://www.w3.org/2018/credentials#validUntil"
DATE_TIME = "http://www.w3.org/2001/XMLSchema#dateTime"


def by_pyld(document: Document, contexts: Contexts) -> bytes:
    """The canonical form by PyLD alone: its own expansion, its own canonicalisation."""

    def load(url: str, _options: object) -> dict[str, Any]:
        return {
            "contextUrl": None,
            "documentUrl": url,
            "document": contexts.documents[url],
            "contentType": "application/ld+json",
        }

    options = {"documentLoader": load, "format": "application/n-quads", "algorithm": "URDNA2015"}
    return str(jsonld.normalize(copy.deepcopy(document), options)).encode()


def put(name: str, value: object) -> Change:
    return lambda document: document.__setitem__(name, value)


def put_in_achievement(name: str, value: object) -> Change:
    return lambda document: document["credentialSubject"]["achievement"].__setitem__(name, value)


def hide_expiry_as_address(document: Document) -> None:
    document[UNTIL] = {"@type": DATE_TIME, "@value": document.pop("validUntil")}


def hide_expiry_in_nest(document: Document) -> None:
    document["@nest"] = {"validUntil": document.pop("validUntil")}


def hide_status_in_included(document: Document) -> None:
    again = {"id": document["id"], "type": document["type"]}
    document["@included"] = [{**again, "credentialStatus": document.pop("credentialStatus")}]


def hide_criteria_under_a_type(document: Document) -> None:
    achievement = document["credentialSubject"]["achievement"]
    achievement["Criteria"] = achievement.pop("criteria")


def change_meaning_inside(document: Document) -> None:
    document["credentialSubject"]["@context"] = ["https://w3id.org/security/multikey/v1"]


REFUSED: dict[str, tuple[Change, str]] = {
    "a term no context defines": (put("honours", "summa cum laude"), "No context defines"),
    "an empty term no context defines": (put_in_achievement("honours", []), "No context defines"),
    "a type no context defines": (lambda doc: doc["type"].append("Diploma"), "Diploma"),
    "a relative id": (put_in_achievement("id", "achievements/1"), "achievements/1"),
    "a relative image": (put_in_achievement("image", {"id": "1.png", "type": "Image"}), "1.png"),
    "evidence whose id is no address": (
        lambda doc: doc["evidence"].append({"id": "https://a b/", "type": ["Evidence"]}),
        "https://a b/",
    ),
    "an image in a scheme that cannot be": (
        put_in_achievement("image", {"id": "1x:y", "type": "Image"}),
        "1x:y",
    ),
    "an id that breaks out of its brackets": (put("id", "urn:a>_<urn:b"), "no address"),
    "an inline context": (put("@context", [VC, OB, {"honours": "urn:h"}]), "honours"),
    "a context from elsewhere": (put("@context", [VC, "https://evil.example/context"]), "evil.example"),
    "no context": (lambda doc: doc.pop("@context"), "No context defines"),
    "a context that takes back others": (put("@context", [VC, None, OB]), "None"),
    "a context inside the document": (change_meaning_inside, "inside"),
    "an expiry date written as an address": (hide_expiry_as_address, "validUntil"),
    "an expiry date under @nest": (hide_expiry_in_nest, "@nest"),
    "a status under @included": (hide_status_in_included, "@included"),
    "criteria written as a type": (hide_criteria_under_a_type, "Criteria"),
    "a name without a place in RDF": (put("_:name", "x"), "_:name"),
    "a made-up keyword": (put("@note", "x"), "@note"),
    "an infinite number": (lambda doc: doc["credentialSubject"].update(creditsEarned=float("inf")), "number"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_document_that_says_more_than_its_signature_would_cover_is_refused(
    case: str, badge: Document, contexts: Contexts
) -> None:
    change, named = REFUSED[case]
    canonical(badge, contexts)
    change(badge)
    with pytest.raises(Unsafe, match=named.replace(".", r"\.")):
        canonical(badge, contexts)


def test_a_nested_credential_may_begin_with_its_context_but_not_with_another(
    badge: Document, contexts: Contexts
) -> None:
    record = {
        "@context": [VC, CLR, OB, EXTENSIONS],
        "type": ["VerifiableCredential", "ClrCredential"],
        "credentialSubject": {"type": ["ClrSubject"], "verifiableCredential": [badge]},
    }
    assert badge["name"].encode() in canonical(record, contexts)
    badge["@context"].append("https://evil.example/context")
    with pytest.raises(Unsafe, match="evil"):
        canonical(record, contexts)


def test_nesting_without_end_is_refused_before_it_is_expanded(badge: Document, contexts: Contexts) -> None:
    inner: Document = {}
    badge["evidence"] = inner
    for _ in range(100_000):
        inner["evidence"] = inner = {}
    with pytest.raises(Unsafe, match="nested deeper"):
        canonical(badge, contexts)


def test_alike_results_without_end_are_given_up(badge: Document, contexts: Contexts) -> None:
    badge["credentialSubject"]["result"] = [
        {"type": ["Result"], "alignment": [{"type": ["Alignment"]} for _ in range(9)]} for _ in range(2)
    ]
    with pytest.raises(TooMuchWork):
        canonical(badge, contexts)


def test_a_document_is_left_as_it_was(badge: Document, contexts: Contexts) -> None:
    before = copy.deepcopy(badge)
    canonical(badge, contexts)
    assert badge == before


def test_a_whole_number_is_the_same_with_and_without_a_point(badge: Document, contexts: Contexts) -> None:
    badge["credentialSubject"]["creditsEarned"] = 3
    whole = canonical(badge, contexts)
    badge["credentialSubject"]["creditsEarned"] = 3.0
    assert canonical(badge, contexts) == whole
    assert whole == by_pyld(
        {**badge, "credentialSubject": {**badge["credentialSubject"], "creditsEarned": 3}}, contexts
    )


def test_the_canonical_form_of_a_badge_is_the_one_pyld_finds(badge: Document, contexts: Contexts) -> None:
    assert canonical(badge, contexts) == by_pyld(badge, contexts)


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
RESULT = st.fixed_dictionaries({"type": st.just(["Result"])}, optional={"value": st.sampled_from("AAB")})
PIECE = st.fixed_dictionaries(
    {"type": st.just(["Evidence"])},
    optional={"name": TEXT, "id": st.uuids().map("urn:uuid:{}".format), "narrative": TEXT},
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=TEXT,
    tags=st.lists(TEXT, max_size=3),
    results=st.lists(RESULT, max_size=4),
    pieces=st.lists(PIECE, max_size=3),
)
def test_whatever_a_badge_says_its_canonical_form_is_the_one_pyld_finds(
    badge: Document,
    contexts: Contexts,
    name: str,
    tags: list[str],
    results: list[Document],
    pieces: list[Document],
) -> None:
    badge["name"] = name
    badge["credentialSubject"]["achievement"]["tag"] = tags
    badge["credentialSubject"]["result"] = results
    badge["evidence"] = pieces
    assert canonical(badge, contexts) == by_pyld(badge, contexts)


@pytest.mark.parametrize(
    "letter", ["\x00", "\x07", "\b", "\t", "\x0b", "\f", "\x1f", "\x7f", "\x85", "\u2028", "𝄞"]
)
def test_letters_are_escaped_as_the_standard_says(letter: str, badge: Document, contexts: Contexts) -> None:
    """Canonical N-Quads (RDFC-1.0 §5); PyLD leaves most of these as they are, so it is no oracle here."""
    badge["name"] = f"a{letter}b"
    short = {"\b": "\\b", "\t": "\\t", "\f": "\\f"}
    control = ord(letter) < 0x20 or letter == "\x7f"
    told = short.get(letter) or (f"\\u{ord(letter):04X}" if control else letter)
    assert f'"a{told}b"'.encode() in canonical(badge, contexts)


def test_the_record_made_by_hand_has_its_published_canonical_form(
    standards: Path, contexts: Contexts
) -> None:
    samples = standards / "samples"
    signed = json.loads((samples / "example_clr_signed.json").read_text(encoding="utf-8"))
    del signed["proof"]
    assert canonical(signed, contexts) == (samples / "example_clr_canonical.nq").read_bytes()


def test_no_two_members_of_the_pinned_contexts_mean_the_same(contexts: Contexts) -> None:
    """Otherwise a member could be renamed under its signature. Type names are refused as members."""
    members: dict[str, set[str]] = {}

    def gather(context: Any) -> None:
        for part in context if isinstance(context, list) else [context]:
            for name, told in part.items() if isinstance(part, dict) else ():
                meaning = told.get("@id") if isinstance(told, dict) else told
                if isinstance(meaning, str) and not name.startswith("@") and not name[:1].isupper():
                    members.setdefault(meaning, set()).add(name)
                if isinstance(told, dict):
                    gather(told.get("@context", []))

    for document in contexts.documents.values():
        gather(document["@context"])
    assert len(members) > 100
    assert {meaning: names for meaning, names in members.items() if len(names) > 1} == {}


def test_a_context_that_was_changed_on_disk_stops_the_service_with_the_files_name() -> None:
    kept = find_contexts().documents
    files = {name: json.dumps(kept[url]).encode() for url, (name, _) in PINNED.items()}
    assert load_contexts(files.__getitem__).documents == kept
    files["credentials-v2.json"] = files["credentials-v2.json"].replace(b"validUntil", b"validFrom2")
    with pytest.raises(ContextChanged, match=r"credentials-v2\.json"):
        load_contexts(files.__getitem__)
