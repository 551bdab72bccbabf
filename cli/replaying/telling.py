"""Walks through a ledger, and tells each event with what came of it."""

import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Raw, Struct
from psycopg.errors import UndefinedTable

from application.ports import LedgerUnavailable, Recorded
from cli.errors import CommandFailed
from cli.replaying.order_words import standing
from cli.replaying.progress import Progress
from cli.replaying.shown import Shown, printable
from cli.replaying.states import States
from cli.replaying.story import End, end_of, everything, of_order, order_by_number
from cli.replaying.words import sentence
from domain.bill.decider import BILL
from domain.bill.state import Bill
from domain.order.decider import ORDER
from domain.order.events import OrderPlaced
from domain.order.state import Order
from domain.shared.ids import bill_stream, venue_id_of, venue_stream
from domain.shared.sealed import Sealed
from domain.venue.decider import VENUE
from infrastructure.codec import Codec, UnknownTag, UnreadableEvent
from infrastructure.keyring import PostgresKeyring
from infrastructure.ledger.entry import Entry
from infrastructure.ledger.pool import Limits, open_pool
from infrastructure.ledger.recorder import PostgresLedger
from infrastructure.settings import Settings
from infrastructure.vocabulary import EVENT_TYPES, decider_of

INDENT: Final = " " * 20
BOXES: Final = 1_000
"""How many sealed texts are opened at once."""


class Wanted(Struct, frozen=True, kw_only=True):
    """What was asked for. `order` is an id or a number; `until` a position, a day or a time."""

    slug: str
    order: UUID | int | None = None
    until: int | date | datetime | None = None
    with_notes: bool = False
    as_json: bool = False


class Told(Struct, frozen=True, kw_only=True):
    """One event as it is told. `standing` is what its order and bill had come to; `data` are the stored bytes."""

    position: int
    recorded_at: datetime
    actor: str
    type: str
    stream: str
    version: int
    request_id: str
    caused_by: str
    says: str
    standing: str | None
    data: Raw


async def tell(settings: Settings, wanted: Wanted, write: Callable[[str], object]) -> None:
    """Write it all down, line by line. Raises CommandFailed."""
    limits = Limits(
        connections_min=1,
        connections_max=2,
        checkout_timeout_s=settings.database_timeout_s,
        statement_timeout_s=settings.database_timeout_s,
    )
    try:
        async with open_pool(settings.database_url, limits) as pool:
            ledger = PostgresLedger(pool, Codec(EVENT_TYPES), limits)
            await _tell(ledger, PostgresKeyring(pool, limits), wanted, write)
    except LedgerUnavailable as away:
        raise CommandFailed(f"the database cannot be reached: {away}") from None
    except UndefinedTable:
        raise CommandFailed("the database has no ledger yet: comanda migrate makes one.") from None
    except (UnknownTag, UnreadableEvent) as unreadable:
        raise CommandFailed(
            f"this program is too old for the ledger, or the ledger was damaged: {unreadable}"
        ) from None


async def _tell(
    ledger: PostgresLedger, keyring: PostgresKeyring, wanted: Wanted, write: Callable[[str], object]
) -> None:
    venue_id = venue_id_of(wanted.slug)
    head = await ledger.head(venue_id)
    if head == 0:
        raise CommandFailed(f"nothing ever happened in a venue {printable(wanted.slug)!r}; is it misspelt?")
    venue = await States(ledger, venue_id).before(VENUE, venue_stream(venue_id), head + 1)
    shown = Shown(
        currency=venue.settings.currency if venue.settings else "",
        zone=ZoneInfo(venue.settings.timezone if venue.settings else "UTC"),
    )
    states = States(ledger, venue_id)
    end = end_of(wanted.until, head, shown.zone)
    progress = Progress(sys.stderr, total=end.position, visible=sys.stderr.isatty() and not sys.stdout.isatty())
    name = printable(venue.settings.name) if venue.settings else "The house"
    page = _json if wanted.as_json else _Page(f"{name}; times are those of {shown.zone.key}\n", shown.zone).lines
    told = 0
    with progress:
        async for batch in _batches(ledger, venue_id, wanted.order, end, progress):
            recorded = [ledger.decode(entry) for entry in batch]
            if wanted.with_notes:
                shown = msgspec.structs.replace(shown, texts=await _texts(keyring, venue_id, recorded))
            for entry, each in zip(batch, recorded, strict=True):
                write(page(await _told(states, entry, each, shown)))
            told += len(batch)
            progress.reached(batch[-1].position)
    if not told and not wanted.as_json:
        write("Nothing had happened by then.\n")


