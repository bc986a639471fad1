"""One act: an award, the milestones that follow from it, and the reasons kept."""

import pytest

from tests.worlds import World, all_of, at_least

CT, FRENCH, DEBATE = "Reasoned Argument", "Critical Thinking in French", "Debate in a Second Language"


@pytest.fixture
def two_pathways(world: World) -> World:
    """One badge that two pathways ask for."""
    world.stack(CT, all_of("Evidence and Inference", at_least(1, DEBATE, "Mock Trial")))
    return world.stack(FRENCH, all_of("Close Reading", DEBATE), issuer="World Languages")


def test_one_badge_completes_stacks_in_two_pathways_and_both_explanations_name_it(two_pathways: World):
    amy = two_pathways.learner("Amy", holds=["Evidence and Inference", "Close Reading"])
    earned = two_pathways.grant(amy, DEBATE)
    assert earned.milestones == [FRENCH, CT]
    for milestone in earned.body["milestones"]:
        why = two_pathways.client.get(
            f"/v1/awards/{milestone['id']}/explanation", headers=two_pathways.as_(amy)
        ).json()
        assert earned.award["id"] in why["causes"]
        assert why["pathways"][0]["version"] == 1
    assert {moved["steps_left"] for moved in earned.body["progress"]} == {0}


def test_milestones_are_told_by_name_and_each_after_what_it_rests_on(world: World):
    for name in ("Wide", "Bold", "Deep", "Calm"):
        world.stack(name, all_of("Debate"))
    world.stack("All of them", all_of("Wide", "Bold", "Deep", "Calm"))
    amy = world.learner("Amy")

    assert world.grant(amy, "Debate").milestones == ["Bold", "Calm", "Deep", "Wide", "All of them"]


def test_the_explanation_shows_which_alternative_was_used(two_pathways: World):
    amy = two_pathways.learner("Amy", holds=["Evidence and Inference"])
    milestone = two_pathways.grant(amy, DEBATE).body["milestones"][0]
    why = two_pathways.client.get(
        f"/v1/awards/{milestone['id']}/explanation", headers=two_pathways.as_(amy)
    ).json()
    debate, mock_trial = why["requirement"]["parts"][1]["parts"]
    assert (debate["counted"], mock_trial["counted"]) == (True, False)
    assert debate["says"] == f"{DEBATE}, earned"


def test_the_same_award_twice_changes_nothing(two_pathways: World):
    amy = two_pathways.learner("Amy")
    first = two_pathways.grant(amy, DEBATE)
    second = two_pathways.grant(amy, DEBATE)
    assert (first.response.status_code, second.response.status_code) == (201, 200)
    assert second.award["id"] == first.award["id"]
    listed = two_pathways.client.get("/v1/learners/me/awards", headers=two_pathways.as_(amy)).json()
    assert len(listed["items"]) == 1


def test_a_milestone_counts_at_once_for_the_stack_above_it(world: World):
    world.stack("Essential", at_least(2, "A", "B", "C")).stack("Skill", all_of("Essential", "D"))
    amy = world.learner("Amy", holds=["A", "D"])
    assert world.grant(amy, "B").milestones == ["Essential", "Skill"]


def test_an_auto_stack_cannot_be_granted_by_hand(world: World):
    world.stack("Essential", all_of("A"))
    amy = world.learner("Amy")
    body = {"learner_id": amy, "achievement_id": world.achievements["Essential"]}
    answer = world.client.post("/v1/awards", json=body, headers=world.admin)
    assert answer.status_code == 409
    assert "follows by itself" in answer.json()["detail"]


def test_an_assessed_stack_becomes_eligible_and_waits_for_an_assessor(world: World):
    world.stack("Essential", at_least(2, "A", "B"), policy="assessed")
    amy = world.learner("Amy", holds=["A"])
    body = {"learner_id": amy, "achievement_id": world.achievements["Essential"]}
    early = world.client.post("/v1/awards", json=body, headers=world.admin)
    assert early.status_code == 409
    assert early.json()["detail"] == "Essential needs 1 more step before it can be assessed."
    world.grant(amy, "B")
    told = world.progress(amy, "Essential")
    assert (told["status"], told["steps_left"], told["basis_points"]) == ("eligible", 1, 9000)
    granted = world.grant(amy, "Essential")
    assert granted.response.status_code == 201
    assert world.progress(amy, "Essential")["status"] == "complete"


