"""Made-up evenings: many orders, their bills and the menu, moved at random through the real deciders.

An evening is a list of appends, each a list of (stream, events) that belong together, as the application would have
put them into the ledger.
"""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TypeVar
from uuid import UUID, uuid5

from application.ports import Recorded
from domain.bill.commands import (
    BillCommand,
    CloseBill,
    OpenBill,
    ReceiveCash,
    RecordApproval,
    RecordDecline,
    RecordNotCharged,
    RecordRefundApproval,
    RecordRefundDecline,
    RecordRefundUnknown,
    RecordUnknown,
    StartPayment,
    StartRefund,
)
from domain.bill.decider import BILL
from domain.bill.state import Bill
from domain.menu.commands import (
    AddCategory,
    AddItem,
    BringBack,
    ChangeCategory,
    ChangeItem,
    MenuCommand,
    RemoveItem,
    SellOut,
)
from domain.menu.decider import MENU
from domain.menu.state import Menu
from domain.order.commands import (
    CancelOrder,
    CompleteOrder,
    ConfirmOrder,
    OrderCommand,
    PlaceOrder,
    ReadyLine,
    ReadyOrder,
    RecallOrder,
    StartLine,
    StartPreparing,
)
from domain.order.decider import ORDER
from domain.order.events import CancelledBy, OrderLine
from domain.order.state import Order
from domain.pricing.quote import Quote
from domain.session.events import SessionClosed
from domain.shared.event import Command, Decider, Event
from domain.shared.ids import bill_stream, menu_stream
from domain.shared.refusals import Refusal
from domain.shared.sealed import Sealed

NOON = datetime(2025, 5, 1, 12, tzinfo=UTC)

Growing = tuple[UUID, tuple[Event, ...]]
S = TypeVar("S")
C = TypeVar("C", bound=Command)
E = TypeVar("E", bound=Event)


