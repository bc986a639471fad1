"""Dates and counts as people say them. All days are days in UTC."""

from datetime import datetime


def day(at: datetime) -> str:
    """Return ``24 November 2026``."""
    return f"{at.day} {at:%B %Y}"


def weekday(at: datetime) -> str:
    """Return ``Tuesday 24 November 2026``."""
    return f"{at:%A} {day(at)}"


def moment(at: datetime) -> str:
    """Return ``24 November 2026, 14:05 UTC``."""
    return f"{day(at)}, {at:%H:%M} UTC"


def closes(at: datetime | None) -> str:
    """Return when a link closes, as the end of a sentence; empty when nobody set a day."""
    return f"closes on {day(at)}" if at else ""


def counted(number: int, noun: str) -> str:
    """Return ``1 award``, ``2 awards``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
