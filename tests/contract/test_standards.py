"""A whole record of the demonstration, before the judges that others go by: schemas, and another verifier."""

import copy
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi.testclient import TestClient
from jsonschema import Draft201909Validator
from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3.ldp import verify_data_integrity_proof

from clr.app import create_app, find_contexts
from clr.demo import building
from clr.records.contexts import CLR
from clr.records.keys import multikey_bytes
from clr.settings import Settings
from tests.conftest import BACKENDS, _database

Document = dict[str, Any]
FOLDER = {"record": "clr_v2p0/clr_v2p0_clrcredential", "badge": "ob_v3p0/ob_v3p0_achievementcredential"}
PROFILE = "ob_v3p0/ob_v3p0_profile"


class Demonstration:
    """The invented university, and everything that one of its learners holds in one record."""

    def __init__(self, client: TestClient, told: Mapping[str, Any]) -> None:
        self.client = client
        self.learner = {"Authorization": f"Bearer {told['tokens']['learner_2']}"}
        self.achievements: dict[str, str] = told["ids"]["achievements"]
        awards = self.get(f"/v1/learners/{told['ids']['learners']['learner_2']}/awards?limit=200")["items"]
        items = [{"award_id": award["id"]} for award in awards if award["state"] == "live"]
        body = {"title": "Everything", "narrative": "All of it.", "sections": [{"items": items}]}
        record = client.post("/v1/records", json=body, headers=self.learner).json()
        self.content = client.get(f"/v1/records/{record['id']}/clr", headers=self.learner).content
        self.record: Document = json.loads(self.content)
        subject = self.record["credentialSubject"]
        self.badges: list[Document] = subject["verifiableCredential"]
        self.edges: list[Document] = subject["association"]

    def get(self, path: str) -> Document:
        headers = {**self.learner, "Accept": "application/ld+json"}
        answer = self.client.get(path.removeprefix("http://localhost:8000"), headers=headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


@pytest.fixture(scope="module", params=BACKENDS)
def demonstration(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demonstration]:
    folder = tmp_path_factory.mktemp("demonstration")
    with _database(request.param, request, folder) as url:
        ours = building.settings_of(Settings(data_dir=folder, database_url=url, jobs="elsewhere"))
        building.build(ours, fresh=False)
        told = json.loads((ours.data_dir / building.FILE).read_text())
        with TestClient(create_app(ours, demo=True), base_url="http://localhost:8000") as client:
            yield Demonstration(client, told)


def holds_for_another(document: Document, key: bytes) -> bool:
    pem = Ed25519PublicKey.from_public_bytes(key).public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    try:
        verify_data_integrity_proof(
            copy.deepcopy(document), pem, extra_contexts={CLR: find_contexts().documents[CLR]}
        )
    except LibOpenBadgesException:
        return False
    return True


def faults(standards: Path, name: str, document: Document, part: str | None = None) -> list[str]:
    """What a published schema has against a document; dates and addresses are looked at, too."""
    schema = json.loads((standards / "schemas" / f"{name}_schema.json").read_text(encoding="utf-8"))
    if part:
        schema = {"$defs": schema["$defs"], **schema["$defs"][part]}
    checker = Draft201909Validator.FORMAT_CHECKER
    assert {"date-time", "uri"} <= set(checker.checkers), "a date without a time would pass"
    found = Draft201909Validator(schema, format_checker=checker).iter_errors(document)
    return [f"{fault.json_path}: {fault.message[:200]}" for fault in found]


def test_the_record_is_one_to_be_held_to_something(demonstration: Demonstration) -> None:
    ways = [edge["sourceId"] for edge in demonstration.edges]
    results = [badge["credentialSubject"].get("result", []) for badge in demonstration.badges]

    assert len(demonstration.badges) > 10
    assert len({edge["targetId"] for edge in demonstration.edges}) > 2
    assert len(ways) > len(set(ways)), "no badge of it counts toward two stacks"
    assert sum(map(len, results)) > 3
    assert any("evidence" in badge for badge in demonstration.badges)
    assert len({badge["issuer"]["id"] for badge in demonstration.badges}) > 1


def test_record_badges_definitions_and_issuers_satisfy_the_published_schemas(
    demonstration: Demonstration, standards: Path
) -> None:
    achievement = demonstration.get(f"/achievements/{demonstration.achievements['Mock Trial']}")
    issuers = {badge["issuer"]["id"].rpartition(":")[2] for badge in demonstration.badges}

    assert faults(standards, FOLDER["record"], demonstration.record) == []
    for badge in demonstration.badges:
        assert faults(standards, FOLDER["badge"], badge) == []
    assert faults(standards, FOLDER["badge"], achievement, "Achievement") == []
    for slug in issuers:
        assert faults(standards, PROFILE, demonstration.get(f"/issuers/{slug}")) == []
    without = {name: part for name, part in demonstration.record.items() if name != "name"}
    assert faults(standards, FOLDER["record"], without), "the schemas refuse nothing"


def test_record_badges_and_status_list_hold_for_another_verifier_by_the_keys_published(
    demonstration: Demonstration,
) -> None:
    status = demonstration.badges[0]["credentialStatus"]["statusListCredential"]
    documents = [demonstration.record, *demonstration.badges, demonstration.get(status)]

    for document in documents:
        did, _, name = document["proof"]["verificationMethod"].partition("#")
        assert did == document["issuer"]["id"]
        keys = demonstration.get(did_address(did))
        assert f"{did}#{name}" in keys["assertionMethod"]
        assert holds_for_another(document, multikey_bytes(name)), document["id"]
    changed = {**demonstration.record, "partial": not demonstration.record["partial"]}
    assert not holds_for_another(changed, multikey_bytes(name)), "the other verifier takes anything"


def test_it_is_verified_by_ourselves_without_a_reservation(demonstration: Demonstration) -> None:
    report = demonstration.client.post(
        "/v1/verify", content=demonstration.content, headers={"Content-Type": "application/vc+ld+json"}
    ).json()

    assert report["verified"]
    assert {finding["outcome"] for finding in report["findings"]} == {"pass"}
    assert len(report["findings"]) == 12 * (1 + len(demonstration.badges))


def test_every_edge_lies_between_achievements_of_the_document_and_no_badge_was_written_anew(
    demonstration: Demonstration,
) -> None:
    carried = {badge["credentialSubject"]["achievement"]["id"] for badge in demonstration.badges}

    assert all({edge["sourceId"], edge["targetId"]} <= carried for edge in demonstration.edges)
    for badge in demonstration.badges:
        written = json.dumps(badge, ensure_ascii=False, separators=(",", ":")).encode()
        assert written in demonstration.content


def did_address(did: str) -> str:
    """Where a did:web document lies (did:web §3.2), without the host."""
    _, _, _, *path = did.split(":")
    return f"/{'/'.join(path)}/did.json" if path else "/.well-known/did.json"
