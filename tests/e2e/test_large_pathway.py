"""A pathway of some eighty badges and stacks: read, read aloud, folded, drawn, printed."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, WIDE, Demonstration, Visitor
from tests.e2e.test_looks import AMARA, DEVICES, NARROWEST, WIDEST, objections, too_wide

SKILLS = ("Argument", "Research", "Teamwork", "Speaking", "Data", "Community", "Ethics", "Languages", "Craft")
"""The stacks of the large pathway, each of eight badges."""


@pytest.fixture(scope="module")
def grand(standing: Demonstration) -> str:
    """A pathway of some 80 badges and stacks that asks for everything that can be asked for."""
    issuer = standing.ids["issuers"]["career"]
    with httpx.Client(
        base_url=standing.url, headers={"Authorization": f"Bearer {standing.told['tokens']['admin']}"}
    ) as staff:

        def sent(path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
            answer = staff.post(path, json=body)
            assert answer.status_code < 300, answer.text
            return dict(answer.json())

        def defined(name: str, kind: str) -> str:
            said = {"issuer_id": issuer, "name": name, "kind": kind, "description": name, "criteria": name}
            return str(sent("/v1/achievements", said)["id"])

        badges = [[defined(f"{skill} {n}", "badge") for n in range(1, 8)] for skill in SKILLS]
        skills = [defined(f"{skill} in Practice", "micro-credential") for skill in SKILLS]
        goal = defined("The Whole Portfolio", "credential")
        stacks = {key: rule(at, badges) for at, key in enumerate(skills)}
        stacks[goal] = {"requirement": group("all_of", [*map(part, skills), shut(skills)])}
        stacks = {key: {"policy": "auto", **stack} for key, stack in stacks.items()}
        draft = {"name": "The Whole Portfolio", "goal": goal, "description": "Everything.", "stacks": stacks}
        made = sent("/v1/pathways", {"issuer_id": issuer, "draft": draft})
        sent(f"/v1/pathways/{made['id']}/publish")
        for key in [*badges[0][:4], *badges[1][:2]]:
            sent("/v1/awards", {"learner_id": standing.ids["learners"]["learner_1"], "achievement_id": key})
    return str(made["id"])


def part(key: str, **more: Any) -> dict[str, Any]:
    return {"requirement": {"kind": "holds", "achievement_id": key}, **more}


def group(kind: str, parts: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"kind": kind, "parts": parts, **more}


def shut(skills: list[str]) -> dict[str, Any]:
    """The last skill once more, after the first."""
    inner = group("all_of", [part(skills[-1])], name="A last word")
    return {"requirement": inner, "after": {"requirement": part(skills[0])["requirement"]}}


def rule(at: int, badges: list[list[str]]) -> dict[str, Any]:
    """What a skill asks for: hours, categories, one thing after another, or simply most of its badges and a shared one."""
    own = badges[at]
    if at % 4 == 1:
        return {
            "requirement": group("credits", [part(key, value=7.5) for key in own], total=30, unit="hours")
        }
    if at % 4 == 2:
        parts = [part(key, category=("Course", "Community")[n % 2]) for n, key in enumerate(own)]
        return {"requirement": group("at_least", parts, count=4, categories=2)}
    if at % 4 == 3:
        later = part(own[1], after={"requirement": part(own[0])["requirement"]})
        advised = part(own[2], after={"requirement": part(own[0])["requirement"], "kind": "advisory"})
        return {"requirement": group("all_of", [part(own[0]), later, advised, *map(part, own[3:])])}
    return {
        "requirement": group("at_least", [*map(part, own), part(badges[0][0])][: 8 if at else 7], count=5)
    }


@pytest.fixture(scope="module")
def grand_visitors(standing: Demonstration, grand: str) -> list[Visitor]:
    """Amara's two devices, once the large pathway is there."""
    visitors = [standing.visitor(size=size, color_scheme=scheme) for scheme, size in DEVICES]
    for visitor in visitors:
        visitor.is_somebody(AMARA)
        visitor.opens(f"/pathways/{grand}")
    return visitors


