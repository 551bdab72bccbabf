"""The ledger as auditors read it: every line in order, an order's own history, its state at any moment, the chain."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get
from msgspec import Meta, Raw, Struct

from api.answers import data_response
from api.bodies import wrong_field
from api.callers import StaffRequest
from api.describing import says
from api.front import Front, FrontOf, InPath
from api.orders import order_in_path
from api.problems import Failure
from api.queries import PAGE_MAX, Limit, Moment, Position, Query, Text, moment, query_of
from application.books import BookLine, Verdict, Wanted
from application.histories import as_of_time, as_of_version
from application.reads import any_order
from application.views.order import OrderView
from domain.shared.ids import bill_stream

HISTORY_MAX: Final = 10_000
"""More events than any order's life has; a history is never paged."""

VERIFY_PATIENCE_S: Final = 4.0
"""Within the five seconds after which the contract has an answer be 202."""

JOB: Final = re.compile(r"verify-(?P<start>[0-9]{1,18})", re.ASCII)


class EventsWanted(Query, frozen=True, rename={"from_": "from"}):
    """Which lines: after a position, of a type (`order.placed.v1`), a stream, an actor, from a moment to another."""

    after: Position = 0
    cursor: Text | None = None
    limit: Limit = PAGE_MAX
    type: Text | None = None
    stream: Text | None = None
    actor: Text | None = None
    from_: Moment | None = None
    to: Moment | None = None


class StateWanted(Query, frozen=True):
    """As of a version of the order, or of a moment; of now, if neither is named."""

    version: Annotated[int, Meta(ge=1, le=2**31)] | None = None
    at: Moment | None = None


class VerifyWanted(Query, frozen=True, rename={"from_": "from"}):
    """The position to start at."""

    from_: Annotated[int, Meta(ge=1, le=2**62)] = 1


class EventView(Struct, frozen=True, kw_only=True):
    """One line. `data` is what was stored; personal words in it are sealed. `hash` is in hex."""

    position: int
    stream: str
    version: int
    type: str
    recorded_at: datetime
    actor: str
    request_id: str
    caused_by: str
    data: Raw
    hash: str


class VerdictView(Struct, frozen=True, kw_only=True):
    """Whether the history is the one that was written. `head` is the last hash in hex."""

    valid: bool
    events: int
    head: str
    first_bad_position: int | None


class JobView(Struct, frozen=True, kw_only=True):
    """Work that is still going on; ask at `url` again."""

    job_id: str
    status: str
    url: str


@get("/audit/venues/{slug:str}/events", opt=says(query=EventsWanted, answers=EventView, listed=True))
async def events(request: StaffRequest, front: FrontOf) -> Response[bytes]:
    """The ledger in order. `after` (or the cursor) is where to go on."""
    asked = query_of(request, EventsWanted)
    wanted = Wanted(
        tag=asked.type,
        stream=None if asked.stream is None else _stream(asked.stream),
        actor=asked.actor,
        since=moment("from", asked.from_),
        until=moment("to", asked.to),
    )
    after = asked.after if asked.cursor is None else _cursor(asked.cursor)
    head = await front.house.ledger.head(request.user.venue_id)
    lines = await front.books.lines(request.user.venue_id, wanted, after=after, limit=asked.limit)
    more = str(lines[-1].position) if len(lines) == asked.limit else None
    # A full page has seen all up to its last line, one that is not full all up to the head that was there before it.
    position = lines[-1].position if more else max([head, *(line.position for line in lines[-1:])])
    return data_response(_views(lines), position=position, next_cursor=more)


@get(
    "/audit/venues/{slug:str}/orders/{order_id:str}/history",
    opt=says(answers=EventView, listed=True, refusals=("ORDER_NOT_FOUND",)),
)
async def history(request: StaffRequest, order_id: InPath, front: FrontOf) -> Response[bytes]:
    """Exactly the events of the order's own stream, unpaged."""
    id_ = order_in_path(order_id)
    return await _history(front, request.user.venue_id, id_, id_)


@get(
    "/audit/venues/{slug:str}/orders/{order_id:str}/payments",
    opt=says(answers=EventView, listed=True, refusals=("ORDER_NOT_FOUND",)),
)
async def payments(request: StaffRequest, order_id: InPath, front: FrontOf) -> Response[bytes]:
    """The events of the order's bill, unpaged."""
    id_ = order_in_path(order_id)
    return await _history(front, request.user.venue_id, id_, bill_stream(id_))


