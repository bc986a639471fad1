"""What one would write first: recursion over the networkx graph, remembered within one evaluation.

The same rules with all features on (basis points and steps; filters, categories, credits, prerequisites, exclusive
use), on the very graph the service publishes. Nothing here is shared with the engine.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import networkx as nx

S = 10_000
FAR = 10**9

Figures = tuple[int, int]


def over_all_pathways(
    network: "nx.DiGraph[str]", goals: list[str], held: list[Any], at: datetime
) -> dict[str, Figures]:
    """Evaluate every pathway's goal, each node once."""
    learner = _Learner(network, held, at)
    return {goal: learner.figures(goal) for goal in goals}


def over_descendants(
    network: "nx.DiGraph[str]", arrived: Any, held: list[Any], at: datetime
) -> dict[str, Figures]:
    """Evaluate only what an award counts toward, found by networkx."""
    learner = _Learner(network, held, at)
    reached = nx.descendants(network, arrived.achievement)
    return {node: learner.figures(node) for node in reached if network.nodes[node]["kind"] == "stack"}


class _Learner:
    def __init__(self, network: Any, held: list[Any], at: datetime) -> None:
        self.network, self.at = network, at
        self.nodes, self.before = network._node, network._pred  # noqa: SLF001  the dictionaries behind the views
        self.memo: dict[str, Figures] = {}
        self.held: dict[str, list[Any]] = {}
        for award in held:
            self.held.setdefault(award.achievement, []).append(award)
        self.now = {award.achievement for award in held if self.current(award)}
        kinds = ("badge", "stack", "all_of", "at_least", "credits", "gated", "holds")
        self.rules = {kind: getattr(self, kind) for kind in kinds}

    def figures(self, node: str) -> Figures:
        if node not in self.memo:
            told = self.nodes[node]
            self.memo[node] = self.rules[told["kind"]](node, told)
        return self.memo[node]

    def parts(self, node: str) -> Any:
        return self.before[node].items()

    def current(self, award: Any) -> bool:
        return award.earned_on <= self.at and (award.valid_until is None or award.valid_until > self.at)

    def badge(self, _: str, told: dict[str, Any]) -> Figures:
        return (S, 0) if told["achievement_id"] in self.now else (0, 1)

    def stack(self, node: str, told: dict[str, Any]) -> Figures:
        if told["achievement_id"] in self.now:
            return S, 0
        return self.own(node, told)

    def own(self, node: str, told: dict[str, Any]) -> Figures:
        ((part, _),) = self.parts(node)
        points, steps = self.figures(part)
        return (points, steps) if told["policy"] == "auto" else (points * 9 // 10, steps + 1)

    def all_of(self, node: str, told: dict[str, Any]) -> Figures:
        if told["exclusive"]:
            return self.exclusive(node, len(self.parts(node)))
        parts = [(self.figures(part), edge["weight"]) for part, edge in self.parts(node)]
        points = sum(part[0] * weight for part, weight in parts) // sum(weight for _, weight in parts)
        return points, sum(part[1] for part, weight in parts if weight)

    def at_least(self, node: str, told: dict[str, Any]) -> Figures:
        if told["exclusive"]:
            return self.exclusive(node, told["count"])
        parts = [(self.figures(part), edge.get("category")) for part, edge in self.parts(node)]
        count, wanted = told["count"], told["categories"]
        best = self.choice([(-figures[0], kind) for figures, kind in parts], count, wanted)
        return -best // count, self.choice([(figures[1], kind) for figures, kind in parts], count, wanted)

    def choice(self, costs: list[tuple[int, Any]], count: int, wanted: int) -> int:
        kinds: dict[Any, int] = {}
        for cost, kind in costs:
            kinds[kind] = min(cost, kinds.get(kind, FAR))
        heads = sorted(kinds.items(), key=lambda one: one[1])[:wanted]
        rest = list(costs)
        for kind, cost in heads:
            rest.remove((cost, kind))
        return sum(cost for _, cost in heads) + sum(sorted(cost for cost, _ in rest)[: count - len(heads)])

    def credits(self, node: str, told: dict[str, Any]) -> Figures:
        total, now = told["total"], 0
        best = {0: 0}
        offers: list[tuple[int, int]] = []
        for part, edge in self.parts(node):
            points, steps = self.figures(part)
            brought = self.amount(part, edge) if points == S else 0
            now += brought
            most = edge["up_to"] if edge["up_to"] is not None else edge["value"]
            if edge["up_to"] is None and not edge["stated"] and points == S:
                continue
            while brought < most:
                gain = min(edge["value"], most - brought) if edge["up_to"] is not None else most - brought
                offers.append((gain, steps or 1))
                brought += gain
        for gain, cost in offers:
            for have, spent in list(best.items()):
                reached = min(total - now, have + gain)
                best[reached] = min(best.get(reached, FAR), spent + cost)
        return S * min(total, now) // total, 0 if now >= total else best[total - now]

    def amount(self, part: str, edge: dict[str, Any]) -> int:
        if edge["up_to"] is None and not edge["stated"]:
            return edge["value"]
        told = self.network.nodes[part]
        while told["kind"] == "gated":
            part = next(one for one, how in self.parts(part) if how["role"] == "part")
            told = self.network.nodes[part]
        asked = (
            told if told["kind"] == "holds" else {"achievement_id": told["achievement_id"], "current": True}
        )
        worth = [
            award.credits if edge["stated"] and award.credits is not None else edge["value"]
            for award in self.qualifying(asked)
        ]
        return min(sum(worth), edge["up_to"]) if edge["up_to"] is not None else max(worth)

    def exclusive(self, node: str, count: int) -> Figures:
        slots = [list(self.before[slot]) for slot, _ in self.parts(node)]
        costs = [self.figures(choice)[1] for choices in slots for choice in choices]
        if (
            min(costs) == max(costs) > 0
        ):  # any full matching will do, and authoring saw to it that there is one
            return 0, count * costs[0]
        flow: nx.DiGraph[Any] = nx.DiGraph()
        for place, choices in enumerate(slots):
            flow.add_edge(("slot", place), "end", capacity=1, weight=0)
            for choice in choices:
                flow.add_edge("start", choice, capacity=1, weight=self.figures(choice)[1])
                flow.add_edge(choice, ("slot", place), capacity=1, weight=0)
        flow.add_node("start", demand=-count)
        flow.add_node("end", demand=count)
        cost, plan = nx.network_simplex(flow)
        done = sum(plan["start"][choice] for choice in plan["start"] if self.figures(choice)[0] == S)
        return S * done // count, cost

    def gated(self, node: str, told: dict[str, Any]) -> Figures:
        by_role = {edge["role"]: part for part, edge in self.parts(node)}
        first, part = self.figures(by_role["first"]), by_role["part"]
        if not told["strict"]:
            return self.figures(part)
        if told["in_order"]:
            raise NotImplementedError("the order of awards needs their times; see tests/property/oracle.py")
        points, steps = self.figures(part)
        return (points, steps) if first[0] == S else (0, steps + first[1])

    def holds(self, node: str, told: dict[str, Any]) -> Figures:
        if self.qualifying(told):
            return S, 0
        points, steps = 0, 1
        for part, _ in self.parts(node):
            inner = self.network.nodes[part]
            if inner["kind"] != "stack":
                continue
            own = self.own(part, inner)
            if inner["policy"] == "auto" and own[0] == S and self.in_range(inner["version"], inner, told):
                return S, 0
            if inner["achievement_id"] == told["achievement_id"]:
                points, steps = min(own[0], S - 1), max(1, own[1])
        return points, steps

    def in_range(self, version: int, of: Any, told: dict[str, Any]) -> bool:
        achievement = of["achievement_id"] if isinstance(of, dict) else of.achievement
        versions = told.get("versions", {})
        if achievement != told["achievement_id"]:
            return True
        return versions.get("min", 0) <= version <= versions.get("max", FAR)

    def qualifying(self, told: dict[str, Any]) -> list[Any]:
        names = [told["achievement_id"], *told.get("accepts", ())]
        awards = [award for name in dict.fromkeys(names) for award in self.held.get(name, ())]
        return [award for award in awards if self.passes(award, told)]

    def passes(self, award: Any, told: dict[str, Any]) -> bool:
        result, since, age = told.get("result", {}), told.get("earned_since"), told.get("max_age_days")
        ok = award.earned_on <= self.at and self.in_range(award.version or award.revision, award, told)
        if told.get("current", True) and award.valid_until is not None:
            ok = ok and award.valid_until > self.at
        if since is not None:
            ok = ok and award.earned_on >= datetime.fromisoformat(since)
        if age is not None:
            ok = ok and self.at - award.earned_on < timedelta(days=age)
        return ok and (not result or any(self.good(one, result) for one in award.results))

    def good(self, found: Any, wanted: dict[str, Any]) -> bool:
        if wanted.get("result_description") not in (None, found.description):
            return False
        score, level = wanted.get("min_score"), wanted.get("level")
        enough = score is None or (found.score is not None and found.score >= Decimal(str(score)))
        return enough and (level is None or level in found.levels)
