"""What differs between two states of a pathway, as data and in sentences: what staff read before they publish.

A clause is known by its id, which is carried across versions; where ids say nothing, by what it asks for in the same
group, then by its place. Ids themselves are no difference.
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from clr.ids import AchievementId
from clr.pathways.asking import (
    NameOf,
    Placed,
    asks,
    brings_say,
    called,
    filters_say,
    gate_says,
    placed,
    several,
)
from clr.pathways.drafting import Draft, DraftStack
from clr.pathways.requirements import (
    AllOf,
    AtLeast,
    Credits,
    Filters,
    Group,
    Holds,
    Part,
    Requirement,
    without_ids,
)
from clr.pathways.sentences import amount
from clr.pathways.wire import dump

KINDS = (
    *("name", "goal", "description", "stack-added", "stack-removed", "policy", "on_lost"),
    *("added", "removed", "moved", "achievement", "accepts", "filter", "called"),
    *("asks", "exclusive", "weight", "category", "value", "prerequisite"),
)
"""Every kind of change, to branch on."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: its place in the newer state (in the older one when it is gone), the values, and a sentence."""

    at: str
    kind: str
    says: str
    clause: str | None = None
    before: Any = None
    after: Any = None


def changes(before: Draft, after: Draft, name_of: NameOf) -> list[Change]:
    """Return every difference that means something, the pathway's own first, then stack by stack."""
    found = [*_of_pathway(before, after, name_of)]
    for key in sorted({*before.stacks, *after.stacks}):
        at, old, new = f"stacks.{key}", before.stacks.get(key), after.stacks.get(key)
        if old and new:
            found += _of_stack(at, key, old, new, name_of)
        elif new:
            says = f"{name_of(key)} is a stack now: {_whole(new.requirement, name_of)}"
            found.append(Change(at, "stack-added", says, None, None, _written(new)))
        elif old:
            says = f"{name_of(key)} is no stack of this pathway any more"
            found.append(Change(at, "stack-removed", says, None, _written(old), None))
    return found


def _of_pathway(before: Draft, after: Draft, name_of: NameOf) -> Iterator[Change]:
    if before.name != after.name:
        says = f"It is called {after.name} (was {before.name})"
        yield Change("name", "name", says, None, before.name, after.name)
    if before.goal != after.goal:
        old, new = (name_of(draft.goal) if draft.goal else "nothing" for draft in (before, after))
        yield Change("goal", "goal", f"It leads to {new} (was {old})", None, before.goal, after.goal)
    if before.description != after.description:
        old, new = before.description, after.description
        yield Change("description", "description", "It is described in other words", None, old, new)


_WHO = {"auto": "follows by itself", "assessed": "is awarded by an assessor", "manual": "is awarded by staff"}

_LOST = {"suspend": "suspended", "keep": "kept", "revoke": "revoked too"}


def _of_stack(
    at: str, key: AchievementId, before: DraftStack, after: DraftStack, name_of: NameOf
) -> Iterator[Change]:
    if before.policy != after.policy:
        old, new = before.policy.value, after.policy.value
        says = f"{name_of(key)} {_WHO[new]} (it {_WHO[old].replace('is ', 'was ').replace('follows', 'followed')})"
        yield Change(f"{at}.policy", "policy", says, None, old, new)
    if before.on_lost != after.on_lost:
        old, new = before.on_lost.value, after.on_lost.value
        says = f"{name_of(key)} is {_LOST[new]} when an award it stood on is revoked (it was {_LOST[old]})"
        yield Change(f"{at}.on_lost", "on_lost", says, None, old, new)
    if without_ids(before.requirement) != without_ids(after.requirement):
        at = f"{at}.requirement"
        yield from _Trees(before.requirement, after.requirement, at, name_of, name_of(key)).changes()


def _written(stack: DraftStack) -> dict[str, Any]:
    told = {"policy": stack.policy.value, "on_lost": stack.on_lost.value}
    return told | {"requirement": dump(stack.requirement)}


def _whole(clause: Requirement, name_of: NameOf) -> str:
    if isinstance(clause, Holds):
        return f"Earn {name_of(clause.achievement)}"
    return asks(clause)


# --- which clause is which ---------------------------------------------------------------------------------------


Places = dict[str, Placed]
Likeness = Callable[[Placed], Hashable | None]
"""What two clauses have in common that are the same; nothing when it says nothing."""


def _matched(old: Places, new: Places) -> dict[str, str]:
    """Return, for each place of the newer tree, that of the same clause in the older one."""
    pairs: dict[str, str] = {}
    _by_id(old, new, pairs)
    root = next(iter(new))
    if root not in pairs and root not in pairs.values() and _kind(old[root]) == _kind(new[root]):
        pairs[root] = root
    for likeness in (_content, _asked, _place):
        _inside(old, new, pairs, likeness)
    _anywhere(old, new, pairs)
    _inside(old, new, pairs, _place)
    return pairs