@get(
    "/audit/venues/{slug:str}/orders/{order_id:str}/state",
    opt=says(query=StateWanted, answers=OrderView, refusals=("ORDER_NOT_FOUND",)),
)
async def state(request: StaffRequest, order_id: InPath, front: FrontOf) -> Response[bytes]:
    """The order as it was then, from the code that decides today."""
    asked, id_, venue_id = query_of(request, StateWanted), order_in_path(order_id), request.user.venue_id
    if asked.version is not None and asked.at is not None:
        raise wrong_field("at", "cannot be given together with version")
    if asked.version is not None:
        return data_response(await as_of_version(front.house, venue_id, id_, asked.version))
    if (at := moment("at", asked.at)) is not None:
        return data_response(await as_of_time(front.house, venue_id, id_, at))
    read = await any_order(front.house, venue_id, id_)
    return data_response(read.data, position=read.position)


@get("/audit/venues/{slug:str}/verify", opt=says(query=VerifyWanted, answers=VerdictView, later=JobView))
async def verify(request: StaffRequest, slug: InPath, front: FrontOf) -> Response[bytes]:
    """Recompute the chain. What takes longer than five seconds answers 202 with a job to ask for again."""
    start = query_of(request, VerifyWanted).from_
    if not await _begun(front, request.user.venue_id, start):
        raise wrong_field("from", "must not lie beyond the last position")
    return await _verified(front, request.user.venue_id, slug, start, anew=True)


@get(
    "/audit/venues/{slug:str}/jobs/{job_id:str}",
    opt=says(answers=VerdictView, later=JobView, refusals=("JOB_NOT_FOUND",)),
)
async def job(request: StaffRequest, slug: InPath, job_id: InPath, front: FrontOf) -> Response[bytes]:
    """What came of a job: 200 with it, or 202 while it is under way."""
    named = JOB.fullmatch(job_id)
    if named is None or not await _begun(front, request.user.venue_id, int(named["start"])):
        raise Failure("JOB_NOT_FOUND", "There is no such job.")
    return await _verified(front, request.user.venue_id, slug, int(named["start"]), anew=False)


async def _verified(front: Front, venue_id: UUID, slug: str, start: int, *, anew: bool) -> Response[bytes]:
    begin = partial(front.books.verify, venue_id, from_position=max(start, 1))
    found = await front.jobs.outcome(f"{venue_id}:{start}", begin, wait_s=VERIFY_PATIENCE_S, anew=anew)
    if found is not None:
        return data_response(_verdict(found), position=found.events)
    job_id = f"verify-{start}"
    url = f"/api/v1/audit/venues/{slug}/jobs/{job_id}"
    return data_response(
        JobView(job_id=job_id, status="running", url=url), status=202, headers={"Location": url, "Retry-After": "1"}
    )


async def _begun(front: Front, venue_id: UUID, start: int) -> bool:
    """Whether the ledger goes as far as where to start; the first position counts before anything happened too."""
    return start <= max(1, await front.house.ledger.head(venue_id))


async def _history(front: Front, venue_id: UUID, order_id: UUID, stream: UUID) -> Response[bytes]:
    first = await front.books.lines(venue_id, Wanted(stream=order_id), after=0, limit=1)
    if not first or not first[0].tag.startswith("order."):
        raise Failure("ORDER_NOT_FOUND", "There is no such order.")
    lines = await front.books.lines(venue_id, Wanted(stream=stream), after=0, limit=HISTORY_MAX)
    return data_response(_views(lines), position=lines[-1].position if lines else None, next_cursor=None)


def _views(lines: Sequence[BookLine]) -> list[EventView]:
    return [
        EventView(
            position=line.position,
            stream=f"{line.tag.partition('.')[0]}:{line.stream}",
            version=line.version,
            type=line.tag,
            recorded_at=line.recorded_at,
            actor=line.actor,
            request_id=line.request_id,
            caused_by=line.caused_by,
            data=line.data,
            hash=line.hash.hex(),
        )
        for line in lines
    ]


def _verdict(found: Verdict) -> VerdictView:
    return VerdictView(
        valid=found.valid, events=found.events, head=found.head, first_bad_position=found.first_bad_position
    )


def _stream(text: str) -> UUID:
    """A stream as it is shown (`order:…`), or its id alone."""
    try:
        return UUID(text.rpartition(":")[2])
    except ValueError:
        raise wrong_field("stream", "must be a stream as it is shown, such as order:<id>") from None


def _cursor(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(2**62)):
        raise wrong_field("cursor", "is not one of ours")
    return int(text)


ROUTES: Final = (events, history, payments, state, verify, job)
