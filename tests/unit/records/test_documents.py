"""Shapes: what the published schemas refuse is refused here, and what they allow in two forms is read in both."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft201909Validator

from clr.records.contexts import Contexts
from clr.records.documents import shape_problems
from tests.unit.records.papers import Document, Place, badge, get, members, put, record, without

SCHEMAS = {
    "badge": "ob_v3p0/ob_v3p0_achievementcredential_schema.json",
    "record": "clr_v2p0/clr_v2p0_clrcredential_schema.json",
}


def paper(kind: str, contexts: Contexts) -> Document:
    return badge(contexts) if kind == "badge" else record(contexts)


def deformed(document: Document, at: Place) -> list[Any]:
    """A document with one member gone, null, another kind of thing, or in a list where there was none."""
    value = get(document, at)
    others = [None, 7, "x", [], {}, [value], [value, None], True, "2026-11-24"]
    return [without(document, at), *(put(document, at, other) for other in others)]


@pytest.mark.parametrize("kind", SCHEMAS)
def test_whatever_the_published_schema_refuses_is_refused(
    kind: str, contexts: Contexts, standards: Path
) -> None:
    schema = json.loads((standards / "schemas" / SCHEMAS[kind]).read_text(encoding="utf-8"))
    judge = Draft201909Validator(schema, format_checker=Draft201909Validator.FORMAT_CHECKER)
    document = paper(kind, contexts)
    assert judge.is_valid(document)
    assert shape_problems(document) == []

    passed = []
    for at in members(document):
        if at[0] == "type" or "verifiableCredential" in at[:-1] or at[-1] in WORDS:
            continue  # the type is another check's affair, each nested credential is examined by itself
        passed += [
            at for wrong in deformed(document, at) if not shape_problems(wrong) and not judge.is_valid(wrong)
        ]

    assert passed == []


WORDS = ("achievementType", "resultType", "targetType", "identityType", "verifiableCredential")
"""Members for which the standard lists words; new words do no harm to a reader."""


@pytest.mark.parametrize(
    "at",
    [
        ("issuer", "name"),
        ("name",),
        ("validUntil",),
        ("credentialSubject", "narrative"),
        ("credentialSubject", "achievement", "name"),
        ("credentialSubject", "achievement", "resultDescription", 0, "rubricCriterionLevel", 0, "name"),
        ("evidence", 0, "narrative"),
        ("evidence", 0, "digestMultibase"),
        ("proof", "created"),
    ],
)
def test_a_text_in_a_list_of_one_or_null_is_no_text(at: Place, contexts: Contexts) -> None:
    """Its canonical form is the same, so no signature would tell; a reader would see no name, or no end."""
    document = badge(contexts)
    assert shape_problems(put(document, at, [get(document, at)]))
    assert shape_problems(put(document, at, None))


@pytest.mark.parametrize(
    "at",
    [("evidence",), ("credentialSubject", "result"), ("credentialSubject", "achievement", "tag"), ("proof",)],
)
def test_one_thing_may_stand_alone_where_several_may_be_listed(at: Place, contexts: Contexts) -> None:
    document = badge(contexts)
    value = get(document, at)
    assert shape_problems(put(document, at, value[0] if isinstance(value, list) else [value])) == []


@pytest.mark.parametrize("kind", ["badge", "record"])
def test_members_no_standard_names_are_kept_for_the_canonical_form_to_judge(
    kind: str, contexts: Contexts
) -> None:
    document = paper(kind, contexts)
    assert shape_problems({**document, "honours": "summa cum laude"}) == []


@pytest.mark.parametrize(
    "date",
    ["2026-11-24", "2026-11-24T09:00:00", "20261124T090000Z", "2026-W48-2T09:00:00Z", "2026-13-01T00:00:00Z"],
)
def test_a_date_is_a_moment_with_its_zone(date: str, contexts: Contexts) -> None:
    assert [fault.at for fault in shape_problems({**badge(contexts), "validFrom": date})] == ["validFrom"]
