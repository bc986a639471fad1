"""Whatever is awarded can be signed and read by others: what could not is refused before anything is kept."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import col, select

from clr.cli import OPERATOR
from clr.errors import BadInput
from clr.ids import AchievementId, LearnerId
from clr.registrar import awarding, statuses
from clr.registrar.holdings import EvidenceFacts
from clr.registrar.people import Who
from clr.store.sessions import reading, transaction
from clr.store.tables import Award, StatusEntry
from tests.store.test_records import CREDENTIAL, clr_of, compose, verified
from tests.worlds import World, all_of

NO_ADDRESSES = [
    "https://work.example/{draft}",
    "https://work.example/a|b",
    "https://work.example/<essay>",
    'https://work.example/"',
    "https://work.example/\\essay",
    "https://work.example/\ufeff",
    "https://work.example:99999999/",
    "https://:80/",
]


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_an_address_that_no_document_could_carry_is_refused_where_it_is_entered(
    address: str, world: World
) -> None:
    amy = world.learner("Amy")
    award = {"learner_id": amy, "achievement_id": world.badge("Debate")}
    evidence = world.client.post(
        "/v1/awards", json={**award, "evidence": [{"url": address, "name": "Essay"}]}, headers=world.admin
    )
    badge = {"issuer_id": world.issuer(), "kind": "badge", "name": "B", "description": "d", "criteria": "c"}
    alignment = world.client.post(
        "/v1/achievements",
        json={**badge, "alignments": [{"name": "Oral", "url": address}]},
        headers=world.admin,
    )

    assert (evidence.status_code, alignment.status_code) == (422, 422)
    assert evidence.json()["errors"][0]["at"] == "evidence[0].url"
    with reading(world.client.app.state.service.engine) as snapshot:
        assert snapshot.exec(select(Award).where(col(Award.learner_id) == amy)).all() == []


@pytest.mark.parametrize(
    "more",
    [
        {"achievement_type": "ext:"},
        {"achievement_type": "ext:a b"},
        {"alignments": [{"name": "Oral", "url": "https://a.example/", "type": "nonsense"}]},
        {"credits_available": 0.00001},
        {"credits_available": 1e-7},
    ],
    ids=str,
)
def test_words_and_numbers_that_the_standard_does_not_know_are_refused(
    more: dict[str, object], world: World
) -> None:
    body = {"issuer_id": world.issuer(), "kind": "badge", "name": "B", "description": "d", "criteria": "c"}
    assert (
        world.client.post("/v1/achievements", json={**body, **more}, headers=world.admin).status_code == 422
    )


def test_history_from_a_file_that_could_not_be_signed_is_refused_with_the_reason(world: World) -> None:
    """The file's own reader knows less of addresses than the documents; nothing half-issued stays."""
    service = world.client.app.state.service
    amy, debate = LearnerId(world.learner("Amy")), AchievementId(world.badge("Debate"))
    for wrong in (
        {"evidence": (EvidenceFacts(None, "https://a b", "Essay", None, None),)},
        {"narrative": "Rang a bell: \x07"},
        {"credits_earned": 1e-9},
    ):
        request = awarding.GrantRequest(debate, Who(learner_id=amy), **wrong)
        with pytest.raises(BadInput), transaction(service.engine) as session:
            awarding.grant(session, OPERATOR, request, at=service.clock(), urls=service.urls)
    with reading(service.engine) as snapshot:
        assert snapshot.exec(select(Award)).all() == []
        assert snapshot.exec(select(StatusEntry)).all() == []


def test_a_badge_from_long_ago_has_a_date_that_all_can_read(world: World) -> None:
    amy = world.learner("Amy")
    award = world.grant(amy, "Debate", earned_on="0850-02-01T00:00:00Z").award["id"]
    content = clr_of(world, amy, compose(world, amy, award))
    assert b'"awardedDate":"0850-02-01T00:00:00Z"' in content
    assert verified(world, content)["verified"]


def test_what_is_said_in_any_script_is_signed_as_it_was_said(world: World) -> None:
    amy = world.learner("Amy")
    told = 'Zeile\neins\tzwei “drei” \u2028 𝄞 e\u0301 עברית \\ " </script>'
    award = world.grant(amy, "Debate", narrative=told, credits_earned=0.25).award["id"]
    content = clr_of(world, amy, compose(world, amy, award))
    badge = json.loads(content)["credentialSubject"]["verifiableCredential"][0]
    assert badge["credentialSubject"]["narrative"] == told
    assert verified(world, content)["verified"]


def test_a_place_in_a_status_list_is_given_once_even_to_two_at_the_same_moment(world: World) -> None:
    engine = world.client.app.state.service.engine

    def take(_: int) -> bool:
        with transaction(engine) as session:
            return statuses._taken(session, 7, 4711) is not None

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(take, range(8))) == [*[False] * 7, True]


def test_places_are_random_and_hidden_among_enough_others(world: World) -> None:
    service = world.client.app.state.service
    with transaction(service.engine) as session:
        places = [statuses.take_entry(session).position for _ in range(40)]
    assert len(set(places)) == 40
    assert places != sorted(places)
    assert max(places) - min(places) > 30_000


def test_a_revocation_is_told_at_once_by_list_page_and_verifier_and_changes_no_byte(world: World) -> None:
    amy = world.learner("Amy")
    debate, lab = (world.grant(amy, name).award["id"] for name in ("Debate", "Lab"))
    record = compose(world, amy, debate, lab)
    opened = world.client.post(
        f"/v1/records/{record['id']}/shares", json={"label": "Employer"}, headers=world.as_(amy)
    ).json()
    link, before = f"/s/{opened['token']}", world.client.get("/status/1").json()
    kept = world.client.get(link, headers={"Accept": CREDENTIAL}).content
    assert verified(world, kept)["verified"]

    world.post(f"/v1/awards/{debate}/revoke", {"reason": "Entered by mistake."})

    assert world.client.get("/status/1").json()["credentialSubject"] != before["credentialSubject"]
    assert world.client.get(link, headers={"Accept": CREDENTIAL}).content == kept
    report = verified(world, kept)
    failed = {(one["at"], one["check"]) for one in report["findings"] if one["outcome"] == "fail"}
    assert failed == {("verifiableCredential[0]", "status"), ("", "nested credentials")}
    page = world.client.get(link, headers={"Accept": "text/html"}).text
    assert "revoked" in page.casefold()


def test_a_milestone_that_lost_its_support_is_told_as_suspended_to_whoever_verifies_it(world: World) -> None:
    world.stack("Critical Thinking", all_of("Debate"))
    amy = world.learner("Amy")
    granted = world.grant(amy, "Debate")
    kept = clr_of(world, amy, compose(world, amy, granted.body["milestones"][0]["id"]))
    assert verified(world, kept)["verified"]

    world.post(f"/v1/awards/{granted.award['id']}/revoke", {"reason": "Entered by mistake."})

    report = verified(world, kept)
    told = [
        one["says"] for one in report["findings"] if one["check"] == "status" and one["outcome"] == "fail"
    ]
    assert told == ["Its issuer has suspended it until it is decided whether it stands."]
    assert not report["verified"]
