"""The progress tree as people read it: every clause with its name, where it stands, and what satisfied it.

The outline is the primary form of a pathway; the drawing repeats it, and both are made from the same branches.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from clr.drawing.badges import State

Standing = Literal[
    "done", "spare", "ready", "going", "next", "open", "choice", "needless", "optional", "lapsed"
]

MOST_SEGMENTS = 24
"""More segments than these can no longer be told apart in a ring."""

_FINISH: Mapping[Standing, State] = {
    "done": "earned",
    "spare": "earned",
    "ready": "eligible",
    "going": "in-progress",
    "next": "next",
    "open": "next",
    "choice": "locked",
    "needless": "locked",
    "optional": "locked",
    "lapsed": "expired",
}
_SHAPE: Mapping[Standing, str] = {
    "done": "done",
    "spare": "done",
    "ready": "ready",
    "going": "going",
    "next": "next",
    "open": "none",
    "choice": "choice",
    "needless": "choice",
    "optional": "choice",
    "lapsed": "soon",
}
_WORDS: Mapping[Standing, str] = {
    "done": "Done",
    "spare": "Also earned",
    "ready": "Ready",
    "going": "In progress",
    "next": "Up next",
    "open": "To do",
    "choice": "Another choice",
    "needless": "Not needed",
    "optional": "Optional",
    "lapsed": "Lapsed",
}


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

    ``asks`` is the rule on the rail ("Complete 2 of 3"), ``gate`` its short form; both are empty without parts.
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
    earned: int = 0
    needed: int = 0
    parts: tuple["Branch", ...] = ()

    @property
    def finish(self) -> State:
        """The finish of its badge."""
        return _FINISH[self.standing]

    @property
    def shape(self) -> str:
        """The shape beside its state."""
        return _SHAPE[self.standing]

    @property
    def words(self) -> str:
        """Its state in a word or two."""
        if self.standing == "ready":
            return "Ready to be assessed" if self.policy == "assessed" else "Ready to be awarded"
        counted = self.standing == "done" and not self.parts and self.counted
        return "Counted" if counted else _WORDS[self.standing]

    @property
    def depth(self) -> int:
        """How many levels lie below it."""
        return 1 + max(part.depth for part in self.parts) if self.parts else 0

    @property
    def met_by(self) -> tuple["Branch", ...]:
        """The parts for which it is met, as far as they are."""
        return tuple(part for part in self.parts if part.counted and part.standing == "done")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the tree a clause stands: the clause that asks for it, how that one stands, and what comes next."""

    parent: Mapping[str, Any] | None
    within: Standing | None
    following: str | None

    @property
    def aside(self) -> Standing | None:
        """How everything here stands that is off the way to the goal; ``None`` on the way."""
        if self.parent is not None and self.parent["complete"]:
            return "needless"
        return self.within if self.within in ("choice", "needless", "optional") else None


def outline(
    requirement: Mapping[str, Any],
    looks: Mapping[str, Look],
    proofs: Mapping[str, Proof],
    *,
    following: str | None = None,
) -> Branch:
    """Return the branch of a goal from the ``requirement`` of its progress.

    ``looks`` by achievement and ``proofs`` by award; what they lack is drawn plainly, or left unsaid.
    ``following`` is the achievement that comes next.
    """
    return _branch(requirement, looks, proofs, _Place(None, None, following))


def leading(branches: Sequence[Branch], most: int) -> tuple[Branch, ...]:
    """Return the branches that matter most, at most so many, in the order in which they are required."""
    chosen = sorted(range(len(branches)), key=lambda at: _FIRST.index(branches[at].standing))[:most]
    return tuple(branches[at] for at in sorted(chosen))


_FIRST = ("done", "next", "ready", "going", "lapsed", "open", "spare", "choice", "optional", "needless")


def _branch(
    clause: Mapping[str, Any], looks: Mapping[str, Look], proofs: Mapping[str, Proof], place: _Place
) -> Branch:
    own = _own(clause)
    standing = _standing(clause, place)
    inner = _Place(own, standing, place.following)
    parts = [] if own is None else [own] if own["kind"] == "holds" else own["parts"]
    held = clause["satisfied_by"] if clause["kind"] == "holds" and clause["complete"] else ()
    done, steps = _ring(clause)
    rule = _rule(own, len(parts))
    return Branch(
        look=_look(clause, looks),
        title=clause["name"] or rule.get("asks") or clause["says"],
        standing=standing,
        says=(own or clause)["says"] if parts else clause["says"],
        policy=clause["policy"],
        counted=bool(clause["counted"]) or place.parent is None,
        proofs=tuple(proofs[award] for award in held if award in proofs),
        steps_left=clause["steps_left"],
        steps_exact=clause["steps_exact"],
        done=done,
        steps=steps,
        parts=tuple(_branch(part, looks, proofs, inner) for part in parts),
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
    if own["kind"] == "holds":
        return {"asks": "Hold it", "gate": "1", "earned": own["earned"], "needed": own["needed"]}
    asks = own["says"].rpartition(", ")[0] or own["says"]
    short = f"{own['needed']} of {parts}" if own["kind"] == "at_least" else f"all {own['needed']}"
    gate = "1" if parts == 1 else short
    return {"asks": asks, "gate": gate, "earned": own["earned"], "needed": own["needed"]}


def _standing(clause: Mapping[str, Any], place: _Place) -> Standing:
    if clause["complete"]:
        return (
            "spare"
            if place.within in ("choice", "needless", "optional") or _left_over(clause, place)
            else "done"
        )
    if place.aside is not None:
        return place.aside
    if clause["weight"] == 0:
        return "optional"
    if clause["failed"]:
        return "lapsed"
    return "ready" if clause["eligible"] else _still_open(clause, place)


def _left_over(clause: Mapping[str, Any], place: _Place) -> bool:
    """Whether a group is complete without this part."""
    parent = place.parent
    return parent is not None and parent["kind"] != "holds" and parent["complete"] and not clause["counted"]


def _still_open(clause: Mapping[str, Any], place: _Place) -> Standing:
    if clause["basis_points"] > 0:
        return "going"
    if place.parent is not None and place.parent["kind"] == "at_least" and not clause["on_route"]:
        return "choice"
    follows = clause["achievement_id"] is not None and clause["achievement_id"] == place.following
    return "next" if follows else "open"


def _ring(clause: Mapping[str, Any]) -> tuple[int, int]:
    """Return the steps done and all steps of the way, as segments of a ring."""
    done = _done(clause)
    steps = done + clause["steps_left"]
    if steps <= MOST_SEGMENTS:
        return done, steps
    return done * MOST_SEGMENTS // steps, MOST_SEGMENTS


def _done(clause: Mapping[str, Any]) -> int:
    if not clause["parts"]:
        return int(clause["complete"])
    if clause["kind"] == "holds":
        return max(_done(clause["parts"][0]), int(clause["complete"]))
    return sum(_done(part) for part in clause["parts"] if part["on_route"])
