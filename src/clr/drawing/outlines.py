"""The progress tree as people read it: every clause with its name, where it stands, and what satisfied it.

The outline is the primary form of a pathway; the drawing repeats it, and both are made from the same branches.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from clr.drawing import wording
from clr.drawing.badges import State

Standing = Literal[
    "done",
    "expiring",
    "waived",
    "spare",
    "ready",
    "going",
    "next",
    "open",
    "locked",
    "unfit",
    "lapsed",
    "choice",
    "needless",
    "optional",
    "shown",
]
"""Where a clause stands; ``shown`` where there is no learner, only what is asked for."""

MET: frozenset[Standing] = frozenset({"done", "expiring", "waived"})
ASIDE: frozenset[Standing] = frozenset({"choice", "needless", "optional"})
"""What counts already, and what is off the way."""

SOON = timedelta(days=90)
"""How long before its end an award is called expiring."""

MOST_SEGMENTS = 24
"""More segments than these can no longer be told apart in a ring."""

_SAID: Mapping[Standing, tuple[str, str, State]] = {
    "done": ("Done", "done", "earned"),
    "expiring": ("Expiring", "soon", "expiring"),
    "waived": ("Waived", "waived", "eligible"),
    "spare": ("Also earned", "done", "earned"),
    "ready": ("Ready", "ready", "eligible"),
    "going": ("In progress", "going", "in-progress"),
    "next": ("Up next", "next", "next"),
    "open": ("To do", "none", "next"),
    "locked": ("Locked", "shut", "locked"),
    "unfit": ("Does not count", "warn", "next"),
    "lapsed": ("Lapsed", "soon", "expired"),
    "choice": ("Another choice", "choice", "locked"),
    "needless": ("Not needed", "choice", "locked"),
    "optional": ("Optional", "choice", "locked"),
    "shown": ("", "", "next"),
}
"""Each state in a word or two, the shape beside it, and the finish of the badge."""


@dataclass(frozen=True, slots=True)
class Look:
    """What an achievement is called and how it is drawn; ``also`` are (name, address) of pathways it serves too."""

    achievement_id: str
    name: str
    kind: str
    colour: str
    issuer_name: str = ""
    glyph: str = ""
    image: str | None = None
    href: str = ""
    also: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """An award as an outline names it: ``words`` say when and from whom, ``href`` is its page."""

    award_id: str
    words: str
    href: str


@dataclass(frozen=True, slots=True)
class Branch:
    """One clause with its parts. A stack and its own requirement are one branch; a mere group has no ``look``.

    ``asks`` is the rule on the rail ("Complete 2 of 3"), ``gate`` its short form, ``tally`` how far it is
    ("12.5 of 30 hours"), ``terms`` what else it asks for; all empty without parts. ``notes`` are what is worth
    knowing besides. ``first`` is what must (``strict``) or should come before; ``left`` the share of validity
    that remains while it is expiring.
    """

    look: Look | None
    title: str
    standing: Standing
    says: str
    policy: str | None
    counted: bool
    proofs: tuple[Proof, ...]
    steps_left: int
    steps_exact: bool
    done: int
    steps: int
    asks: str = ""
    gate: str = ""
    tally: str = ""
    terms: tuple[str, ...] = ()
    earned: float = 0
    needed: float = 0
    unit: str | None = None
    clause_id: str | None = None
    category: str | None = None
    notes: tuple[str, ...] = ()
    left: float = 0.0
    first: "Branch | None" = None
    strict: bool = False
    parts: tuple["Branch", ...] = ()

    @property
    def finish(self) -> State:
        """The finish of its badge."""
        return _SAID[self.standing][2]

    @property
    def shape(self) -> str:
        """The shape beside its state."""
        return _SAID[self.standing][1]

    @property
    def words(self) -> str:
        """Its state in a word or two."""
        if self.standing == "ready":
            return "Ready to be assessed" if self.policy == "assessed" else "Ready to be awarded"
        counted = self.standing == "done" and not self.parts and self.counted
        return "Counted" if counted else _SAID[self.standing][0]

    @property
    def met(self) -> bool:
        """Whether it counts already."""
        return self.standing in MET

    @property
    def aside(self) -> bool:
        """Whether it is off the way to the goal."""
        return self.standing in ASIDE

    @property
    def share(self) -> float:
        """How much of what it asks for is there, from 0 to 1."""
        return min(self.earned / self.needed, 1.0) if self.needed else 0.0

    @property
    def depth(self) -> int:
        """How many levels lie below it."""
        return 1 + max(part.depth for part in self.parts) if self.parts else 0

    @property
    def size(self) -> int:
        """How many clauses it has, itself among them."""
        return 1 + sum(part.size for part in self.parts)

    @property
    def leads_on(self) -> bool:
        """Whether something in it wants attention: what comes next, waits for somebody, or does not count."""
        telling = ("next", "ready", "unfit", "lapsed", "expiring")
        return any(part.standing in telling or part.leads_on for part in self.parts)

    @property
    def met_by(self) -> tuple["Branch", ...]:
        """The parts for which it is met, as far as they are."""
        return tuple(part for part in self.parts if part.counted and part.met)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Everything an outline is told by, apart from the tree itself."""

    looks: Mapping[str, Look]
    proofs: Mapping[str, Proof]
    allowances: Mapping[str, Mapping[str, Any]]
    following: str | None
    at: datetime | None

    @property
    def names(self) -> dict[str, str]:
        return {key: look.name for key, look in self.looks.items()}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the tree a clause stands: the clause that asks for it, and how that one stands."""

    parent: Mapping[str, Any] | None = None
    within: Standing | None = None

    @property
    def aside(self) -> Standing | None:
        """How everything here stands that is off the way to the goal; ``None`` on the way."""
        if self.parent is not None and self.parent["complete"]:
            return "needless"
        return self.within if self.within in ASIDE else None


def outline(
    requirement: Mapping[str, Any],
    looks: Mapping[str, Look],
    proofs: Mapping[str, Proof],
    *,
    following: str | None = None,
    allowances: Iterable[Mapping[str, Any]] = (),
    at: datetime | None = None,
) -> Branch:
    """Return the branch of a goal from the ``requirement`` of its progress.

    ``looks`` by achievement and ``proofs`` by award; what they lack is drawn plainly, or left unsaid.
    ``following`` is the achievement that comes next, ``allowances`` the exceptions made for this learner, and
    ``at`` the instant that tells what is about to expire.
    """
    reader = _Reader(looks, proofs, wording.by_id(allowances), following, at)
    return _branch(requirement, reader, _Place())


def structure(branch: Branch) -> Branch:
    """Return the outline without a learner: what is asked for, and nothing of where anybody stands."""
    return replace(
        branch,
        standing="shown",
        done=0,
        steps=0,
        proofs=(),
        earned=0,
        tally="",
        says=branch.asks or branch.title,
        first=structure(branch.first) if branch.first else None,
        parts=tuple(structure(part) for part in branch.parts),
    )


def leading(branches: Sequence[Branch], most: int) -> tuple[Branch, ...]:
    """Return the branches that matter most, at most so many, in the order in which they are required."""
    chosen = sorted(range(len(branches)), key=lambda at: RANK[branches[at].standing])[:most]
    return tuple(branches[at] for at in sorted(chosen))


_FIRST: tuple[Standing, ...] = (
    "done",
    "expiring",
    "waived",
    "next",
    "ready",
    "going",
    "unfit",
    "lapsed",
    "open",
    "locked",
    "spare",
    "choice",
    "optional",
    "needless",
    "shown",
)
RANK: Mapping[Standing, int] = {standing: rank for rank, standing in enumerate(_FIRST)}
"""States by how much they tell: the lower, the sooner one is shown where there is room for few."""


def _branch(clause: Mapping[str, Any], reader: _Reader, place: _Place) -> Branch:
    own = _own(clause)
    standing = _standing(clause, place, reader)
    inner = _Place(own, standing)
    parts = [] if own is None else [own] if own["kind"] == "holds" else own["parts"]
    held = clause["satisfied_by"] if clause["kind"] == "holds" and clause["complete"] else ()
    after = clause.get("after")
    done, steps = _ring(clause)
    rule = _rule(own, len(parts))
    return Branch(
        look=_look(clause, reader.looks),
        title=clause["name"] or rule.get("asks") or clause["says"],
        standing=standing,
        says=(own or clause)["says"] if parts else clause["says"],
        policy=clause["policy"],
        counted=bool(clause["counted"]) or place.parent is None,
        proofs=tuple(reader.proofs[award] for award in held if award in reader.proofs),
        steps_left=clause["steps_left"],
        steps_exact=clause["steps_exact"],
        done=done,
        steps=steps,
        clause_id=clause.get("id"),
        category=clause.get("category"),
        notes=(
            *_ending(clause, standing),
            *wording.notes(clause, place.parent, reader.names, reader.allowances),
        ),
        left=_left(clause, reader.at) if standing == "expiring" else 0.0,
        first=_branch(after["requirement"], reader, _Place(None, place.aside)) if after else None,
        strict=after is not None and after["kind"] == "strict",
        parts=tuple(_branch(part, reader, inner) for part in parts),
        **rule,
    )


def _own(clause: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the group a clause opens into: itself, or the requirement of the stack it names."""
    if clause["kind"] != "holds":
        return clause
    own: Mapping[str, Any] | None = next(iter(clause["parts"]), None)
    return own


