"""A file from the registrar's office: the good rows through the same acts as one award, each bad row with its cure."""

import pytest

from clr.cli import OPERATOR
from clr.errors import BadInput
from clr.registrar.importing import Imported, Importer
from tests.worlds import World, all_of

HEADER = "learner_email,learner_name,achievement,earned_on,valid_until,result\n"


@pytest.fixture
def importer(world: World) -> Importer:
    service = world.client.app.state.service
    return Importer(service.engine, OPERATOR, service.urls, service.clock)


def awards(world: World, email: str) -> list[dict]:
    found = world.client.get("/v1/learners", params={"email": email}, headers=world.admin).json()["items"]
    path = f"/v1/learners/{found[0]['id']}/awards"
    return world.client.get(path, headers=world.admin).json()["items"]


def test_a_row_does_what_a_single_award_does(world: World, importer: Importer):
    world.stack("Essential", all_of("A", "B"))
    text = HEADER + "amy@x.example,Amy,A,2024-05-02,,\namy@x.example,Amy,B,2025-05-02,,\n"
    done = importer.awards(text.encode())
    assert (done.new, done.unchanged, done.faults) == (2, 0, [])
    by_name = {award["name"]: award for award in awards(world, "amy@x.example")}
    assert by_name["Essential"]["origin"] == "derived"
    assert by_name["Essential"]["earned_on"] == "2025-05-02T00:00:00Z"
    assert by_name["A"]["origin"] == "recorded"


def test_importing_the_same_file_again_changes_nothing(world: World, importer: Importer):
    world.badge("A")
    text = (HEADER + "amy@x.example,Amy,A,2024-05-02,,\n").encode()
    importer.awards(text)
    again = importer.awards(text)
    assert (again.new, again.unchanged) == (0, 1)
    assert len(awards(world, "amy@x.example")) == 1


def test_bad_rows_are_told_with_line_column_and_cure_and_good_ones_are_kept(world: World, importer: Importer):
    world.badge("Essay Writing")
    text = (
        HEADER
        + "amy@x.example,Amy,Essay Writing,2024-05-02,,\n"
        + "bob@x.example,Bob,Esay Writing,2024-05-02,,\n"
        + "cat@x.example,Cat,Essay Writing,02.05.2024,,\n"
        + ",,Essay Writing,2024-05-02,,\n"
        + "dan@x.example,Dan,Essay Writing,2031-05-02,,\n"
        + "eve@x.example,,Essay Writing,2024-05-02,,\n"
        + "fay@x.example,Fay,Essay Writing,2024-05-02,2023-01-01,\n"
        + "guy@x.example,Guy,Essay Writing,2024-05-02,,Great\n"
        + "hal@x.example,Hal,Essay Writing,2024-05-02,,,too much\n"
    )
    done = importer.awards(text.encode())
    assert done.new == 1
    assert [(fault.line, fault.column) for fault in done.faults] == [
        (3, "achievement"),
        (4, "earned_on"),
        (5, "learner_email"),
        (6, "earned_on"),
        (7, "learner_name"),
        (8, "valid_until"),
        (9, "result"),
        (10, ""),
    ]
    assert 'Did you mean "Essay Writing"?' in done.faults[0].says
    assert "2026-01-31" in done.faults[1].says
    found = world.client.get("/v1/learners", headers=world.admin).json()["items"]
    assert [learner["name"] for learner in found] == ["Amy"]


@pytest.mark.parametrize(
    ("encoding", "separator"), [("utf-8-sig", ","), ("utf-16", ";"), ("utf-8", "\t"), ("utf-8", ";")]
)
def test_files_are_read_as_people_save_them(world: World, importer: Importer, encoding: str, separator: str):
    world.badge("Écrire")
    text = f"learner_email{separator}learner_name{separator}achievement\r\n" + separator.join(
        ("zoe@x.example", "Zoë", "Écrire")
    )
    assert importer.awards(text.encode(encoding)).new == 1
    assert awards(world, "zoe@x.example")[0]["name"] == "Écrire"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"learner_email,achivement\n", 'Did you mean "achievement"?'),
        (b"learner_email\n", "The column achievement is missing."),
        (b"achievement,achievement\n", "appears twice"),
        ("learner_email,achievement\nzoë@x.example,A\n".encode("latin-1"), "Save it again as CSV UTF-8"),
        (b"", "The column achievement is missing."),
        (b"achievement\nA\x00\n", "NUL"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(importer: Importer, content: bytes, says: str):
    with pytest.raises(BadInput, match=says.replace("?", r"\?")):
        importer.awards(content)


def test_a_dry_run_changes_nothing(world: World, importer: Importer):
    world.badge("A")
    dry = Importer(importer.engine, OPERATOR, importer.urls, importer.clock, dry_run=True)
    done: Imported = dry.awards((HEADER + "amy@x.example,Amy,A,2024-05-02,,\n").encode())
    assert done.new == 1
    assert world.client.get("/v1/learners", headers=world.admin).json()["items"] == []


def test_learners_are_brought_in_once(importer: Importer):
    text = b"name,email,external_id\nAmy,amy@x.example,N1\nBob,bob@x.example,N1\n"
    done = importer.learners(text)
    assert (done.new, [(fault.line, fault.column) for fault in done.faults]) == (1, [(3, "external_id")])
    assert importer.learners(text).unchanged == 1
