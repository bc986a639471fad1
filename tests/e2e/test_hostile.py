"""Pages under words and amounts that nobody planned for: nothing runs, leaves its box, widens a page or breaks it."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from clr.settings import Settings
from tests.conftest import serving
from tests.e2e.conftest import Visitor
from tests.e2e.rough import ENDLESS, LONG, NAMES, PNG, SCRIPT, Rough, rough_award, rough_badge, rough_record
from tests.worlds import World, all_of, at_least


@pytest.fixture(scope="module")
def rough(
    chromium: Browser, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rough]:
    """One institution whose every field was filled by somebody careless or unkind."""
    folder = tmp_path_factory.mktemp("rough")
    shutil.copy(sqlite_template, folder / "clr.db")
    with serving(Settings(data_dir=folder, jobs="elsewhere")) as client:
        world = World(client)
        learner = world.learner(ENDLESS)
        badges = [rough_badge(world, name) for name in NAMES]
        world.achievements |= {badge["name"]: badge["id"] for badge in badges}
        awards = [rough_award(world, learner, badge) for badge in badges]
        goal = f"Goal {ENDLESS}"
        world.pathway(goal, {goal: (at_least(3, *(badge["name"] for badge in badges)), "auto")})
        depth = {f"Level {n}": (all_of(f"Level {n + 1}", f"Leaf {n}"), "auto") for n in range(10)}
        world.pathway("Level 0", depth)
        world.enrol(learner, goal)
        world.enrol(learner, "Level 0")
        record, address, shared = rough_record(world, learner, awards)
        reason = {"reason": LONG[:999]}
        assert client.post(f"/v1/awards/{awards[2]}/revoke", json=reason, headers=world.admin).is_success
        rough = Rough(world, chromium, learner, awards, record, address, shared)
        yield rough
        for visitor in rough.visitors:
            visitor.context.close()
    assert [visitor.faults for visitor in rough.visitors if visitor.faults] == []


def places(rough: Rough) -> dict[str, str]:
    world = rough.world
    slug = world.client.get("/v1/issuers", headers=world.admin).json()["items"][0]["slug"]
    return {
        "dashboard": "/",
        "pathways": "/pathways",
        "pathway": f"/pathways/{world.pathways[f'Goal {ENDLESS}']}",
        "deep pathway": f"/pathways/{world.pathways['Level 0']}",
        "records": "/records",
        "composer": f"/records/{rough.record}",
        "award": f"/awards/{rough.awards[0]}",
        "revoked award": f"/awards/{rough.awards[2]}",
        "achievement": f"/achievements/{world.achievements[ENDLESS]}",
        "issuer": f"/issuers/{slug}",
        "public record": rough.address,
        "shared record": rough.shared,
    }


OUTSIDE = """() => [...document.querySelectorAll("main :is(p, h1, h2, h3, h4, a, b, q, li, td, th, dd, pre, span, input, button, img)")]
  .filter((one) => !one.closest("svg, .hidden, .drawing"))
  .filter((one) => { const box = one.getBoundingClientRect(); return box.width && (box.right > innerWidth + 1 || box.left < -1); })
  .map((one) => `${one.tagName}.${one.className}: ${one.textContent.slice(0, 30)}`).slice(0, 3)"""


def test_words_nobody_planned_for_neither_run_nor_leave_their_place(rough: Rough):
    visitor = rough.visitor(color_scheme="dark")
    outside = {}
    for name, path in places(rough).items():
        page = visitor.opens(path)
        page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
        for width in (320, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            found = page.evaluate(OUTSIDE)
            wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            outside[name, width] = [*found, "the page"] if wide else found
        assert page.locator("main :is(script, [onerror], [onclick], [href^='javascript'])").count() == 0
        assert "49" not in page.locator("main").inner_text().split()
        assert page.locator("h1").count() == 1
    assert {place: found for place, found in outside.items() if found} == {}


def test_a_forest_of_parts_is_counted_where_a_pathway_is_one_line_among_others(rough: Rough):
    world = rough.world
    world.stack("Forest", at_least(20, *(f"Tree {n}" for n in range(40))), "assessed")
    learner = world.learner("Ida", holds=["Tree 33"])
    world.enrol(learner, "Forest")
    page = rough.visitor(learner).opens("/")
    expect(page.locator(".clause")).to_have_count(8)
    expect(page.locator(".clause", has_text="Tree 33")).to_contain_text("Counted")
    expect(page.locator(".under")).to_contain_text("and 32 more in its outline")


def test_who_finished_everything_is_told_so_and_who_follows_nothing_can_join_by_the_button(rough: Rough):
    world = rough.world
    world.stack("Small", all_of("S1", "S2"))
    done, new = world.learner("Dora", holds=["S1", "S2"]), world.learner("Nils")
    world.enrol(done, "Small")
    page = rough.visitor(done).opens("/")
    expect(page.locator(".empty")).to_contain_text("You have finished every pathway you follow")
    page.goto(f"{rough.url}/pathways/{world.pathways['Small']}")
    told = re.compile(r"^Earned \d{1,2} \w+ \d{4}\. It stands on S1 and S2\.$")
    expect(page.locator(".after")).to_have_text(told)

    page = rough.visitor(new).opens("/")
    expect(page.locator(".empty")).to_contain_text("You follow no pathway yet")
    page.goto(f"{rough.url}/pathways/{world.pathways['Small']}")
    page.get_by_role("button", name="Follow this pathway").click()
    expect(page.get_by_role("button", name="Follow this pathway")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("It stays as it was when you joined")


def composing(rough: Rough, name: str) -> tuple[Visitor, str]:
    """Somebody who composes a record of one award, and the record's path in the API."""
    world = rough.world
    learner = world.learner(name, holds=["Sewing"])
    award = world.client.get(f"/v1/learners/{learner}/awards", headers=world.admin).json()["items"][0]["id"]
    section = {"title": "One", "narrative": "", "items": [{"award_id": award, "reflection": ""}]}
    body = {"title": "Mine", "narrative": "", "show_name": True, "parents": [], "sections": [section]}
    made = world.client.post("/v1/records", json=body, headers=world.as_(learner)).json()
    visitor = rough.visitor(learner, size=(1440, 900))
    visitor.opens(f"/records/{made['id']}")
    return visitor, f"/v1/records/{made['id']}"


