"""Where verifiers look: keys, status lists, definitions; and the verifier itself, whatever it is sent."""

import json

import pytest

from tests.store.test_records import CREDENTIAL, clr_of, compose, verified
from tests.worlds import World


def test_the_keys_of_the_institution_and_of_each_issuer_answer(world: World) -> None:
    world.issuer("Career Connect")

    own = world.client.get("/.well-known/did.json").json()
    issuer = world.client.get("/issuers/career-connect/did.json").json()

    assert own["id"] == "did:web:localhost%3A8000"
    assert issuer["id"] == "did:web:localhost%3A8000:issuers:career-connect"
    assert all(method.startswith(issuer["id"] + "#z6Mk") for method in issuer["assertionMethod"])
    assert world.client.get("/issuers/nobody/did.json").status_code == 404
    keys = world.client.get("/.well-known/jwks.json").json()["keys"]
    assert [key["crv"] for key in keys] == ["P-256"]
    assert all("d" not in key for key in keys)


def test_a_status_list_is_the_same_bytes_until_something_is_revoked(world: World) -> None:
    amy = world.learner("Amy")
    award = world.grant(amy, "Debate").award["id"]
    first = world.client.get("/status/1")
    again = world.client.get("/status/1", headers={"If-None-Match": first.headers["etag"]})
    world.post(f"/v1/awards/{award}/revoke", {"reason": "Entered by mistake."})
    after = world.client.get("/status/1", headers={"If-None-Match": first.headers["etag"]})

    assert (first.status_code, again.status_code, after.status_code) == (200, 304, 200)
    assert first.json()["proof"]["cryptosuite"] == "eddsa-rdfc-2022"
    assert after.json()["credentialSubject"] != first.json()["credentialSubject"]
    assert "no-cache" in after.headers["cache-control"]
    assert [world.client.get(f"/status/{number}").status_code for number in (0, 2, 99)] == [404] * 3


def test_definitions_answer_as_documents_and_leave_pages_to_whoever_has_them(world: World) -> None:
    debate = world.badge("Debate")

    told = world.client.get(f"/achievements/{debate}", headers={"Accept": CREDENTIAL})
    issuer = world.client.get("/issuers/career-connect", headers={"Accept": "application/json"})
    neither = world.client.get(f"/achievements/{debate}", headers={"Accept": "image/gif"})

    assert told.json()["id"] == f"http://localhost:8000/achievements/{debate}"
    assert told.json()["creator"] == {k: v for k, v in issuer.json().items() if k != "@context"}
    assert neither.status_code == 406
    assert "text/html" in neither.json()["detail"]


def test_an_altered_record_is_found_out_wherever_it_was_altered(world: World) -> None:
    amy = world.learner("Amy")
    document = json.loads(clr_of(world, amy, compose(world, amy, world.grant(amy, "Debate").award["id"])))
    document["credentialSubject"]["verifiableCredential"][0]["name"] = "Grand Debate"

    report = verified(world, json.dumps(document).encode())

    assert not report["verified"]
    failed = {(item["at"], item["check"]) for item in report["findings"] if item["outcome"] == "fail"}
    assert ("verifiableCredential[0]", "proof") in failed


@pytest.mark.parametrize(
    ("content", "media", "status"),
    [
        (b"{", "application/json", 422),
        (b"[]", "application/json", 422),
        (b"", "application/json", 422),
        (b"\x89PNG\r\n\x1a\n", "image/png", 422),
        (b"<svg/>", "image/svg+xml", 422),
        (b"{}", "application/xml", 415),
        (b" " * 5_300_000, "application/json", 413),
    ],
)
def test_what_is_no_document_is_refused_and_never_breaks_the_verifier(
    world: World, content: bytes, media: str, status: int
) -> None:
    answer = world.client.post("/v1/verify", content=content, headers={"Content-Type": media})

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
