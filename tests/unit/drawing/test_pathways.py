"""The drawn pathway: small, deep, crowded, hostile; alone and in a page."""

import re
from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings

from clr.drawing.graphs import MOST_LEAVES, MOST_NODES, graph_of
from clr.drawing.outlines import structure
from clr.drawing.pathways import pathway_image, pathway_svg
from tests.unit.drawing.branches import STANDINGS, branch, pathway, trees

SVG = "{http://www.w3.org/2000/svg}"


def drawn(goal):
    return ET.fromstring(pathway_svg(goal))  # noqa: S314  our own output, drawn in this test


def texts(goal):
    return [element.text for element in drawn(goal).iterfind(f"{SVG}g/{SVG}text")]


def layer(root, name):
    return [piece for group in root if group.get("class", "").split()[0] == name for piece in group]


def rectangle(piece):
    return tuple(float(piece.attrib[name]) for name in ("x", "y", "width", "height"))


def known(root):
    return sorted(piece.get("data-node") for piece in root.iter() if piece.get("data-node"))


THINKING = branch(
    "Critical Thinking",
    branch(
        "Essential Knowledge", branch("Debate", standing="done"), branch("Essay", standing="next"), count=1
    ),
    branch("Reflection"),
)


def test_every_name_and_every_rule_is_in_the_drawing():
    said = texts(THINKING)

    assert {"Debate", "Essay", "Reflection", "Critical Thinking", "1 of 2", "all 2"} <= set(said)
    assert {"Essential", "Knowledge"} <= set(said)


def test_counted_lines_are_solid_and_the_next_one_is_dotted():
    lines = {
        piece.get("class"): len(piece) for piece in layer(drawn(THINKING), "lines") if piece.get("class")
    }

    assert lines == {"edge": 2, "edge next": 1, "edge on": 1}


def test_in_a_page_the_picture_is_hidden_because_the_outline_says_the_same():
    root = drawn(THINKING)

    assert root.attrib["aria-hidden"] == "true"
    assert root.find(f"{SVG}title") is None


def test_alone_the_picture_has_a_title_and_says_what_the_outline_says():
    root = ET.fromstring(pathway_image(THINKING, "2 steps left"))  # noqa: S314  as above

    assert root.attrib["role"] == "img"
    assert root.findtext(f"{SVG}title") == "Critical Thinking, 2 steps left"
    told = root.findtext(f"{SVG}desc")
    assert "Debate: Counted." in told
    assert told.index("Essential Knowledge: To do. 1 of 2, 1 done.") < told.index("Essay: Up next.")


def test_alone_every_colour_is_there_without_the_page():
    said = pathway_image(THINKING, "")

    assert set(re.findall(r"var\(--[\w-]+(?!, )[^,\w-]", said)) == set()
    assert "var(--ink, light-dark(" in said
    assert "url(" not in said


def test_the_same_pathway_is_drawn_in_the_same_bytes():
    assert pathway_svg(THINKING) == pathway_svg(replace(THINKING))


def test_a_hostile_name_stays_text():
    name = '</text><script>alert("x")</script>'
    goal = branch("Goal", branch(name, standing="locked", notes=(name,)), branch("Fine\x00\x1b"))

    for said in (pathway_svg(goal), pathway_image(goal, name)):
        assert "<script" not in said
        ET.fromstring(said)  # noqa: S314  as above
    assert "Fine" in texts(goal)


def test_a_badge_is_drawn_once_however_many_stacks_ask_for_it():
    goal = branch(
        "Goal",
        branch("French", branch("Debate", standing="done"), branch("Grammar")),
        branch("Argument", branch("Debate", standing="needless"), branch("Lab")),
    )

    assert texts(goal).count("Debate") == 1
    assert known(drawn(goal)).count("achievement/Debate") == 1
    assert sum(line.source == ("achievement", "Debate") for line in graph_of(goal).lines) == 2


