"""What can go wrong, in the words of the people it goes wrong for.

Nothing here knows about HTTP: ``clr.web.problems`` decides the status code.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where: ``Problem("stacks.ach_1.requirement.parts[2]", "loop", "…")``.

    ``at`` is a path into what the caller sent; ``kind`` is a word to branch on; ``says`` names the cure.
    """

    at: str
    kind: str
    says: str


class ClrError(Exception):
    """A refusal that the caller can understand and act on."""

    code = "refused"
    title = "The request was refused"

    def __init__(self, says: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(says)
        self.says = says
        self.problems = problems


class NotFound(ClrError):
    """No such thing, or none that this caller may see: the two are told apart by nobody."""

    code = "not-found"
    title = "Nothing here, or nothing that you may see"


class NotSignedIn(ClrError):
    """No token, or one that is not ours, is over, or was made for another purpose."""

    code = "not-signed-in"
    title = "A valid access token is needed"


class NotAllowed(ClrError):
    """The caller may see the thing but not do this to it."""

    code = "not-allowed"
    title = "You may not do this"


class BadRequest(ClrError):
    """A body or parameter that cannot be read at all."""

    code = "bad-request"
    title = "The request could not be read"


class BadInput(ClrError):
    """A body that was read but does not hold together; ``problems`` lists every fault."""

    code = "bad-input"
    title = "Some of the request does not hold together"


class TooLarge(ClrError):
    """More than the service takes in one request."""

    code = "too-large"
    title = "That is too large"


class WrongMedia(ClrError):
    """A content type this resource does not read."""

    code = "wrong-media"
    title = "That kind of content is not read here"


class NotAcceptable(ClrError):
    """None of the forms asked for exists; the message names those that do."""

    code = "not-acceptable"
    title = "There is no such form of this"


class Conflict(ClrError):
    """What is asked contradicts what is."""

    code = "conflict"
    title = "That contradicts what is on record"


class NotEligible(Conflict):
    """A stack cannot be awarded yet; the message says what is left."""

    code = "not-eligible"
    title = "The requirement is not met yet"


class InFlight(Conflict):
    """The same Idempotency-Key is being answered right now."""

    code = "in-flight"
    title = "This request is already being answered"


class KeyReused(ClrError):
    """An Idempotency-Key that came before with another body."""

    code = "key-reused"
    title = "This Idempotency-Key was used for something else"


class ConditionMissing(ClrError):
    """A change to something several people edit, without If-Match."""

    code = "condition-missing"
    title = "If-Match is needed"


class Stale(ClrError):
    """If-Match names an older state: somebody else changed it since."""

    code = "stale"
    title = "It has changed since you read it"


class PathwayUnsound(ClrError):
    """A pathway that cannot be published as drawn; ``problems`` locates each fault."""

    code = "pathway-unsound"
    title = "The pathway cannot be published as drawn"


class Busy(ClrError):
    """More of one kind of work at once than the service takes on; nothing is wrong with the request."""

    code = "busy"
    title = "Too many ask for this at once"
