"""Every page, in light on a wide screen and in dark on a phone: nothing axe objects to, nothing wider than its window."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import PHONE, WIDE, Demonstration, Visitor

AMARA = "Amara Diallo"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
DEVICES = [("light", WIDE), ("dark", PHONE)]
NARROWEST, WIDEST = 320, 1920
SCREENS = os.environ.get("CLR_SCREENS")
"""Where to keep pictures of the pages (``make screens``); none are kept when it is not set."""


PAGES = (
    "dashboard",
    "pathways",
    "pathway",
    "records",
    "composer",
    "shared-record",
    "verifier",
    "achievement",
    "issuer",
    "demo",
    "refusal",
)


def places(demonstration: Demonstration) -> dict[str, str]:
    """Every page there is, by its name."""
    ids = demonstration.ids
    return {
        "dashboard": "/",
        "pathways": "/pathways",
        "pathway": f"/pathways/{ids['pathways']['Critical Thinking']}",
        "records": "/records",
        "composer": f"/records/{ids['records']['learner_1']}",
        "shared-record": f"/s/{ids['share_token']}",
        "verifier": "/verify",
        "achievement": f"/achievements/{ids['achievements']['Debate in a Second Language']}",
        "issuer": "/issuers/languages",
        "demo": "/demo",
        "refusal": "/problems/not-eligible",
    }


PICTURED = ("dashboard", "pathway", "composer", "shared-record", "verifier")


def objections(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{item['id']}: {[node['html'][:120] for node in item['nodes'][:3]]}" for item in found]


def too_wide(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@pytest.fixture(scope="module")
def devices(standing: Demonstration) -> list[Visitor]:
    """Amara's two devices."""
    visitors = [standing.visitor(size=size, color_scheme=scheme) for scheme, size in DEVICES]
    for visitor in visitors:
        visitor.is_somebody(AMARA)
    return visitors


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_read_by_everybody_on_every_device(
    standing: Demonstration, devices: list[Visitor], name: str
):
    for visitor, (scheme, size) in zip(devices, DEVICES, strict=True):
        page = visitor.opens(places(standing)[name])
        if name == "verifier":
            checks_a_record(page, standing)
        if SCREENS and name in PICTURED:
            keep(page, size, f"{name}{'' if size == WIDE else '-phone'}")
        page.evaluate(OPEN_SOME)
        assert objections(page) == [], (scheme, size)
        assert too_wide(page) <= 0, (scheme, size)


OPEN_SOME = """[...document.querySelectorAll("details:not(.item), details.item:nth-of-type(-n+2)")].forEach(
    (fold) => { fold.open = true; })"""
"""Opens what is folded; of a record's many awards, which are all built alike, the first two of a section."""


def keep(page: Page, size: tuple[int, int], name: str) -> None:
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size[0], "height": tall})
    page.screenshot(path=Path(SCREENS or "") / f"{name}.png")
    page.set_viewport_size({"width": size[0], "height": size[1]})


def checks_a_record(page: Page, standing: Demonstration) -> None:
    document = page.request.get(f"{standing.url}/s/{standing.ids['share_token']}/clr.json").text()
    page.get_by_label("Paste the document").fill(document)
    page.get_by_role("button", name="Check").click()
    expect(page.locator("[data-verdict]")).to_have_text("It holds")


def test_no_page_is_wider_than_the_narrowest_phone_or_breaks_on_the_widest_screen(standing: Demonstration):
    visitor = standing.visitor()
    visitor.is_somebody(AMARA)
    wide = {}
    for name in PAGES:
        page = visitor.opens(places(standing)[name])
        for width in (NARROWEST, WIDEST):
            page.set_viewport_size({"width": width, "height": 900})
            wide[name, width] = too_wide(page)
    assert {place: over for place, over in wide.items() if over > 0} == {}


def test_an_absent_page_says_what_to_do_and_looks_like_the_others(standing: Demonstration):
    visitor = standing.visitor()
    page = visitor.opens("/s/unknown")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing here")
    assert objections(page) == []
    visitor.was_refused(404)


