"""From a query string to a checked struct.

What is not known is ignored, as is usual for queries; what is known is judged as strictly as a body is.
"""

from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec
from litestar import Request
from msgspec import Meta, Struct

from api.bodies import refuse, utc, wrong_field

PAGE_MAX = 100

Position = Annotated[int, Meta(ge=0, le=2**62)]
Limit = Annotated[int, Meta(ge=1, le=PAGE_MAX)]
Text = Annotated[str, Meta(min_length=1, max_length=1000, pattern=r"^[^\x00]*\Z")]
Moment = Annotated[str, Meta(max_length=40, extra_json_schema={"format": "date-time"})]
"""A moment as text: a query has no types, and a bare number would pass for one. Read it with `moment`."""


class Query(Struct, frozen=True, kw_only=True):
    """What may stand after the question mark."""


class Awaiting(Query, frozen=True):
    """`after`: the position that the answer should have seen; it waits up to a second for it."""

    after: Position = 0


Q = TypeVar("Q", bound=Query)


def moment(field: str, text: str | None) -> datetime | None:
    """The moment in UTC. Raises Failure: VALIDATION_ERROR for what is no RFC 3339 date-time with an offset."""
    if text is None:
        return None
    try:
        return utc(field, msgspec.convert(text, Annotated[datetime, Meta(tz=True)]))
    except msgspec.ValidationError:
        raise wrong_field(field, "it must be a moment such as 2026-11-22T12:00:00Z") from None


def query_of(request: Request[Any, Any, Any], shape: type[Q]) -> Q:
    """The query as that shape. Raises Failure: VALIDATION_ERROR naming the parameter."""
    query = request.query_params
    try:
        return msgspec.convert({name: query[name] for name in query}, shape, strict=False)
    except msgspec.ValidationError as wrong:
        refuse(str(wrong))
