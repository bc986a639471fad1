"""The main job in a browser, on both databases: awarded, seen at once, composed, shared, opened, checked."""

import json
import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, Demonstration, Visitor

AMARA, AMARAS_MAIL, GRACE = "Amara Diallo", "amara.diallo@northfield.example", "Grace Oyelaran"
DEBATE = "Debate in a Second Language"
FRENCH, ARGUMENT, EVIDENCE = "Critical Thinking in French", "Reasoned Argument", "Evidence and Inference"


def left(page: Page, pathway: str) -> str:
    return page.locator("[data-pathway]", has_text=pathway).locator(".left").first.inner_text()


def test_a_badge_awarded_elsewhere_moves_the_open_dashboard_with_its_milestones_and_their_reason(
    demonstration: Demonstration,
):
    amara = demonstration.visitor()
    page = amara.is_somebody(AMARA)
    expect(page.get_by_role("heading", name=f"Earn {DEBATE}")).to_be_visible()
    assert left(page, "French B.A.").split() == ["2", "steps", "left"]

    told = demonstration.command("award", "--learner", AMARAS_MAIL, "--achievement", DEBATE)
    assert f"{ARGUMENT}: followed by itself." in told
    toast = page.locator(".toast")
    expect(toast).to_contain_text(DEBATE, timeout=1000)

    expect(toast).to_contain_text(f"It completes {FRENCH}")
    expect(toast).to_contain_text(f"It completes {ARGUMENT}")
    expect(toast).to_contain_text("French B.A. Marketable Skills: 1 step left")
    assert left(page, "French B.A.").split() == ["1", "step", "left"]
    expect(page.get_by_role("heading", name=f"Earn {DEBATE}")).to_have_count(0)
    page.get_by_role("link", name=ARGUMENT).first.click()
    taken = page.locator("section", has=page.get_by_role("heading", name="The path taken"))
    expect(taken).to_contain_text(re.compile(rf"{EVIDENCE}\s*Counted.*{DEBATE}\s*Counted", re.DOTALL))


def test_a_learner_composes_shares_and_an_employer_opens_and_checks_it(demonstration: Demonstration):
    grace, employer = demonstration.visitor(), demonstration.visitor(size=PHONE)
    page = grace.is_somebody(GRACE)
    compose(page)
    public_goes_on_and_off(page, employer)
    link = make_link(page, "Hallmark & Rhodes")

    opened(employer, link)
    document = employer.page.request.get(link, headers={"Accept": "application/vc+ld+json"}).text()
    checked(employer, document)

    page.reload()
    row = page.locator("tr", has_text="Hallmark & Rhodes")
    expect(row).to_contain_text("2 times")
    row.get_by_role("button", name="Close").click()
    expect(row).to_contain_text("Closed")
    assert employer.page.request.get(link, headers={"Accept": "text/html"}).status == 404


def compose(page: Page) -> None:
    """Begin a record, choose three awards, arrange them by keyboard, and say something of one."""
    page.get_by_role("link", name="Records").first.click()
    page.get_by_role("button", name="Begin a record").click()
    page.get_by_label("Title").fill("Arguing in two languages")
    page.get_by_label("Heading of section 1").fill("Shown in work")
    for name in (DEBATE, EVIDENCE, ARGUMENT):
        page.get_by_role("button", name=f"Add {name}").click()
    page.get_by_role("button", name=f"Move {ARGUMENT}", exact=True).focus()
    for key in ("Space", "ArrowUp", "ArrowUp", "Space"):
        page.keyboard.press(key)
    expect(page.locator("[data-told]")).to_contain_text(f"{ARGUMENT} set down, 1 of 3 in Shown in work.")
    page.get_by_label(f"What you say about {DEBATE}").fill("I lost, and learned more.")
    sheet = page.locator("[data-preview]")
    expect(sheet.locator(".name-s")).to_have_text([ARGUMENT, DEBATE, EVIDENCE])
    expect(sheet).to_contain_text("I lost, and learned more.")
    expect(page.get_by_label(ARGUMENT, exact=True)).to_be_checked()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-saved]")).to_have_text("Saved")


def public_goes_on_and_off(page: Page, employer: Visitor) -> None:
    """A public record opens for anybody, and is gone with the next click."""
    page.get_by_label("Public.").check()
    expect(page.locator("[data-saved]")).to_have_text("Public now")
    address = page.locator("#public-url").inner_text()
    expect(employer.opens(address).get_by_role("heading", level=1)).to_be_visible()
    page.get_by_label("Private.").check()
    expect(page.locator("[data-saved]")).to_have_text("Private now")
    assert employer.page.request.get(address).status == 404


