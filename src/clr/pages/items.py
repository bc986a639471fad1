"""Awards as a record shows them, to its learner and to whoever opens it."""

from typing import Any

from clr.pages.markdown import markdown
from clr.pages.words import day
from clr.registrar.showing import ShownAward, ShownEvidence, ShownRecord, ShownSection
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
        "path": _path(award),
        "also_counts_toward": list(award.also_counts_toward),
        "reflection": award.reflection,
    }


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


def _path(award: ShownAward) -> dict[str, Any] | None:
    if not award.path:
        return None
    met = sum(step.state != "not_needed" for step in award.path)
    return {
        "name": award.name,
        "says": f"{met} requirement{'' if met == 1 else 's'} met",
        "parts": [{"name": step.name, "state": step.state, "says": step.says} for step in award.path],
    }
