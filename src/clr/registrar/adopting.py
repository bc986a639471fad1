"""Pathways described elsewhere, in CTDL: told apart from our achievements or matched to them, and drawn as drafts."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session

from clr.errors import BadInput, Problem
from clr.ids import AchievementId, IssuerId
from clr.pathways import Policy, ctdl_reading
from clr.pathways.ctdl_reading import Match, Reading
from clr.pathways.writing import draft_of, form
from clr.registrar import catalog, policy
from clr.registrar.policy import Caller, Deed
from clr.registrar.urls import Urls


def reading(
    snapshot: Session,
    caller: Caller,
    issuer_id: IssuerId,
    document: Any,
    told: Mapping[str, AchievementId],
    *,
    completed: Policy,
    urls: Urls,
) -> Reading:
    """Return the draft that a document describes, with what it lacks of it; nothing is kept yet.

    A component is the achievement that ``told`` says, by any of its addresses, or the one whose address it has.
    Every stack is ``completed`` in the one way, since CTDL does not say who completes one.
    """
    catalog.issuer(snapshot, issuer_id)
    policy.require(caller, Deed.DRAW_PATHWAY, issuer=issuer_id)
    ours = urls.achievement(AchievementId(""))
    found = {at: AchievementId(at.removeprefix(ours)) for at in ctdl_reading.addresses(document)}
    known = catalog.achievements_by_id(snapshot, {*found.values(), *told.values()})
    matched = {at: Match(key, known[key].name) for at, key in found.items() if key in known}
    matched |= {at: Match(key, known[key].name if key in known else None) for at, key in told.items()}
    read = ctdl_reading.read(document, matched, completed)
    try:
        draft_of(form(read.draft))
    except ValidationError as fault:
        place = ".".join(map(str, fault.errors()[0]["loc"]))
        says = f"The document says something that no requirement can: {place}: {fault.errors()[0]['msg']}."
        raise BadInput(says, (Problem("document", "unreadable", says),)) from None
    return read
