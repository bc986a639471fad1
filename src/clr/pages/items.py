"""Awards as a record shows them, to its learner and to whoever opens it."""

from typing import Any

from clr.pages.markdown import markdown
from clr.pages.words import counted, day
from clr.registrar.showing import (
    CHOSEN,
    PathStep,
    ShownAward,
    ShownEvidence,
    ShownRecord,
    ShownSection,
    ShownSkill,
)
from clr.web.service import Service


def record_sections(service: Service, record: ShownRecord, evidence_at: str) -> list[dict[str, Any]]:
    """Return the sections of a record; ``evidence_at`` is the address before an evidence id."""
    return [
        {
            "title": section.title,
            "narrative": section.narrative,
            "items": [item_context(service, item, evidence_at) for item in section.items],
        }
        for section in record.sections
    ]


def item_context(service: Service, award: ShownAward, evidence_at: str) -> dict[str, Any]:
    """Return what templates take as one award of a record."""
    return {
        "award": {
            "id": award.award_id,
            "name": award.name,
            "kind": award.kind,
            "colour": award.colour,
            "image": service.urls.achievement_image(award.achievement_id),
            "achievement_id": award.achievement_id,
            "issuer_name": award.issuer_name,
            "issuer_href": f"/issuers/{award.issuer_slug}",
            "state": "earned" if award.state == "live" else award.state,
            "state_words": _state_words(award),
            "because": award.because,
            "description": award.description,
            "earned_on_words": day(award.earned_on),
            "expires_words": day(award.valid_until) if award.valid_until else "Does not expire",
            "criteria_html": markdown(award.criteria),
            "narrative": award.narrative,
            "assessor": award.assessor,
        },
        "results": [
            {
                "name": result.name,
                "value": result.value,
                "level": result.level,
                "levels_on": result.levels_on,
                "levels_of": result.levels_of,
                "required": result.required,
            }
            for result in award.results
        ],
        "evidence": [_evidence(item, evidence_at) for item in award.evidence],
        "path": _path(service, award),
        "also_counts_toward": list(award.also_counts_toward),
        "reflection": award.reflection,
    }


def skill_lines(service: Service, record: ShownRecord) -> list[dict[str, Any]]:
    """Return the skills of a record with how each was assessed and the award that says most of it."""
    awards = {item.award_id: item for section in record.sections for item in section.items}
    return [
        {
            "name": skill.name[:1].upper() + skill.name[1:],
            "says": _assessed(skill),
            "award": {
                "id": skill.award_id,
                "name": awards[skill.award_id].name,
                "kind": awards[skill.award_id].kind,
                "colour": awards[skill.award_id].colour,
                "image": service.urls.achievement_image(awards[skill.award_id].achievement_id),
            },
        }
        for skill in record.skills
    ]


def _assessed(skill: ShownSkill) -> str:
    if not skill.assessed:
        return f"Shown by {counted(skill.awards, 'award')}"
    times = {1: "once", 2: "twice"}.get(skill.assessed, f"{skill.assessed} times")
    return f"Assessed {times} by {'one person' if skill.assessors == 1 else f'{skill.assessors} people'}"


def one_award(award_id: str, others: list[str]) -> dict[str, Any]:
    """Return the arrangement of a record that shows one award alone, its paths told by ``others``."""
    item = {"award_id": award_id, "reflection": ""}
    section = {"title": "", "narrative": "", "items": [item]}
    return {"title": "", "narrative": "", "learner_name": None, "sections": [section], "parents": others}


def first_item(record: ShownRecord) -> ShownAward:
    """Return the only award of a record that shows one alone."""
    section: ShownSection = record.sections[0]
    return section.items[0]


def _state_words(award: ShownAward) -> str:
    if award.state == "expired" and award.valid_until is not None:
        return f"Expired {day(award.valid_until)}"
    return {"live": "In force", "revoked": "Revoked", "suspended": "Suspended"}.get(award.state, award.state)


def _evidence(item: ShownEvidence, evidence_at: str) -> dict[str, Any]:
    return {
        "name": item.name,
        "url": f"{evidence_at}/{item.evidence_id}" if item.evidence_id else item.url,
        "genre": item.genre,
        "narrative": item.narrative,
    }


def _part(service: Service, step: PathStep) -> dict[str, Any]:
    told = {"name": step.name, "kind": step.kind, "state": step.state, "says": step.says, "note": step.note}
    if step.achievement_id is None:
        return told
    image = service.urls.achievement_image(step.achievement_id) if step.state == CHOSEN else None
    return {**told, "colour": step.colour, "image": image}


def _path(service: Service, award: ShownAward) -> dict[str, Any] | None:
    if not award.path:
        return None
    met = sum(step.state != "not_needed" for step in award.path)
    return {
        "name": award.name,
        "kind": award.kind,
        "colour": award.colour,
        "image": service.urls.achievement_image(award.achievement_id),
        "says": f"{counted(met, 'requirement')} met",
        "parts": [_part(service, step) for step in award.path],
    }
