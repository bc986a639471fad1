"""Many at once: one award is one award, and whatever is due follows exactly once, whoever else is at work.

A milestone is due once under each version of a stack that somebody follows: never twice, and never not at all.
"""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, BrokenBarrierError

from sqlmodel import Session, col, func, select

from clr.cli import OPERATOR
from clr.jobs import work
from clr.registrar import awarding, excepting, holdings, people, revoking
from clr.registrar.allowing import Wanted
from clr.registrar.awarding import GrantRequest
from clr.registrar.people import Who
from clr.registrar.settling import settle
from clr.store.sessions import reading, transaction
from clr.store.tables import Award
from tests.worlds import World, all_of

REPETITIONS = {"sqlite": 50, "postgresql": 300}
"""Pairs at the same moment. SQLite has one writer; on PostgreSQL two can miss each other."""

LAST_BADGES = {"sqlite": 50, "postgresql": 1000}
"""The same for two last badges, the pair that comes most often."""

PATIENCE = 60
"""Seconds after which somebody who did not come is a failure."""

Act = Callable[[Session, str], object]


def grant(service, learner: str, achievement: str, barrier: Barrier | None = None):
    if barrier is not None:
        barrier.wait()
    with transaction(service.engine) as session:
        return granting(service, achievement)(session, learner)


def granting(service, achievement: str) -> Callable[[Session, str], awarding.Granted]:
    """The act of awarding somebody this."""

    def act(session: Session, learner: str) -> awarding.Granted:
        request = GrantRequest(achievement, Who(learner_id=learner))
        return awarding.grant(session, OPERATOR, request, at=service.clock(), urls=service.urls)

    return act


def race(service, learners: Sequence[str], *acts: Act) -> None:
    """Do all acts to one learner after another, each in a session of its own, all at the same moment."""
    barrier = Barrier(len(acts), timeout=PATIENCE)

    def run(act: Act) -> None:
        try:
            for learner in learners:
                barrier.wait()
                with transaction(service.engine) as session:
                    act(session, learner)
        except BaseException:
            barrier.abort()
            raise

    with ThreadPoolExecutor(len(acts)) as pool:
        faults = [one.exception() for one in [pool.submit(run, act) for act in acts]]
    for fault in sorted(filter(None, faults), key=lambda fault: isinstance(fault, BrokenBarrierError)):
        raise fault  # what broke the barrier, not that it broke


def crowd(service, count: int, *badges: str) -> list[str]:
    """Learners without accounts, who hold some badges."""
    found = []
    with transaction(service.engine) as session:
        for number in range(count):
            learner = people.create_learner(
                session,
                name=f"Amy {number}",
                email=None,
                external_id=None,
                with_person=False,
                at=service.clock(),
            )
            found.append(learner)
            for badge in badges:
                granting(service, badge)(session, learner)
    return found


def held(service, learner: str) -> list[str]:
    with reading(service.engine) as snapshot:
        live, _ = holdings.held_and_revoked(snapshot, learner, frozenset())
        return sorted(award.achievement for award in live)


def awards(service, *achievements: str) -> Counter[tuple[str, str, int]]:
    """How many awards of these there are of each learner, achievement and version."""
    keys = (col(Award.learner_id), col(Award.achievement_id), col(Award.stack_version))
    counted = select(*keys, func.count()).where(keys[1].in_(achievements)).group_by(*keys)
    with reading(service.engine) as snapshot:
        return Counter({tuple(key): number for *key, number in snapshot.exec(counted)})


def each_once(learners: Sequence[str], *stacks: tuple[str, int]) -> Counter[tuple[str, str, int]]:
    """What there should be: every stack once, of everybody."""
    return Counter((learner, *stack) for learner in learners for stack in stacks)


# ---- the same, by many


class TwoVersions:
    """A pathway in two versions: some follow the first, all others the one in force. Four badges complete both."""

    def __init__(self, world: World, count: int) -> None:
        service = world.client.app.state.service
        first = {"Essential": (all_of("A", "B", "D"), "auto"), "Skill": (all_of("Essential", "C"), "auto")}
        world.pathway("Skill", first)
        followers, others = crowd(service, count), crowd(service, count)
        for learner in followers:
            world.enrol(learner, "Skill")
        second = {"Essential": (all_of("A", "B"), "auto"), "Skill": (all_of("Essential", "C", "D"), "auto")}
        world.pathway("Skill", second)
        self.learners = [*followers, *others]
        self.badges = [world.achievements[name] for name in "ABCD"]
        self.stacks = [world.achievements[name] for name in ("Essential", "Skill")]
        self.due = each_once(followers, *((stack, 1) for stack in self.stacks))
        self.due += each_once(others, *((stack, 2) for stack in self.stacks))
        self.given = each_once(self.learners, *((badge, 0) for badge in self.badges))


