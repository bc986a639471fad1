"""A pathway out of CTDL: a draft of what its terms say, and a list of what was not understood. Never a guess in silence.

Documents of others write terms with a prefix or without, one value or several, and components in the graph or in
place; all of these are read. :mod:`clr.pathways.ctdl` tells which term stands for what.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from unicodedata import category

from clr.errors import BadInput, Problem
from clr.ids import AchievementId
from clr.pathways.ctdl_terms import (
    COMPONENT,
    CONDITION,
    KEY_LIMIT,
    NAME_LIMIT,
    PARTS_LIMIT,
    PATHWAY,
    TEXT_LIMIT,
    Node,
    Terms,
    condition_terms,
    graph_of,
    hundredths,
    listed,
    references,
    text,
    unknown_terms,
    whole,
)
from clr.pathways.drafting import Draft, DraftStack
from clr.pathways.extents import SIZE_LIMIT
from clr.pathways.requirements import (
    CURRENT,
    HUNDREDTHS,
    AllOf,
    AtLeast,
    Brings,
    Credits,
    Filters,
    Holds,
    Part,
    Prerequisite,
    Requirement,
)
from clr.pathways.stacks import Policy
from clr.pathways.wire import REFUSED

DEPTH_LIMIT = 60
ADDRESSES_LIMIT = 10_000
UNITS = ("credits", "hours", "points")
PLACES = ("id", "proxyFor", "sourceData", "subjectWebpage")
"""Where a component says what it stands for."""

_INLINE = ("BasicComponent", "SelectionComponent")


@dataclass(frozen=True, slots=True)
class Match:
    """The achievement that a component stands for."""

    achievement: AchievementId
    name: str | None


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that the draft does not say: where it stands in the document, its term, and what became of it."""

    at: str
    term: str
    says: str


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A component that stands for no achievement known here, and the id that stands in its place in the draft."""

    component: str
    name: str | None
    achievement: AchievementId


@dataclass(frozen=True, slots=True)
class Reading:
    """A draft, and what it lacks of the document."""

    draft: Draft
    unread: tuple[Unread, ...]
    unmatched: tuple[Unmatched, ...]


def addresses(document: Any) -> frozenset[str]:
    """Return every address by which a component of the document may be matched to an achievement."""
    _, components, _ = graph_of(document)
    found = {at for node in components.values() for place in PLACES for at in references(node.get(place))}
    aimed = {at for node in components.values() for at in _aimed(node)}
    every = frozenset(found | aimed | components.keys())
    if len(every) > ADDRESSES_LIMIT:
        says = f"The document names more than {ADDRESSES_LIMIT:,} things; send pathways one by one."
        raise BadInput(says, (Problem("document", "size", says),))
    return every


def read(document: Any, matched: Mapping[str, Match], policy: Policy = Policy.AUTO) -> Reading:
    """Return the pathway that ``document`` describes; ``BadInput`` when it describes none, or one that cannot be."""
    pathway, components, others = graph_of(document)
    if pathway is None:
        says = "There is no ceterms:Pathway in this document."
        raise BadInput(says, (Problem("document", "no-pathway", says),))
    reader = _Reader(components, matched)
    for at, kind in others:
        reader.leave(at, kind, "Only one pathway and its components are read.")
    return reader.pathway(pathway, policy)


def _aimed(node: Node) -> Iterator[str]:
    waiting, seen = [node], set[int]()
    while waiting:
        here = waiting.pop()
        if id(here) not in seen:  # a condition that stands apart may be referred to from within itself
            seen.add(id(here))
            yield from references(here.get("targetComponent"))
            waiting += [inner for inner in listed(here.get("hasCondition")) if isinstance(inner, dict)]


@dataclass
class _Reader:
    components: Mapping[str, Node]
    matched: Mapping[str, Match]
    unread: list[Unread] = field(default_factory=list)
    unmatched: dict[str, Unmatched] = field(default_factory=dict)
    gated: dict[str, list[str]] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)
    size: int = 0
    destination: str = ""

    def leave(self, at: str, term: str, says: str) -> None:
        if not any((one.at, one.term) == (at, term) for one in self.unread):
            self.unread.append(Unread(at[:500], term[:200], says))

    # the pathway

    def pathway(self, node: Node, policy: Policy) -> Reading:
        """Read the pathway, then each stack, then what nobody asked about."""
        self.destination = self._goal(node)
        for at, component in self.components.items():
            for later in references(component.get("precedes")):
                self.gated.setdefault(later, []).append(at)
        goal = self._key(self.destination) if self.destination else AchievementId("")
        stacks = self._stacks(policy)
        for found, known in ((node, PATHWAY), *((one, COMPONENT) for one in self.components.values())):
            for term in unknown_terms(found, known):
                self.leave(str(found.get("id", "")), term, "This term is not known here.")
        name = (text(node.get("name")) or "")[:NAME_LIMIT]
        if all(category(letter)[0] in "CZ" for letter in name):
            name = "A pathway without a name"
        about = (text(node.get("description")) or "")[:TEXT_LIMIT]
        draft = Draft(name, goal, about, stacks)
        return Reading(draft, tuple(self.unread), tuple(self.unmatched.values()))

    def _stacks(self, policy: Policy) -> dict[AchievementId, DraftStack]:
        found: dict[AchievementId, DraftStack] = {}
        for at, component in self.components.items():
            if self._asks(component) and not self._inline(at):
                key = self._key(at)
                if key in found:
                    self.leave(
                        at, "hasCondition", "Another component stands for the same achievement already."
                    )
                else:
                    found[key] = DraftStack(self._requirement(component, at), policy)
        return found

    def _goal(self, node: Node) -> str:
        told, here = references(node.get("hasDestinationComponent")), str(node.get("id", ""))
        told += [
            at
            for at, one in self.components.items()
            if here in references(one.get("isDestinationComponentOf")) and at not in told
        ]
        for at in told[1:]:
            self.leave(at, "hasDestinationComponent", "A pathway leads to one goal; the first is taken.")
        return told[0] if told else ""

    def _asks(self, component: Node) -> bool:
        return bool(listed(component.get("hasCondition")) or references(component.get("hasChild")))

    def _inline(self, at: str) -> bool:
        """Whether a component is nothing but a group: it stands for no achievement, and is not the goal."""
        component = self.components.get(at, {})
        basic = component.get("type") in _INLINE and at != self.destination
        return basic and self._asks(component) and self._match(at) is None

    def _match(self, at: str) -> Match | None:
        component = self.components.get(at, {})
        places = [at, *(one for place in PLACES for one in references(component.get(place)))]
        return next((self.matched[place] for place in places if place in self.matched), None)

    def _key(self, at: str) -> AchievementId:
        """Return the achievement of a component; where there is none, an id that says which is missing."""
        if match := self._match(at):
            return match.achievement
        if at not in self.unmatched:
            name = text(self.components.get(at, {}).get("name"))
            slug = re.sub(r"[^a-z0-9]+", "-", (name or at).lower()).strip("-")[:60] or "component"
            taken = {one.achievement for one in self.unmatched.values()}
            number = 1
            key = AchievementId(f"ctdl:{slug}")
            while key in taken:
                number += 1
                key = AchievementId(f"ctdl:{slug}-{number}")
            self.unmatched[at] = Unmatched(at, name, key)
        return self.unmatched[at].achievement

    # requirements

    def _count(self, at: str, parts: int = 0) -> None:
        self.size += 1
        if self.size > SIZE_LIMIT or len(self.open) > DEPTH_LIMIT or parts > PARTS_LIMIT:
            says = (
                f"{at[:200]} asks for more than can be read: {PARTS_LIMIT} parts in a group, {SIZE_LIMIT} in all, "
                f"{DEPTH_LIMIT} within one another."
            )
            raise BadInput(says, (Problem("document", "size", says),))

    def _requirement(self, component: Node, at: str) -> Requirement:
        """Return what a component asks for: all of its conditions, or where it has none, all below it."""
        told = [one for one in listed(component.get("hasCondition")) if isinstance(one, dict)]
        self.open.append(at)
        if not told:
            self.leave(at, "hasChild", "There is no condition; all components below are asked for.")
            children = references(component.get("hasChild"))
            self._count(at, len(children))
            parts = [self._part(child, at) for child in children if self._may_ask(child, at)]
            asked = _one(parts) if len(parts) == 1 else AllOf(tuple(parts))
        elif len(told) == 1:
            asked = _one([self._condition(told[0], f"{at} hasCondition")])
        else:
            self._count(at, len(told))
            places = (f"{at} hasCondition[{place}]" for place in range(len(told)))
            asked = AllOf(tuple(map(self._condition, told, places)))
        self.open.pop()
        return asked

    def _may_ask(self, ref: str, at: str) -> bool:
        if ref in self.open and self._inline(ref):
            self.leave(at, ref, "This goes round in a circle; it is left out here.")
            return False
        return True

    def _part(self, ref: str, at: str, *, credited: bool = False) -> Part:
        """Return a component as a part: what it stands for, and what is said of it wherever it is asked for."""
        self._count(at)
        component = self.components.get(ref, {})
        if not component and ref not in self.matched:
            self.leave(at, ref, "The document has no such component.")
        name = (text(component.get("name")) or "")[:NAME_LIMIT] or None
        if self._inline(ref):
            asked = self._requirement(component, ref)
            if not isinstance(asked, Holds):
                asked = replace(asked, name=name or asked.name)
        else:
            match = self._match(ref)
            own = name if match is None or match.name != name else None
            asked = Holds(self._key(ref), name=own)
        sort = (text(component.get("componentCategory")) or "")[:KEY_LIMIT] or None
        brings = self._brings(component, ref) if credited else None
        if not credited and "pointValue" in component:
            self.leave(ref, "pointValue", "Points count only where a condition adds them up.")
        if credited and sort:
            self.leave(ref, "componentCategory", "Where points are added up, categories are not counted.")
        return Part(asked, 1, None if credited else sort, brings, self._after(component, ref))

    def _brings(self, component: Node, at: str) -> Brings:
        told = listed(component.get("pointValue")) or listed(component.get("creditValue"))
        found = hundredths(told[0]) if told else None
        if found is None or not 0 < found <= 100_000 * HUNDREDTHS:
            self.leave(at, "pointValue", "It does not say how much it brings; 1 is put in its place.")
            return Brings(HUNDREDTHS)
        return Brings(found)

    def _after(self, component: Node, at: str) -> Prerequisite | None:
        strict = references(component.get("prerequisite"))
        soft = list(dict.fromkeys([*references(component.get("precededBy")), *self.gated.get(at, ())]))
        if strict and soft:
            self.leave(
                at, "precededBy", "What must come first is read, and not what is best done first besides."
            )
        first = strict or soft
        mark = f"first: {at}"
        if not first:
            return None
        if mark in self.open or at in first:
            self.leave(at, "prerequisite", "What comes first goes round in a circle; it is left out here.")
            return None
        self.open.append(mark)
        self._count(at, len(first))
        parts = [self._part(ref, at) for ref in first if self._may_ask(ref, at)]
        self.open.pop()
        if not parts:
            return None
        return Prerequisite(_one(parts) if len(parts) == 1 else AllOf(tuple(parts)), strict=bool(strict))

    # conditions

    def _condition(self, node: Node, at: str, *, credited: bool = False) -> Part:
        """Return a condition as a part: a group, or, where it has one component and no more to say, that component."""
        self.open.append(at)
        terms = self._terms(node, at)
        aimed = references(node.get("targetComponent"))
        nested = [one for one in listed(node.get("hasCondition")) if isinstance(one, dict)]
        name = (text(node.get("name")) or "")[:NAME_LIMIT] or None
        measured = bool(terms.operator or name or terms.categories or terms.total is not None)
        alone = not measured and len(aimed) + len(nested) == 1 and whole(node.get("requiredNumber", 1)) == 1
        summed = terms.total is not None or (alone and credited)
        self._count(at, len(aimed) + len(nested))
        parts = [self._part(ref, at, credited=summed) for ref in aimed if self._may_ask(ref, at)]
        parts = [self._filtered(part, terms.filters, at) for part in parts]
        for place, inner in enumerate(nested):
            parts.append(self._condition(inner, f"{at}.hasCondition[{place}]", credited=summed))
        self.open.pop()
        if alone and parts:
            return parts[0]
        whole_group = Part(self._group(node, terms, tuple(parts), name, at))
        if not credited:
            return whole_group
        self.leave(at, "pointValue", "A condition does not say how much it brings; 1 is put in its place.")
        return replace(whole_group, brings=Brings(HUNDREDTHS))

    def _terms(self, node: Node, at: str) -> Terms:
        terms = condition_terms(node)
        if terms.operator in ("not", "onlyone"):
            says = REFUSED["not" if terms.operator == "not" else "at_most"]
            raise BadInput(says, (Problem(f"{at} logicalOperator"[:500], "not-monotone", says),))
        for term, says in terms.unread:
            self.leave(at, term, says)
        for term in unknown_terms(node, CONDITION):
            self.leave(at, term, "This term is not known here.")
        return terms

    def _filtered(self, part: Part, filters: Filters, at: str) -> Part:
        if filters == CURRENT:
            return part
        if not isinstance(part.requirement, Holds):
            self.leave(at, "hasConstraint", "A constraint is put to an award; a group of several has none.")
            return part
        return replace(part, requirement=replace(part.requirement, filters=filters))

    def _group(
        self, node: Node, terms: Terms, parts: tuple[Part, ...], name: str | None, at: str
    ) -> Requirement:
        if terms.total is not None:
            return Credits(terms.total, parts, name=name, unit=self._unit(terms.unit, node))
        told = node.get("requiredNumber")
        number = whole(told)
        if told is not None and number is None:
            self.leave(at, "requiredNumber", "This is no number of parts.")
        everything = terms.operator in ("and", "andsequence") or (number is None and terms.operator != "or")
        if everything and (number is None or number >= len(parts)):
            if terms.categories:
                self.leave(at, "hasConstraint", "All are asked for, whatever their categories.")
            return AllOf(parts, name=name)
        if everything:
            self.leave(at, "logicalOperator", f"{number} of {len(parts)} are asked for, not all.")
        return AtLeast(1 if number is None else number, parts, name=name, categories=terms.categories)

    def _unit(self, told: str | None, node: Node) -> str:
        units = [told] + [
            text(value.get("unitText"))
            for ref in references(node.get("targetComponent"))
            for value in listed(self.components.get(ref, {}).get("pointValue"))
            if isinstance(value, dict)
        ]
        return next((unit.lower() for unit in units if unit and unit.lower() in UNITS), "credits")


def _one(parts: Sequence[Part]) -> Requirement:
    """Return the one thing asked for; as a group of one where more is said of it."""
    (part,) = parts
    bare = part.category is None and part.brings is None and part.after is None
    return part.requirement if bare else AllOf((part,))