def test_a_badge_says_the_most_telling_of_its_places():
    goal = branch(
        "Goal",
        branch("French", branch("Debate", standing="choice"), branch("Grammar")),
        branch("Argument", branch("Debate", standing="next"), branch("Lab")),
    )

    assert "Up next" in texts(goal)
    assert "Another choice" not in texts(goal)


def test_a_waiver_in_one_place_hides_nothing_that_is_open_in_another():
    goal = branch(
        "Goal", branch("A", branch("Debate", standing="waived")), branch("B", branch("Debate"), branch("Lab"))
    )

    assert "Waived; elsewhere to do" in texts(goal)


def test_what_must_come_first_stands_left_of_what_it_opens_and_is_named():
    locked = branch(
        "Placement",
        standing="locked",
        first=branch("Ethics", standing="next"),
        strict=True,
        notes=("Opens after Ethics",),
    )
    root = drawn(branch("Goal", branch("Debate"), locked))
    at = {piece.get("data-node"): float(piece.get("x")) for piece in layer(root, "badges")}

    assert at["achievement/Ethics"] < at["achievement/Placement"]
    assert "Locked: opens after Ethics" in [text.text for text in root.iterfind(f"{SVG}g/{SVG}text")]
    assert len(root.findall(f".//{SVG}g[@class='lock']")) == 1


def test_what_had_better_come_first_is_drawn_without_a_lock():
    advised = branch("Placement", first=branch("Ethics"), notes=("Best after Ethics",))
    root = drawn(branch("Goal", advised))

    assert "To do, best after Ethics" in [text.text for text in root.iterfind(f"{SVG}g/{SVG}text")]
    assert root.findall(f".//{SVG}g[@class='lock']") == []


def test_two_that_each_come_before_the_other_are_drawn_all_the_same():
    one = branch("One", first=branch("Other"), strict=True)
    other = branch("Other", first=branch("One"), strict=True)

    assert known(drawn(branch("Goal", branch("A", one), branch("B", other)))) == [
        "achievement/A",
        "achievement/B",
        "achievement/Goal",
        "achievement/One",
        "achievement/Other",
    ]


def test_hours_stand_at_the_gate_with_how_many_are_there():
    goal = branch(
        "Fieldwork",
        branch("Camp", standing="done", notes=("Brings 12.5 hours",)),
        branch("Lab"),
        gate="30 hours",
        asks="Gather 30 hours",
        tally="12.5 of 30 hours",
        unit="hours",
        earned=12.5,
        needed=30,
    )

    assert {"30 hours", "12.5 of 30 hours", "Counted, brings 12.5 hours"} <= set(texts(goal))


@pytest.mark.parametrize("standing", STANDINGS)
def test_every_state_is_written_out_wherever_it_is_drawn(standing):
    leaf, stack = branch("Leaf", standing=standing), branch("Stack", branch("Part"), standing=standing)

    said = texts(branch("Goal", leaf, stack, branch("Other")))

    assert {leaf.words, stack.words} <= set(said)


def test_without_a_learner_only_what_is_asked_for_is_drawn():
    said = texts(structure(THINKING))

    assert {"Debate", "1 of 2", "all 2"} <= set(said)
    assert not {"Counted", "Up next", "To do", "1 done", "?"} & set(said)


def test_a_pathway_too_large_to_follow_is_folded():
    deep = branch("Goal", *(pathway(40, to_a_stack=5) for _ in range(3)))
    wide = branch(
        "Goal", *(branch(f"Area {n}", *(branch(f"Badge {n}-{m}") for m in range(9))) for n in range(30))
    )

    assert len(graph_of(deep).nodes) <= MOST_NODES
    assert known(drawn(wide)) == sorted(["achievement/Goal", *(f"achievement/Area {n}" for n in range(30))])
    assert "To do, 9 parts inside" in texts(wide)


def test_a_crowded_box_shows_what_matters_and_counts_the_rest():
    many = [branch(f"Badge {n}", standing="choice") for n in range(130)]
    many[97] = branch("The one in hand", standing="done")

    said = texts(branch("Goal", *many, count=1))

    assert "The one in hand" in said
    assert f"and {130 - MOST_LEAVES} more in the outline" in said


