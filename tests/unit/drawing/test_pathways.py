"""The drawn pathway: whole, deep, crowded, hostile."""

import itertools
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from clr.drawing.outlines import Branch, Look
from clr.drawing.pathways import DEEPEST, MOST_LEAVES, pathway_svg

SVG = "{http://www.w3.org/2000/svg}"


def branch(name, *parts, standing="open", count=None, look=True):
    needed = count or len(parts)
    gate = f"{needed} of {len(parts)}" if count else f"all {needed}"
    return Branch(
        look=Look(name, name, "micro-credential" if parts else "badge", "#3a3f9a") if look else None,
        title=name,
        standing=standing,
        says=name,
        policy=None,
        counted=standing == "done",
        proofs=(),
        steps_left=1,
        steps_exact=True,
        done=0,
        steps=1,
        asks=gate if parts else "",
        gate=gate if parts else "",
        earned=sum(part.standing == "done" for part in parts),
        needed=needed,
        parts=parts,
    )


def drawn(goal):
    return ET.fromstring(pathway_svg(goal))  # noqa: S314  our own output, drawn in this test


def texts(goal):
    return [element.text for element in drawn(goal).findall(f"{SVG}text")]


def box(goal):
    return [float(part) for part in drawn(goal).attrib["viewBox"].split()]


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
    assert [said[n] for n in range(len(said)) if said[n] in ("Essential", "Knowledge")] == [
        "Essential",
        "Knowledge",
    ]


def test_counted_lines_are_solid_and_the_next_one_is_dotted():
    edges = [
        element.attrib["class"] for element in drawn(THINKING).iter(f"{SVG}path") if "class" in element.attrib
    ]

    assert edges.count("edge next") == 1
    assert "edge on" in edges


def test_the_picture_is_hidden_because_the_outline_says_the_same():
    assert drawn(THINKING).attrib["aria-hidden"] == "true"


def test_the_same_pathway_is_drawn_in_the_same_bytes():
    assert pathway_svg(THINKING) == pathway_svg(replace(THINKING))


def test_a_hostile_name_stays_text():
    name = '</text><script>alert("x")</script>'

    said = pathway_svg(branch("Goal", branch(name), branch("Fine\x00\x1b")))

    assert "<script" not in said
    assert "Fine" in [element.text for element in ET.fromstring(said).findall(f"{SVG}text")]  # noqa: S314  as above


def test_levels_too_deep_to_follow_are_folded_into_one_leaf():
    deep = branch("Level 0", branch("Leaf"))
    for level in range(1, DEEPEST + 3):
        deep = branch(f"Level {level}", deep, branch(f"Beside {level}"))

    said = texts(deep)

    assert "Leaf" not in said
    assert any(line.endswith("inside") for line in said)


def test_a_crowded_box_shows_what_matters_and_counts_the_rest():
    many = [branch(f"Badge {n}", standing="choice") for n in range(20)]
    many[17] = branch("The one in hand", standing="done")

    said = texts(branch("Goal", *many, count=1))

    assert "The one in hand" in said
    assert f"and {20 - MOST_LEAVES} more in the outline" in said


def test_a_goal_without_parts_is_drawn_alone():
    assert texts(branch("Alone")) == ["Alone"]


def test_a_group_that_is_no_achievement_is_a_gate_without_a_badge():
    with_badge = branch("Goal", branch("Group", branch("Debate"), branch("Lab"), count=1))
    without = branch("Goal", branch("Group", branch("Debate"), branch("Lab"), count=1, look=False))

    assert "Group" in texts(with_badge)
    assert "Group" not in texts(without)
    assert "1 of 2" in texts(without)


def trees():
    names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)
    standings = st.sampled_from(["done", "next", "open", "choice", "going", "needless"])
    leaves = st.builds(lambda name, standing: branch(name, standing=standing), names, standings)
    return st.recursive(
        leaves,
        lambda inner: st.builds(
            lambda name, parts, look: branch(name, *parts, look=look),
            names,
            st.lists(inner, min_size=1, max_size=5),
            st.booleans(),
        ),
        max_leaves=20,
    )


@given(trees())
@settings(max_examples=40, deadline=None)
def test_whatever_the_tree_the_drawing_is_well_formed_and_nothing_leaves_it(goal):
    root = drawn(goal)
    _, _, width, height = box(goal)

    for element in root:
        if element.tag in (f"{SVG}rect", f"{SVG}svg"):
            x, y, w, h = (float(element.attrib[name]) for name in ("x", "y", "width", "height"))
            assert min(x, y) >= 0
            assert x + w <= width
            assert y + h <= height
        if element.tag == f"{SVG}text":
            assert 0 < float(element.attrib["y"]) < height
        if element.tag == f"{SVG}path":
            numbers = [float(number) for number in re.findall(r"-?[\d.]+", element.attrib["d"])]
            assert min(numbers) >= 0
            assert max(numbers) <= max(width, height)


@given(trees())
@settings(max_examples=40, deadline=None)
def test_no_two_boxes_or_badges_lie_on_one_another(goal):
    boxes = [element for element in drawn(goal) if element.attrib.get("class") == "group"]
    spans = sorted((float(one.attrib["y"]), float(one.attrib["height"])) for one in boxes)

    for (top, height), (below, _) in itertools.pairwise(spans):
        assert top + height <= below
