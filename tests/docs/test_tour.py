"""The README's tour, word for word, against a demonstration that was just built."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"```(sh|text)\n(.*?)```", re.DOTALL)


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """``clr serve --demo`` in a folder of its own, as ``make run`` starts it."""
    folder, port = tmp_path_factory.mktemp("tour"), free_port()
    env = {"PATH": os.environ["PATH"], "CLR_PORT": str(port), "CLR_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "clr", "serve", "--demo"], cwd=folder, env=env, stdout=log, stderr=log
        )
        try:
            _await(f"http://127.0.0.1:{port}/readyz", process, folder / "log")
            yield folder
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(15) in (0, -signal.SIGTERM)


def _await(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())


def test_the_tour_says_what_happens(demonstration: Path):
    blocks = BLOCK.findall(README.read_text(encoding="utf-8"))
    script = "\n".join(text for kind, text in blocks if kind == "sh")
    expected = "".join(text for kind, text in blocks if kind == "text")
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script],
        cwd=demonstration,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == expected


def test_the_demonstration_keeps_its_secrets_and_names_four_pages(demonstration: Path):
    assert (demonstration / "data/demo/demo.json").stat().st_mode & 0o777 == 0o600
    for key in (demonstration / "data/demo/keys").glob("*.pem"):
        assert key.stat().st_mode & 0o777 == 0o600
    log = (demonstration / "log").read_text()
    assert [name for name in ("Dashboard", "Composer", "Shared record", "Verifier") if name not in log] == []
