"""The published graph, built once per version of the catalogue and shared by every request."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Pool
from sqlmodel import Session, col, select

from clr.ids import AchievementId, LearnerId, PathwayId
from clr.pathways import Policy, Stack, StackingGraph, Versions
from clr.pathways.wire import load_stored
from clr.store.tables import Catalogue, Enrolment, PathwayVersion, StackVersion

KEPT = 8
"""Graphs kept at once: several versions may be read while a new one is published."""

_graphs: WeakKeyDictionary[Pool, OrderedDict[int, StackingGraph]] = WeakKeyDictionary()
"""By database (its pool of connections) and version of the catalogue."""

_building = threading.Lock()


@dataclass(frozen=True, slots=True)
class Pin:
    """One version of a pathway that a learner follows, with the stack versions it froze."""

    pathway_id: PathwayId
    version: int
    stacks: Mapping[AchievementId, int]


def current_graph(snapshot: Session) -> StackingGraph:
    """Return the graph at the catalogue version of this snapshot; built by one thread, used by all.

    Not to be asked after a publication in the same transaction, which may yet be undone.
    """
    version = snapshot.exec(select(Catalogue.version)).one()
    kept = _graphs.setdefault(snapshot.connection().engine.pool, OrderedDict())
    if version not in kept:
        with _building:
            if version not in kept:
                kept[version] = _build(snapshot)
                while len(kept) > KEPT:
                    kept.popitem(last=False)
    return kept[version]


def _build(snapshot: Session) -> StackingGraph:
    rows = snapshot.exec(select(StackVersion))
    return StackingGraph(
        Stack(row.achievement_id, row.version, load_stored(row.requirement), Policy(row.policy))
        for row in rows
    )


def pins(snapshot: Session, learner_id: LearnerId) -> list[Pin]:
    """Return the pathway versions a learner is enrolled in now."""
    rows = snapshot.exec(
        select(PathwayVersion)
        .join(
            Enrolment,
            (col(Enrolment.pathway_id) == col(PathwayVersion.pathway_id))
            & (col(Enrolment.version) == col(PathwayVersion.version)),
        )
        .where(col(Enrolment.learner_id) == learner_id, col(Enrolment.left_at).is_(None))
        .order_by(col(PathwayVersion.pathway_id))
    )
    return [
        Pin(row.pathway_id, row.version, {AchievementId(key): value for key, value in row.stacks.items()})
        for row in rows
    ]


def versions(graph: StackingGraph, pinned: list[Pin]) -> Versions:
    """Return under which versions milestones follow: every pinned one, else the one in force."""
    found: dict[AchievementId, set[int]] = {}
    for pin in pinned:
        for achievement, version in pin.stacks.items():
            found.setdefault(achievement, set()).add(version)
    return {achievement: {version} for achievement, version in graph.current.items()} | found
