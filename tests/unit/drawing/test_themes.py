"""Colours of institutions: any two of them give a page that can be read."""

import colorsys
import re

from hypothesis import given
from hypothesis import strategies as st

from clr.drawing.colour import contrast, tones
from clr.drawing.themes import theme_css

LIGHT_PAGE, DARK_PAGE, DARK_INK = "#ffffff", "#0f1311", "#0b120e"
ENOUGH = 7.0
"""WCAG 2.2, 1.4.6: enhanced contrast of text."""


def sampled():
    for hue in range(0, 360, 10):
        for lightness in (15, 50, 85):
            for saturation in (0, 50, 100):
                rgb = colorsys.hls_to_rgb(hue / 360, lightness / 100, saturation / 100)
                yield "#" + "".join(f"{round(255 * part):02x}" for part in rgb)


def test_every_sampled_colour_becomes_legible_on_both_pages():
    for colour in sampled():
        tone = tones(colour)
        assert contrast(tone["deep"], LIGHT_PAGE) >= ENOUGH, colour
        assert contrast(tone["glow"], DARK_PAGE) >= ENOUGH, colour
        assert contrast(DARK_INK, tone["glow"]) >= ENOUGH, colour


def test_every_sampled_colour_keeps_a_struck_badge_apart_from_its_rim():
    for colour in sampled():
        assert contrast(tones(colour)["deep"], tones(colour)["tint"]) >= 4.5, colour


def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == 21
    assert contrast("#ffffff", "#000000") == 21
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


def test_hue_is_what_an_institution_keeps():
    red, blue = tones("#ff0000")["deep"], tones("#0000ff")["deep"]

    assert red[1:3] > red[5:7]
    assert blue[5:7] > blue[1:3]


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_any_colour_gives_six_tones_that_are_colours(colour):
    found = tones(colour)

    assert set(found) == {"deep", "soft", "tint", "wash", "dusk", "glow"}
    assert all(re.fullmatch(r"#[0-9a-f]{6}", tone) for tone in found.values())


def test_a_theme_names_what_the_pages_use_and_is_the_same_every_time():
    css = theme_css("#00693e", "#3a3f9a")

    named = set(re.findall(r"(--[\w-]+):", css))

    assert named == {"--brand", "--on-brand", "--brand-block", "--brand-tint", "--accent", "--accent-tint"}
    assert css == theme_css("#00693e", "#3a3f9a")
