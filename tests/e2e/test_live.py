"""Live events: whatever process an award was made in, an open dashboard hears of it at once, and misses nothing."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.worlds import World, all_of

AWARD = """
import sys, time
from clr.registrar import awarding
from clr.registrar.awarding import GrantRequest
from clr.registrar.people import Who
from clr.app import open_service
from clr.cli import OPERATOR
from clr.settings import Settings
from clr.store.sessions import transaction
service = open_service(Settings())
print("ready", flush=True)
sys.stdin.readline()
with transaction(service.engine) as session:
    request = GrantRequest(sys.argv[2], Who(learner_id=sys.argv[1]))
    awarding.grant(session, OPERATOR, request, at=service.clock(), urls=service.urls)
print(time.time(), flush=True)
"""
"""Another process of the same service: says when it is ready, awards when told, says when it was committed."""


@contextmanager
def other_process(settings, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    env = {
        "PATH": "/usr/bin:/bin",
        "CLR_DATA_DIR": str(settings.data_dir),
        "CLR_DATABASE_URL": settings.database_url,
    }
    with subprocess.Popen(
        [sys.executable, "-c", AWARD, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=env,
    ) as process:
        assert process.stdout.readline() == "ready\n"
        yield process
        process.stdin.close()


class Listener(threading.Thread):
    """An open dashboard: keeps every event with the moment it was heard."""

    def __init__(self, url: str, headers: dict[str, str], wanted: int, **more: str) -> None:
        super().__init__(daemon=True)
        self.url, self.headers, self.wanted = url, headers | more, wanted
        self.heard: list[tuple[float, str, int, dict]] = []
        self.listening = threading.Event()

    def run(self) -> None:
        with (
            httpx.Client(timeout=20) as client,
            client.stream("GET", self.url, headers=self.headers) as answer,
        ):
            assert answer.headers["content-type"].startswith("text/event-stream")
            self.listening.set()
            event: dict[str, str] = {}
            for line in answer.iter_lines():
                name, _, value = line.partition(": ")
                if line:
                    event[name] = value
                    continue
                if "data" in event:
                    told = (time.time(), event["event"], int(event["id"]), json.loads(event["data"]))
                    self.heard.append(told)
                event = {}
                if len(self.heard) >= self.wanted:
                    return


@pytest.mark.parametrize("times", [3])
def test_an_award_of_another_process_reaches_an_open_dashboard_within_a_second(live, settings, times):
    world = World(live)
    world.stack("Essential", all_of("A", "B"))
    for round_ in range(times):
        amy = world.learner(f"Amy {round_}", holds=["A"])
        url = f"{live.url}/v1/learners/me/events"
        listener = Listener(url, world.as_(amy), wanted=3)
        with other_process(settings, amy, world.achievements["B"]) as process:
            listener.start()
            assert listener.listening.wait(5)
            process.stdin.write("go\n")
            process.stdin.flush()
            committed = float(process.stdout.readline())
        listener.join(5)
        assert [kind for _, kind, _, _ in listener.heard] == ["award", "milestone", "progress"]
        assert max(at for at, *_ in listener.heard) - committed < 1
        assert listener.heard[1][3]["name"] == "Essential"
        assert listener.heard[2][3]["says"] == "Complete"


def test_a_dashboard_that_was_away_misses_nothing(live):
    world = World(live)
    world.stack("Essential", all_of("A", "B"))
    amy = world.learner("Amy", holds=["A"])
    world.grant(amy, "B")
    url = f"{live.url}/v1/learners/{amy}/events"
    again = Listener(url, world.as_(amy), wanted=4, **{"Last-Event-ID": "1"})
    again.start()
    again.join(5)
    assert [sequence for _, _, sequence, _ in again.heard] == [2, 3, 4, 5][: len(again.heard)]
    assert len(again.heard) == 4


def test_a_learner_hears_nothing_of_others_and_strangers_hear_nothing(live):
    world = World(live)
    amy, bob = world.learner("Amy"), world.learner("Bob")
    answer = httpx.get(f"{live.url}/v1/learners/{amy}/events", headers=world.as_(bob))
    assert answer.status_code == 404
    assert httpx.get(f"{live.url}/v1/learners/{amy}/events").status_code == 401
    bad = httpx.get(f"{live.url}/v1/learners/{amy}/events", headers=world.as_(amy) | {"Last-Event-ID": "x"})
    assert bad.status_code == 422