def _by_id(old: Places, new: Places, pairs: dict[str, str]) -> None:
    known: dict[str | None, str] = {here.clause.id: at for at, here in old.items() if here.clause.id}
    for at, here in new.items():
        same = known.get(here.clause.id)
        if same and _kind(old[same]) == _kind(here):
            known.pop(here.clause.id)
            pairs[at] = same


def _kind(here: Placed) -> bool:
    """An achievement never becomes a group."""
    return isinstance(here.clause, Holds)


def _content(here: Placed) -> Hashable:
    return without_ids(here.clause)


def _asked(here: Placed) -> Hashable | None:
    clause = here.clause
    if isinstance(clause, Holds):
        return True, clause.achievement
    return None if clause.name is None else (False, clause.name)


def _place(here: Placed) -> Hashable:
    return _kind(here), 0 if here.gate is not None else _number(here.at)


def _inside(old: Places, new: Places, pairs: dict[str, str], likeness: Likeness) -> None:
    """Match what stands in groups that are matched already; wholes come before parts, so one pass goes all the way."""
    taken = set(pairs.values())
    left: dict[Hashable, deque[str]] = {}
    for at, was in old.items():
        if at not in taken and was.around is not None and (told := likeness(was)) is not None:
            left.setdefault((was.around, was.gate is None, told), deque()).append(at)
    for at, here in new.items():
        if at not in pairs and here.around in pairs and (told := likeness(here)) is not None:
            among = left.get((pairs[here.around], here.gate is None, told))
            if among:
                pairs[at] = among.popleft()


def _anywhere(old: Places, new: Places, pairs: dict[str, str]) -> None:
    """Match what moved to another group and has no id: the same clause, told the same way."""
    taken = set(pairs.values())
    left: dict[Hashable, deque[str]] = {}
    for at, was in old.items():
        if at not in taken:
            left.setdefault(_content(was), deque()).append(at)
    for at, here in new.items():
        if at not in pairs and (among := left.get(_content(here))):
            pairs[at] = among.popleft()


# --- what became of each -----------------------------------------------------------------------------------------


