"""More people at once than a server has threads: everybody is answered, nobody waits for ever."""

from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.worlds import World, all_of

PEOPLE = 120
"""Three times as many as there are threads for operations."""


def test_a_crowd_that_reads_while_staff_award_is_answered_whole(live):
    world = World(live)
    world.stack("Essential", all_of("A", "B"))
    amy = world.learner("Amy", holds=["A"])
    badge, own = world.achievements["B"], world.as_(amy)
    limits = httpx.Limits(max_connections=PEOPLE)

    with (
        httpx.Client(base_url=live.url, timeout=60, limits=limits) as client,
        ThreadPoolExecutor(PEOPLE) as crowd,
    ):

        def asks(number: int) -> int:
            if number % 2:
                return client.get("/v1/learners/me/progress", headers=own).status_code
            body = {
                "achievement_id": badge,
                "learner": {"email": f"{number}@northfield.example", "name": "New"},
            }
            return client.post("/v1/awards", json=body, headers=world.admin).status_code

        statuses = list(crowd.map(asks, range(2 * PEOPLE)))

    assert statuses == [201, 200] * PEOPLE
