"""How the read models of a running Comanda are getting on."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC
from typing import Final
from uuid import UUID

from msgspec import Struct
from psycopg.errors import InsufficientPrivilege, UndefinedTable

from application.ports import LedgerUnavailable
from cli.errors import CommandFailed
from domain.shared.ids import HOUSE, HOUSE_SLUG, venue_id_of, venue_stream
from domain.venue.events import VenueOpened
from infrastructure.codec import Codec, UnknownTag, UnreadableEvent
from infrastructure.ledger.pool import ConnectionLost, Limits, Pool, open_pool, statement
from infrastructure.ledger.recorder import PostgresLedger
from infrastructure.settings import Settings
from infrastructure.vocabulary import EVENT_TYPES
from projections.bookmarks import Lagging, Parked, lagging, parked, resume
from projections.registry import PROJECTIONS

SHOWN_MAX: Final = 100
"""How many of either kind are told: the longest parked, and those that are furthest behind."""


class Status(Struct, frozen=True, kw_only=True):
    """What was found, in words, and how many are parked."""

    lines: tuple[str, ...]
    parked: int


async def status(settings: Settings) -> Status:
    """Which read models are parked, and which are behind. Raises CommandFailed where the database does not tell."""
    async with _database(settings) as (pool, limits):
        async with statement(pool, limits) as connection:
            stuck = await parked(connection, limit=SHOWN_MAX)
            late = await lagging(connection, [each.home for each in PROJECTIONS], events_min=1, limit=SHOWN_MAX)
        ledger = PostgresLedger(pool, Codec(EVENT_TYPES), limits)
        venue_ids = {each.venue_id for each in stuck} | {each.venue_id for each in late}
        slugs = {venue_id: await _slug(ledger, venue_id) for venue_id in venue_ids}
    return Status(lines=tuple(_told(stuck, late, slugs)), parked=len(stuck))


async def resumed(settings: Settings, name: str, slug: str) -> str:
    """Let a parked read model go on, and say so. Raises CommandFailed where there is none, or it is not parked."""
    homes = {word: each.home for each in PROJECTIONS for word in (each.name, each.home)}
    if name not in homes:
        raise CommandFailed(f"there is no read model {name!r}, only {', '.join(each.name for each in PROJECTIONS)}.")
    home = homes[name]
    async with _database(settings) as (pool, limits), statement(pool, limits) as connection:
        was_parked = await resume(connection, home, venue_id_of(slug))
    if not was_parked:
        raise CommandFailed(f"{home} of {slug!r} is not parked.")
    return f"{home} of {slug} goes on with the event that parked it, as soon as a worker looks."


def _told(stuck: list[Parked], late: list[Lagging], slugs: dict[UUID, str]) -> Iterator[str]:
    for one in stuck:
        where = f"{one.name} of {slugs[one.venue_id]} before position {one.position}"
        yield f"PARKED  {where} since {one.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC: {one.reason}"
    for other in late:
        to_go = f"{other.head - other.position} of {other.head} events to go"
        yield f"behind  {other.name} of {slugs[other.venue_id]}: {to_go}"
    if SHOWN_MAX in {len(stuck), len(late)}:
        yield f"There may be more: of either kind, {SHOWN_MAX} are told."
    if not stuck and not late:
        yield "Every read model has seen everything."


async def _slug(ledger: PostgresLedger, venue_id: UUID) -> str:
    """What people call the venue; its id where its events cannot be read, which may be why something is parked."""
    if venue_id == HOUSE:
        return HOUSE_SLUG
    stream = venue_stream(venue_id)
    try:
        history = (await ledger.read(venue_id, {stream: 0})).events[stream]
    except (UnknownTag, UnreadableEvent):
        return str(venue_id)
    return next((each.event.slug for each in history if isinstance(each.event, VenueOpened)), str(venue_id))


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[tuple[Pool, Limits]]:
    limits = Limits(
        connections_min=1,
        connections_max=2,
        checkout_timeout_s=settings.database_timeout_s,
        statement_timeout_s=settings.database_timeout_s,
    )
    try:
        async with open_pool(settings.database_url, limits) as pool:
            yield pool, limits
    except (LedgerUnavailable, ConnectionLost) as away:
        raise CommandFailed(f"the database cannot be reached: {away}") from None
    except (UndefinedTable, InsufficientPrivilege):
        raise CommandFailed("the database was not brought up to date: comanda migrate does it.") from None
