"""What anybody may read: achievements, issuers, kinds of refusal, and the files pages are made with."""

import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from clr.drawing.themes import theme_css
from clr.errors import ClrError, NotFound
from clr.ids import AchievementId
from clr.pages.looks import catalogue
from clr.pages.markdown import markdown
from clr.pages.rendering import PageRoute, page, problem_words
from clr.pathways import achievements_in
from clr.registrar import catalog, graphs
from clr.registrar.catalog import AchievementFacts
from clr.web.access import ServiceDep, Snapshot
from clr.web.problems import STATUS

router = APIRouter(route_class=PageRoute, include_in_schema=False, default_response_class=HTMLResponse)

MEDIA = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@router.get("/achievements/{achievement_id}")
def achievement(achievement_id: str, service: ServiceDep, snapshot: Snapshot) -> Response:
    """Show what can be earned, and how."""
    facts = catalog.achievement(snapshot, AchievementId(achievement_id))
    issuer = catalog.issuer(snapshot, facts.issuer_id)
    shown = catalogue(snapshot, service, [facts.id]).shown(facts.id)
    return page(
        service,
        "achievement.html",
        achievement={
            **shown,
            "issuer_slug": issuer.slug,
            "description": facts.description,
            "version": facts.edition,
            "tags": list(facts.tags),
            "achievement_type": facts.achievement_type,
        },
        criteria_html=markdown(facts.criteria),
        alignments=[dict(alignment) for alignment in facts.alignments],
        results=[_result(result) for result in facts.result_descriptions],
        stack=_stack(snapshot, facts),
    )


def _result(result: Any) -> dict[str, Any]:
    levels = [level["name"] for level in result.get("levels") or ()]
    required = result.get("required_level") or result.get("required_value")
    names = {level["id"]: level["name"] for level in result.get("levels") or ()}
    asked = names.get(required, required)
    return {
        "name": result["name"],
        "type_words": "Judged against a rubric" if levels else "A score",
        "required": f"{asked} or better" if asked else None,
        "levels": levels,
    }


def _stack(snapshot: Session, facts: AchievementFacts) -> dict[str, Any] | None:
    graph = graphs.current_graph(snapshot)
    stack = graph.stacks.get((facts.id, graph.current.get(facts.id, 0)))
    if stack is None:
        return None
    names = catalog.names(snapshot)
    parts = dict.fromkeys(achievements_in(stack.requirement))
    return {
        "asks": "It stands on",
        "parts": [{"name": names.get(part, part), "href": f"/achievements/{part}"} for part in parts],
    }


@router.get("/issuers/{slug}")
def issuer(slug: str, service: ServiceDep, snapshot: Snapshot) -> Response:
    """Show who awards, and what."""
    facts = catalog.issuer_by_slug(snapshot, slug)
    awards = catalog.achievements(snapshot, issuer_id=facts.id)
    known = catalogue(snapshot, service, [award.id for award in awards])
    return page(
        service,
        "issuer.html",
        issuer={
            "name": facts.name,
            "slug": facts.slug,
            "description": facts.description,
            "url": facts.url,
            "did": service.urls.issuer_did(facts.slug),
            "email": facts.email,
            "colour": facts.colour,
        },
        achievements=[
            {**known.shown(award.id), "description": award.description}
            for award in awards
            if award.retired_at is None
        ],
    )


@router.get("/problems/{code}")
def problem(code: str, service: ServiceDep) -> Response:
    """Explain one kind of refusal."""
    kind: type[ClrError] | None = next((kind for kind in STATUS if kind.code == code), None)
    if kind is None:
        raise NotFound("There is no such kind of refusal.")
    return page(service, "problem.html", problem=problem_words(kind), detail=None, errors=[])


@router.get("/static/theme.css")
def theme(request: Request, service: ServiceDep) -> Response:
    """Give the institution's colours, held to legible lightness."""
    written = theme_css(service.settings.brand_colour, service.settings.accent_colour)
    return _cached(request, written.encode(), MEDIA[".css"])


@router.get("/static/{name}")
def static(request: Request, name: str) -> Response:
    """Give one of the files pages are made with."""
    content, media = _file(name)
    return _cached(request, content, media)


@cache
def _file(name: str) -> tuple[bytes, str]:
    found = next((file for file in (files("clr.pages") / "static").iterdir() if file.name == name), None)
    media = MEDIA.get(f".{name.rpartition('.')[2]}")
    if found is None or media is None:
        raise NotFound("There is no such file.")
    return found.read_bytes(), media


def _cached(request: Request, content: bytes, media: str) -> Response:
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "public, max-age=0, must-revalidate"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media, headers=headers)
