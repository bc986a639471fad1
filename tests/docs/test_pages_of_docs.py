"""What the documents list is what the code has."""

import json
import re
from pathlib import Path

from jsonschema import Draft202012Validator
from typer.main import get_command

from benchmarks.quoting import BEGIN, END, quoted
from clr.cli import main
from clr.errors import ClrError
from clr.pathways.wire import dump, load, schema
from clr.registrar.policy import TABLE, Role
from clr.settings import Settings
from clr.web.problems import STATUS

DOCS = Path(__file__).parents[2] / "docs"


def rows(name: str) -> list[list[str]]:
    text = (DOCS / name).read_text(encoding="utf-8")
    table = [line for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table]


def test_every_setting_is_documented_in_its_own_words():
    documented = {cells[0].strip("`"): cells[2] for cells in rows("settings.md")}
    assert documented == {
        f"CLR_{name.upper()}": field.description for name, field in Settings.model_fields.items()
    }


def test_every_default_is_the_documented_one():
    for name, default, _ in rows("settings.md"):
        field = Settings.model_fields[name.strip("`").removeprefix("CLR_").lower()]
        shown = {None: "none", (): "`[]`"}.get(field.default, f"`{field.default}`")
        assert default == shown, name


def test_every_command_is_documented_in_its_own_words():
    documented = {cells[0].strip("`"): cells[1] for cells in rows("commands.md")}
    assert documented == {
        f"clr {name}": (command.help or "").partition("\n")[0]
        for name, command in get_command(main).commands.items()
    }


def test_every_requirement_shown_is_one_and_fits_the_published_schema():
    text = (DOCS / "requirements.md").read_text(encoding="utf-8")
    shown = [json.loads(found) for found in re.findall(r"```json\n(.*?)```", text, re.DOTALL)]
    validator = Draft202012Validator(schema())
    for example in shown:
        validator.validate(example)
        assert load(dump(load(example))) == load(example)
    assert {example["kind"] for example in shown} == {"holds", "all_of", "at_least", "credits"}


def test_the_readme_quotes_the_figures_as_they_were_measured():
    measured = json.loads((DOCS.parent / "benchmarks/results.json").read_text(encoding="utf-8"))
    _, _, rest = (DOCS.parent / "README.md").read_text(encoding="utf-8").partition(BEGIN)
    assert rest.partition(END)[0] == quoted(measured)
    assert all(row["holds"] for row in measured)


def test_every_refusal_is_documented_with_its_status():
    documented = {cells[0].strip("`"): int(cells[1]) for cells in rows("errors.md")}
    assert documented == {kind.code: status for kind, status in STATUS.items()}


def test_every_deed_is_documented_with_the_roles_that_allow_it():
    text = (DOCS / "roles.md").read_text(encoding="utf-8")
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    (_, *roles), *deeds = lines
    documented = {
        deed: {role for role, says in zip(roles, told, strict=True) if says == "yes"} for deed, *told in deeds
    }
    staff = set(Role) - {Role.LEARNER}
    assert documented == {deed.value: set(allowed) & staff for deed, allowed in TABLE.items()}


def test_no_refusal_is_left_without_a_status():
    def kinds(kind: type[ClrError]):
        for narrower in kind.__subclasses__():
            yield narrower
            yield from kinds(narrower)

    assert [kind for kind in kinds(ClrError) if not STATUS.keys() & set(kind.__mro__)] == []


def test_links_between_documents_lead_somewhere():
    root = DOCS.parent
    for page in (*root.glob("*.md"), *DOCS.rglob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"
