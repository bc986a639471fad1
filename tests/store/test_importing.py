"""A file from the registrar's office: the good rows through the same acts as one award, each bad row with its cure."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from typer.testing import CliRunner

from clr.cli import OPERATOR, main
from clr.errors import BadInput
from clr.registrar.importing import CHUNK, Imported, Importer
from tests.worlds import World, all_of, at_least

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
        (b'"learner_email,achievement\n', "Line 1 cannot be read"),
        (b'achievement\n"A\n', "Line 2 cannot be read"),
        (b"achievement\n" + b"A" * 200_000, "Line 2 cannot be read"),
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


def test_a_milestone_is_dated_alike_whatever_the_order_of_the_rows(world: World, importer: Importer):
    world.stack("Essential", at_least(2, "A", "B", "C"))
    earned = [("C", "2025-05-02"), ("B", "2024-05-02"), ("A", "2023-05-02")]
    for email, order in (("amy@x.example", earned), ("ben@x.example", earned[::-1])):
        rows = "".join(f"{email},Somebody,{name},{day},,\n" for name, day in order)
        assert importer.awards((HEADER + rows).encode()).new == 3
        milestone = next(award for award in awards(world, email) if award["name"] == "Essential")
        assert milestone["earned_on"] == "2024-05-02T00:00:00Z"


@pytest.mark.parametrize("mode", [{"dry_run": True}, {}])
def test_a_name_said_in_one_row_serves_every_row_of_the_learner(world: World, importer: Importer, mode: dict):
    world.badge("A", repeatable=True)
    days = (f"{2000 + number // 28}-01-{1 + number % 28:02}" for number in range(CHUNK + 30))
    rows = "".join(f"amy@x.example,,A,{day},,\n" for day in days) + "Amy@X.example,Amy,A,2026-05-02,,\n"
    done = Importer(importer.engine, OPERATOR, importer.urls, importer.clock, **mode).awards(
        (HEADER + rows).encode()
    )
    assert (done.new, done.faults) == (CHUNK + 31, [])


def test_everything_that_is_wrong_with_a_row_is_told_at_once(world: World, importer: Importer):
    world.badge("Essay")
    header = "learner_email,learner_name,achievement,earned_on,valid_until,credits_earned,evidence_url\n"
    done = importer.awards((header + "amy,Amy,Esay,May,9999-12-31,1e400,javascript:alert(1)\n").encode())
    assert [fault.column for fault in done.faults] == [
        "achievement",
        "learner_email",
        "earned_on",
        "valid_until",
        "credits_earned",
        "evidence_url",
    ]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("learner_email", "amy @x.example"),
        ("learner_email", "a@b@c"),
        ("learner_email", "a" * 200 + "@x.example"),
        ("learner_name", "n" * 201),
        ("narrative", "n" * 10_001),
        ("earned_on", "0001-01-01"),
        ("earned_on", "9999-12-31T23:00:00-12:00"),
        ("earned_on", "2024-05-02 09:00"),
        ("earned_on", "2024-02-30"),
        ("credits_earned", "-1"),
        ("credits_earned", "nan"),
        ("credits_earned", "1001"),
        ("credits_earned", "0.00001"),
        ("credits_earned", "٣"),
        ("evidence_url", "https://"),
        ("evidence_url", "http://[x"),
        ("evidence_url", "https://x.example:port/"),
        ("evidence_url", "https://x.example/a b"),
        ("evidence_url", 'https://x.example/"><script>'),
        ("evidence_name", "Essay"),
    ],
)
def test_a_cell_that_cannot_be_kept_is_refused_in_its_column(
    world: World, importer: Importer, column: str, cell: str
):
    world.badge("Essay")
    cells = {"learner_email": "amy@x.example", "learner_name": "Amy", "achievement": "Essay", column: cell}
    quoted = ('"' + text.replace('"', '""') + '"' for text in cells.values())
    done = importer.awards(f"{','.join(cells)}\n{','.join(quoted)}\n".encode())
    told = {"evidence_name": "evidence_url"}.get(column, column)
    assert (done.new, [(fault.line, fault.column) for fault in done.faults]) == (0, [(2, told)])


def test_a_row_that_names_the_wrong_issuer_is_told_who_awards_it(world: World, importer: Importer):
    world.badge("Essay", issuer="World Languages")
    text = b"learner_email,learner_name,achievement,issuer\namy@x.example,Amy,Essay,Engineering\n"
    (fault,) = importer.awards(text).faults
    assert (fault.column, fault.says) == (
        "issuer",
        '"Essay" is not awarded by "Engineering" but by: World Languages.',
    )


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_empty_lines_empty_columns_and_a_header_alone_are_no_fault(
    world: World, importer: Importer, ending: str
):
    world.badge("A")
    header = "Learner Email,Learner Name,Achievement,,"
    assert importer.awards(header.encode()) == Imported()
    text = ending.join([header, "", "amy@x.example,Amy,A,,", ",,,,", ""])
    done = importer.awards(text.encode())
    assert (done.new, done.faults) == (1, [])


def test_cells_that_look_like_markup_or_formulas_are_text_like_any_other(
    world: World, settings, monkeypatch: pytest.MonkeyPatch
):
    world.badge("A")
    names = ["=HYPERLINK(1)", "<script>alert(1)</script>", "[/bold]"]
    rows = "".join(f'{number}@x.example,"{name}",A,,,\n' for number, name in enumerate(names))
    path = settings.data_dir / "history.csv"
    path.write_text(HEADER + rows + '5@x.example,Amy,"[/bold] =A\x1b[2J",,,\n', encoding="utf-8")
    monkeypatch.setenv("CLR_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("CLR_DATABASE_URL", settings.database_url)
    told = CliRunner().invoke(main, ["import", str(path)])
    assert (told.exit_code, told.exception.__class__) == (1, SystemExit)
    assert "3 awards new, 0 there already, 1 problems." in told.output
    assert "[/bold] =A\N{REPLACEMENT CHARACTER}[2J" in told.output
    learners = world.client.get("/v1/learners", headers=world.admin).json()["items"]
    assert sorted(learner["name"] for learner in learners) == sorted(names)


def test_imports_that_meet_wait_for_each_other_whatever_the_order_of_their_rows(
    world: World, importer: Importer
):
    world.stack("Essential", all_of("A", "B"))
    rows = {
        name: [f"l{number}@x.example,Learner,{name},2024-05-02,,\n" for number in range(60)] for name in "AB"
    }
    files = [(HEADER + "".join(order)).encode() for order in (rows["A"], rows["B"][::-1])]
    barrier = Barrier(2)

    def bring(content: bytes) -> Imported:
        barrier.wait()
        return importer.awards(content)

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(bring, files))
    assert [(one.new, one.faults) for one in done] == [(60, [])] * 2
    for number in (0, 31, 59):
        assert {award["name"] for award in awards(world, f"l{number}@x.example")} == {"A", "B", "Essential"}
