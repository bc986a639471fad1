"""ETag and If-Match: nobody overwrites what somebody else changed meanwhile (RFC 9110 §13)."""

import re
from typing import Annotated

from fastapi import Depends, Header

from clr.errors import ConditionMissing, Stale

_TAG = re.compile(r'^"(\d{1,18})"$')


def etag(revision: int) -> str:
    """Return the entity tag of a revision."""
    return f'"{revision}"'


def _expected(
    if_match: Annotated[str | None, Header(description="ETag of the state you read")] = None,
) -> int:
    found = _if_sent(if_match)
    if found is None:
        raise ConditionMissing("Send If-Match with the ETag you read, so that nobody's change is lost.")
    return found


def _if_sent(
    if_match: Annotated[str | None, Header(description="ETag of the state you read, if it matters")] = None,
) -> int | None:
    if if_match is None:
        return None
    found = _TAG.match(if_match.strip())
    if found is None:
        raise Stale("If-Match is no ETag of this resource. Read it again and repeat your change.")
    return int(found.group(1))


IfMatch = Annotated[int, Depends(_expected)]
IfMatchSent = Annotated[int | None, Depends(_if_sent)]


def check(expected: int, actual: int) -> None:
    """Raise ``Stale`` unless the caller's state is the one in force."""
    if expected != actual:
        raise Stale("Somebody changed it since you read it. Read it again and repeat your change.")
