"""The words in which the demonstration catalogue is written."""

from dataclasses import dataclass

from clr.ids import AchievementId
from clr.pathways import AllOf, AtLeast, Holds, Part, Requirement


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the university that awards under its own name."""

    key: str
    name: str
    colour: str
    description: str


@dataclass(frozen=True, slots=True)
class Badge:
    """What can be earned by work alone. ``how`` is one criterion a line; ``rubric`` names a rubric, if any."""

    name: str
    unit: str
    glyph: str
    description: str
    how: tuple[str, ...]
    rubric: str | None = None
    aligned: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def criteria(self) -> str:
        """The criteria narrative, in Markdown."""
        lines = "\n".join(f"- {line}" for line in self.how)
        return f"To earn this badge, you\n\n{lines}"


@dataclass(frozen=True, slots=True)
class StackOf:
    """What is earned through other achievements; ``requirement`` speaks of them by name."""

    name: str
    unit: str
    kind: str
    glyph: str
    policy: str
    description: str
    criteria: str
    requirement: Requirement


@dataclass(frozen=True, slots=True)
class PathwayOf:
    """A goal and the stacks that lead to it."""

    name: str
    description: str
    stacks: tuple[StackOf, ...]

    @property
    def goal(self) -> str:
        """The name of the last stack, to which all others lead."""
        return self.stacks[-1].name


def _part(item: str | Requirement) -> Part:
    return Part(Holds(AchievementId(item)) if isinstance(item, str) else item)


def every(*items: str | Requirement, welcome: tuple[str, ...] = (), name: str | None = None) -> AllOf:
    """Ask for all ``items``; ``welcome`` ones are shown and count for nothing."""
    optional = tuple(Part(Holds(AchievementId(item)), weight=0) for item in welcome)
    return AllOf((*(_part(item) for item in items), *optional), name=name)


def some(count: int, *items: str | Requirement, name: str | None = None) -> AtLeast:
    """Ask for any ``count`` of ``items``."""
    return AtLeast(count, tuple(_part(item) for item in items), name=name)
