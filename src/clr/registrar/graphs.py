"""The published graph, built once per version of the catalogue and shared by every request."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Pool
from sqlmodel import Session, col, select

from clr.ids import AchievementId, LearnerId, PathwayId
from clr.pathways import OnLost, Policy, Stack, StackingGraph, Versions
from clr.pathways.wire import load_stored
from clr.store.tables import Catalogue, Enrolment, PathwayVersion, StackVersion

KEPT = 8
"""Versions kept at once: several may be read while a new one is published."""

T = TypeVar("T")


class ByCatalogue(Generic[T]):
    """Something that only a publication changes: built once per version of a database's catalogue.

    One thread builds, all use. Not to be asked after a publication in the same transaction, which may yet be undone.
    """

    def __init__(self, build: Callable[[Session], T]) -> None:
        """Build with ``build``."""
        self._build = build
        self._building = threading.Lock()
        self._kept: WeakKeyDictionary[Pool, OrderedDict[int, T]] = WeakKeyDictionary()

    def __call__(self, snapshot: Session) -> T:
        """Return it as of the catalogue version this snapshot sees."""
        kept = self._kept.setdefault(snapshot.connection().engine.pool, OrderedDict())
        while True:
            version = snapshot.exec(select(Catalogue.version)).one()
            found = kept.get(version)
            if found is None:
                found = self._built(snapshot, version, kept)
            if found is not None:
                return found

    def _built(self, snapshot: Session, version: int, kept: OrderedDict[int, T]) -> T | None:
        """Build it, ``None`` when something was published meanwhile (a transaction sees that; a snapshot never)."""
        with self._building:
            if version not in kept:
                built = self._build(snapshot)
                if snapshot.exec(select(Catalogue.version)).one() != version:
                    return None
                kept[version] = built
                while len(kept) > KEPT:
                    kept.popitem(last=False)
            return kept[version]


@dataclass(frozen=True, slots=True)
class Pin:
    """One version of a pathway that a learner follows, with the stack versions it froze."""

    pathway_id: PathwayId
    version: int
    stacks: Mapping[AchievementId, int]


def _build(snapshot: Session) -> StackingGraph:
    rows = snapshot.exec(select(StackVersion))
    graph = StackingGraph(
        Stack(
            row.achievement_id,
            row.version,
            load_stored(row.requirement),
            Policy(row.policy),
            OnLost(row.on_lost),
        )
        for row in rows
    )
    # By the one thread that builds: from Python 3.12 on a cached property has no lock of its own.
    _ = graph.compiled
    return graph


current_graph = ByCatalogue(_build)
"""Return the published graph at the catalogue version of a snapshot."""


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


def versions(pinned: list[Pin]) -> Versions:
    """Return under which versions milestones follow: every pinned one; of all other stacks, the one in force."""
    found: dict[AchievementId, set[int]] = {}
    for pin in pinned:
        for achievement, version in pin.stacks.items():
            found.setdefault(achievement, set()).add(version)
    return found