def test_every_refusal_of_a_save_is_told_in_words_and_nothing_typed_is_lost(rough: Rough):
    visitor, path = composing(rough, "Sara")
    page, fault = visitor.page, visitor.page.locator("[data-fault]")
    typed = page.get_by_label("What it is for")
    typed.fill("For Hallmark & Rhodes")
    save = page.get_by_role("button", name="Save")

    page.route(f"**{path}", lambda route: route.abort())
    save.click()
    expect(fault).to_contain_text("The service could not be reached.")
    page.unroute(f"**{path}")
    page.route(f"**{path}", lambda route: route.fulfill(status=502, body="<html>Bad Gateway</html>"))
    save.click()
    expect(fault).to_contain_text("The service could not be reached.")
    page.unroute(f"**{path}")

    cookies = visitor.context.cookies()
    visitor.context.clear_cookies()
    save.click()
    expect(fault).to_contain_text("You are no longer signed in.")
    expect(typed).to_have_value("For Hallmark & Rhodes")
    visitor.context.add_cookies(
        [{key: one[key] for key in ("name", "value", "domain", "path")} for one in cookies]
    )

    save.dblclick()
    expect(page.locator("[data-saved]")).to_have_text("Saved")
    expect(fault).to_be_hidden()
    for status in (401, 502):
        visitor.was_refused(status)
    visitor.faults[:] = [fault for fault in visitor.faults if "ERR_FAILED" not in fault]


