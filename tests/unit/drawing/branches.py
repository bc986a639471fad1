"""Outlines made by hand, small, crowded and hostile."""

from typing import Any

from hypothesis import strategies as st

from clr.drawing.outlines import Branch, Look, Standing

STANDINGS: tuple[Standing, ...] = (
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
)


def branch(name, *parts, standing="open", count=None, look=True, **more: Any) -> Branch:
    needed = count or len(parts)
    gate = f"{needed} of {len(parts)}" if count else f"all {needed}"
    earned = sum(part.standing == "done" for part in parts)
    told: dict[str, Any] = {
        "look": Look(name, name, "micro-credential" if parts else "badge", "#3a3f9a") if look else None,
        "title": name,
        "standing": standing,
        "says": name,
        "policy": None,
        "counted": standing in ("done", "expiring", "waived"),
        "proofs": (),
        "steps_left": 1,
        "steps_exact": True,
        "done": 0,
        "steps": 1,
        "asks": gate if parts else "",
        "gate": gate if parts else "",
        "tally": f"{earned} done" if parts else "",
        "earned": earned,
        "needed": needed,
        "parts": parts,
    }
    return Branch(**(told | more))


def pathway(leaves: int, *, to_a_stack: int = 7, standing: Standing = "open") -> Branch:
    """A goal over stacks over badges, of which every tenth is asked for by two stacks."""
    names = [f"Badge {n}" for n in range(leaves)]
    heaps = [names[at : at + to_a_stack] for at in range(0, leaves, to_a_stack)]
    stacks = [
        branch(
            f"Stack {at}",
            *(branch(name, standing=standing) for name in dict.fromkeys([*heap, names[at * 10 % leaves]])),
        )
        for at, heap in enumerate(heaps)
    ]
    return branch("Goal", *stacks)


def trees(least: int = 1, most: int = 20) -> st.SearchStrategy[Branch]:
    """Outlines of any shape, in which achievements recur, come before one another, and are called anything."""
    names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60) | st.sampled_from(
        [f"Badge {n}" for n in range(most)]
    )
    standings = st.sampled_from(STANDINGS)
    notes = st.lists(st.text(max_size=90), max_size=2).map(tuple)
    leaves = st.builds(
        lambda name, standing, notes: branch(name, standing=standing, notes=notes), names, standings, notes
    )
    groups = st.recursive(
        leaves,
        lambda inner: st.builds(
            lambda name, parts, look, first, strict: branch(
                name, *parts, look=look, first=first, strict=strict
            ),
            names,
            st.lists(inner, min_size=1, max_size=9),
            st.booleans(),
            st.none() | inner,
            st.booleans(),
        ),
        max_leaves=most,
    )
    return groups.filter(lambda tree: tree.size >= least)
