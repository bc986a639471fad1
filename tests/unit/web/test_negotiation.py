"""The form a client likes best, and never one it cannot read."""

import pytest
from starlette.requests import Request

from clr.errors import NotAcceptable
from clr.web.negotiation import choose

OFFERS = ("text/html", "application/vc+ld+json", "application/json")


def asking(accept: str | None) -> Request:
    headers = [] if accept is None else [(b"accept", accept.encode())]
    return Request({"type": "http", "headers": headers})


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, "text/html"),
        ("*/*", "text/html"),
        ("application/json", "application/json"),
        ("application/*", "application/vc+ld+json"),
        ("text/html;q=0.1, application/json;q=0.9", "application/json"),
        ("text/html;q=0, */*", "application/vc+ld+json"),
        ("TEXT/HTML", "text/html"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
    ],
)
def test_the_best_liked_form_is_chosen(accept: str | None, form: str):
    assert choose(asking(accept), OFFERS) == form


@pytest.mark.parametrize(
    "accept", ["image/png", "*/*;q=0", "text/html;q=nonsense", "application/pdf, image/*"]
)
def test_a_refusal_names_what_there_is(accept: str):
    with pytest.raises(NotAcceptable) as refusal:
        choose(asking(accept), OFFERS)
    assert all(offer in refusal.value.says for offer in OFFERS)
