"""The numbered findings: all of them, in one order, and none says yes to what its issuer did not sign."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clr.records.assembling import badge_credential
from clr.records.contexts import OB, VC, Contexts
from clr.records.findings import CHECKS, KEY, PROOF, STATUS, SUBJECT, Outcome, Report
from clr.records.keys import multikey
from clr.records.proofs import Ed25519Signer, sign
from clr.records.verifying import given_up
from tests.unit.records.papers import (
    INSTITUTION_KEY,
    MULTIKEY,
    NOW,
    Document,
    badge,
    badge_facts,
    get,
    members,
    put,
    record,
    report,
    same,
    signed,
    without,
)

STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))


def outcome(found: Report, number: int, at: str = "") -> Outcome:
    return next(finding.outcome for finding in found.findings if (finding.number, finding.at) == (number, at))


def test_every_check_is_told_in_order_for_the_record_and_for_each_badge(contexts: Contexts) -> None:
    found = report(record(contexts, badge(contexts, 1), badge(contexts, 2)), contexts)

    places = ("", "verifiableCredential[0]", "verifiableCredential[1]")
    assert [(one.at, one.number) for one in found.findings] == [
        (place, number) for place in places for number in range(1, 13)
    ]
    assert {one.outcome for one in found.findings} == {Outcome.PASS}
    assert found.verified
    assert [told.name for told in found.credentials] == ["My skills", "Débat 1", "Débat 2"]


def test_a_document_that_was_given_up_says_so_of_every_check() -> None:
    found = given_up(Outcome.FAIL, "It took too long.")
    assert [one.check for one in found.findings] == list(CHECKS)
    assert [one.outcome for one in found.findings] == [Outcome.FAIL, *[Outcome.NOT_CHECKED] * 11]


NESTED_MEMBER = 3


def changes(document: Document) -> Iterator[tuple[str, Document]]:
    """Everything that can be done to one member, and a member more in every object."""
    for at in members(document):
        if at[1:2] == ("verifiableCredential",) and len(at) > NESTED_MEMBER:
            continue  # covered by the badge's own proof, which is held to the same
        value, name = get(document, at), at[-1]
        yield "deleted", without(document, at)
        for how, other in instead(value):
            yield how, put(document, at, other)
        for more in MORE if isinstance(value, dict) else ():
            yield f"with {more}", put(document, (*at, more), "2099-01-01T00:00:00Z")
        for other in renamed(name) if isinstance(name, str) else ():
            yield f"renamed {other}", put(without(document, at), (*at[:-1], other), value)


MORE = ("honours", "@type", "@context", "schema:name", "additionalName", "validUntil")


def instead(value: Any) -> list[tuple[str, Any]]:
    """What may stand in the place of a value, nearly meaning the same."""
    if isinstance(value, dict):
        found: list[tuple[str, Any]] = [("in a list", [value, {}])]
    elif isinstance(value, list):
        found = [("with one more", [*value, {"id": "urn:x:1"}]), ("nested", [value])]
    elif isinstance(value, bool):
        found = [("altered", not value), ("as text", str(value).lower()), ("listed", [value])]
    elif isinstance(value, str):
        found = [("altered", f"{value}x"), ("listed", [value]), ("twice", [value, value])]
    else:
        found = [("altered", value + 1), ("as text", str(value)), ("listed", [value])]
    return [("null", None), ("as a value", {"@value": value}), *found]


def renamed(name: str) -> tuple[str, ...]:
    return name.capitalize(), f"@{name}", f"https://schema.org/{name}"


@pytest.mark.parametrize("make", [badge, record], ids=["badge", "record"])
def test_no_document_passes_in_which_one_member_is_otherwise_than_it_was_signed(
    make: Callable[[Contexts], Document], contexts: Contexts
) -> None:
    document = make(contexts)
    assert report(document, contexts).verified
    tried, passed = 0, []
    for how, changed in changes(document):
        tried += not same(changed, document)
        if not same(changed, document) and report(changed, contexts).verified:
            passed.append((how, json.dumps(changed)[:80]))

    assert passed == []
    assert tried > 500


def test_what_rdf_cannot_tell_apart_changes_nothing_that_is_shown(contexts: Contexts) -> None:
    """Order, and saying a thing twice, are not part of what is signed (RDF is a set): no verifier can tell."""
    document = badge(contexts)
    subject, told = document["credentialSubject"], document["credentialSubject"]["achievement"]
    as_it_was = report(document, contexts).credentials
    again = [
        {**document, "@context": [*document["@context"], OB]},
        {**document, "type": document["type"][::-1]},
        {**document, "credentialSubject": {**subject, "result": subject["result"][::-1]}},
        put(document, ("credentialSubject", "achievement", "tag"), [*told["tag"], "french"]),
    ]
    for changed in again:
        found = report(changed, contexts)
        assert found.verified
        assert found.credentials == as_it_was


@pytest.mark.parametrize(
    "contexts_of", [[VC, VC, "https://evil.example/"], [VC, {"name": "urn:x"}], VC, None, []]
)
def test_other_contexts_are_refused(contexts_of: object, contexts: Contexts) -> None:
    assert not report({**badge(contexts), "@context": contexts_of}, contexts).verified


def test_a_proof_beside_a_sound_one_must_be_sound_too(contexts: Contexts) -> None:
    document = badge(contexts)
    proof, value = document["proof"], document["proof"]["proofValue"]
    forged = {**proof, "proofValue": value[:-1] + ("1" if value[-1] != "1" else "2")}
    unread = {"type": "DataIntegrityProof", "cryptosuite": "made-up", "proofValue": "Harvard"}
    other = sign(
        {name: part for name, part in document.items() if name != "proof"},
        Ed25519Signer(STRANGER, document["issuer"]["id"]),
        created=NOW,
        contexts=contexts,
    )["proof"]

    assert report({**document, "proof": [proof]}, contexts).verified
    for proofs in ([proof, forged], [forged, proof], [proof, unread], [proof, other], [], [None], "z6Mk"):
        assert not report({**document, "proof": proofs}, contexts).verified


def test_a_document_with_signatures_without_end_is_not_checked_without_end(contexts: Contexts) -> None:
    document = badge(contexts)
    found = report({**document, "proof": [document["proof"]] * 10_000}, contexts)
    assert outcome(found, PROOF) is Outcome.NOT_CHECKED


def test_a_key_that_the_issuer_does_not_list_is_not_the_issuers(contexts: Contexts) -> None:
    facts = badge_credential(badge_facts())
    found = report(
        sign(facts, Ed25519Signer(STRANGER, facts["issuer"]["id"]), created=NOW, contexts=contexts), contexts
    )
    assert (outcome(found, PROOF), outcome(found, KEY)) == (Outcome.PASS, Outcome.FAIL)
    assert not found.verified

    elsewhere = sign(
        facts, Ed25519Signer(INSTITUTION_KEY, "did:web:evil.example"), created=NOW, contexts=contexts
    )
    assert outcome(report(elsewhere, contexts), KEY) is Outcome.FAIL

    foreign = signed({**facts, "issuer": {**facts["issuer"], "id": "did:web:other.example"}}, contexts)
    found = report(foreign, contexts)
    assert outcome(found, KEY) is Outcome.NOT_CHECKED
    assert not found.verified


def test_an_issuer_known_by_its_key_alone_is_verified_with_a_warning_about_its_name(
    contexts: Contexts,
) -> None:
    facts = badge_credential(badge_facts())
    facts["issuer"]["id"] = f"did:key:{MULTIKEY}"
    found = report(signed(facts, contexts), contexts)

    assert found.verified
    warning = next(one for one in found.findings if one.number == KEY)
    assert warning.outcome is Outcome.WARN
    assert "French Department is its own word" in warning.says
    facts["issuer"]["id"] = f"did:key:{multikey(STRANGER.public_key())}"
    assert not report(signed(facts, contexts), contexts).verified


def test_a_key_that_is_not_named_by_itself_is_not_looked_up_and_not_called_forged(contexts: Contexts) -> None:
    document = badge(contexts)
    method = f"{document['issuer']['id']}#key-1"
    found = report(put(document, ("proof", "verificationMethod"), method), contexts)
    assert (outcome(found, PROOF), found.verified) == (Outcome.NOT_CHECKED, False)


def test_revocation_of_a_badge_or_of_the_record_is_told_where_it_belongs(contexts: Contexts) -> None:
    document = record(contexts, badge(contexts, 1), badge(contexts, 2))

    one = report(document, contexts, revoked=(2,))
    assert outcome(one, STATUS, "verifiableCredential[1]") is Outcome.FAIL
    assert outcome(one, STATUS, "verifiableCredential[0]") is outcome(one, STATUS) is Outcome.PASS
    whole = report(document, contexts, revoked=(100,))
    assert outcome(whole, STATUS) is Outcome.FAIL
    assert (one.verified, whole.verified) == (False, False)


def test_a_suspension_that_no_list_tells_is_told_by_the_issuer_of_what_is_sound_alone(
    contexts: Contexts,
) -> None:
    document = record(contexts, badge(contexts, 1), badge(contexts, 2))
    suspended = (get(document, ("credentialSubject", "verifiableCredential", 1, "id")),)
    found = report(document, contexts, suspended=suspended)

    assert outcome(found, STATUS, "verifiableCredential[0]") is Outcome.PASS
    assert outcome(found, STATUS, "verifiableCredential[1]") is Outcome.FAIL
    assert not found.verified
    forged = put(badge(contexts, 2), ("name",), "Forged")
    assert outcome(report(forged, contexts, suspended=suspended), STATUS) is Outcome.PASS


@pytest.mark.parametrize(
    "entry",
    [
        {"statusListIndex": "-1"},
        {"statusListIndex": "999999999"},
        {"statusListIndex": "٣"},
        {"statusPurpose": "suspension"},
        {"statusListCredential": "https://elsewhere.example/status/1"},
    ],
)
def test_a_status_that_cannot_be_read_is_never_taken_for_sound(
    entry: dict[str, str], contexts: Contexts
) -> None:
    facts = badge_credential(badge_facts())
    facts["credentialStatus"] |= entry
    found = report(signed(facts, contexts), contexts)
    assert outcome(found, STATUS) in (Outcome.FAIL, Outcome.NOT_CHECKED)
    assert not found.verified


def test_clocks_may_differ_by_a_minute(contexts: Contexts) -> None:
    facts = badge_credential(badge_facts())
    facts["validUntil"] = facts["validFrom"]
    document = signed(facts, contexts)
    passed = [
        seconds
        for seconds in (-61, -59, 0, 59, 61)
        if report(document, contexts, at=NOW + timedelta(seconds=seconds)).verified
    ]
    assert passed == [-59, 0, 59]


def test_a_status_kept_in_another_way_is_not_checked(contexts: Contexts) -> None:
    facts = badge_credential(badge_facts())
    facts["credentialStatus"] = {"id": "https://northfield.example/revoked", "type": "1EdTechRevocationList"}
    found = report(signed(facts, contexts), contexts)
    assert (outcome(found, STATUS), found.verified) == (Outcome.NOT_CHECKED, False)


def test_a_badge_of_somebody_else_does_not_pass_in_a_record(contexts: Contexts) -> None:
    facts = badge_credential(badge_facts(2))
    facts["credentialSubject"]["id"] = "urn:uuid:00000000-0000-4000-8000-000000000000"
    found = report(record(contexts, badge(contexts), signed(facts, contexts)), contexts)
    assert (outcome(found, SUBJECT), found.verified) == (Outcome.FAIL, False)


def test_a_record_may_hold_its_one_badge_without_a_list_and_it_is_examined_all_the_same(
    contexts: Contexts,
) -> None:
    document = record(contexts)
    place = ("credentialSubject", "verifiableCredential")
    alone = put(document, place, get(document, place)[0])
    assert report(alone, contexts).verified
    assert not report(alone, contexts, revoked=(1,)).verified


def test_endorsements_are_never_passed_over_wherever_they_stand(contexts: Contexts) -> None:
    facts = badge_credential(badge_facts())
    facts["issuer"]["endorsementJwt"] = ["eyJh.eyJi.c2ln"]
    found = report(signed(facts, contexts), contexts)
    assert outcome(found, CHECKS.index("endorsements") + 1) is Outcome.NOT_CHECKED


GARBAGE = [None, True, 7, "x", [], {}, [[]], [{}], {"id": []}, {"@id": "x"}, {"type": [7]}]


@pytest.mark.parametrize("value", GARBAGE, ids=str)
def test_garbage_anywhere_gets_findings(value: object, contexts: Contexts) -> None:
    document = record(contexts)
    top = [(name,) for name in document]
    inside = [(name, part) for name in ("credentialSubject", "proof", "issuer") for part in document[name]]
    for at in (*top, *inside, ("credentialStatus", "statusListCredential"), ("zzz",)):
        found = report(put(document, at, value), contexts)
        assert len(found.findings) >= 12
        assert not found.verified or same(put(document, at, value), document)


def test_numbers_that_readers_round_each_in_its_own_way_are_refused(contexts: Contexts) -> None:
    for number in (2**53 + 1, 1e-7, 10**400):
        document = put(badge(contexts), ("credentialSubject", "creditsEarned"), number)
        found = report(document, contexts)
        assert any("alike" in (one.detail or "") for one in found.findings)
        assert not found.verified