def _look(clause: Mapping[str, Any], looks: Mapping[str, Look]) -> Look | None:
    wanted = clause["achievement_id"]
    if wanted is None:
        return None
    plain = Look(wanted, clause["name"] or "An achievement", "badge", "#5b6660")
    return looks.get(wanted, plain)


def _rule(own: Mapping[str, Any] | None, parts: int) -> dict[str, Any]:
    if own is None or parts == 0:
        return {}
    said = {
        "earned": own["earned"],
        "needed": own["needed"],
        "unit": own.get("unit"),
        "tally": wording.tally(own),
        "terms": wording.terms(own),
    }
    if own["kind"] == "holds":
        return {"asks": "Hold it", "gate": "1", **said}
    asks = own["says"].partition("; ")[0].rpartition(", ")[0] or own["says"]
    if own["kind"] == "credits":
        return {"asks": asks, "gate": f"{wording.amount(own['needed'])} {own['unit']}", **said}
    short = f"{own['needed']} of {parts}" if own["kind"] == "at_least" else f"all {own['needed']}"
    return {"asks": asks, "gate": "1" if parts == 1 else short, **said}


def _standing(clause: Mapping[str, Any], place: _Place, reader: _Reader) -> Standing:
    if clause["complete"]:
        return _complete(clause, place, reader.at)
    if place.aside is not None:
        return place.aside
    if clause["weight"] == 0:
        return "optional"
    if wording.closed(clause):
        return "locked"
    if clause["failed"]:
        return "lapsed" if clause["failed"]["filter"] in ("current", "max_age") else "unfit"
    return "ready" if clause["eligible"] else _still_open(clause, place, reader.following)


