"""What a change would do is told before anything is written, and comes true."""

from tests.worlds import World, all_of, at_least


def preview(world: World, path: str, **body: object) -> dict:
    answer = world.client.post(path, json=body, headers=world.admin)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def moved(forecast: dict) -> dict:
    return {
        one["name"]: (one["effect"], one["steps_before"], one["steps_after"]) for one in forecast["learners"]
    }


def drawn(world: World, rule: object) -> dict:
    return world.draft("Skill", {"Skill": (rule, "auto")})


def test_a_milder_pathway_is_foretold_with_those_who_gain_and_come_near(world: World):
    world.stack("Skill", all_of("A", "B", "C"))
    amy, ben = world.learner("Amy", holds=["A", "B"]), world.learner("Ben", holds=["A"])
    world.badge("Elsewhere")
    world.learner("Cem", holds=["Elsewhere"])
    before = world.client.get(f"/v1/learners/{amy}/awards", headers=world.admin).json()

    told = preview(
        world,
        f"/v1/pathways/{world.pathways['Skill']}/preview",
        draft=drawn(world, at_least(2, "A", "B", "C")),
    )

    assert moved(told) == {"Amy": ("gain", 1, 0), "Ben": ("one_away", 2, 1)}
    assert told["counts"] == {"gain": 1, "lose": 0, "one_away": 1, "nearer": 0, "same": 0}
    assert told["milestones"] == {world.achievements["Skill"]: 1}
    assert world.client.get(f"/v1/learners/{amy}/awards", headers=world.admin).json() == before
    world.pathway("Skill", {"Skill": (at_least(2, "A", "B", "C"), "auto")})
    assert world.progress(amy, "Skill")["says"] == "Complete"
    assert world.progress(ben, "Skill")["says"] == "1 step left"


def test_whoever_follows_a_version_stays_and_others_are_told_what_they_would_lose(world: World):
    world.stack("Skill", all_of("A", "B"), policy="assessed")
    amy, _ = world.learner("Amy", holds=["A"]), world.learner("Ben", holds=["A"])
    world.enrol(amy, "Skill")
    harder = world.draft("Skill", {"Skill": (all_of("A", "B", "C"), "assessed")})
    told = preview(world, f"/v1/pathways/{world.pathways['Skill']}/preview", draft=harder)
    assert (told["staying"], moved(told)) == (1, {"Ben": ("lose", 2, 3)})


def test_a_first_publication_tells_who_is_complete_at_once(world: World):
    draft = drawn(world, all_of("A"))
    world.learner("Amy", holds=["A"])
    made = world.post("/v1/pathways", {"issuer_id": world.issuer(), "draft": draft})
    told = preview(world, f"/v1/pathways/{made['id']}/preview")
    assert moved(told) == {"Amy": ("gain", None, 0)}


def test_a_draft_that_cannot_be_published_cannot_be_foretold(world: World):
    world.stack("Skill", all_of("A"))
    wrong = drawn(world, at_least(2, "A"))
    path = f"/v1/pathways/{world.pathways['Skill']}/preview"
    answer = world.client.post(path, json={"draft": wrong}, headers=world.admin)
    assert (answer.status_code, answer.json()["errors"][0]["kind"]) == (422, "count")


def test_awarding_for_the_past_is_foretold_for_every_pathway(world: World):
    world.stack("Skill", all_of("A", "B")).stack("Other", all_of("A")).stack("Far", all_of("Z"))
    amy, ben = world.learner("Amy", holds=["B"]), world.learner("Ben")
    body = {"achievement_id": world.achievements["A"], "learner_ids": [amy, ben]}

    told = preview(world, "/v1/awards/preview", **body, earned_on="2026-01-10T00:00:00Z")

    found = {one["name"]: moved(one) for one in told["items"]}
    assert found == {
        "Skill": {"Amy": ("gain", 1, 0), "Ben": ("one_away", 2, 1)},
        "Other": {"Amy": ("gain", 1, 0), "Ben": ("gain", 1, 0)},
    }
    unknown = {**body, "learner_ids": [amy, "lrn_nobody"]}
    answer = world.client.post("/v1/awards/preview", json=unknown, headers=world.admin)
    assert (answer.status_code, answer.json()["errors"][0]["at"]) == (422, "learner_ids[1]")


def test_a_waiver_is_foretold_with_the_milestones_that_would_follow(world: World):
    world.stack("Skill", all_of("A", "B")).stack("Other", all_of("A", "B"))
    amy = world.learner("Amy", holds=["A"])
    version = world.client.get(
        f"/v1/pathways/{world.pathways['Skill']}/versions/1", headers=world.admin
    ).json()
    clause = version["stacks"][world.achievements["Skill"]]["requirement"]["parts"][1]["requirement"]["id"]
    told = preview(world, f"/v1/learners/{amy}/waivers/preview", clause_id=clause, reason="So.")
    assert told["milestones"] == ["Skill"]
    assert [(one["name"], moved(one)) for one in told["items"]] == [("Skill", {"Amy": ("gain", 1, 0)})]
    assert world.client.get(f"/v1/learners/{amy}/allowances", headers=world.admin).json()["items"] == []


def test_moving_followers_is_foretold(world: World):
    world.stack("Skill", all_of("A", "B"), policy="assessed")
    amy, ben = world.learner("Amy", holds=["A"]), world.learner("Ben", holds=["C"])
    world.enrol(amy, "Skill")
    world.enrol(ben, "Skill")
    world.pathway("Skill", {"Skill": (all_of("B", "C"), "assessed")})
    told = preview(world, f"/v1/pathways/{world.pathways['Skill']}/migrations/preview", version=2)
    assert moved(told) == {"Amy": ("lose", 2, 3), "Ben": ("nearer", 3, 2)}