def test_progress_is_right_the_moment_a_badge_is_awarded(world: World):
    world.stack("Essential", at_least(2, "A", "B", "C"))
    amy = world.learner("Amy")
    assert world.progress(amy, "Essential")["says"] == "2 steps left"
    world.grant(amy, "C")
    told = world.progress(amy, "Essential")
    assert (told["steps_left"], told["basis_points"], told["says"]) == (1, 5000, "1 step left")
    group = told["requirement"]["parts"][0]
    assert (group["earned"], group["needed"], group["says"]) == (1, 2, "Complete 2 of 3, one to go")
    assert [step["name"] for step in told["next"]] == ["A"]


def test_revoking_suspends_the_milestone_that_stood_on_it(world: World):
    world.stack("Essential", all_of("A", "B"))
    amy = world.learner("Amy", holds=["A"])
    earned = world.grant(amy, "B")
    answer = world.client.post(
        f"/v1/awards/{earned.award['id']}/revoke", json={"reason": "Given in error."}, headers=world.admin
    )
    assert answer.status_code == 200, answer.text
    assert [award["state"] for award in answer.json()["suspended"]] == ["suspended"]
    assert world.progress(amy, "Essential")["steps_left"] == 1
    assert world.grant(amy, "B").milestones == ["Essential"]


def test_a_milestone_made_after_its_steps_were_earned_is_given_when_it_is_published(world: World):
    amy = world.learner("Amy", holds=["A", "B"])
    world.stack("Essential", all_of("A", "B"))
    awards = world.client.get(f"/v1/learners/{amy}/awards", headers=world.admin).json()["items"]
    assert [award["origin"] for award in awards if award["name"] == "Essential"] == ["derived"]


def test_publishing_a_second_version_changes_nothing_for_those_who_follow_the_first(world: World):
    world.stack("Essential", all_of("A", "B"))
    amy = world.learner("Amy", holds=["A"])
    world.enrol(amy, "Essential")
    world.stack("Essential", all_of("A", "B", "C"))
    assert world.progress(amy, "Essential")["steps_left"] == 1
    assert world.grant(amy, "B").milestones == ["Essential"]


def test_an_award_of_a_past_semester_counts_from_the_day_it_was_earned(world: World):
    world.stack("Essential", all_of("A", "B"))
    amy = world.learner("Amy")
    world.grant(amy, "A", earned_on="2024-05-02T00:00:00Z")
    earned = world.grant(amy, "B", earned_on="2025-05-02T00:00:00Z")
    assert earned.body["milestones"][0]["earned_on"] == "2025-05-02T00:00:00Z"


def test_an_award_is_kept_whole_or_not_at_all(world: World):
    amy = world.learner("Amy")
    body = {
        "learner_id": amy,
        "achievement_id": world.badge("A"),
        "earned_on": "2031-01-01T00:00:00Z",
        "valid_until": "2030-01-01T00:00:00Z",
        "results": [{"result_description": "rsd_none", "value": "1"}],
    }
    answer = world.client.post("/v1/awards", json=body, headers=world.admin)
    assert answer.status_code == 422
    assert [fault["at"] for fault in answer.json()["errors"]] == [
        "results[0].result_description",
        "earned_on",
        "valid_until",
    ]
    assert world.client.get(f"/v1/learners/{amy}/awards", headers=world.admin).json()["items"] == []


def test_an_expired_award_no_longer_counts_and_says_when_it_expired(world: World):
    world.stack("Essential", all_of("A"), policy="assessed")
    amy = world.learner("Amy")
    lapsed = world.grant(amy, "A", earned_on="2024-09-03T00:00:00Z", valid_until="2026-09-03T00:00:00Z")
    part = world.progress(amy, "Essential")["requirement"]["parts"][0]["parts"][0]
    assert part["failed"] == {
        "filter": "current",
        "award": lapsed.award["id"],
        "needed": "",
        "found": "2026-09-03T00:00:00+00:00",
        "says": "Expired on 3 September 2026",
    }
    path = f"/v1/learners/{amy}/progress/{world.pathways['Essential']}"
    before = world.client.get(path, params={"as_of": "2026-01-01T00:00:00Z"}, headers=world.admin).json()
    assert before["status"] == "eligible"


def test_an_award_that_waited_for_its_turn_counts_with_those_that_overtook_it(world: World, clock):
    world.stack("Essential", all_of("A", "B"))
    amy, asked_first = world.learner("Amy"), clock()
    clock.passes(seconds=3)
    world.grant(amy, "B")
    clock.at = asked_first
    assert world.grant(amy, "A").milestones == ["Essential"]
