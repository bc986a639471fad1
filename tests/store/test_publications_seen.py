"""A publication is seen by every process at once, and the graph it makes is built once however many ask for it."""

import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from clr.registrar import graphs
from clr.store.sessions import reading
from tests.store.test_queries import statements
from tests.worlds import Part, World, all_of, at_least

AT_ONCE = 16
PATIENCE = 60

PUBLISH = """
import sys, time
from clr.app import open_service
from clr.registrar import authoring
from clr.registrar.policy import Caller, Role
from clr.settings import Settings
from clr.store.sessions import transaction
service = open_service(Settings())
ada = Caller(sys.argv[2], "Ada Admin", None, frozenset({(Role.ADMIN, "")}))
print("ready", flush=True)
sys.stdin.readline()
with transaction(service.engine) as session:
    authoring.publish(session, ada, sys.argv[1], at=service.clock())
print(time.time(), flush=True)
"""
"""Another process of the same institution: publishes a draft when told, and says when it was committed."""


LARGE = tuple(at_least(1, "A", "C") for _ in range(400))
"""Parts enough that building takes longer than it takes sixteen requests to arrive."""


def redraw(world: World, goal: str, *parts: "Part | str") -> str:
    """Draw the next version of a pathway and leave it unpublished."""
    pathway, draft = world.pathways[goal], world.draft(goal, {goal: (all_of(*parts), "auto")})
    path = f"/v1/pathways/{pathway}/draft"
    tag = world.client.get(path, headers=world.admin).headers["etag"]
    answer = world.client.put(path, json=draft, headers=world.admin | {"If-Match": tag})
    assert answer.status_code == 200, answer.text
    return pathway


def test_what_another_process_publishes_is_seen_by_a_running_service_within_a_second(world: World, settings):
    world.stack("Essential", all_of("A", "B"))
    amy = world.learner("Amy", holds=["A"])
    assert world.progress(amy, "Essential")["says"] == "1 step left"  # from the graph before
    pathway = redraw(world, "Essential", "A", "B", "C")
    env = {
        "PATH": "/usr/bin:/bin",
        "CLR_DATA_DIR": str(settings.data_dir),
        "CLR_DATABASE_URL": settings.database_url,
    }
    command = [sys.executable, "-c", PUBLISH, pathway, world.people["Ada Admin"]]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env
    ) as other:
        assert other.stdout.readline() == "ready\n"
        assert world.progress(amy, "Essential")["says"] == "1 step left"  # nothing is published yet
        other.stdin.write("go\n")
        other.stdin.flush()
        deadline = time.time() + PATIENCE
        while (seen := world.progress(amy, "Essential"))["says"] == "1 step left":
            assert time.time() < deadline
        at = time.time()
        published = float(other.stdout.readline())
    assert (seen["version"], seen["says"]) == (2, "2 steps left")
    assert at - published < 1


def test_the_graph_is_read_and_built_once_for_sixteen_requests_at_the_same_moment(world: World):
    world.stack("Essential", all_of("A", "B"))
    amy, barrier = world.learner("Amy", holds=["A"]), Barrier(AT_ONCE, timeout=PATIENCE)
    path = f"/v1/pathways/{redraw(world, 'Essential', 'B', *LARGE)}/publish"
    assert world.client.post(path, headers=world.admin).status_code in (200, 201)

    def ask(_: int) -> str:
        barrier.wait()
        return str(world.progress(amy, "Essential")["says"])

    with statements(world) as asked, ThreadPoolExecutor(AT_ONCE) as pool:
        told = Counter(pool.map(ask, range(AT_ONCE)))

    assert told == {"1 step left": AT_ONCE}
    assert len([one for one in asked if "FROM stack_version" in one and "WHERE" not in one]) == 1


def test_whoever_is_given_the_graph_is_given_it_compiled(world: World):
    """It is compiled by the one who builds it: from Python 3.12 on no lock keeps the others from doing it too."""
    world.stack("Essential", all_of("A", "B"))
    path = f"/v1/pathways/{redraw(world, 'Essential', 'A', 'B', 'C')}/publish"
    assert world.client.post(path, headers=world.admin).status_code in (200, 201)
    with reading(world.client.app.state.service.engine) as snapshot:
        assert "compiled" in vars(graphs.current_graph(snapshot))