def test_a_large_pathway_can_be_read_by_everybody_at_every_width(grand_visitors: list[Visitor]):
    for visitor in grand_visitors:
        page = visitor.page
        for width in (NARROWEST, WIDEST):
            page.set_viewport_size({"width": width, "height": 900})
            assert too_wide(page) <= 0, width
            assert objections(page) == [], width
            page.evaluate("[...document.querySelectorAll('.parts')].forEach((fold) => { fold.open = true; })")
            assert too_wide(page) <= 0, width
        assert objections(page) == []
        page.reload()


def test_a_large_pathway_is_read_aloud_in_the_order_of_its_outline(
    standing: Demonstration, grand: str, grand_visitors: list[Visitor]
):
    page = grand_visitors[0].opens(f"/pathways/{grand}")
    answer = page.request.get(f"{standing.url}/v1/learners/me/progress/{grand}/outline").json()
    page.evaluate("[...document.querySelectorAll('.parts')].forEach((fold) => { fold.open = true; })")
    lines = answer["lines"][1:]

    headings = page.locator(".tree").get_by_role("heading", level=3).all_inner_texts()
    states = page.locator(".tree .node > .state").all_inner_texts()

    assert list(zip(headings, states, strict=True)) == [(line["title"], line["state_says"]) for line in lines]
    assert len(lines) > 80
    assert {"Counted", "In progress", "To do", "Up next", "Locked", "Another choice"} <= set(states)
    for says in (
        "15 of 30 hours",
        "Opens after Speaking 1",
        "Best after Speaking 1",
        "Opens after Argument in",
    ):
        expect(page.locator(".tree").get_by_text(says).first).to_be_visible()


def test_a_long_outline_is_folded_but_for_what_leads_on_and_stays_as_its_reader_left_it(
    standing: Demonstration, grand: str, grand_visitors: list[Visitor]
):
    page = grand_visitors[1].opens(f"/pathways/{grand}")
    folds = page.locator(".tree > li > .parts")
    assert [fold.get_attribute("open") is not None for fold in folds.all()].count(True) < folds.count() / 2

    folds.first.locator("> summary").click()
    was_open = folds.first.get_attribute("open") is not None
    achievement = page.locator(".tree > li:nth-child(2) ol .name-s").nth(4).text_content() or ""
    standing.command("award", "--learner", "amara.diallo@northfield.example", "--achievement", achievement)

    expect(page.locator("[data-toasts]")).to_contain_text(achievement)
    assert (folds.first.get_attribute("open") is not None) is was_open


def test_the_drawing_of_a_large_pathway_scrolls_in_its_frame_and_a_phone_opens_it_by_itself(
    grand: str, grand_visitors: list[Visitor]
):
    wide, phone = (visitor.opens(f"/pathways/{grand}") for visitor in grand_visitors)
    wide.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    phone.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    frame = wide.locator(".drawing")
    assert frame.evaluate(
        "(box) => box.scrollHeight > box.clientHeight && box.clientHeight <= 0.9 * innerHeight"
    )
    expect(phone.locator(".drawing")).to_be_hidden()

    phone.get_by_role("link", name="Open the drawing by itself").click()

    phone.wait_for_url("**/graph.svg")
    assert phone.evaluate("document.documentElement.getAttribute('role')") == "img"
    assert "A last word" in phone.evaluate("document.querySelector('desc').textContent")
    assert phone.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light dark"
    for path in (f"/v1/learners/me/progress/{grand}/graph.svg", f"/v1/pathways/{grand}/graph.svg"):
        assert (
            wide.evaluate(
                """(path) => new Promise((done) => { const image = new Image();
                image.onload = () => done(image.naturalWidth); image.onerror = () => done(0); image.src = path; })""",
                path,
            )
            > 900
        )


def test_a_pathway_prints_with_everything_unfolded(grand: str, grand_visitors: list[Visitor]):
    page = grand_visitors[0].opens(f"/pathways/{grand}")
    page.emulate_media(media="print")
    expect(page.get_by_text("Craft 7", exact=True).first).to_be_visible()
    assert page.evaluate(
        "document.querySelector('.drawing').scrollHeight <= document.querySelector('.drawing').clientHeight"
    )
    page.emulate_media(media="screen")
