"""What one would write first: recursion over the networkx graph, remembered within one evaluation.

The same rules with all features on (basis points and steps), on the very graph the service publishes.
"""

from typing import Any

import networkx as nx

S = 10_000


def over_all_pathways(
    network: "nx.DiGraph[str]", goals: list[str], held: set[str]
) -> dict[str, tuple[int, int]]:
    """Evaluate every pathway's goal, each node once."""
    memo: dict[str, tuple[int, int]] = {}
    return {goal: _evaluate(network, goal, held, memo) for goal in goals}


def over_descendants(network: "nx.DiGraph[str]", badge: str, held: set[str]) -> dict[str, tuple[int, int]]:
    """Evaluate only what the badge counts toward, found by networkx."""
    memo: dict[str, tuple[int, int]] = {}
    reached = nx.descendants(network, badge)
    stacks = (node for node in reached if network.nodes[node]["kind"] == "stack")
    return {node: _evaluate(network, node, held, memo) for node in stacks}


def _evaluate(network: Any, node: str, held: set[str], memo: dict[str, tuple[int, int]]) -> tuple[int, int]:
    if node not in memo:
        memo[node] = _uncached(network, node, held, memo)
    return memo[node]


def _uncached(network: Any, node: str, held: set[str], memo: dict[str, tuple[int, int]]) -> tuple[int, int]:
    told = network.nodes[node]
    if told["kind"] == "badge":
        return (S, 0) if node in held else (0, 1)
    parts = [
        (_evaluate(network, part, held, memo), network.edges[part, node]["weight"])
        for part in network.predecessors(node)
    ]
    if told["kind"] == "stack":
        points, steps = parts[0][0]
        return (points, steps) if told["policy"] == "auto" else (points * 9 // 10, steps + 1)
    if told["kind"] == "all_of":
        points = sum(part[0] * weight for part, weight in parts) // sum(weight for _, weight in parts)
        return points, sum(part[1] for part, weight in parts if weight)
    best = sorted((part[0] for part, _ in parts), reverse=True)
    least = sorted(part[1] for part, _ in parts)
    return sum(best[: told["count"]]) // told["count"], sum(least[: told["count"]])