def test_a_record_and_its_checks_can_be_read_without_script(standing: Demonstration):
    visitor = standing.visitor(java_script_enabled=False)
    page = visitor.opens(places(standing)["shared-record"])
    item = page.locator("details.item", has_text="Mock Trial").last
    item.locator("summary").first.click()
    expect(item).to_contain_text("How it was assessed")

    document = page.request.get(f"{standing.url}/s/{standing.ids['share_token']}/clr.json").text()
    visitor.opens("/verify").get_by_label("Paste the document").fill(document)
    page.get_by_role("button", name="Check").click()

    expect(page.locator("[data-verdict]")).to_have_text("It holds")


def test_a_record_prints_on_paper_with_the_address_to_check_it(standing: Demonstration):
    visitor = standing.visitor()
    page = visitor.opens(places(standing)["shared-record"])
    page.emulate_media(media="print")
    expect(page.get_by_text("Check it at")).to_be_visible()
    expect(page.locator(".no-print").first).to_be_hidden()


def test_a_dashboard_on_another_origin_follows_its_learner_by_fetch(standing: Demonstration, elsewhere: str):
    visitor = standing.visitor()
    page = visitor.opens(elsewhere + "/")
    page.get_by_label("Service").fill(standing.url)
    page.get_by_label("Access token").fill(standing.told["tokens"]["learner_2"])
    page.get_by_role("button", name="Show my progress").click()
    pathway = page.locator("#pathways li", has_text="Teamwork")
    expect(pathway).to_contain_text("4 steps left")

    standing.command(
        "award", "--learner", "ben.whitfield@northfield.example", "--achievement", "Leading a Meeting"
    )

    expect(page.locator("#news")).to_contain_text("award: Leading a Meeting")
    expect(pathway).to_contain_text("2 steps left")


def test_awards_are_moved_by_pointer_and_by_buttons_and_left_out_and_nothing_is_kept_unsaved(
    standing: Demonstration,
):
    visitor = standing.visitor()
    visitor.is_somebody(AMARA)
    page = visitor.opens(places(standing)["composer"])
    shown = page.locator("[data-preview-body] ul").last.locator(".name-s")
    before = shown.all_inner_texts()
    first, second, third, *rest = before

    drag(page, page.get_by_role("button", name=f"Move {third}", exact=True), onto=first)
    expect(shown).to_have_text([third, first, second, *rest])
    page.get_by_role("button", name=f"Move {third} down").click()
    expect(shown).to_have_text([first, third, second, *rest])
    page.get_by_role("button", name=f"Leave {second} out").click()
    expect(shown).to_have_text([first, third, *rest])
    expect(page.get_by_role("button", name=f"Add {second}")).to_be_focused()
    expect(page.locator("[data-saved]")).to_have_text("Not saved yet")

    page.once("dialog", lambda asked: asked.accept())
    page.reload()
    expect(shown).to_have_text(before)


def drag(page: Page, grip: Locator, *, onto: str) -> None:
    """Move the pointer in steps: a browser begins to drag only when it sees the way."""
    grip.scroll_into_view_if_needed()
    start, end = grip.bounding_box(), page.locator("[data-pick]", has_text=onto).first.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + 40, end["y"] + 8, steps=8)
    page.mouse.move(end["x"] + 42, end["y"] + 6)
    page.mouse.up()


def test_states_can_be_told_apart_in_forced_colours_and_nothing_moves_for_who_wants_that(
    standing: Demonstration,
):
    visitor = standing.visitor(forced_colors="active", reduced_motion="reduce")
    visitor.is_somebody(AMARA)
    page = visitor.opens(places(standing)["pathway"])
    for says in ("Counted", "Up next", "Another choice", "In progress"):
        expect(page.locator(".state", has_text=says).first).to_be_visible()
    moving = page.evaluate("document.getAnimations().filter((one) => one.playState === 'running').length")
    assert moving == 0
    assert objections(page) == []
