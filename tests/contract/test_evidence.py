"""Evidence: what a file is decides, not what it is called; it is private, and a link opens its own alone."""

import pytest
from httpx import Response

from clr.registrar.policy import Role
from tests.contract.test_privacy import share
from tests.store.test_records import compose
from tests.worlds import World

SCRIPT = b"<script>alert(1)</script>"
PICTURE = b"\x89PNG\r\n\x1a\n" + SCRIPT
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>'
PAGE = b"<!doctype html><html><body onload=alert(1)></html>"


def upload(world: World, content: bytes, name: str = "work.txt", **more: str) -> Response:
    headers = world.admin | {"Content-Type": "application/octet-stream"} | more
    return world.client.post("/v1/evidence", params={"name": name}, content=content, headers=headers)


@pytest.mark.parametrize(
    ("content", "name", "media"),
    [
        (PAGE, "essay.png", "text/plain; charset=utf-8"),
        (DRAWING, "badge.svg", "text/plain; charset=utf-8"),
        (PICTURE, "page.html", "image/png"),
        (b"GIF89a/*" + SCRIPT + b"*/", "x.js", "image/gif"),
        (b"%PDF-1.7\n" + SCRIPT, "x.htm", "application/pdf"),
        (b"plain words", "../../etc/passwd\r\nX-Injected: 1", "text/plain; charset=utf-8"),
    ],
)
def test_a_file_is_given_back_as_what_it_is_and_can_do_nothing(
    world: World, content: bytes, name: str, media: str
) -> None:
    kept = upload(world, content, name, **{"Content-Type": "text/html"}).json()

    given = world.client.get(f"/v1/evidence/{kept['id']}", headers=world.admin)

    assert (given.content, given.headers["content-type"]) == (content, media)
    assert given.headers["x-content-type-options"] == "nosniff"
    assert given.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert given.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert given.headers["cache-control"] == "private, no-store"
    assert "x-injected" not in given.headers
    assert kept["name"] == name


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 415),
        (b"MZ\x90\x00", 415),
        (b"PK\x03\x04", 415),
        (b"\x00words", 415),
        (b"\xff\xfew\x00", 415),
        (b"x" * 10_485_761, 413),
    ],
)
def test_what_is_no_evidence_is_refused_and_leaves_nothing(world: World, content: bytes, status: int) -> None:
    answer = upload(world, content)

    assert answer.status_code == status
    assert kept_files(world) == []


def kept_files(world: World) -> list[str]:
    folder = world.client.app.state.service.settings.data_dir / "files"
    return [file.name for file in folder.iterdir()]


def test_a_form_around_a_file_is_not_kept_as_if_it_were_the_work(world: World) -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\nwork\r\n--x--\r\n'

    answer = upload(world, form, **{"Content-Type": "multipart/form-data; boundary=x"})

    assert answer.status_code == 415
    assert "not a form" in answer.json()["detail"]
    assert kept_files(world) == []


def test_a_learner_who_may_not_upload_leaves_no_file(world: World) -> None:
    amy = world.learner("Amy")

    answer = world.client.post("/v1/evidence?name=a.txt", content=b"mine", headers=world.as_(amy))

    assert answer.status_code == 403
    assert kept_files(world) == []


def test_the_same_upload_twice_is_one_file(world: World) -> None:
    first, again = (upload(world, b"work", **{"Idempotency-Key": "one"}) for _ in range(2))
    renamed = upload(world, b"work", "other.txt", **{"Idempotency-Key": "one"})

    assert (first.status_code, again.status_code, renamed.status_code) == (201, 201, 422)
    assert again.json() == first.json()
    assert len(kept_files(world)) == 1


def test_closing_a_link_closes_its_evidence_at_once(world: World) -> None:
    amy = world.learner("Amy")
    work = upload(world, b"work").json()["id"]
    debate = world.grant(amy, "Debate", evidence=[{"evidence_id": work, "name": "Essay"}]).award["id"]
    opened = share(world, amy, compose(world, amy, debate))
    address = f"/s/{opened['token']}/evidence/{work}"
    before = world.client.get(address)

    world.client.delete(f"/v1/shares/{opened['id']}", headers=world.as_(amy))
    after = world.client.get(address)

    assert (before.status_code, before.content) == (200, b"work")
    assert before.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert after.status_code == 404
    assert after.content == world.client.get(f"/s/unknown/evidence/{work}").content


def test_nobody_gets_to_a_file_by_awarding_with_it(world: World) -> None:
    work = upload(world, b"work").json()["id"]
    amy, ben = world.learner("Amy"), world.learner("Ben")
    world.grant(amy, "Debate", evidence=[{"evidence_id": work, "name": "Essay"}])
    grammar = world.badge("Grammar", issuer="Language School")
    issuer = world.issuers["Language School"]
    mallory = world.person("Mallory", (Role.AWARDER, issuer), (Role.ASSESSOR, issuer))
    body = {
        "learner_id": ben,
        "achievement_id": grammar,
        "evidence": [{"evidence_id": work, "name": "Mine"}, {"evidence_id": "evd_unknown", "name": "None"}],
    }

    answer = world.client.post("/v1/awards", json=body, headers=mallory)

    assert answer.status_code == 422
    assert [(fault["at"], fault["kind"]) for fault in answer.json()["errors"]] == [
        ("evidence[0].evidence_id", "unknown"),
        ("evidence[1].evidence_id", "unknown"),
    ]
    assert world.client.get(f"/v1/evidence/{work}", headers=mallory).status_code == 404