def _complete(clause: Mapping[str, Any], place: _Place, at: datetime | None) -> Standing:
    if place.within in ASIDE or _left_over(clause, place):
        return "spare"
    if clause.get("allowance") and not clause.get("instead"):
        return "waived"
    ends = clause.get("valid_until")
    soon = ends is not None and at is not None and datetime.fromisoformat(ends) <= at + SOON
    return "expiring" if soon else "done"


def _left_over(clause: Mapping[str, Any], place: _Place) -> bool:
    """Whether a group is complete without this part."""
    parent = place.parent
    return parent is not None and parent["kind"] != "holds" and parent["complete"] and not clause["counted"]


def _still_open(clause: Mapping[str, Any], place: _Place, following: str | None) -> Standing:
    if clause["basis_points"] > 0:
        return "going"
    chosen_from = place.parent is not None and place.parent["kind"] in ("at_least", "credits")
    if chosen_from and not clause["on_route"]:
        return "choice"
    follows = clause["achievement_id"] is not None and clause["achievement_id"] == following
    return "next" if follows else "open"


def _ending(clause: Mapping[str, Any], standing: Standing) -> tuple[str, ...]:
    ends = clause.get("valid_until")
    return (f"Expires on {wording.day(ends)}",) if standing == "expiring" and ends else ()


def _left(clause: Mapping[str, Any], at: datetime | None) -> float:
    """Return the share of validity that remains."""
    if at is None or not clause["earned_on"] or not clause["valid_until"]:
        return 0.0
    start, end = map(datetime.fromisoformat, (clause["earned_on"], clause["valid_until"]))
    whole = (end - start).total_seconds()
    return max(0.0, min(1.0, (end - at).total_seconds() / whole)) if whole > 0 else 0.0


def _ring(clause: Mapping[str, Any]) -> tuple[int, int]:
    """Return the steps done and all steps of the way, as segments of a ring."""
    done = _done(clause)
    steps = done + clause["steps_left"]
    if steps <= MOST_SEGMENTS:
        return done, steps
    return done * MOST_SEGMENTS // steps, MOST_SEGMENTS


def _done(clause: Mapping[str, Any]) -> int:
    first = _done(clause["after"]["requirement"]) if wording.closed(clause) else 0
    if not clause["parts"]:
        return first + int(clause["complete"])
    if clause["kind"] == "holds":
        return first + max(_done(clause["parts"][0]), int(clause["complete"]))
    taken = "counted" if clause["kind"] == "credits" else "on_route"
    return first + sum(_done(part) for part in clause["parts"] if part[taken])
