"""What the reconciler has to look after: money in the air, money owed back, and orders left unpaid for too long."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from psycopg import AsyncConnection

from application.ports import Recorded
from domain.bill.events import BillEvent, BillOpened
from domain.bill.state import AttemptStatus
from domain.order.events import OrderEvent, OrderPlaced
from projections.order_row import bill_of
from projections.projection import Cursor, Projection
from projections.rows import Table, fold
from projections.tally import OPEN, Tally, tallied

SCHEMA: Final = """
create table bills (
    venue_id uuid not null,
    id uuid not null,
    order_id uuid not null,
    started_at timestamptz, -- an attempt was started then, and somebody may still be waiting for its answer
    doubtful_at timestamptz, -- since then, something is open that nobody waits for
    expires_at timestamptz, -- the order is pending, and cancelled then if nothing was paid
    document bytea not null, -- JSON of a Watch
    primary key (venue_id, id)
) with (fillfactor = 80);

create index open_bills on bills (venue_id)
where started_at is not null or doubtful_at is not null or expires_at is not null;
"""

DUE: Final = """
select venue_id, order_id, least(started_at + %(patience)s, doubtful_at, expires_at) as due_at
from unsettled_bills
where (started_at is not null or doubtful_at is not null or expires_at is not null)
and least(started_at + %(patience)s, doubtful_at, expires_at) <= %(at)s
order by due_at, venue_id, order_id
limit %(limit)s
"""


class Watch(Struct, frozen=True, kw_only=True):
    """What is known of one order's money, as far as somebody may have to look after it."""

    order_id: UUID
    pending: bool = False
    expiry: datetime | None = None
    money: Tally = Tally()
    changed_at: datetime

    @property
    def started_at(self) -> datetime | None:
        """Since when the oldest attempt has been under way."""
        return self._oldest(AttemptStatus.STARTED)

    @property
    def doubtful_at(self) -> datetime | None:
        """Since when an outcome has been unknown, or money been owed back and not on its way."""
        unknown = self._oldest(AttemptStatus.UNKNOWN)
        if unknown is None and self._owes():
            return self.changed_at
        return unknown

    @property
    def expires_at(self) -> datetime | None:
        """When the order dies if it is still pending, and no payment is under way."""
        busy = any(payment.status in OPEN for payment in self.money.payments.values())
        return self.expiry if self.pending and not busy else None

    def _oldest(self, status: AttemptStatus) -> datetime | None:
        attempts = (*self.money.payments.values(), *self.money.refunds.values())
        return min((attempt.since for attempt in attempts if attempt.status == status), default=None)

    def _owes(self) -> bool:
        """Whether something has to go back and is not on its way: strays, and all of it once the bill is closed."""
        return any(
            (self.money.closed or payment.status == AttemptStatus.STRAY)
            and self.money.given_back_minor(payment_id, AttemptStatus.APPROVED, *OPEN) < payment.amount_minor
            for payment_id, payment in self.money.taken.items()
        )


class Unsettled(Struct, frozen=True, kw_only=True):
    """An order that somebody has to look after since `due_at`."""

    venue_id: UUID
    order_id: UUID
    due_at: datetime


async def due(
    connection: AsyncConnection[Any], at: datetime, patience_s: float, *, limit: int = 100
) -> list[Unsettled]:
    """What is due at that moment, in all venues, the longest overdue first.

    `patience_s`: how long whoever started an attempt is given to come back for its outcome.
    """
    parameters = {"at": at, "patience": timedelta(seconds=patience_s), "limit": limit}
    rows = await (await connection.cursor(binary=True).execute(DUE, parameters)).fetchall()
    return [Unsettled(venue_id=venue_id, order_id=order_id, due_at=due_at) for venue_id, order_id, due_at in rows]


async def apply(cursor: Cursor, venue_id: UUID, batch: Sequence[Recorded]) -> None:
    """Take the watches through a run of events."""
    await fold(cursor, venue_id, batch, BILLS)


def watched(watch: Watch | None, recorded: Recorded) -> Watch | None:
    """The watch after one more event. It begins with whichever of order and bill comes first, and never ends."""
    event, at = recorded.event, recorded.recorded_at
    if watch is None and isinstance(event, OrderPlaced | BillOpened):
        watch = Watch(order_id=event.order_id, changed_at=at)
    if watch is None:
        return None
    if isinstance(event, BillEvent):
        return replace(watch, money=tallied(watch.money, event, at), changed_at=at)
    if isinstance(event, OrderPlaced):
        return replace(watch, pending=True, expiry=event.expires_at)
    return replace(watch, pending=watch.pending and not isinstance(event, OrderEvent))


BILLS: Final = Table(
    name="bills",
    row=Watch,
    columns=("order_id", "started_at", "doubtful_at", "expires_at"),
    key_of=bill_of,
    evolve=watched,
)
UNSETTLED: Final = Projection(name="unsettled", version=1, tables=("bills",), schema=SCHEMA, apply=apply)
