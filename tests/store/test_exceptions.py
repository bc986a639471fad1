"""Exceptions for one learner: somebody answers for them, everybody sees them, and they can be withdrawn."""

from tests.worlds import World, all_of, at_least


def clause_of(world: World, stack: str, place: int) -> str:
    """The id of one part of what a stack asks for."""
    pathway = world.pathways[stack]
    version = world.client.get(f"/v1/pathways/{pathway}/versions/1", headers=world.admin).json()
    requirement = version["stacks"][world.achievements[stack]]["requirement"]
    return str(requirement["parts"][place]["requirement"]["id"])


def allow(world: World, learner: str, act: str, **body: object) -> dict:
    return world.post(f"/v1/learners/{learner}/{act}", {"reason": "Lived in Lyon for a year.", **body})


def test_a_waived_clause_completes_a_milestone_and_says_who_waived_it(world: World):
    world.stack("French Skills", all_of("Debate", "Semester Abroad"))
    amy = world.learner("Amy", holds=["Debate"])

    done = allow(world, amy, "waivers", clause_id=clause_of(world, "French Skills", 1))

    assert [one["name"] for one in done["milestones"]] == ["French Skills"]
    assert [one["says"] for one in done["progress"]] == ["Complete"]
    path = f"/v1/awards/{done['milestones'][0]['id']}/explanation"
    kept = world.client.get(path, headers=world.as_(amy)).json()
    (told,) = kept["allowances"]
    assert (told["kind"], told["author"], told["reason"]) == (
        "waiver",
        "Ada Admin",
        "Lived in Lyon for a year.",
    )
    waived = kept["requirement"]["parts"][1]
    assert (waived["allowance"], waived["complete"], waived["says"]) == (
        told["id"],
        True,
        "Semester Abroad, waived",
    )


def test_a_waived_clause_makes_nobody_else_complete(world: World):
    world.stack("French Skills", all_of("Debate", "Semester Abroad"))
    amy, ben = world.learner("Amy", holds=["Debate"]), world.learner("Ben", holds=["Debate"])
    allow(world, amy, "waivers", clause_id=clause_of(world, "French Skills", 1))
    assert world.progress(ben, "French Skills")["says"] == "1 step left"


def test_another_achievement_counts_where_it_was_let_and_nowhere_else(world: World):
    world.stack("French Skills", all_of("Debate", "Semester Abroad"))
    world.stack("Travel", all_of("Semester Abroad"))
    world.badge("Summer in Quebec")
    amy = world.learner("Amy", holds=["Debate", "Summer in Quebec"])

    done = allow(
        world,
        amy,
        "substitutions",
        clause_id=clause_of(world, "French Skills", 1),
        instead=world.achievements["Summer in Quebec"],
    )

    assert [one["name"] for one in done["milestones"]] == ["French Skills"]
    assert world.progress(amy, "Travel")["says"] == "1 step left"
    part = world.progress(amy, "French Skills")["requirement"]["parts"][0]["parts"][1]
    assert part["says"] == "Semester Abroad, substituted by Summer in Quebec"
    assert part["instead"] == world.achievements["Summer in Quebec"]


def test_a_withdrawn_exception_is_as_if_it_had_never_been(world: World):
    world.stack("French Skills", all_of("Debate", "Semester Abroad"))
    amy = world.learner("Amy", holds=["Debate"])
    done = allow(world, amy, "waivers", clause_id=clause_of(world, "French Skills", 1))

    path = f"/v1/allowances/{done['allowance']['id']}/withdraw"
    gone = world.post(path, {"reason": "Meant for Ann."})

    assert [(one["name"], one["state"]) for one in gone["lost"]] == [("French Skills", "suspended")]
    assert gone["allowance"]["state"] == "withdrawn"
    assert world.progress(amy, "French Skills")["says"] == "1 step left"
    again = world.client.post(path, json={"reason": "Twice."}, headers=world.admin)
    assert (again.status_code, again.json()["detail"]) == (
        409,
        "This exception was withdrawn already: Meant for Ann.",
    )


