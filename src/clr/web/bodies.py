"""The one reader of JSON bodies: bounded, strict UTF-8, no NaN, no lone surrogates, no NUL, no duplicate key.

Python's own reader accepts all of these; each has made two systems read one document differently.
"""

import json
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar, NoReturn
from unicodedata import category

from fastapi import Request, Response
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from clr.errors import BadRequest, TooLarge, WrongMedia
from clr.records.assembling import CONTROL, MOST_DECIMALS
from clr.records.canonical import is_web_address
from clr.web.acts import ActRoute

JSON_LIMIT = 1_048_576
DEPTH_LIMIT = 220
"""Levels of nesting; a requirement of depth 64 takes 3 a group, and some around it."""


def _stripped(value: str) -> str:
    value = value.strip()
    if not any(category(letter)[0] not in "CZ" for letter in value):
        raise ValueError("must not be empty")
    return value


Line = Annotated[str, Field(min_length=1, pattern=r"\S"), AfterValidator(_stripped)]
"""Text that must say something that can be seen; outer blanks are dropped."""


def _kept_anywhere(value: datetime) -> datetime:
    """Refuse a moment that the calendar has in one time zone but not in another."""
    if not _FIRST_DAY < value.replace(tzinfo=UTC) < _LAST_DAY:
        raise ValueError("must lie between the years 1 and 9999; leave it out for something without an end")
    return value.astimezone(UTC)


_FIRST_DAY = datetime.min.replace(tzinfo=UTC) + timedelta(days=2)
_LAST_DAY = datetime.max.replace(tzinfo=UTC) - timedelta(days=2)

Moment = Annotated[AwareDatetime, AfterValidator(_kept_anywhere)]
"""An instant with its zone, as UTC."""


def _few_decimals(value: float) -> float:
    if round(value, MOST_DECIMALS) != value:
        raise ValueError(f"must have at most {MOST_DECIMALS} decimals")
    return value


Credits = Annotated[float, Field(ge=0, le=1000), AfterValidator(_few_decimals)]


class StrictModel(BaseModel):
    """A body: unknown members are refused, so that a misspelt one never passes unseen."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Changes(StrictModel):
    """A body that changes some members: one left out stays, one that must say something may not be null."""

    EMPTIED: ClassVar[frozenset[str]] = frozenset()
    """Members that null empties."""

    @field_validator("*", mode="before")
    @classmethod
    def _not_emptied(cls, value: Any, info: ValidationInfo) -> Any:
        if value is None and info.field_name not in cls.EMPTIED:
            raise ValueError("may be left out, but not null")
        return value

    def changes(self) -> dict[str, Any]:
        """Return the members that were sent."""
        return self.model_dump(exclude_unset=True)


class StrictRoute(ActRoute):
    """A route whose JSON body goes through :func:`read_json`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler: it finds the body already read, and parsed by our rules."""
        handle = super().get_route_handler()
        if self.body_field is None or "json" not in _media_of(self.body_field):
            return handle

        async def strict(request: Request) -> Response:
            content = await read_body(request, JSON_LIMIT)
            if content:
                _require_json(request)
                request._json = read_json(content)  # noqa: SLF001  Starlette's own cache of the parsed body
            return await handle(request)

        return strict


def _media_of(field: Any) -> str:
    return str(getattr(field.field_info, "media_type", ""))


def _require_json(request: Request) -> None:
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not (media == "application/json" or (media.startswith("application/") and media.endswith("+json"))):
        raise WrongMedia(f"Send application/json; this was {media or 'sent without a Content-Type'}.")


async def read_body(request: Request, limit: int) -> bytes:
    """Return the body, refusing it as soon as it is longer than ``limit`` bytes."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise TooLarge(f"The body is larger than {limit:,} bytes.")
        chunks.append(chunk)
    content = b"".join(chunks)
    request._body = content  # noqa: SLF001  Starlette's own cache, so that later readers find the same bytes
    return content


def read_json(content: bytes) -> Any:
    """Return the value written in ``content``, or raise ``BadRequest`` naming what is wrong with it."""
    try:
        text = content.decode("utf-8")
        value = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_duplicates)
    except UnicodeDecodeError as fault:
        raise BadRequest(f"The body is not UTF-8 (byte {fault.start}).") from None
    except json.JSONDecodeError as fault:
        raise BadRequest(
            f"The body is not JSON: {fault.msg}, line {fault.lineno} column {fault.colno}."
        ) from None
    except RecursionError:
        raise BadRequest(f"The body is nested deeper than {DEPTH_LIMIT} levels.") from None
    except ValueError as fault:
        raise BadRequest(f"The body holds a number that cannot be read: {fault}.") from None
    _inspect(value)
    return value


def _no_constant(name: str) -> NoReturn:
    raise BadRequest(f"{name} is not JSON; leave the member out or send a number.")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadRequest(f'The member "{twice[:80]}" appears twice in one object.')
    return found


def _inspect(value: Any) -> None:
    """Refuse what UTF-8 and SQL cannot carry, and nesting without end."""
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > DEPTH_LIMIT:
            raise BadRequest(f"The body is nested deeper than {DEPTH_LIMIT} levels.")
        deeper: list[Any] = []
        for item in level:
            if isinstance(item, str):
                _inspect_text(item)
            elif isinstance(item, dict):
                deeper += [*item.keys(), *item.values()]
            elif isinstance(item, list):
                deeper += item
        level = deeper


def _inspect_text(text: str) -> None:
    if found := CONTROL.search(text):
        raise BadRequest(f"A text holds the control character U+{ord(found[0]):04X}, which nobody can read.")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise BadRequest("A text holds half of a surrogate pair, which is not Unicode.") from None


def web_address(value: str) -> str:
    """Return ``value`` when it is an absolute http or https address; a validator for bodies."""
    if not is_web_address(value):
        raise ValueError(
            "must be an address that begins with https:// or http://, its odd letters written with %"
        )
    return value