class _Trees:
    """Two states of one requirement."""

    def __init__(self, before: Requirement, after: Requirement, at: str, name_of: NameOf, whole: str) -> None:
        self._old: Places = {here.at: here for here in placed(before, at)}
        self._new: Places = {here.at: here for here in placed(after, at)}
        self._pairs = _matched(self._old, self._new)
        self._name_of, self._whole = name_of, whole

    def changes(self) -> Iterator[Change]:
        """Yield what differs, in the order of the newer tree; what is gone last."""
        moved = self._moved()
        for at, here in self._new.items():
            if at in self._pairs:
                was = self._old[self._pairs[at]]
                if at in moved:
                    yield self._move(was, here)
                yield from self._of_clause(was, here)
                yield from self._of_part(was, here)
            elif here.around is None or here.around in self._pairs:
                yield self._added(here)
        taken = set(self._pairs.values())
        for at, was in self._old.items():
            if at not in taken and (was.around is None or was.around in taken):
                yield self._removed(was)

    def _moved(self) -> set[str]:
        """Return what stands in another group, or in another order: the fewest that, moved, explain it."""
        found: set[str] = set()
        rows: dict[str, list[tuple[int, str]]] = {}
        for at, was in self._pairs.items():
            here, old = self._new[at], self._old[was]
            if here.around is None:
                stays = old.around is None
            else:
                stays = old.around is not None and old.around == self._pairs.get(here.around)
            if not stays or (old.gate is None) != (here.gate is None):
                found.add(at)
            elif here.around is not None and here.gate is None:
                rows.setdefault(here.around, []).append((_number(was), at))
        for row in rows.values():
            row.sort(key=lambda one: _number(one[1]))
            found.update(_out_of_order(row))
        return found

    def _call(self, here: Placed) -> str:
        return called(here.clause, self._name_of)

    def _where(self, here: Placed, among: Places) -> str:
        around = among.get(here.around or "")
        if around is None or around.around is None:
            return self._whole
        return called(around.clause, self._name_of)

    def _added(self, here: Placed) -> Change:
        told, value = self._call(here), _dump(here)
        if here.gate is not None:
            says = f"{told} {gate_says(here.gate)}, for {self._gated(here, self._new)}"
            return Change(here.at, "prerequisite", says, here.clause.id, None, value)
        if here.around is None:
            says = f"{self._whole} asks for something else: {_whole(here.clause, self._name_of)}"
        else:
            says = f"{told} is asked for besides, in {self._where(here, self._new)}"
        return Change(here.at, "added", says, here.clause.id, None, value)

    def _removed(self, was: Placed) -> Change:
        told, value = self._call(was), _dump(was)
        if was.gate is not None:
            says = f"{told} need not come first any more, for {self._gated(was, self._old)}"
            return Change(was.at, "prerequisite", says, was.clause.id, value, None)
        where = f", in {self._where(was, self._old)}" if was.around else ""
        return Change(
            was.at, "removed", f"{told} is not asked for any more{where}", was.clause.id, value, None
        )

    def _gated(self, here: Placed, among: Places) -> str:
        return self._call(among[here.around]) if here.around else self._whole

    def _move(self, was: Placed, here: Placed) -> Change:
        old, new = self._where(was, self._old), self._where(here, self._new)
        if old == new:
            says = f"{self._call(here)} stands at another place in {new}"
        else:
            says = f"{self._call(here)} stands in {new} now (was in {old})"
        return Change(here.at, "moved", says, here.clause.id, was.at, here.at)

    # what a clause says itself

    def _of_clause(self, was: Placed, here: Placed) -> Iterator[Change]:
        old, new = was.clause, here.clause
        blank = Change(here.at, "", "", new.id)
        if old.name != new.name:
            before, after = (clause.name or "nothing of its own" for clause in (old, new))
            bare = _whole(replace(new, name=None), self._name_of)
            says = f'"{bare}" is called {after} (was {before})'
            yield replace(
                blank, at=f"{here.at}.name", kind="called", says=says, before=old.name, after=new.name
            )
        if isinstance(old, Holds) and isinstance(new, Holds):
            yield from self._of_holds(old, new, blank)
        elif not isinstance(old, Holds) and not isinstance(new, Holds):
            yield from _of_group(old, new, blank)

    def _of_holds(self, old: Holds, new: Holds, blank: Change) -> Iterator[Change]:
        if old.achievement != new.achievement:
            says = (
                f"{self._name_of(new.achievement)} is asked for instead of {self._name_of(old.achievement)}"
            )
            at = f"{blank.at}.achievement_id"
            yield replace(
                blank, at=at, kind="achievement", says=says, before=old.achievement, after=new.achievement
            )
        told = self._name_of(new.achievement)
        if old.accepts != new.accepts:
            more = [self._name_of(x) for x in new.accepts if x not in old.accepts]
            less = [self._name_of(x) for x in old.accepts if x not in new.accepts]
            told_so = [f"{', '.join(more)} will do as well as {told}"] if more else []
            told_so += [f"{', '.join(less)} will not do any more instead of {told}"] if less else []
            told_so = told_so or [f"What will do instead of {told} is told in another order"]
            yield replace(
                blank,
                at=f"{blank.at}.accepts",
                kind="accepts",
                says="; ".join(told_so),
                before=list(old.accepts),
                after=list(new.accepts),
            )
        yield from _of_filters(old.filters, new.filters, told, blank)

    # what the part of a group says of it

    def _of_part(self, was: Placed, here: Placed) -> Iterator[Change]:
        blank, told = Change(here.at, "", "", here.clause.id), self._call(here)
        if here.part and was.part:
            at = here.at.removesuffix(".requirement")
            yield from _of_weight(was.part, here.part, told, replace(blank, at=f"{at}.weight"))
            yield from _of_category(was.part, here.part, told, replace(blank, at=f"{at}.category"))
            unit = self._unit(here)
            yield from _of_value(was.part, here.part, told, unit, replace(blank, at=f"{at}.value"))
        old, new = was.gate, here.gate
        if old and new and (old.strict, old.in_order) != (new.strict, new.in_order):
            gated = self._gated(here, self._new)
            says = f"{told} {gate_says(new)}, for {gated} (it {gate_says(old)})"
            before, after = ({"strict": x.strict, "in_order": x.in_order} for x in (old, new))
            at = here.at.removesuffix(".requirement")
            yield replace(blank, at=at, kind="prerequisite", says=says, before=before, after=after)

    def _unit(self, here: Placed) -> str:
        around = self._new.get(here.around or "")
        return around.clause.unit if around and isinstance(around.clause, Credits) else "credits"


def _number(at: str) -> int:
    return int(at.rpartition(".parts[")[2].partition("]")[0] or 0)


