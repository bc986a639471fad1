"""The stacking graph: one node per badge however many stacks ask for it, one per version of a stack."""

from clr.pathways import AllOf, AtLeast, Holds, Part, Policy, Stack, StackingGraph


def of(*names):
    return tuple(Part(Holds(name)) for name in names)


GRAPH = StackingGraph(
    [
        Stack("skill", 1, AllOf(of("debate", "essay")), Policy.AUTO),
        Stack("skill", 2, AllOf(of("debate", "lab")), Policy.AUTO),
        Stack("goal", 1, AtLeast(1, (*of("skill"), Part(AllOf(of("debate")), 2))), Policy.ASSESSED),
        Stack("other", 1, Holds("lab"), Policy.MANUAL),
    ]
)


def test_a_badge_is_one_node_and_each_version_of_a_stack_one():
    nodes = {node: told["kind"] for node, told in GRAPH.network.nodes(data=True)}
    assert sorted(node for node, kind in nodes.items() if kind == "badge") == ["debate", "essay", "lab"]
    assert sorted(node for node, kind in nodes.items() if kind == "stack") == [
        "goal@1",
        "other@1",
        "skill@1",
        "skill@2",
    ]


def test_every_version_of_a_stack_feeds_whoever_asks_for_it():
    holders = {version: list(GRAPH.network.successors(f"skill@{version}")) for version in (1, 2)}
    assert holders == {1: ["goal@1/0"], 2: ["goal@1/0"]}


def test_an_edge_says_in_which_place_and_with_what_weight():
    assert GRAPH.network.edges["goal@1/0/1", "goal@1/0"] == {"position": 1, "weight": 2}


def test_what_an_achievement_counts_toward_comes_parts_before_wholes():
    assert GRAPH.reached_from("essay") == (("skill", 1), ("goal", 1))
    assert set(GRAPH.reached_from("lab")) == {("other", 1), ("skill", 2), ("goal", 1)}
    assert GRAPH.reached_from("goal") == GRAPH.reached_from("unknown") == ()


def test_the_highest_version_is_in_force_unless_a_learner_is_pinned():
    assert GRAPH.view({}) == {"skill": 2, "goal": 1, "other": 1}
    assert GRAPH.view({"skill": 1})["skill"] == 1
    assert GRAPH.versions("skill") == [1, 2]
    assert GRAPH.versions("debate") == ()


def test_the_graph_is_told_as_nodes_and_edges_whole_or_below_one_achievement():
    whole, below = GRAPH.node_link(), GRAPH.node_link("other")
    assert {node["id"] for node in below["nodes"]} == {"other@1", "lab"}
    assert [(edge["source"], edge["target"]) for edge in below["edges"]] == [("lab", "other@1")]
    assert len(whole["nodes"]) == GRAPH.network.number_of_nodes()
    assert GRAPH.node_link("unknown")["nodes"] == []