def test_the_same_award_from_24_threads_is_one_award(world: World):
    service, badge, amy = world.client.app.state.service, world.badge("A"), world.learner("Amy")
    barrier = Barrier(24)
    with ThreadPoolExecutor(24) as pool:
        granted = list(pool.map(lambda _: grant(service, amy, badge, barrier), range(24)))
    assert len({one.award.id for one in granted}) == 1
    assert sum(not one.repeated for one in granted) == 1
    assert held(service, amy) == [badge]


def test_24_threads_awarding_all_to_all_bring_each_milestone_once_under_the_version_followed(world: World):
    service, crowds = world.client.app.state.service, TwoVersions(world, 4)
    barrier = Barrier(24, timeout=PATIENCE)

    def award(number: int) -> None:
        barrier.wait()
        start, badge = number % len(crowds.learners), crowds.badges[number % 4]
        for learner in crowds.learners[start:] + crowds.learners[:start]:
            grant(service, learner, badge)

    with ThreadPoolExecutor(24) as pool:
        list(pool.map(award, range(24)))
    assert awards(service, *crowds.badges) == crowds.given
    assert awards(service, *crowds.stacks) == crowds.due


PROCESS = """
import sys
from clr.app import open_service
from clr.cli import OPERATOR
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


def process(settings, *arguments: str, program: str = PROCESS) -> subprocess.Popen[str]:
    """Another process of the same institution, which says when it is ready and waits for a word."""
    env = {
        "PATH": "/usr/bin:/bin",
        "CLR_DATA_DIR": str(settings.data_dir),
        "CLR_DATABASE_URL": settings.database_url,
    }
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=env,
    )


def test_two_processes_awarding_all_to_all_bring_each_milestone_once_under_the_version_followed(
    world: World, settings
):
    service, crowds = world.client.app.state.service, TwoVersions(world, 10)
    everybody = ",".join(crowds.learners)
    orders = (crowds.badges, crowds.badges[::-1])
    processes = [process(settings, everybody, ",".join(badges)) for badges in orders]
    for one in processes:
        assert one.stdout.readline() == "ready\n"
    for one in processes:
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in processes:
        one.communicate(timeout=PATIENCE)
        assert one.returncode == 0
    assert awards(service, *crowds.badges) == crowds.given
    assert awards(service, *crowds.stacks) == crowds.due


# ---- two acts at the same moment, again and again


def test_two_last_badges_at_once_bring_the_milestone_exactly_once(world: World):
    service = world.client.app.state.service
    world.stack("Essential", all_of("A", "B"))
    essential, a, b = (world.achievements[name] for name in ("Essential", "A", "B"))
    learners = crowd(service, LAST_BADGES[service.engine.dialect.name])
    race(service, learners, granting(service, a), granting(service, b))
    assert awards(service, essential) == each_once(learners, (essential, 1))


def test_a_last_badge_beside_the_settling_of_a_publication_brings_all_that_is_due_exactly_once(world: World):
    """What was published is due to holders of A; what stands above it, to those who are given B besides."""
    service = world.client.app.state.service
    a, b = world.badge("A"), world.badge("B")
    learners = crowd(service, REPETITIONS[service.engine.dialect.name], a)
    job_left_undone = {"Essential": (all_of("A"), "auto"), "Skill": (all_of("Essential", "B"), "auto")}
    made = world.post(
        "/v1/pathways", {"issuer_id": world.issuer(), "draft": world.draft("Skill", job_left_undone)}
    )
    world.post(f"/v1/pathways/{made['id']}/publish", {})
    essential, skill = (world.achievements[name] for name in ("Essential", "Skill"))
    assert not awards(service, essential, skill)

    def settling(session: Session, learner: str) -> None:
        people.lock_learner(session, learner)
        settle(session, learner, at=service.clock(), urls=service.urls)

    race(service, learners, granting(service, b), settling)
    assert awards(service, essential, skill) == each_once(learners, (essential, 1), (skill, 1))


def test_a_last_badge_beside_a_waiver_of_the_other_part_brings_the_milestone_exactly_once(world: World):
    service = world.client.app.state.service
    world.stack("Essential", all_of("A", "B"))
    essential, a = world.achievements["Essential"], world.badge("A")
    path = f"/v1/pathways/{world.pathways['Essential']}/versions/1"
    stacks = world.client.get(path, headers=world.admin).json()["stacks"]
    wanted = Wanted(stacks[essential]["requirement"]["parts"][1]["requirement"]["id"], "Shown before.")
    learners = crowd(service, REPETITIONS[service.engine.dialect.name])

    ada = replace(OPERATOR, person_id=world.people["Ada Admin"])  # somebody answers for an exception

    def waiving(session: Session, learner: str) -> None:
        excepting.allow(session, ada, learner, wanted, at=service.clock(), urls=service.urls)

    race(service, learners, granting(service, a), waiving)
    assert awards(service, essential) == each_once(learners, (essential, 1))


# ---- other acts beside an award


def test_a_badge_revoked_while_the_last_one_arrives_leaves_no_milestone_behind(world: World):
    service = world.client.app.state.service
    world.stack("Essential", all_of("A", "B"))
    badge = world.badge("B")
    for number in range(10):
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
