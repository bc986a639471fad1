"""The command line: what was asked is done, and what cannot be is one sentence, never a traceback."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import Result
from typer.main import get_command
from typer.testing import CliRunner

from clr.cli import main
from clr.demo import building
from clr.settings import Settings
from tests.contract.test_privacy import share
from tests.store.test_records import compose
from tests.worlds import World

RUNNER = CliRunner()


class Shell:
    """A shell whose environment sets the service up."""

    def __init__(self, **env: str) -> None:
        self.env = env

    def clr(self, *arguments: str, **more: str) -> Result:
        return RUNNER.invoke(main, arguments, env={**self.env, **more})


@pytest.fixture
def shell(database: str, tmp_path: Path) -> Shell:
    return Shell(CLR_DATABASE_URL=database, CLR_DATA_DIR=str(tmp_path))


@pytest.fixture
def bare(tmp_path: Path) -> Shell:
    """Without a database: for what is refused before one is opened."""
    return Shell(CLR_DATA_DIR=str(tmp_path / "data"), COLUMNS="200")


def refused(done: Result, code: int = 1) -> str:
    """What was said, when it was one sentence."""
    assert done.exit_code == code, done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.stderr.strip()


@pytest.mark.parametrize("name", sorted(get_command(main).commands))
def test_each_command_says_what_it_is_for(name: str):
    done = RUNNER.invoke(main, [name, "--help"])
    command = get_command(main).commands[name]

    assert done.exit_code == 0
    assert command.help.splitlines()[0][:40] in " ".join(done.stdout.split())
    assert all(getattr(option, "help", None) for option in command.params if option.name != "help")


def test_the_first_administrator_comes_by_the_command_line(shell: Shell):
    entered = shell.clr("person", "Ada Admin", "ada@northfield.example", "--role", "admin")
    token = shell.clr("token", "ada@northfield.example")

    assert (entered.exit_code, token.exit_code) == (0, 0), entered.output + token.output
    assert entered.stdout.strip() == "Ada Admin may sign in: clr token ada@northfield.example"
    assert token.stdout.strip().count(".") == 2
    assert len(token.stdout.strip().splitlines()) == 1
    assert "Valid until" in token.stderr


def test_one_address_signs_in_one_person(shell: Shell):
    shell.clr("person", "Ada", "ada@northfield.example")

    again = refused(shell.clr("person", "Ada Again", "ADA@northfield.example"))

    assert again == "Somebody signs in with ADA@northfield.example already."


REFUSED = [
    (("token", "nobody@northfield.example"), "Nobody here has the id"),
    (("person", "Ada", "a@b.example", "--role", "king"), '"king" is no role; there are: assessor, awarder'),
    (("person", "Ada", "a@b.example", "--role", "learner"), '"learner" is no role'),
    (
        ("person", "Ada", "a@b.example", "--role", "author=nobody"),
        'There is no issuer with the slug "nobody".',
    ),
    (("person", "Ada", "ada"), '"ada" is no e-mail address; write name@example.edu.'),
    (("person", " ", "a@b.example"), "NAME is empty"),
    (("import", "nowhere.csv"), "nowhere.csv cannot be read: No such file or directory."),
    (("award", "--learner", "a@b.example", "--achievement", "Debate"), "No achievement is called"),
]


@pytest.mark.parametrize(("arguments", "says"), REFUSED)
def test_what_cannot_be_done_is_one_sentence(shell: Shell, arguments: tuple[str, ...], says: str):
    assert says in refused(shell.clr(*arguments))


def test_the_service_says_that_its_database_is_up_to_date_without_its_password(shell: Shell):
    done = shell.clr("migrate")

    assert done.exit_code == 0
    assert "is up to date." in done.stdout


@pytest.mark.parametrize("command", ["serve", "migrate", "settle", "worker"])
def test_a_database_that_does_not_answer_is_one_sentence(bare: Shell, command: str):
    url = "postgresql://somebody:secret@127.0.0.1:1/none"

    says = refused(bare.clr(command, CLR_DATABASE_URL=url, CLR_PORT="0"))

    assert says.startswith("The database cannot be used:")
    assert "secret" not in says


@pytest.mark.parametrize("command", [("serve",), ("serve", "--demo"), ("migrate",)])
def test_a_folder_that_cannot_be_written_is_one_sentence(
    bare: Shell, tmp_path: Path, command: tuple[str, ...]
):
    (tmp_path / "file").write_text("in the way")

    says = refused(bare.clr(*command, CLR_DATA_DIR=str(tmp_path / "file" / "data"), CLR_PORT="0"))

    assert "cannot be used" in says
    assert "CLR_DATA_DIR" in says


@pytest.mark.parametrize("command", [("serve",), ("serve", "--demo")])
def test_an_address_that_is_taken_is_said_before_anything_is_built(
    bare: Shell, tmp_path: Path, command: tuple[str, ...]
):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        says = refused(bare.clr(*command, CLR_PORT=str(port)))

    assert says == f"Something listens on 127.0.0.1:{port} already. Stop it, or set CLR_PORT."
    assert not (tmp_path / "data").exists()


def test_an_address_of_another_machine_cannot_be_listened_on(bare: Shell):
    says = refused(bare.clr("serve", CLR_HOST="192.0.2.1"))

    assert says.startswith("192.0.2.1:8000 cannot be listened on:")


def test_only_a_demonstration_can_be_begun_anew(bare: Shell):
    done = bare.clr("serve", "--fresh")

    assert done.exit_code == 2
    assert "say --demo too" in done.stderr


def test_keys_of_a_demonstration_serve_nobody_else(bare: Shell, tmp_path: Path):
    keys = tmp_path / "data" / "keys"
    keys.mkdir(parents=True)
    (keys / building.MARK).write_text("demonstration")

    says = refused(bare.clr("serve", CLR_PORT="0"))

    assert "belong to a demonstration" in says
    assert sorted(file.name for file in keys.iterdir()) == [building.MARK]


SETTINGS = [
    ({"CLR_PORT": "eighty"}, "CLR_PORT: "),
    ({"CLR_PUBLIC_URL": "records.example.edu"}, "CLR_PUBLIC_URL: "),
    ({"CLR_CORS_ORIGINS": "https://a.example"}, "CLR_CORS_ORIGINS is no JSON"),
    ({"CLR_CORS_ORIGINS": '["*"]'}, "CLR_CORS_ORIGINS: "),
    ({"CLR_CORS_ORIGINS": '["https://a.example/"]'}, "CLR_CORS_ORIGINS: "),
    ({"CLR_DATABASE_URL": "oracle://a/b"}, "CLR_DATABASE_URL: "),
    ({"CLR_TOKEN_MINUTES": "0"}, "CLR_TOKEN_MINUTES: "),
]


@pytest.mark.parametrize(("env", "says"), SETTINGS)
@pytest.mark.parametrize("command", ["serve", "migrate", "openapi"])
def test_a_setting_that_makes_no_sense_is_named(bare: Shell, env: dict[str, str], says: str, command: str):
    assert refused(bare.clr(command, **env), code=2).startswith(says)


# A running service


@pytest.fixture
def running(database: str, tmp_path: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    env = {
        "PATH": os.environ["PATH"],
        "CLR_DATA_DIR": str(tmp_path),
        "CLR_DATABASE_URL": database,
        "CLR_PORT": str(port),
        "CLR_PUBLIC_URL": url,
        "CLR_JOBS": "here",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "clr", "serve"], env=env, stderr=subprocess.PIPE, text=True
    ) as process:
        _await(url, process)
        yield process, url
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)


def _await(url: str, process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    process.kill()
    raise AssertionError(process.stderr.read() if process.stderr else "")


def test_a_service_believes_no_proxy_says_not_what_it_is_made_of_and_stops_when_told(running):
    process, url = running
    lies = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.66", "Host": "evil.example"}

    answer = httpx.get(f"{url}/sign-in", headers=lies)
    looked = httpx.head(f"{url}/verify")
    odd = socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])))
    odd.sendall(b"GET /v1/achievements/\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n")
    status = odd.recv(200).split(b" ")[1]
    odd.close()
    process.send_signal(signal.SIGTERM)

    assert answer.status_code == 200
    assert "server" not in answer.headers
    assert (looked.status_code, looked.content) == (200, b"")
    assert status in (b"400", b"401", b"404")
    assert process.wait(15) in (0, -signal.SIGTERM)
    assert "Traceback" not in process.stderr.read()


def test_settings_have_defaults_that_start_a_service_of_ones_own():
    assert Settings().port == 8000


def test_a_shared_record_is_checked_from_the_command_line_by_its_address_and_from_a_file(
    live, settings: Settings, tmp_path: Path
):
    world = World(live)
    amy = world.learner("Amy")
    record = compose(world, amy, world.grant(amy, "Debate", narrative="Spoke well.").award["id"])
    link = share(world, amy, record)["url"]
    shell = Shell(
        CLR_DATABASE_URL=settings.database, CLR_DATA_DIR=str(settings.data_dir), CLR_PUBLIC_URL=live.url
    )
    file = tmp_path / "changed.json"
    file.write_text(live.get(link).text.replace("Spoke well.", "Spoke best."), encoding="utf-8")

    whole, changed, absent = (shell.clr("verify", named) for named in (link, str(file), link + "x"))

    assert (whole.exit_code, whole.stdout.splitlines()[-1]) == (0, "It holds."), whole.output
    assert changed.exit_code == 1
    assert "changed after signing" in " ".join(changed.stdout.split())
    assert "answers 404" in refused(absent)