def test_an_exception_ends_and_the_milestone_it_gave_stays(world: World, clock):
    world.stack("French Skills", all_of("Debate", "Semester Abroad"), policy="assessed")
    world.stack("Helper", all_of("Semester Abroad"))
    amy = world.learner("Amy", holds=["Debate"])
    until = "2027-01-01T00:00:00Z"
    allow(world, amy, "waivers", clause_id=clause_of(world, "French Skills", 1), until=until)
    done = allow(world, amy, "waivers", clause_id=clause_of(world, "Helper", 0), until=until)
    assert [one["name"] for one in done["milestones"]] == ["Helper"]
    assert world.progress(amy, "French Skills")["status"] == "eligible"

    world.later(clock, days=60)

    assert world.progress(amy, "French Skills")["status"] == "in_progress"
    assert world.progress(amy, "Helper")["status"] == "complete"


def test_what_cannot_be_an_exception_is_told_with_the_cure(world: World):
    world.stack("French Skills", all_of(at_least(1, "Debate", "Lab"), "Semester Abroad"))
    world.stack("Above", all_of("French Skills"))
    amy = world.learner("Amy")
    group, one = (clause_of(world, "French Skills", place) for place in (0, 1))

    def refused(act: str, **body: object) -> tuple[int, str]:
        answer = world.client.post(
            f"/v1/learners/{amy}/{act}", json={"reason": "So.", **body}, headers=world.admin
        )
        return answer.status_code, answer.json()["errors"][0]["at"]

    lab, above, own = (world.achievements[name] for name in ("Lab", "Above", "Semester Abroad"))
    assert refused("waivers", clause_id="cls_nothing") == (422, "clause_id")
    assert refused("waivers", clause_id=one, until="2020-01-01T00:00:00Z") == (422, "until")
    assert refused("substitutions", clause_id=group, instead=above) == (422, "clause_id")
    assert refused("substitutions", clause_id=one, instead=own) == (422, "instead")
    assert refused("substitutions", clause_id=one, instead=above) == (422, "instead")
    assert refused("substitutions", clause_id=one, instead="ach_nothing") == (422, "instead")
    allow(world, amy, "substitutions", clause_id=one, instead=lab)
    path = f"/v1/learners/{amy}/substitutions"
    answer = world.client.post(
        path, json={"reason": "So.", "clause_id": one, "instead": lab}, headers=world.admin
    )
    assert answer.status_code == 409


def test_an_assessed_stack_can_be_awarded_once_what_it_lacks_is_waived(world: World):
    world.stack("French Skills", all_of("Debate", "Semester Abroad"), policy="assessed")
    amy = world.learner("Amy", holds=["Debate"])
    body = {"learner_id": amy, "achievement_id": world.achievements["French Skills"]}
    assert world.client.post("/v1/awards", json=body, headers=world.admin).status_code == 409
    allow(world, amy, "waivers", clause_id=clause_of(world, "French Skills", 1))
    assert world.client.post("/v1/awards", json=body, headers=world.admin).status_code == 201


def test_a_suspended_milestone_can_be_upheld_and_then_stands_by_that_decision(world: World):
    world.stack("French Skills", all_of("Debate"))
    world.stack("Above", all_of("French Skills", "Lab"))
    amy = world.learner("Amy", holds=["Lab"])
    granted = world.grant(amy, "Debate")
    assert granted.milestones == ["French Skills", "Above"]
    lost = world.post(f"/v1/awards/{granted.award['id']}/revoke", {"reason": "Wrong person."})["suspended"]
    assert [one["state"] for one in lost] == ["suspended", "suspended"]

    done = world.post(f"/v1/awards/{lost[0]['id']}/uphold", {"reason": "Shown in another way."})

    assert done["award"]["state"] == "live"
    assert [one["name"] for one in done["milestones"]] == ["Above"]
    second = world.client.post(
        f"/v1/awards/{lost[0]['id']}/uphold", json={"reason": "Again."}, headers=world.admin
    )
    assert second.status_code == 409


