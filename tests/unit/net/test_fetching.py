"""A document is fetched from where an operator says, and never waited for without end."""

import http.server
import threading
import time
from collections.abc import Iterator

import pytest

from clr.errors import BadInput
from clr.net import fetching


class Elsewhere(http.server.BaseHTTPRequestHandler):
    """Another machine: each address answers in its own way."""

    asked: list[str] = []  # noqa: RUF012  one list for all requests of a test

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "/record")
            self.end_headers()
            return
        self.send_response(404 if self.path == "/absent" else 200)
        self.send_header("Content-Type", "application/vc+ld+json")
        self.end_headers()
        try:
            for _ in range({"/large": 6000, "/slow": 40}.get(self.path, 1)):
                self.wfile.write(b'{"a": 1}' if self.path == "/record" else b" " * 1024)
                time.sleep(0.05 if self.path == "/slow" else 0)
        except OSError:
            return  # whoever asked has had enough

    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    Elsewhere.asked.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(5)


def test_a_document_comes_with_what_it_is(elsewhere: str):
    assert fetching.fetch(f"{elsewhere}/record") == fetching.Fetched(b'{"a": 1}', "application/vc+ld+json")


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/absent", "answers 404"),
        ("/away", "answers 302"),
        ("/large", "more than 4 MiB"),
        ("/slow", "takes longer"),
    ],
)
def test_what_is_no_document_is_refused_with_the_reason(
    elsewhere: str, path: str, says: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(fetching, "SECONDS", 0.3 if path == "/slow" else fetching.SECONDS)
    with pytest.raises(BadInput, match=says):
        fetching.fetch(elsewhere + path)


def test_an_address_that_leads_elsewhere_is_not_followed(elsewhere: str):
    with pytest.raises(BadInput):
        fetching.fetch(f"{elsewhere}/away")
    assert Elsewhere.asked == ["/away"]


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1/", "http://", "http://[::1", "https://127.0.0.1:1/x"]
)
def test_an_address_where_nobody_answers_is_refused_in_a_sentence(address: str):
    with pytest.raises(BadInput, match="cannot be fetched"):
        fetching.fetch(address)