def test_what_another_window_changed_is_not_overwritten_and_nothing_typed_is_lost(rough: Rough):
    visitor, path = composing(rough, "Tia")
    page = visitor.page
    typed = page.get_by_label("What it is for")
    tag = page.locator("[data-etag]").get_attribute("data-etag") or ""
    theirs = {"title": "Theirs", "narrative": "", "show_name": True, "parents": [], "sections": []}
    mine = {"If-Match": tag, "Origin": rough.url}
    assert page.request.put(f"{rough.url}{path}", data=theirs, headers=mine).ok
    typed.fill("Mine again")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-fault]")).to_contain_text("changed in another window")
    expect(typed).to_have_value("Mine again")
    visitor.was_refused(412)


def test_what_is_written_while_a_save_is_under_way_does_not_count_as_saved(rough: Rough):
    visitor, path = composing(rough, "Tom")
    page = visitor.page
    typed = page.get_by_label("What it is for")

    def slowly(route: Route) -> None:
        typed.fill("First and second")
        route.continue_()

    typed.fill("First")
    page.route(f"**{path}", slowly)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-saved]")).to_have_text("Saved, but for what you wrote since")
    page.unroute(f"**{path}")


def test_a_link_that_is_refused_says_why_beside_its_form_and_keeps_what_was_written(rough: Rough):
    visitor, path = composing(rough, "Uma")
    page = visitor.page
    label = page.get_by_label("Make a link for")
    label.fill("Hallmark")
    page.get_by_label("It closes on").fill("2020-01-01")
    page.get_by_role("button", name="Make the link").click()
    beside = page.locator("[data-share-form] + [data-fault]")
    expect(beside).to_contain_text("past")
    expect(beside).to_be_in_viewport()
    expect(label).to_have_value("Hallmark")
    expect(label).to_be_focused()
    page.get_by_label("It closes on").fill("")
    page.get_by_role("button", name="Make the link").dblclick()
    expect(page.locator("#made-url")).to_be_focused()
    expect(page.locator("[data-share]")).to_have_count(1)
    page.get_by_role("button", name="Close the link").click()
    expect(page.get_by_role("cell", name="Closed")).to_be_focused()

    page.route(f"**{path}", lambda route: route.abort())
    page.get_by_label("Public.").click()
    expect(page.locator("fieldset + [data-fault]")).to_contain_text("could not be reached")
    expect(page.get_by_label("Private.")).to_be_checked()
    page.unroute(f"**{path}")
    page.get_by_label("Public.").check()
    expect(page.locator("[data-saved]")).to_have_text("Public now")
    page.get_by_label("What it is for").fill("After publishing")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-saved]")).to_have_text("Saved")
    visitor.was_refused(422)
    visitor.faults[:] = [fault for fault in visitor.faults if "ERR_FAILED" not in fault]


def test_a_record_is_composed_saved_and_shared_by_keyboard_alone(rough: Rough):
    visitor, _ = composing(rough, "Vic")
    page = visitor.page
    for wanted in ("Save", "Title", "Leave Sewing out"):
        tab_to(page, wanted)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Add Sewing")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Move Sewing", exact=True)).to_be_focused()
    tab_to(page, "Make a link for")
    page.keyboard.type("Hallmark")
    page.keyboard.press("Enter")
    expect(page.locator("#made-url")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Copy the link")).to_be_focused()
    expect(page.locator("[data-saved]")).to_have_text("Saved")


FOCUSED = """() => { const one = document.activeElement, box = one.getBoundingClientRect();
  const shown = box.width > 0 && box.bottom > 0 && box.top < innerHeight && getComputedStyle(one).outlineStyle !== "none";
  return [one.ariaLabel || one.labels?.[0]?.innerText || one.innerText.trim(), shown]; }"""


def tab_to(page: Page, name: str) -> None:
    """Go on by Tab until the control of that name has the focus; wherever the focus goes, it can be seen."""
    for _ in range(60):
        page.keyboard.press("Tab")
        found, shown = page.evaluate(FOCUSED)
        assert shown, found
        if name in " ".join(found.split()):
            return
    raise AssertionError(f"{name} cannot be reached")


# The news


def test_a_page_says_when_the_news_stops_and_catches_up_when_it_is_back(rough: Rough):
    world = rough.world
    learner = world.learner("Wim")
    visitor = rough.visitor(learner, size=(1440, 900))
    page = visitor.page
    page.add_init_script("window.setTimeout = ((real) => (act, ms) => real(act, ms / 20))(window.setTimeout)")
    page.route("**/events**", lambda route: route.abort())
    visitor.opens("/")
    expect(page.locator("[data-live-off]")).to_be_visible()
    world.grant(learner, "Knitting")
    page.unroute("**/events**")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-live-region='recent']")).to_contain_text("Knitting")
    expect(page.locator("[data-live-off]")).to_be_hidden()
    visitor.faults[:] = [fault for fault in visitor.faults if "ERR_FAILED" not in fault]


