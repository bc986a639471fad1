"""Many at once: one award is one award, and the last badge always brings its milestone exactly once."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from clr.cli import OPERATOR
from clr.jobs import work
from clr.registrar import awarding, holdings, revoking
from clr.registrar.awarding import GrantRequest
from clr.registrar.people import Who
from clr.store.sessions import reading, transaction
from tests.worlds import World, all_of

REPETITIONS = 50


def grant(service, learner: str, achievement: str, barrier: Barrier | None = None):
    request = GrantRequest(achievement, Who(learner_id=learner))
    if barrier is not None:
        barrier.wait()
    with transaction(service.engine) as session:
        return awarding.grant(session, OPERATOR, request, at=service.clock(), urls=service.urls)


def held(service, learner: str) -> list[str]:
    with reading(service.engine) as snapshot:
        live, _ = holdings.held_and_revoked(snapshot, learner, frozenset())
        return sorted(award.achievement for award in live)


def test_the_same_award_from_24_threads_is_one_award(world: World):
    service, badge, amy = world.client.app.state.service, world.badge("A"), world.learner("Amy")
    barrier = Barrier(24)
    with ThreadPoolExecutor(24) as pool:
        granted = list(pool.map(lambda _: grant(service, amy, badge, barrier), range(24)))
    assert len({one.award.id for one in granted}) == 1
    assert sum(not one.repeated for one in granted) == 1
    assert held(service, amy) == [badge]


def test_two_last_badges_at_once_bring_the_milestone_exactly_once(world: World):
    service = world.client.app.state.service
    world.stack("Essential", all_of("A", "B"))
    essential, a, b = (world.achievements[name] for name in ("Essential", "A", "B"))
    for number in range(REPETITIONS):
        amy, barrier = world.learner(f"Amy {number}"), Barrier(2)
        with ThreadPoolExecutor(2) as pool:
            both = list(pool.map(lambda badge, who=amy, at=barrier: grant(service, who, badge, at), (a, b)))
        assert sum(len(one.milestones) for one in both) == 1
        assert held(service, amy) == sorted([essential, a, b])


PROCESS = """
import sys
from clr.app import open_service
from clr.cli import OPERATOR
from clr.jobs import work
from clr.registrar import awarding
from clr.registrar.awarding import GrantRequest
from clr.registrar.people import Who
from clr.settings import Settings
from clr.store.sessions import transaction
service = open_service(Settings())
print("ready", flush=True)
sys.stdin.readline()
learners, badges = sys.argv[1].split(","), sys.argv[2].split(",")
for learner in learners:
    for badge in badges:
        with transaction(service.engine) as session:
            request = GrantRequest(badge, Who(learner_id=learner))
            awarding.grant(session, OPERATOR, request, at=service.clock(), urls=service.urls)
"""


def test_two_processes_awarding_the_same_to_the_same_learners_award_it_once_and_miss_no_milestone(
    world: World, settings
):
    service = world.client.app.state.service
    world.stack("Essential", all_of("A", "B"))
    learners = [world.learner(f"Amy {number}") for number in range(25)]
    env = {
        "PATH": "/usr/bin:/bin",
        "CLR_DATA_DIR": str(settings.data_dir),
        "CLR_DATABASE_URL": settings.database_url,
    }
    processes = [
        subprocess.Popen(
            [
                sys.executable,
                "-c",
                PROCESS,
                ",".join(learners),
                ",".join(world.achievements[b] for b in badges),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=env,
        )
        for badges in ("AB", "BA")
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    expected = sorted(world.achievements[name] for name in ("Essential", "A", "B"))
    assert [held(service, learner) for learner in learners] == [expected] * len(learners)


def test_a_badge_revoked_while_the_last_one_arrives_leaves_no_milestone_behind(world: World):
    service = world.client.app.state.service
    world.stack("Essential", all_of("A", "B"))
    badge = world.badge("B")
    for number in range(REPETITIONS // 5):
        amy, barrier = world.learner(f"Amy {number}"), Barrier(2)
        first = grant(service, amy, world.achievements["A"]).award.id

        def take_back(award: str = first, at: Barrier = barrier) -> None:
            at.wait()
            with transaction(service.engine) as session:
                revoking.revoke(session, OPERATOR, award, because="Given in error.", at=service.clock())

        with ThreadPoolExecutor(2) as pool:
            both = [pool.submit(grant, service, amy, badge, barrier), pool.submit(take_back)]
            for one in both:
                one.result()
        assert held(service, amy) == [badge]


def test_an_award_taken_back_by_many_at_once_is_taken_back_once(world: World):
    amy = world.learner("Amy")
    path, barrier = f"/v1/awards/{world.grant(amy, 'A').award['id']}/revoke", Barrier(6)

    def take_back(number: int) -> int:
        barrier.wait()
        answer = world.client.post(path, json={"reason": f"Reason {number}."}, headers=world.admin)
        return answer.status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(take_back, range(6))) == [200, *[409] * 5]


def test_awards_that_arrive_while_a_pathway_is_published_bring_its_milestone_exactly_once(world: World):
    service = world.client.app.state.service
    learners = [world.learner(f"Amy {number}", holds=["A"]) for number in range(12)]
    badge, barrier = world.badge("B"), Barrier(2)

    def publish() -> None:
        barrier.wait()
        world.stack("Essential", all_of("A", "B"))

    def award() -> None:
        barrier.wait()
        for learner in learners:
            grant(service, learner, badge)

    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(publish), pool.submit(award)]:
            one.result()
    work.finish(service)
    expected = sorted(world.achievements[name] for name in ("A", "B", "Essential"))
    assert [held(service, learner) for learner in learners] == [expected] * len(learners)