def test_a_goal_without_parts_is_drawn_alone():
    assert texts(branch("Alone")) == ["Alone", "To do"]


def test_a_group_that_is_no_achievement_is_a_gate_with_its_name_and_without_a_badge():
    group = branch("At work", branch("Debate"), branch("Lab"), count=1, look=False)

    said = texts(branch("Goal", group, branch("Essay")))

    assert {"At work", "1 of 2"} <= set(said)
    assert len(layer(drawn(branch("Goal", group, branch("Essay"))), "badges")) == 4


@pytest.mark.parametrize("leaves", [3, 12, 40, 80])
def test_a_tree_of_stacks_is_drawn_with_every_node_and_no_two_on_one_another(leaves):
    goal = pathway(leaves)
    root = drawn(goal)

    assert known(root) == sorted(
        ["achievement/Goal", *(f"achievement/Badge {n}" for n in range(leaves))]
        + [f"achievement/Stack {n}" for n in range(-(-leaves // 7))]
    )
    assert overlapping(root) == []


def overlapping(root):
    """Boxes, gates and badges that lie on one another, badges within their box apart."""
    boxes = [rectangle(piece) for piece in layer(root, "boxes")]
    badges = [rectangle(piece) for piece in layer(root, "badges")]
    pills = [rectangle(piece) for piece in layer(root, "pills")]
    free = [one for one in badges if not any(within(one, box) for box in boxes)]
    boxed = [one for one in badges if any(within(one, box) for box in boxes)]
    apart = [*combinations([*boxes, *pills, *free], 2), *combinations(boxed, 2)]
    return [(one, other) for one, other in apart if overlap(one, other)]


def within(one, other):
    return (
        other[0] <= one[0]
        and other[1] <= one[1]
        and one[0] + one[2] <= other[0] + other[2]
        and one[1] + one[3] <= other[1] + other[3]
    )


def overlap(one, other, slack=1.5):
    """Whether two rectangles share more than what rounding to whole units brings about."""
    return all(
        one[axis] + slack < other[axis] + other[axis + 2] and other[axis] + slack < one[axis] + one[axis + 2]
        for axis in (0, 1)
    )


def through(root):
    """Level stretches of lines that pass through a box or a badge."""
    solid = [rectangle(piece) for piece in [*layer(root, "boxes"), *layer(root, "badges")]]
    found = []
    for path in root.iterfind(f".//{SVG}g[@class]/{SVG}path[@d]"):
        x = y = 0.0
        for kind, numbers in re.findall(r"([MHC])([-\d. ]+)", path.attrib["d"]):
            values = [float(number) for number in numbers.split()]
            if kind == "H":
                stretch = (min(x, values[0]), y - 0.5, abs(values[0] - x), 1.0)
                found += [(stretch, box) for box in solid if overlap(stretch, box, slack=0.6)]
                x = values[0]
            else:
                x, y = values[-2:]
    return found


@given(trees(least=3, most=70))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
def test_whatever_the_pathway_it_is_drawn_whole_within_its_frame_and_nothing_lies_on_anything(goal):
    root = drawn(goal)
    _, _, width, height = (float(part) for part in root.attrib["viewBox"].split())
    graph = graph_of(goal)

    assert len(known(root)) == len(graph.nodes)  # as ids may differ by what no drawing can carry
    for piece in [*layer(root, "boxes"), *layer(root, "badges"), *layer(root, "pills")]:
        x, y, w, h = rectangle(piece)
        assert min(x, y) >= 0
        assert x + w <= width
        assert y + h <= height
    for text in root.iterfind(f"{SVG}g/{SVG}text"):
        assert 0 < float(text.attrib["y"]) < height
    assert overlapping(root) == []
    assert through(root) == []
    ET.fromstring(pathway_image(goal, "1 step left"))  # noqa: S314  as above
