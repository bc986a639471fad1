"""Badge images: what they say, and what they must never carry."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clr.drawing.badges import GLYPHS, badge_svg, initials

KINDS = ("badge", "micro-credential", "credential", "external")
STATES = ("earned", "in-progress", "eligible", "next", "locked", "expiring", "expired", "revoked")
SVG = "{http://www.w3.org/2000/svg}"
GREEN = "#00693e"


def elements(drawn):
    return list(ET.fromstring(drawn).iter())  # noqa: S314  our own output, drawn in this test


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("state", STATES)
def test_every_kind_in_every_state_is_well_formed_and_carries_no_script_style_or_reference(kind, state):
    drawn = badge_svg("Debate", kind, colour=GREEN, state=state, done=2, steps=5, left=0.3)

    found = elements(drawn)

    assert {element.tag for element in found} <= {
        SVG + name for name in ("svg", "path", "circle", "rect", "text")
    }
    carried = {name for element in found for name in element.attrib}
    assert not {name for name in carried if name.startswith("on") or name in ("href", "style", "id")}


def test_the_same_badge_is_drawn_in_the_same_bytes():
    assert badge_svg("Debate", colour=GREEN) == badge_svg("Debate", colour=GREEN)


def test_two_badges_of_one_issuer_are_engraved_differently():
    assert badge_svg("Reading Arguments", colour=GREEN) != badge_svg("Rhetoric of Asking", colour=GREEN)


def test_the_kind_shows_in_the_silhouette():
    assert len({badge_svg("Debate", kind, colour=GREEN, label="", small=True) for kind in KINDS}) == len(
        KINDS
    )


def test_a_hostile_name_stays_text():
    drawn = badge_svg('"><script>alert(1)</script>', colour=GREEN, mark="<b>")

    label = elements(drawn)[0].attrib["aria-label"]

    assert "<script" not in drawn
    assert label.startswith('"><script>alert(1)</script>, badge')


@given(name=st.text(max_size=40), mark=st.text(max_size=3), kind=st.sampled_from([*KINDS, "something new"]))
@settings(max_examples=60, deadline=None)
def test_any_name_gives_a_picture_that_can_be_read(name, mark, kind):
    encodable = "".join(letter for letter in name if not "\ud800" <= letter <= "\udfff")

    elements(badge_svg(encodable, kind, colour=GREEN, mark=mark))


def test_a_badge_beside_its_name_is_decoration_and_says_nothing_twice():
    assert elements(badge_svg("Debate", colour=GREEN, label=""))[0].attrib.get("aria-hidden") == "true"


def test_a_badge_alone_says_its_name_its_kind_and_where_it_stands():
    root = elements(badge_svg("Debate", "credential", colour=GREEN, state="in-progress"))[0]

    assert root.attrib["aria-label"] == "Debate, credential, in progress"
    assert root.attrib["role"] == "img"


@pytest.mark.parametrize("done", [0, 1, 4, 5])
def test_a_ring_has_a_segment_for_every_step_and_fills_one_for_each_that_is_done(done):
    empty = badge_svg("Debate", colour=GREEN, state="in-progress", done=0, steps=5)
    drawn = badge_svg("Debate", colour=GREEN, state="in-progress", done=done, steps=5)

    track = 'stroke="light-dark(#d5dbd6,#343e38)"'

    assert empty.count(track) == 5
    assert drawn.count(track) == 5 - done


def test_a_revoked_badge_is_crossed_out_and_an_expired_one_is_not():
    bar = "M24 104L104 24"

    assert bar in badge_svg("Debate", colour=GREEN, state="revoked")
    assert bar not in badge_svg("Debate", colour=GREEN, state="expired")


def test_every_glyph_is_drawn_in_place_of_the_initials():
    for glyph in GLYPHS:
        assert "<text" not in badge_svg("Debate", colour=GREEN, glyph=glyph)


def test_an_unknown_glyph_gives_way_to_the_initials():
    assert ">D</text>" in badge_svg("Debate", colour=GREEN, glyph="unicorn")


@pytest.mark.parametrize(
    ("name", "mark"), [("Reading Arguments", "RA"), ("debate", "D"), ("", "?"), ("First Aid and CPR", "FA")]
)
def test_initials_stand_for_the_name(name, mark):
    assert initials(name) == mark


def test_a_small_badge_leaves_the_engraving_out():
    large, small = badge_svg("Debate", colour=GREEN), badge_svg("Debate", colour=GREEN, small=True)

    assert len(small) < len(large) / 2


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("\u202eReading", "R"),
        ("\u200b", "?"),
        ("Z\u0337a\u0301", "Z"),
        ("\U0001f469\u200d\U0001f680", "\U0001f469"),
    ],
)
def test_no_initial_is_a_character_that_cannot_be_seen(name, mark):
    assert initials(name) == mark
