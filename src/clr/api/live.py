"""Live events of a learner, by server-sent events."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from clr.errors import BadInput, NotFound, NotSignedIn, Problem
from clr.registrar import events, people, policy
from clr.registrar.policy import Deed
from clr.store.sessions import reading
from clr.web import problems, streams
from clr.web.access import LearnerInPath, ServiceDep, SignedIn, token_of
from clr.web.acts import ActRoute
from clr.web.streams import Following

router = APIRouter(prefix="/v1/learners", tags=["learners"], route_class=ActRoute)


def _following(
    request: Request,
    service: ServiceDep,
    caller: SignedIn,
    learner_id: LearnerInPath,
    last_event_id: Annotated[
        str | None, Header(description="Resume after this event; absent: what happens from now on.")
    ] = None,
    after: Annotated[
        str | None, Query(description="The same, for a first connection that cannot send the header.")
    ] = None,
) -> Following:
    policy.require(caller, Deed.SEE_LEARNER, learner=learner_id)
    with reading(service.engine) as snapshot:
        people.require_learner(snapshot, learner_id)
        latest = events.latest(snapshot, learner_id)
    given = last_event_id if last_event_id is not None else after
    token = token_of(request, service)
    if token is None:
        raise NotSignedIn("Send an access token: Authorization: Bearer …")
    return Following(learner_id, latest if given is None else min(_sequence(given), latest), token.expires_at)


_DIGITS = 18
"""As many fit into 64 bits, whatever they are."""


def _sequence(given: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) <= _DIGITS):
        problem = Problem("header.last-event-id", "not-a-number", "Send the id of the last event you heard.")
        raise BadInput("The event to resume after is not one of ours.", (problem,))
    return int(given)


@router.get(
    "/{learner_id}/events",
    response_class=EventSourceResponse,
    responses=problems.declared(NotFound, BadInput),
)
async def follow_learner(
    service: ServiceDep, following: Annotated[Following, Depends(_following, scope="function")]
) -> AsyncIterator[ServerSentEvent]:
    """Follow a learner live: `award`, `progress`, `milestone` and `record` events, each with its sequence as id.

    The stream ends with the access token; reconnect with `Last-Event-ID` and nothing is missed.
    """
    async for event in streams.follow(service, following):
        yield event