def _out_of_order(row: Sequence[tuple[int, str]]) -> Iterator[str]:
    """Yield those that do not belong to the longest run that kept its order."""
    best: list[tuple[int, int | None]] = []
    for place, (number, _) in enumerate(row):
        before = [(best[x][0], x) for x in range(place) if row[x][0] < number]
        length, last = max(before, default=(0, None), key=lambda one: one[0])
        best.append((length + 1, last))
    kept: set[int] = set()
    at: int | None = max(range(len(best)), key=lambda x: best[x][0], default=None)
    while at is not None:
        kept.add(at)
        at = best[at][1]
    yield from (name for place, (_, name) in enumerate(row) if place not in kept)


def _dump(here: Placed) -> Any:
    return dump(AllOf((here.part,)))["parts"][0] if here.part else dump(here.clause)


def _of_group(old: Group, new: Group, blank: Change) -> Iterator[Change]:
    before, after = (_measure(group) for group in (old, new))
    if before != after:
        now, was = asks(replace(new, exclusive=False) if not isinstance(new, Credits) else new), asks(old)
        yield replace(
            blank, kind="asks", says=f"{now} (was {_shorter(was, now)})", before=before, after=after
        )
    alone = [not isinstance(group, Credits) and group.exclusive for group in (old, new)]
    if alone[0] != alone[1]:
        says = (
            "One badge may stand for two of the parts"
            if alone[0]
            else "Each part needs a badge of its own now"
        )
        told = f"{says}: {asks(new)}"
        at = f"{blank.at}.exclusive"
        yield replace(blank, at=at, kind="exclusive", says=told, before=alone[0], after=alone[1])


def _measure(group: Group) -> dict[str, Any]:
    """Return what a group asks for, apart from its parts."""
    match group:
        case AllOf():
            return {"kind": "all_of"}
        case AtLeast(count):
            return {"kind": "at_least", "count": count, "categories": group.categories}
        case Credits(total):
            return {"kind": "credits", "total": amount(total), "unit": group.unit}


def _shorter(was: str, now: str) -> str:
    """Leave out the verb that both begin with."""
    verb = now.partition(" ")[0] + " "
    told = was.removeprefix(verb)
    return told[:1].lower() + told[1:]


def _of_filters(old: Filters, new: Filters, told: str, blank: Change) -> Iterator[Change]:
    before, after = filters_say(old), filters_say(new)
    values = [_dumped(filters) for filters in (old, new)]
    for name in dict.fromkeys((*before, *after)):
        if _value(old, name) == _value(new, name):
            continue
        says = _filter_says(name, new, after.get(name), before.get(name), told)
        yield replace(
            blank,
            at=f"{blank.at}.{_MEMBER[name]}",
            kind="filter",
            says=says,
            before=values[0],
            after=values[1],
        )


def _dumped(filters: Filters) -> dict[str, Any]:
    whole = dump(Holds(AchievementId(""), filters=filters))
    return {name: value for name, value in whole.items() if name not in ("kind", "achievement_id")}


_MEMBER = {
    "versions": "versions",
    "min_score": "result.min_score",
    "level": "result.level",
    "result": "result.result_description",
    "since": "earned_since",
    "max_age": "max_age_days",
    "current": "current",
}


def _value(filters: Filters, name: str) -> object:
    if name == "versions":
        return filters.min_version, filters.max_version
    return getattr(filters, name)


def _filter_says(name: str, new: Filters, now: str | None, was: str | None, told: str) -> str:
    if name == "current":
        return f"{told} counts {now}" if now else f"{told} counts only until it expires"
    if name == "min_score" and new.min_score is not None:
        says = f"A score of {new.min_score:f} is needed now, for {told}"
    elif now is None:
        return f"{told} need not be earned {was} any more"
    else:
        says = f"{told} is to be earned {now}"
    return f"{says} (was {was})" if was else says


def _of_weight(old: Part, new: Part, told: str, blank: Change) -> Iterator[Change]:
    if old.weight != new.weight:
        says = f"{told} counts {several(new.weight, 'time', 'times')} (was {old.weight})"
        if new.weight == 0:
            says = f"{told} is optional now"
        elif old.weight == 0:
            says = f"{told} is not optional any more"
        yield replace(blank, kind="weight", says=says, before=old.weight, after=new.weight)


def _of_category(old: Part, new: Part, told: str, blank: Change) -> Iterator[Change]:
    if old.category != new.category:
        before, after = (part.category or "no category" for part in (old, new))
        says = f"{told} stands under {after} (was {before})"
        yield replace(blank, kind="category", says=says, before=old.category, after=new.category)


def _of_value(old: Part, new: Part, told: str, unit: str, blank: Change) -> Iterator[Change]:
    if old.brings != new.brings:
        before, after = (part.brings and brings_say(part.brings, unit) for part in (old, new))
        says = f"{told} brings {after or 'nothing of its own'} (was {before or 'nothing of its own'})"
        yield replace(blank, kind="value", says=says, before=before, after=after)