async def _batches(
    ledger: PostgresLedger, venue_id: UUID, order: UUID | int | None, end: End, progress: Progress
) -> AsyncIterator[list[Entry]]:
    if order is None:
        async for batch in everything(ledger, venue_id, end):
            yield batch
        return
    if isinstance(order, int):
        order = await order_by_number(ledger, venue_id, order, end, progress)
    yield await of_order(ledger, venue_id, order, end)


async def _told(states: States, entry: Entry, recorded: Recorded, shown: Shown) -> Told:
    decider = decider_of(recorded.event)
    before, after = await states.step(decider, recorded)
    return Told(
        position=entry.position,
        recorded_at=entry.recorded_at,
        actor=entry.actor,
        type=entry.tag,
        stream=f"{decider.name}:{entry.stream}",
        version=entry.version,
        request_id=entry.request_id,
        caused_by=entry.caused_by,
        says=sentence(recorded.event, before, shown),
        standing=await _standing(states, recorded, after, shown),
        data=Raw(entry.data),
    )


async def _standing(states: States, recorded: Recorded, after: object, shown: Shown) -> str | None:
    """What an order and its bill have come to with this event; None for any other event."""
    match after:
        case Order():
            # The bill is opened together with the order, and just after it.
            is_new = isinstance(recorded.event, OrderPlaced)
            bill = Bill() if is_new else await states.before(BILL, bill_stream(recorded.stream), recorded.position)
            return standing(after, bill, shown)
        case Bill(order_id=UUID() as order_id):
            return standing(await states.before(ORDER, order_id, recorded.position), after, shown)
        case _:
            return None


async def _texts(keyring: PostgresKeyring, venue_id: UUID, recorded: Sequence[Recorded]) -> dict[Sealed, str | None]:
    boxes = list(dict.fromkeys(box for each in recorded for box in _boxes(each.event)))
    texts: dict[Sealed, str | None] = {}
    for start in range(0, len(boxes), BOXES):
        some = boxes[start : start + BOXES]
        texts |= zip(some, await keyring.unseal(venue_id, some), strict=True)
    return texts


def _boxes(told: object) -> Iterator[Sealed]:
    """Every sealed text, however deep in an event."""
    match told:
        case Sealed():
            yield told
        case Struct():
            for name in told.__struct_fields__:
                yield from _boxes(getattr(told, name))
        case tuple():
            for each in told:
                yield from _boxes(each)
        case _:
            return


def _json(told: Told) -> str:
    return f"{msgspec.json.encode(told).decode()}\n"


class _Page:
    """For people: a title, then for each day on the venue's wall a heading and the events of that day."""

    def __init__(self, title: str, zone: ZoneInfo) -> None:
        self._title = title
        self._zone = zone
        self._day: date | None = None

    def lines(self, told: Told) -> str:
        at = told.recorded_at.astimezone(self._zone)
        heading = self._title
        self._title = ""
        if at.date() != self._day:
            heading += f"\n{at:%A, %d %B %Y}\n"
            self._day = at.date()
        standing = f"{INDENT}→ {told.standing}\n" if told.standing else ""
        kind, _, who = told.actor.partition(":")
        actor = f"{kind} {printable(who)[: 8 if kind != 'system' else 40]}"
        said = f"{told.position:>8}  {at:%H:%M:%S}  {actor:<18} {told.type}\n{INDENT}{told.says}\n"
        return f"{heading}{said}{standing}"
