"""All that is known after a run: what clients were told, what the ledger and the gateway hold, what is on show.

Nothing in here judges; `tests.faults.verdict` does. It is plain data, so that a test can plant a lie in it.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct

from domain.bill.state import Bill
from domain.order.state import Order
from projections.order_row import OrderRow


class What(StrEnum):
    """What somebody wanted under one key."""

    PLACE = "place"
    PAY = "pay"
    REFUND = "refund"
    CANCEL = "cancel"


class Heard(Struct, frozen=True, kw_only=True):
    """One answer: `code` is "" for a success, `body` its data or its problem, `position` 0 where none was told."""

    status: int
    code: str
    body: dict[str, Any]
    position: int
    replayed: bool

    @property
    def kept(self) -> bool:
        """Whether the house has to stand by it for as long as it keeps the key."""
        return self.status < 300 or self.code == "PAYMENT_DECLINED"


class Errand(Struct, kw_only=True):
    """One wish under one key, asked for as often as it took.

    `order_id` is None for placing. `amount_minor` is what has to come of it: the order's total, or what goes back.
    """

    what: What
    key: str
    session_id: UUID
    order_id: UUID | None = None
    amount_minor: int = 0
    card: str = ""
    first_try: bool = True
    """False for a pay after another one of the same order, under another key."""
    answers: list[Heard] = []

    @property
    def kept(self) -> Heard | None:
        """The first answer that counts, if there was one."""
        return next((heard for heard in self.answers if heard.kept), None)


class Line(Struct, frozen=True, kw_only=True):
    """Where an event stands."""

    position: int
    stream: UUID
    version: int


class Attempt(Struct, frozen=True, kw_only=True):
    """A charge or a refund, as its events tell; `ended_at` is None while nobody knows what became of it."""

    started_at: datetime
    ended_at: datetime | None


class Charge(Struct, frozen=True, kw_only=True):
    """An approved charge in the gateway's books; `live` while money of it is held."""

    transaction_id: UUID
    order: UUID
    amount: int
    live: bool


class GivenBack(Struct, frozen=True, kw_only=True):
    """A refund in the gateway's books; `original` is the charge's."""

    transaction_id: UUID
    original: UUID
    order: UUID
    amount: int


class Shown(Struct, frozen=True, kw_only=True):
    """The read models: rows by order, the board's orders, what the reconciler still has to do, and how far each is."""

    listed: Mapping[UUID, OrderRow]
    tickets: frozenset[UUID]
    due: frozenset[UUID]
    bookmarks: Mapping[str, int]


class Evidence(Struct, frozen=True, kw_only=True):
    """One venue after a run. Orders and bills are the ledger's own events, folded; both by order id.

    `complaints` are those of clients who gave up.
    """

    complaints: tuple[str, ...]
    errands: tuple[Errand, ...]
    lines: tuple[Line, ...]
    head: int
    chain_holds: bool
    orders: Mapping[UUID, Order]
    bills: Mapping[UUID, Bill]
    attempts: Mapping[UUID, Attempt]
    charges: tuple[Charge, ...]
    refunds: tuple[GivenBack, ...]
    shown: Shown
