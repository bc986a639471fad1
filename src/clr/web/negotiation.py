"""Choosing a form by ``Accept`` (RFC 9110 §12.5.1)."""

from collections.abc import Sequence

from fastapi import Request

from clr.errors import NotAcceptable


def choose(request: Request, offers: Sequence[str]) -> str:
    """Return the offer the client likes best, the first of equals; raise ``NotAcceptable`` naming them all."""
    accept = ",".join(request.headers.getlist("accept")) or "*/*"
    ranges = [_parse(part) for part in accept.split(",") if part.strip()]
    best = max(offers, key=lambda offer: (_quality(offer, ranges), -offers.index(offer)))
    if _quality(best, ranges) <= 0:
        raise NotAcceptable(f"This exists as {', '.join(offers)}.")
    return best


def _parse(part: str) -> tuple[str, float]:
    media, *parameters = (piece.strip() for piece in part.split(";"))
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                quality = min(max(float(value), 0.0), 1.0)
            except ValueError:
                quality = 0.0
    return media.lower(), quality


def _quality(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Return the quality that the most specific matching range gives ``offer``."""
    for pattern in (offer, f"{offer.partition('/')[0]}/*", "*/*"):
        for media, quality in ranges:
            if media == pattern:
                return quality
    return 0.0
