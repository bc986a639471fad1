"""Catalogue and awards in the terms of the documents that are issued."""

from collections.abc import Mapping, Sequence
from typing import Any

from clr.records import assembling
from clr.records.assembling import (
    AlignmentFacts,
    LevelFacts,
    ResultDescriptionFacts,
    ResultFacts,
)
from clr.registrar import catalog
from clr.registrar.urls import Urls
from clr.store.tables import AwardEvidence, Evidence


def issuer_facts(issuer: catalog.IssuerFacts, urls: Urls) -> assembling.IssuerFacts:
    """Return an issuer as it signs."""
    return assembling.IssuerFacts(
        did=urls.issuer_did(issuer.slug),
        name=issuer.name,
        url=issuer.url,
        email=issuer.email,
        description=issuer.description,
    )


def institution_facts(name: str, urls: Urls) -> assembling.IssuerFacts:
    """Return the institution, which issues records and status lists."""
    return assembling.IssuerFacts(did=urls.institution_did, name=name, url=urls.public_url)


def achievement_facts(achievement: catalog.AchievementFacts, urls: Urls) -> assembling.AchievementFacts:
    """Return an achievement as documents describe it; result descriptions get addresses under its own."""
    address = urls.achievement(achievement.id)
    return assembling.AchievementFacts(
        id=address,
        name=achievement.name,
        description=achievement.description,
        criteria=achievement.criteria,
        achievement_type=achievement.achievement_type,
        image=urls.achievement_image(achievement.id),
        tags=achievement.tags,
        alignments=tuple(_alignment(alignment) for alignment in achievement.alignments),
        results=tuple(_result_description(result, address) for result in achievement.result_descriptions),
        credits_available=achievement.credits_available,
        version=achievement.edition,
    )


def result_facts(results: Sequence[Mapping[str, Any]], address: str) -> tuple[ResultFacts, ...]:
    """Return the results of an award of the achievement at ``address``."""
    return tuple(
        ResultFacts(
            result_description=f"{address}#{result['result_description']}",
            value=result.get("value"),
            achieved_level=f"{address}#{result['achieved_level']}" if result.get("achieved_level") else None,
        )
        for result in results
    )


def evidence_facts(row: AwardEvidence, file: Evidence | None, urls: Urls) -> assembling.EvidenceFacts:
    """Return one piece of evidence: an uploaded file by its private address and digest, or an outside address."""
    return assembling.EvidenceFacts(
        id=urls.evidence(file.id) if file else row.url or "",
        name=row.name,
        narrative=row.narrative,
        genre=row.genre,
        digest=file.digest if file else None,
    )


def _alignment(alignment: Mapping[str, Any]) -> AlignmentFacts:
    return AlignmentFacts(
        name=alignment["name"],
        url=alignment["url"],
        framework=alignment.get("framework"),
        code=alignment.get("code"),
        target_type=alignment.get("type"),
        description=alignment.get("description"),
    )


def _result_description(result: Mapping[str, Any], address: str) -> ResultDescriptionFacts:
    levels = tuple(
        LevelFacts(f"{address}#{level['id']}", level["name"], level.get("points"), level.get("description"))
        for level in result.get("levels") or ()
    )
    wanted = result.get("required_level")
    required = next(
        (
            f"{address}#{level['id']}"
            for level in result.get("levels") or ()
            if wanted in (level["id"], level["name"])
        ),
        None,
    )
    return ResultDescriptionFacts(
        id=f"{address}#{result['id']}",
        name=result["name"],
        result_type=result["result_type"],
        required_value=result.get("required_value"),
        required_level=required,
        value_min=result.get("value_min"),
        value_max=result.get("value_max"),
        levels=levels,
    )
