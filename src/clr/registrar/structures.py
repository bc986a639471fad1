"""What a published pathway asks of anybody, as an explained tree in which nothing is held."""

from typing import Any

from sqlmodel import Session

from clr.errors import NotFound
from clr.ids import PathwayId
from clr.pathways import progress_toward
from clr.registrar import authoring, catalog, graphs
from clr.registrar.authoring import VersionFacts
from clr.registrar.explaining import achievements_told, clause_json


def asked_by(
    snapshot: Session, pathway_id: PathwayId, *, version: int | None = None
) -> tuple[VersionFacts, dict[str, Any]]:
    """Return a version of a pathway, by default the current one, and its requirement of whoever holds nothing yet."""
    facts = _version(snapshot, pathway_id, version)
    asked = progress_toward(
        graphs.current_graph(snapshot), facts.draft.goal, (), at=facts.published_at, pins=facts.stacks
    )
    names = catalog.names(snapshot, achievements_told(asked.root))
    return facts, clause_json(asked.root, names)


def _version(snapshot: Session, pathway_id: PathwayId, version: int | None) -> VersionFacts:
    if version is not None:
        return authoring.version(snapshot, pathway_id, version)
    current = authoring.published(snapshot).get(pathway_id)
    if current is None:
        authoring.pathway(snapshot, pathway_id)
        raise NotFound("This pathway has not been published yet.")
    return current