class Evening:
    """One venue's evening. Everything in it follows from the seed. A calm one leaves the reconciler nothing to do."""

    def __init__(self, venue_id: UUID, seed: int, *, calm: bool = False) -> None:
        self._calm = calm
        self.random = Random(seed)  # noqa: S311 - to be repeatable is the very point
        self.appends: list[list[Growing]] = []
        self.orders: dict[UUID, Order] = {}
        self.bills: dict[UUID, Bill] = {}
        self.menu = Menu()
        self._menu_stream = menu_stream(venue_id)
        self._now = NOON

    def go_on(self, steps: int) -> "Evening":
        """Let so many things happen, most of them possible."""
        for _ in range(steps):
            self._now += timedelta(seconds=self.random.randint(0, 90))
            happens = self.random.choices(
                [self._place, self._cook, self._bill, self._edit, self._leave],
                weights=[3, 8, 0 if self._calm else 10, 2, 1],
            )[0]
            happens()
        return self

    def recorded(self) -> list[Recorded]:
        """The evening as a ledger would tell it, a second between two appends."""
        told: list[Recorded] = []
        versions: dict[UUID, int] = {}
        for k, growings in enumerate(self.appends):
            for stream, events in growings:
                for event in events:
                    versions[stream] = versions.get(stream, 0) + 1
                    told.append(
                        Recorded(
                            position=len(told) + 1,
                            stream=stream,
                            version=versions[stream],
                            recorded_at=NOON + timedelta(seconds=k),
                            actor="guest:somebody",
                            request_id="request",
                            caused_by="command:Something",
                            event=event,
                        )
                    )
        return told

    def _place(self) -> None:
        order_id, session_id, total_minor = self._id(), self._id(), self.random.choice([0, 1, 1299, 5000])
        lines = tuple(
            OrderLine(
                line_id=self._id(),
                item_id=self._id(),
                category_id=self._id(),
                name=self.random.choice(["Conch Fritters", "Grouper 🐟", 'A "quoted" dish']),
                quantity=self.random.randint(1, 99),
                unit_price_minor=1299,
                notes=self._sealed(session_id),
            )
            for _ in range(self.random.randint(1, 3))
        )
        place = PlaceOrder(
            order_id=order_id,
            session_id=session_id,
            table_id=self._id(),
            table_name=self.random.choice(["T1", "T2", "Bar"]),
            cart_id=self._id(),
            number=len(self.orders) + 1,
            business_day=date(2025, 5, self.random.randint(1, 3)),
            lines=lines,
            quote=Quote(subtotal_minor=total_minor, total_minor=total_minor),
            currency="BSD",
            notes=self._sealed(session_id),
            placed_at=self._now,
            expires_at=None if self._calm or self.random.random() < 0.3 else self._now + timedelta(hours=1),
        )
        opened = OpenBill(order_id=order_id, session_id=session_id, total_minor=total_minor, currency="BSD")
        self.orders[order_id], self.bills[order_id] = ORDER.initial, BILL.initial
        growings = [*self._order(order_id, place), *self._billed(order_id, opened)]
        self.appends.append(growings if self.random.random() < 0.5 else growings[::-1])

    def _cook(self) -> None:
        if not self.orders:
            return
        order_id = self.random.choice(list(self.orders))
        line_id = self.random.choice(self.orders[order_id].lines).line_id
        by = self.random.choice(list(CancelledBy))
        wishes: list[OrderCommand] = [
            ConfirmOrder(order_id=order_id),
            ConfirmOrder(order_id=order_id),
            StartPreparing(order_id=order_id),
            StartLine(order_id=order_id, line_id=line_id),
            ReadyLine(order_id=order_id, line_id=line_id),
            ReadyOrder(order_id=order_id),
            RecallOrder(order_id=order_id),
            CompleteOrder(order_id=order_id),
            CancelOrder(order_id=order_id, cancelled_by=by, reason=self._sealed(order_id)),
        ]
        self._append(self._order(order_id, self.random.choice(wishes)))

    def _bill(self) -> None:
        if not self.bills:
            return
        order_id = self.random.choice(list(self.bills))
        bill = self.bills[order_id]
        payment_id = self.random.choice([payment.payment_id for payment in bill.payments] or [self._id()])
        refund_id = self.random.choice([refund.refund_id for refund in bill.refunds] or [self._id()])
        amount_minor = self.random.choice([None, 1, 500, 1299])
        wishes: list[BillCommand] = [
            StartPayment(payment_id=self._id(), amount_minor=amount_minor, intent=b"intent"),
            StartPayment(payment_id=self._id(), amount_minor=amount_minor, intent=b"intent"),
            RecordApproval(payment_id=payment_id, authorization_code="123456", reference="rrn"),
            RecordApproval(payment_id=payment_id, authorization_code="123456", reference="rrn"),
            RecordDecline(payment_id=payment_id, decline_code="insufficient_funds"),
            RecordUnknown(payment_id=payment_id, reason="timed_out"),
            RecordNotCharged(payment_id=payment_id),
            ReceiveCash(payment_id=self._id(), amount_minor=amount_minor or 100),
            StartRefund(refund_id=self._id(), payment_id=payment_id, amount_minor=amount_minor or 1, intent=b"i"),
            RecordRefundApproval(refund_id=refund_id, reference="rrn"),
            RecordRefundDecline(refund_id=refund_id, decline_code="do_not_honor"),
            RecordRefundUnknown(refund_id=refund_id, reason="timed_out"),
            CloseBill(order_id=order_id, refund_ids=tuple(self._id() for _ in range(20)), intent=b"intent"),
        ]
        self._append(self._billed(order_id, self.random.choice(wishes)))

    def _edit(self) -> None:
        item_id = self.random.choice([*self.menu.items, self._id()])
        category_id = self.random.choice([*self.menu.categories, self._id()])
        until = self._now + timedelta(minutes=self.random.randint(1, 60))
        wishes: list[MenuCommand] = [
            AddCategory(category_id=self._id(), name="Starters", rank=self.random.randint(0, 2)),
            ChangeCategory(category_id=category_id, name="Mains"),
            AddItem(item_id=self._id(), category_id=category_id, name="Lime Wedge", price_minor=99),
            ChangeItem(item_id=item_id, price_minor=self.random.randint(0, 5000)),
            RemoveItem(item_id=item_id),
            SellOut(item_id=item_id, at=self._now, until=self.random.choice([None, until])),
            BringBack(item_id=item_id),
        ]
        events, self.menu = _tried(MENU, self.menu, self.random.choice(wishes))
        self._append([(self._menu_stream, events)])

    def _leave(self) -> None:
        """Something happens that means nothing to any of the read models."""
        session_id = self._id()
        self._append([(session_id, (SessionClosed(session_id=session_id),))])

    def _order(self, order_id: UUID, wish: OrderCommand) -> list[Growing]:
        events, self.orders[order_id] = _tried(ORDER, self.orders[order_id], wish)
        return [(order_id, events)]

    def _billed(self, order_id: UUID, wish: BillCommand) -> list[Growing]:
        events, self.bills[order_id] = _tried(BILL, self.bills[order_id], wish)
        return [(bill_stream(order_id), events)]

    def _append(self, growings: list[Growing]) -> None:
        if any(events for _, events in growings):
            self.appends.append(growings)

    def _sealed(self, subject: UUID) -> Sealed | None:
        return Sealed(subject=subject, box=self.random.randbytes(40)) if self.random.random() < 0.5 else None

    def _id(self) -> UUID:
        return uuid5(self._menu_stream, str(self.random.getrandbits(64)))


def _tried(decider: Decider[S, C, E], state: S, wish: C) -> tuple[tuple[E, ...], S]:
    try:
        events = decider.decide(state, wish)
    except Refusal:
        return (), state
    for event in events:
        state = decider.evolve(state, event)
    return events, state
