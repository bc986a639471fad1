"""A real browser on a running demonstration; what a page logs as an error, or its policy refuses, fails the test."""

import functools
import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from clr.demo import building
from clr.settings import Settings
from tests.conftest import serving

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 10_000
WIDE, PHONE = (1440, 1000), (390, 844)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium; absent means failure, never a skip."""
    path = os.environ.get("CLR_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chrome"))), None
    )
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """Somebody with a browser of their own; ``faults`` is everything that went wrong in it."""

    url: str
    context: BrowserContext
    page: Page
    faults: list[str] = field(default_factory=list)

    def opens(self, path: str) -> Page:
        self.page.goto(path if path.startswith("http") else self.url + path)
        return self.page

    def is_somebody(self, name: str) -> Page:
        """Choose whom to be on the demonstration's own page."""
        self.opens("/demo").get_by_role("button", name=name).click()
        self.page.wait_for_url(f"{self.url}/")
        return self.page

    def was_refused(self, status: int) -> None:
        """Forget what the browser logged of an answer that the test asked for."""
        self.faults[:] = [fault for fault in self.faults if f"status of {status}" not in fault]


@dataclass
class Demonstration:
    """The invented university, being served; ``told`` is its ``demo.json``."""

    url: str
    settings: Settings
    browser: Browser
    told: dict[str, Any]
    visitors: list[Visitor] = field(default_factory=list)

    @property
    def ids(self) -> dict[str, Any]:
        return dict(self.told["ids"])

    def visitor(self, *, size: tuple[int, int] = WIDE, **more: Any) -> Visitor:
        """Somebody new: no cookies, nothing stored."""
        context = self.browser.new_context(viewport={"width": size[0], "height": size[1]}, **more)
        context.set_default_timeout(PATIENCE_MS)
        visitor = Visitor(self.url, context, context.new_page())
        visitor.page.on(
            "console",
            lambda said: (
                said.type == "error" and visitor.faults.append(f"{said.location.get('url')}: {said.text}")
            ),
        )
        visitor.page.on("pageerror", lambda fault: visitor.faults.append(str(fault)))
        self.visitors.append(visitor)
        return visitor

    def command(self, *arguments: str) -> str:
        """Run ``clr`` in a process of its own, on the same data, as staff on the server would."""
        env = {
            "PATH": os.environ["PATH"],
            "CLR_DATA_DIR": str(self.settings.data_dir),
            "CLR_PUBLIC_URL": self.url,
        }
        if self.settings.database_url:
            env["CLR_DATABASE_URL"] = self.settings.database_url
        done = subprocess.run(
            [sys.executable, "-m", "clr", *arguments], env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def demonstrating(settings: Settings, browser: Browser) -> Iterator[Demonstration]:
    """Build the university for an address that is known before, since its documents name it, and serve it."""
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    ours = building.settings_of(settings.model_copy(update={"public_url": url}))
    building.build(ours, fresh=False)
    told = json.loads((ours.data_dir / building.FILE).read_text())
    with serving(ours, sock=sock, demo=True):
        demonstration = Demonstration(url, ours, browser, told)
        yield demonstration
        for visitor in demonstration.visitors:
            visitor.context.close()
    assert [visitor.faults for visitor in demonstration.visitors if visitor.faults] == []


@pytest.fixture(scope="module")
def demonstration(shared_settings: Settings, chromium: Browser) -> Iterator[Demonstration]:
    """One demonstration on each kind of database; each test is about somebody else in it."""
    with demonstrating(shared_settings, chromium) as open_demonstration:
        yield open_demonstration


@pytest.fixture(scope="module")
def standing(
    chromium: Browser, elsewhere: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demonstration]:
    """One demonstration for tests that only look."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("standing"), cors_origins=(elsewhere,), jobs="elsewhere"
    )
    with demonstrating(settings, chromium) as open_demonstration:
        yield open_demonstration


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """A frontend on another origin: the example page of the documents."""
    handler = functools.partial(_Quiet, directory=ROOT / "docs" / "dashboard-example")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(5)