def test_a_stack_may_say_that_its_milestones_are_kept_or_revoked_with_their_support(world: World):
    world.stack("Kept", all_of("Debate"), on_lost="keep")
    world.stack("Revoked", all_of("Debate"), on_lost="revoke")
    amy = world.learner("Amy")
    granted = world.grant(amy, "Debate")
    lost = world.post(f"/v1/awards/{granted.award['id']}/revoke", {"reason": "Wrong person."})["suspended"]
    assert {one["name"]: one["state"] for one in lost} == {"Kept": "live", "Revoked": "revoked"}


def test_whoever_opens_the_record_sees_that_a_part_was_waived_by_whom_and_why(world: World):
    world.stack("French Skills", all_of("Debate", "Semester Abroad", "Essay"))
    world.badge("Summer in Quebec")
    amy = world.learner("Amy", holds=["Debate", "Summer in Quebec"])
    allow(world, amy, "waivers", clause_id=clause_of(world, "French Skills", 2))
    instead = world.achievements["Summer in Quebec"]
    done = allow(world, amy, "substitutions", clause_id=clause_of(world, "French Skills", 1), instead=instead)
    held = world.client.get(f"/v1/learners/{amy}/awards", headers=world.as_(amy)).json()["items"]
    items = [{"award_id": one["id"]} for one in held]
    body = {"title": "Mine", "sections": [{"items": items}]}
    record = world.client.post("/v1/records", json=body, headers=world.as_(amy)).json()

    shown = world.client.get(f"/v1/records/{record['id']}/preview", headers=world.as_(amy)).json()["record"]

    told = [
        one
        for part in shown["sections"]
        for one in part["items"]
        if one["award_id"] == done["milestones"][0]["id"]
    ]
    assert [(step["name"], step["state"], step["says"]) for step in told[0]["path"]] == [
        ("Debate", "chosen", "Met by an award in this record"),
        (
            "Semester Abroad",
            "chosen",
            "Met by Summer in Quebec, as Ada Admin allowed: Lived in Lyon for a year.",
        ),
        ("Essay", "waived", "Waived by Ada Admin: Lived in Lyon for a year."),
    ]


def test_what_was_let_count_for_one_another_never_goes_round_in_a_circle(world: World):
    world.stack("A", all_of("a"), policy="assessed").stack("B", all_of("b"), policy="assessed")
    amy = world.learner("Amy")
    a, b = (world.achievements[name] for name in ("A", "B"))
    allow(world, amy, "substitutions", clause_id=clause_of(world, "A", 0), instead=b)
    body = {"reason": "So.", "clause_id": clause_of(world, "B", 0), "instead": a}
    answer = world.client.post(f"/v1/learners/{amy}/substitutions", json=body, headers=world.admin)
    assert (answer.status_code, answer.json()["errors"][0]["kind"]) == (422, "loop")


def test_the_page_of_a_shared_record_shows_what_was_waived_and_names_nothing_that_is_not_shared(world: World):
    world.stack("French Skills", all_of("Debate", "Semester Abroad"))
    amy = world.learner("Amy", holds=["Debate"])
    done = allow(world, amy, "waivers", clause_id=clause_of(world, "French Skills", 1))
    own = world.as_(amy)
    body = {"title": "Mine", "sections": [{"items": [{"award_id": done["milestones"][0]["id"]}]}]}
    record = world.client.post("/v1/records", json=body, headers=own).json()
    share = world.client.post(f"/v1/records/{record['id']}/shares", json={"label": "X"}, headers=own).json()

    page = world.client.get(share["url"], headers={"Accept": "text/html"})

    assert page.status_code == 200
    assert "Waived by Ada Admin: Lived in Lyon for a year." in page.text
    assert "One further requirement met, not shared" in page.text
    assert "Debate" not in page.text
