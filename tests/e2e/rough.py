"""An institution whose every field was filled by somebody careless or unkind."""

import base64
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser

from clr.registrar import people, tokens
from clr.store.sessions import transaction
from clr.web.access import COOKIE, SESSION
from tests.e2e.conftest import PHONE, Visitor
from tests.worlds import World

SCRIPT = "</script><img src=x onerror=alert(1)>"
ENDLESS = "Pneumonoultramicroscopic" * 8
WORD = "w" * 600
RIGHT_TO_LEFT = "مرحبا بالعالم"
COMBINED = "Z̷̡̛͖̥̈́̓a̴͇̐l̶̰̓g̵̣͒o̷̠͝ " * 6
NAMES = (
    SCRIPT,
    "{{7*7}}",
    ENDLESS,
    "Q",
    "…?!",
    RIGHT_TO_LEFT,
    COMBINED,
    "👩🏽‍🚀👨‍👩‍👧‍👦🏳️‍🌈",
    "\u200bZ",
    "\u202eevil",
)
MARKDOWN = f"""# A heading

<script>alert(1)</script> <b onclick=alert(1)>bold</b> [a link](javascript:alert(1)) ![picture](http://x.example/x.png)
[data](data:text/html,x) [good](https://example.org/{"a" * 200}) {{{{7*7}}}}

{WORD}

| a | b |
|---|---|
| 1 | 2 |

1. one
   - two
     - three

```
{"code " * 80}
```

> {SCRIPT}

***
"""
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
LONG = f"{SCRIPT} {{{{7*7}}}} {RIGHT_TO_LEFT} {COMBINED} {WORD}"


@dataclass
class Rough:
    """A service full of what nobody planned for, and one learner who holds all of it."""

    world: World
    browser: Browser
    learner: str
    awards: list[str]
    record: str
    address: str
    shared: str
    visitors: list[Visitor] = field(default_factory=list)

    @property
    def url(self) -> str:
        return str(self.world.client.url)

    def visitor(self, learner: str = "", *, size: tuple[int, int] = PHONE, **more: Any) -> Visitor:
        """A browser in which ``learner`` is signed in."""
        context = self.browser.new_context(viewport={"width": size[0], "height": size[1]}, **more)
        context.set_default_timeout(5000)
        context.add_cookies(
            [{"name": COOKIE, "value": session_of(self.world, learner or self.learner), "url": self.url}]
        )
        visitor = Visitor(self.url, context, context.new_page())
        visitor.page.on("console", lambda said: said.type == "error" and visitor.faults.append(said.text))
        visitor.page.on("pageerror", lambda fault: visitor.faults.append(str(fault)))
        visitor.page.on("dialog", lambda asked: visitor.faults.append(asked.message) or asked.dismiss())
        self.visitors.append(visitor)
        return visitor


def session_of(world: World, learner: str) -> str:
    """A session as a browser keeps it in its cookie."""
    service = world.client.app.state.service
    ring = service.keyring
    with transaction(service.engine) as session:
        person = people.person_of(session, learner)
    return tokens.mint(
        person, purpose=SESSION, at=service.clock(), minutes=60, kid=ring.token_kid, key=ring.token_key
    )


def rough_badge(world: World, name: str) -> dict[str, Any]:
    """Achievement of that name with every other field as rough; returned as the API tells it."""
    issuer = world.post(
        "/v1/issuers", {"name": name, "description": LONG, "url": "https://a.example/" + "u" * 300}
    )
    return world.post(
        "/v1/achievements",
        {
            "issuer_id": issuer["id"],
            "kind": "badge",
            "name": name,
            "description": LONG,
            "criteria": MARKDOWN,
            "edition": "e" * 100,
            "tags": [name, ENDLESS],
            "alignments": [
                {"name": name, "url": "https://b.example/", "framework": ENDLESS, "code": "c" * 100}
            ],
            "result_descriptions": [
                {
                    "name": name,
                    "result_type": "RubricCriterionLevel",
                    "required_level": ENDLESS,
                    "levels": [{"name": SCRIPT}, {"name": ENDLESS}],
                },
                {"name": ENDLESS, "result_type": "Percent"},
            ],
        },
    )


def rough_award(world: World, learner: str, badge: dict[str, Any], **more: Any) -> str:
    first, second = badge["result_descriptions"]
    body = {
        "learner_id": learner,
        "achievement_id": badge["id"],
        "narrative": LONG,
        "assessor": ENDLESS,
        "evidence": [
            {
                "name": badge["name"],
                "url": "https://c.example/" + "p" * 900,
                "narrative": LONG,
                "genre": "g" * 100,
            }
        ],
        "results": [
            {"result_description": first["id"], "achieved_level": ENDLESS},
            {"result_description": second["id"], "value": "9" * 100},
        ],
        **more,
    }
    return str(world.post("/v1/awards", body)["award"]["id"])


def rough_record(world: World, learner: str, awards: list[str]) -> tuple[str, str, str]:
    """A record of those awards: its id, its public address and a link to it."""
    mine = world.as_(learner)
    body = {
        "title": ENDLESS,
        "narrative": LONG,
        "show_name": True,
        "parents": [],
        "sections": [
            {
                "title": NAMES[n % len(NAMES)],
                "narrative": LONG,
                "items": [{"award_id": award, "reflection": LONG}],
            }
            for n, award in enumerate(awards)
        ]
        + [{"title": "", "narrative": LONG, "items": []}],
    }
    made = world.client.post("/v1/records", json=body, headers=mine)
    assert made.status_code == 201, made.text
    record = made.json()["id"]
    told = world.client.patch(f"/v1/records/{record}", json={"visibility": "public"}, headers=mine).json()
    share = world.client.post(f"/v1/records/{record}/shares", json={"label": LONG[:200]}, headers=mine)
    assert share.status_code == 201, share.text
    return record, told["public_url"], share.json()["url"]
