"""Keyset paging: ``?limit&after``, and where the next page begins in body and Link header."""

from collections.abc import Sequence
from typing import Annotated, Protocol, TypeVar

from fastapi import Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field


class PageQuery(BaseModel):
    """Which part of a list is wanted."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(50, ge=1, le=200, description="At most this many items.")
    after: str | None = Field(
        None, max_length=64, pattern=r"^[a-z]{3}_[0-9a-z]+$", description="`next` of the page before."
    )


Page = Annotated[PageQuery, Query()]


class Identified(Protocol):
    """Anything with an id to page by."""

    @property
    def id(self) -> str:
        """The item's id."""


T = TypeVar("T", bound=Identified)


def cut(
    request: Request, response: Response, page: PageQuery, found: Sequence[T]
) -> tuple[list[T], str | None]:
    """Return one page of ``found`` (fetched with one item more than ``limit``) and where the next begins."""
    items = list(found[: page.limit])
    if len(found) <= page.limit:
        return items, None
    following = items[-1].id
    url = request.url.include_query_params(after=following)
    response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    return items, following
