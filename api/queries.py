"""From a query string to a checked struct.

What is not known is ignored, as is usual for queries; what is known is judged as strictly as a body is.
"""

from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec
from litestar import Request
from msgspec import Meta, Struct

from api.bodies import in_utc, wrong_field, wrong_fields
from api.faults import faults_of_query
from api.sentences import NO_NUL

PAGE_MAX = 100

Position = Annotated[int, Meta(ge=0, le=2**62)]
Limit = Annotated[int, Meta(ge=1, le=PAGE_MAX)]
Text = Annotated[str, Meta(min_length=1, max_length=1000, pattern=NO_NUL)]
Moment = Annotated[str, Meta(max_length=40, extra_json_schema={"format": "date-time"})]
"""A moment as text: a query has no types, and a bare number would pass for one. Read it with `moment`."""


class Query(Struct, frozen=True, kw_only=True):
    """What may stand after the question mark."""


class Awaiting(Query, frozen=True):
    """`after`: the position that the answer should have seen. A read model waits up to a second for it.

    What is read from the ledger itself is as new as its head, and never waits.
    """

    after: Position = 0


Q = TypeVar("Q", bound=Query)


def moment(field: str, text: str | None) -> datetime | None:
    """The moment in UTC. Raises Failure: VALIDATION_ERROR for what is no RFC 3339 date-time with an offset."""
    if text is None:
        return None
    try:
        return in_utc(field, msgspec.convert(text, Annotated[datetime, Meta(tz=True)]))
    except msgspec.ValidationError:
        raise wrong_field(field, "must be a moment and its offset, such as 2026-11-22T12:00:00Z") from None


def query_of(request: Request[Any, Any, Any], shape: type[Q]) -> Q:
    """The query as that shape. Raises Failure: VALIDATION_ERROR naming every parameter that is wrong."""
    query = request.query_params
    sent = {name: query[name] for name in query}
    try:
        return msgspec.convert(sent, shape, strict=False)
    except msgspec.ValidationError:
        raise wrong_fields(faults_of_query(sent, shape)) from None
