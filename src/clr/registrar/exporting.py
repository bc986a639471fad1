"""Pathways for reading elsewhere: what differs between two states of one, and one as a file."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum

from sqlmodel import Session

from clr.ids import AchievementId, PathwayId
from clr.pathways import Draft, DraftStack, achievements_in
from clr.pathways.comparing import Change, changes
from clr.pathways.ctdl import Described, Published, published
from clr.pathways.writing import as_json, as_text
from clr.registrar import authoring, catalog, graphs
from clr.registrar.policy import Caller
from clr.registrar.urls import Urls


class Form(StrEnum):
    """How a pathway is written down."""

    JSON = "json"
    TEXT = "text"


def difference(
    snapshot: Session, caller: Caller, pathway_id: PathwayId, earlier: int, later: int | None
) -> Sequence[Change]:
    """Return what differs between two published versions, or (``later=None``) what publishing the draft would change."""
    if later is None:
        after = _as_published(snapshot, authoring.draft(snapshot, caller, pathway_id).draft)
    else:
        after = authoring.version(snapshot, pathway_id, later).draft
    before = authoring.version(snapshot, pathway_id, earlier).draft
    return changes(before, after, _namer(snapshot, before, after))


def exported(snapshot: Session, caller: Caller, pathway_id: PathwayId, number: int | None, form: Form) -> str:
    """Return a published version, or (``number=None``) the draft, as a file."""
    facts = authoring.pathway(snapshot, pathway_id)
    drawn = _state(snapshot, caller, pathway_id, number)
    if form is Form.JSON:
        return as_json(drawn, facts.issuer_id)
    return as_text(drawn, _namer(snapshot, drawn))


def in_ctdl(snapshot: Session, pathway_id: PathwayId, number: int, urls: Urls) -> Published:
    """Return a published version as a CTDL document, with the list of what CTDL cannot say of it."""
    drawn = authoring.version(snapshot, pathway_id, number).draft
    issuer = catalog.issuer(snapshot, authoring.pathway(snapshot, pathway_id).issuer_id)
    known = catalog.achievements_by_id(snapshot, set(_asked(drawn)))

    def described(key: AchievementId) -> Described:
        found, address = known[key], urls.achievement(key)
        return Described(found.name, address, found.kind, found.achievement_type, found.description)

    address, owner = urls.pathway(pathway_id), urls.issuer(issuer.slug)
    return published(drawn, described, address=address, owner=owner)


def _state(snapshot: Session, caller: Caller, pathway_id: PathwayId, number: int | None) -> Draft:
    if number is None:
        return authoring.draft(snapshot, caller, pathway_id).draft
    return authoring.version(snapshot, pathway_id, number).draft


def _as_published(snapshot: Session, drawn: Draft) -> Draft:
    """Add the stacks of other pathways that a publication would freeze together with what is drawn."""
    graph = graphs.current_graph(snapshot)
    stacks, waiting = dict(drawn.stacks), _asked(drawn)
    while waiting:
        key = waiting.pop()
        if key not in stacks and key in graph.current:
            stack = graph.stacks[key, graph.current[key]]
            stacks[key] = DraftStack(stack.requirement, stack.policy, stack.on_lost)
            waiting += achievements_in(stack.requirement)
    return replace(drawn, stacks=stacks)


def _asked(drawn: Draft) -> list[AchievementId]:
    inside = (part for stack in drawn.stacks.values() for part in achievements_in(stack.requirement))
    return [drawn.goal, *drawn.stacks, *inside]


def _namer(snapshot: Session, *drafts: Draft) -> Callable[[AchievementId], str]:
    names = catalog.names(snapshot, {key for drawn in drafts for key in _asked(drawn)})
    return lambda key: names.get(key, key)