def make_link(page: Page, label: str) -> str:
    page.get_by_label("Make a link for").fill(label)
    page.get_by_role("button", name="Make the link").click()
    made = page.locator("#made-url")
    expect(made).to_be_visible()
    expect(page.locator("tr", has_text=label)).to_contain_text("Not yet")
    return made.inner_text()


def opened(employer: Visitor, link: str) -> None:
    """An employer sees who, what it adds up to, and opens a badge to all that stands behind it."""
    page = employer.opens(link)
    expect(page.get_by_role("heading", level=1)).to_have_text(GRACE)
    expect(page.locator(".verdict")).to_contain_text("Verified.")
    stack = page.locator("details.item", has_text=ARGUMENT).first
    expect(stack.locator(".taken")).to_contain_text(DEBATE)
    debate = page.locator("details.item").filter(has=page.get_by_role("heading", name=DEBATE))
    debate.locator("summary").first.click()
    for heading in (
        "What it takes",
        "In Grace\N{RIGHT SINGLE QUOTATION MARK}s own words",
        "Its verification",
    ):
        expect(debate.get_by_role("heading", name=heading)).to_be_visible()
    expect(debate.locator(".checks")).to_contain_text("Holds")
    expect(debate).to_contain_text("Counts toward")


def checked(employer: Visitor, document: str) -> None:
    """The same bytes hold in the verifier; with one letter changed they do not, and it says which check failed."""
    page = employer.opens("/verify")
    verdict = page.locator("[data-verdict]")
    page.get_by_label("Paste the document").fill(document)
    page.get_by_role("button", name="Check").click()
    expect(verdict).to_have_text("It holds")
    expect(page.locator("[data-held] li")).to_have_count(4)
    changed = document.replace("drawn by lot", "drawn by luck")
    assert changed != document
    page.locator("[data-file]").set_input_files(
        {"name": "record.json", "mimeType": "application/json", "buffer": changed.encode()}
    )
    expect(verdict).to_have_text("Do not rely on it")
    expect(page.locator("#findings, [data-findings]").first).to_contain_text("changed after signing")


def test_what_was_revoked_says_so_at_once_on_a_link_that_was_shared_before(demonstration: Demonstration):
    employer, ids = demonstration.visitor(), demonstration.ids
    link = f"/s/{ids['share_token']}"
    expect(employer.opens(link).locator(".verdict")).to_contain_text("Verified.")
    admin = {"Authorization": f"Bearer {demonstration.told['tokens']['admin']}"}
    requests = employer.context.request
    ben = ids["learners"]["learner_2"]
    held = requests.get(f"{demonstration.url}/v1/learners/{ben}/awards?limit=200", headers=admin).json()[
        "items"
    ]
    lost = next(item for item in held if item["name"] == "Mock Trial")

    answer = requests.post(
        f"{demonstration.url}/v1/awards/{lost['id']}/revoke",
        headers=admin | {"Content-Type": "application/json"},
        data=json.dumps({"reason": "Entered for the wrong person"}),
    )
    assert answer.status == 200, answer.text()
    page = employer.opens(link)

    expect(page.locator(".verdict")).to_contain_text("been revoked")
    item = page.locator("details.item", has_text="Mock Trial").last
    expect(item.locator("summary").first).to_contain_text("Revoked")
    item.locator("summary").first.click()
    expect(item).to_contain_text("Entered for the wrong person")


def test_a_visitor_awards_the_next_step_until_the_credential_follows_by_itself(demonstration: Demonstration):
    visitor = demonstration.visitor()
    page = visitor.is_somebody("Eun-ji Park")
    assert left(page, "French B.A.").split() == ["2", "steps", "left"]
    step = page.get_by_role("button", name="Award my next step")

    for says in ("1 step left", "Complete"):
        step.click()
        expect(page.locator(".toast")).to_contain_text(f"French B.A. Marketable Skills: {says}")

    expect(page.locator(".toast")).to_contain_text("It completes French B.A. Marketable Skills")
    step.click()
    expect(page.get_by_role("button", name="Nothing is left to award")).to_be_disabled()
    visitor.was_refused(409)
