"""What is one award and what is another: refreshers, years brought in any order, files brought twice, revoked ones."""

import itertools

import pytest

from clr.cli import OPERATOR
from clr.registrar.importing import Importer
from tests.worlds import World, all_of

HEADER = "learner_email,learner_name,achievement,earned_on,valid_until\n"
ENDS = "2026-12-01T00:00:00Z"


@pytest.fixture
def importer(world: World) -> Importer:
    service = world.client.app.state.service
    return Importer(service.engine, OPERATOR, service.urls, service.clock)


def rows(*dates: tuple[str, str]) -> bytes:
    lines = (f"amy@x.example,Amy,First Aid,{earned},{until}\n" for earned, until in dates)
    return (HEADER + "".join(lines)).encode()


def awards(world: World, learner: str | None = None) -> list[dict]:
    if learner is None:
        found = world.client.get("/v1/learners?email=amy@x.example", headers=world.admin).json()["items"]
        learner = found[0]["id"]
    items = world.client.get(f"/v1/learners/{learner}/awards", headers=world.admin).json()["items"]
    return sorted(items, key=lambda award: (award["earned_on"], award["again"]))


def years(world: World) -> list[tuple[str, str | None]]:
    return [(award["earned_on"][:4], (award["valid_until"] or "")[:4]) for award in awards(world)]


def test_first_aid_that_expired_is_renewed_by_awarding_it_again(world: World, clock):
    world.stack("Safety", all_of("First Aid", "Fire"), policy="assessed")
    amy = world.learner("Amy", holds=["Fire"])
    first = world.grant(amy, "First Aid", valid_until=ENDS)
    again = world.grant(amy, "First Aid", valid_until="2028-12-01T00:00:00Z")
    assert (again.response.status_code, again.award["id"]) == (200, first.award["id"])
    world.later(clock, days=7)
    assert world.progress(amy, "Safety")["status"] == "in_progress"
    renewed = world.grant(amy, "First Aid", valid_until="2028-12-01T00:00:00Z")
    assert (renewed.response.status_code, renewed.award["again"]) == (201, 2)
    assert world.progress(amy, "Safety")["status"] == "eligible"
    assert world.grant(amy, "First Aid").award["id"] == renewed.award["id"]


def test_a_row_of_history_brought_again_after_it_expired_changes_nothing(
    world: World, importer: Importer, clock
):
    world.badge("First Aid")
    files = [rows(("2024-12-01", "2026-12-01")), rows(("", "2026-12-01"))[:-1]]
    done = [importer.awards(content).new for content in files]
    assert done == [1, 0]
    world.later(clock, days=30)
    again = [importer.awards(content) for content in files]
    assert [(one.new, one.unchanged, one.faults) for one in again] == [(0, 1, [])] * 2
    assert years(world) == [("2024", "2026")]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_years_of_a_refreshed_award_may_be_brought_in_any_order(
    world: World, importer: Importer, order: tuple[int, ...]
):
    world.badge("First Aid")
    history = [("2021-01-10", "2023-01-10"), ("2023-02-01", "2025-02-01"), ("2025-01-20", "2027-01-20")]
    for place in order:
        importer.awards(rows(history[place]))
    assert years(world) == [("2021", "2023"), ("2023", "2025"), ("2025", "2027")]
    assert importer.awards(rows(*history)).unchanged == 3


def test_a_refresher_taken_before_the_first_ends_is_kept_and_one_that_adds_nothing_is_not(
    world: World, importer: Importer
):
    world.badge("First Aid")
    importer.awards(rows(("2025-01-10", "2027-01-10")))
    done = importer.awards(rows(("2026-11-20", "2028-11-20"), ("2026-05-01", "2027-01-01")))
    assert (done.new, done.unchanged) == (1, 1)
    assert years(world) == [("2025", "2027"), ("2026", "2028")]


def test_two_files_that_date_one_lasting_badge_differently_bring_one_award(world: World, importer: Importer):
    world.badge("First Aid")
    assert importer.awards(rows(("2024-05-02", ""))).new == 1
    assert importer.awards(rows(("2024-06-30", ""))).unchanged == 1
    assert years(world) == [("2024", "")]


def test_what_was_revoked_is_given_again_by_hand_and_never_by_a_file(world: World, importer: Importer):
    world.badge("First Aid")
    history = rows(("2024-05-02", ""))
    importer.awards(history)
    (first,) = awards(world)
    world.post(f"/v1/awards/{first['id']}/revoke", {"reason": "The work was not hers."})
    for content in (history, rows(("", ""))):
        done = importer.awards(content)
        assert (done.new, done.unchanged) == (0, 0)
        assert [(fault.line, fault.column) for fault in done.faults] == [(2, "achievement")]
        assert "was revoked: The work was not hers." in done.faults[0].says
    by_hand = world.grant(first["learner_id"], "First Aid", earned_on="2024-05-02T00:00:00Z")
    assert (by_hand.response.status_code, by_hand.award["again"]) == (201, 2)
    assert importer.awards(history).unchanged == 1
    assert [award["state"] for award in awards(world)] == ["revoked", "live"]


def test_an_award_is_given_again_when_that_is_what_was_asked_for(world: World):
    amy = world.learner("Amy")
    told = [world.grant(amy, "First Aid", again=again).award["again"] for again in (False, False, True, True)]
    assert told == [1, 1, 2, 3]


def test_what_may_be_earned_again_and_again_counts_once_for_each_row_of_history(
    world: World, importer: Importer
):
    world.badge("First Aid", repeatable=True)
    history = rows(("2024-05-02", ""), ("2024-05-02", ""), ("2024-06-02", ""))
    assert (importer.awards(history).new, importer.awards(history).unchanged) == (2, 3)
    undated = importer.awards(rows(("", "")))
    assert [(fault.line, fault.column) for fault in undated.faults] == [(2, "earned_on")]
    amy = awards(world)[0]["learner_id"]
    assert [world.grant(amy, "First Aid").response.status_code for _ in range(2)] == [201, 201]


def test_a_milestone_is_never_granted_by_hand_not_even_to_whoever_holds_it(world: World, importer: Importer):
    world.stack("First Aid", all_of("A"))
    amy = world.learner("Amy", holds=["A"])
    body = {"learner_id": amy, "achievement_id": world.achievements["First Aid"]}
    assert world.client.post("/v1/awards", json=body, headers=world.admin).status_code == 409
    assert [fault.column for fault in importer.awards(rows(("2024-05-02", ""))).faults] == ["achievement"]