def test_two_windows_follow_a_revocation_with_what_stood_on_it(rough: Rough):
    world = rough.world
    world.stack("Crafts", all_of("Carving", "Turning"))
    learner = world.learner("Xia")
    carving = world.grant(learner, "Carving").award["id"]
    world.grant(learner, "Turning")
    visitor = rough.visitor(learner, size=(1440, 900))
    visitor.opens("/")
    second = visitor.context.new_page()
    second.goto(visitor.page.url)
    pages = (visitor.page, second)
    second.wait_for_timeout(200)
    told = world.client.post(f"/v1/awards/{carving}/revoke", json={"reason": SCRIPT}, headers=world.admin)
    assert told.is_success, told.text
    for page in pages:
        expect(page.locator(".toast")).to_contain_text("Crafts is suspended with it")
        expect(page.locator("[data-live-region='attention']")).to_contain_text("Suspended")
        expect(page.locator("[data-live-region='attention']")).to_contain_text(SCRIPT)


# The verifier


def test_what_cannot_be_checked_is_not_called_a_forgery(rough: Rough):
    visitor = rough.visitor()
    page = visitor.opens("/verify")
    verdict, lead = page.locator("[data-verdict]"), page.locator("[data-lead]")
    box, check = page.get_by_label("Paste the document"), page.get_by_role("button", name="Check")

    check.click()
    expect(verdict).to_have_text("Nothing checked yet")
    for nonsense in ("   ", "{}", "a.b.c", SCRIPT):
        box.fill(nonsense)
        check.click()
        expect(verdict).not_to_have_text("Checking…")
        expect(verdict).to_have_text(re.compile("This is no credential|Do not rely on it"))
        assert lead.inner_text()
    page.locator("[data-file]").set_input_files({"name": "badge.png", "mimeType": "image/png", "buffer": PNG})
    expect(verdict).to_have_text("This is no credential")
    big = {"name": "big.json", "mimeType": "application/json", "buffer": b"x" * 1_000_000}
    page.locator("[data-file]").set_input_files(big)
    expect(box).to_have_value("")
    expect(verdict).to_have_text("This is no credential")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.route("**/v1/verify", lambda route: route.abort())
    box.fill("{}")
    check.click()
    expect(lead).to_contain_text("could not be reached")
    expect(verdict).to_have_text("It could not be checked")
    visitor.faults.clear()


# What strangers read


def test_a_stranger_reads_nothing_of_a_learner_but_what_she_shows(rough: Rough):
    world = rough.world
    for address in (rough.address, rough.shared):
        answer = world.client.get(address, headers={"Accept": "text/html"})
        assert answer.is_success
        for secret in (rough.learner, rough.record, "lrn_", "prs_", "rec_", "shr_", "@"):
            assert secret not in answer.text
        assert '<meta name="robots" content="noindex, nofollow">' in answer.text


def test_a_link_whose_record_was_discarded_leads_to_nothing(rough: Rough):
    world = rough.world
    learner = world.learner("Yan", holds=["Sewing"])
    mine = world.as_(learner)
    award = world.client.get(f"/v1/learners/{learner}/awards", headers=mine).json()["items"][0]["id"]
    record, _, shared = rough_record(world, learner, [award])
    assert world.client.delete(f"/v1/records/{record}", headers=mine).is_success
    gone = world.client.get(shared, headers={"Accept": "text/html"})
    assert gone.status_code == 404
    assert "There is nothing here" in gone.text
