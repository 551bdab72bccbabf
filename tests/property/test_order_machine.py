"""Impatient guests and a hurried kitchen against one small model of what an order may do.

The model knows only words: a table of moves and a status per line. Many orders live at once, so that some get old.
"""

from datetime import UTC, date, datetime
from functools import reduce
from itertools import count
from typing import Final
from uuid import UUID

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule

from domain.order.commands import CancelOrder, OrderCommand, PlaceOrder, ReadyLine, RecallOrder, StartLine
from domain.order.decider import ORDER
from domain.order.errors import InvalidStatusTransition, OrderIdTaken, OrderLineNotFound, OrderNotModifiable
from domain.order.events import CancelledBy, OrderEvent, OrderLine
from domain.order.moves import move_by_staff
from domain.order.state import Order, Status
from domain.pricing.quote import Quote
from domain.shared.refusals import Refusal

MOVES: Final = {
    "pending": {"confirmed", "cancelled"},
    "confirmed": {"preparing", "cancelled"},
    "preparing": {"ready"},
    "ready": {"completed"},
    "completed": set[str](),
    "cancelled": set[str](),
}
NEXT: Final = {"pending": "confirmed", "confirmed": "preparing", "preparing": "ready", "ready": "completed"}
WANTED: Final = st.sampled_from([status for status in Status if status is not Status.NEW])
ORDERS_MAX: Final = 6
STORED: Final = msgspec.json.Decoder(OrderEvent)


class Live:
    """An order, its stored history, and what the model thinks of it."""

    def __init__(self, place: PlaceOrder) -> None:
        """Begin before the order was placed."""
        self.place = place
        self.order: Order = ORDER.initial
        self.history: list[bytes] = []
        self.status = "new"
        self.lines = {line.line_id: "confirmed" for line in place.lines}


class OrderMachine(RuleBasedStateMachine):
    """Whatever is wished of many orders in whatever sequence, each goes the contract's ways and no other."""

    orders: Bundle[Live] = Bundle("orders")

    def __init__(self) -> None:
        """Open the restaurant."""
        super().__init__()
        self.ids = (UUID(int=number) for number in count(1))
        self.all: list[Live] = []

    @precondition(lambda self: len(self.all) < ORDERS_MAX)
    @rule(target=orders, size=st.integers(1, 4), total_minor=st.sampled_from([0, 1, 5097]), bumps=st.integers(0, 4))
    def place(self, size: int, total_minor: int, bumps: int) -> Live:
        """Some orders come with a past, or too few would ever be seen old."""
        lines = tuple(
            OrderLine(
                line_id=next(self.ids),
                item_id=next(self.ids),
                category_id=next(self.ids),
                name="Conch Fritters",
                quantity=1,
                unit_price_minor=total_minor,
            )
            for _ in range(size)
        )
        live = Live(
            PlaceOrder(
                order_id=next(self.ids),
                session_id=next(self.ids),
                table_id=next(self.ids),
                table_name="T1",
                cart_id=next(self.ids),
                number=1,
                business_day=date(2026, 3, 14),
                lines=lines,
                quote=Quote(total_minor=total_minor),
                currency="BSD",
                placed_at=datetime(2026, 3, 14, 18, tzinfo=UTC),
            )
        )
        self.all.append(live)
        self._wish(live, live.place, None)
        live.status = "pending" if total_minor else "confirmed"
        for _ in range(bumps):
            self.bump(live)
        return live

    @rule(live=orders)
    def place_again(self, live: Live) -> None:
        self._wish(live, live.place, OrderIdTaken)

    @rule(live=orders, wanted=WANTED)
    def let_it_be(self, live: Live, wanted: Status) -> None:
        self._move(live, wanted.value)

    @rule(live=orders)
    def bump(self, live: Live) -> None:
        if live.status in NEXT:
            self._move(live, NEXT[live.status])

    @rule(live=orders, which=st.integers(0, 4))
    def start_a_line(self, live: Live, which: int) -> None:
        line_id = self._line(live, which)
        reason = self._why_not(live, line_id, "confirmed")
        self._wish(live, StartLine(order_id=live.place.order_id, line_id=line_id), reason)
        if reason is None:
            live.lines[line_id] = live.status = "preparing"

    @rule(live=orders, which=st.integers(0, 4))
    def ready_a_line(self, live: Live, which: int) -> None:
        line_id = self._line(live, which)
        reason = self._why_not(live, line_id, "preparing")
        self._wish(live, ReadyLine(order_id=live.place.order_id, line_id=line_id), reason)
        if reason is None:
            live.lines[line_id] = "ready"
            live.status = "ready" if set(live.lines.values()) == {"ready"} else "preparing"

    @rule(live=orders)
    def recall(self, live: Live) -> None:
        reason = None if live.status == "ready" else InvalidStatusTransition
        self._wish(live, RecallOrder(order_id=live.place.order_id), reason)
        if reason is None:
            live.status = "preparing"
            live.lines = dict.fromkeys(live.lines, "preparing")

    @rule(live=orders, who=st.sampled_from([CancelledBy.GUEST, CancelledBy.EXPIRED]))
    def think_better_of_it(self, live: Live, who: CancelledBy) -> None:
        reason = None if live.status == "pending" else OrderNotModifiable
        self._wish(live, CancelOrder(order_id=live.place.order_id, cancelled_by=who), reason)
        if reason is None:
            live.status = "cancelled"

    @invariant()
    def every_order_is_where_the_model_has_it(self) -> None:
        for live in self.all:
            assert live.order.status == live.status
            assert live.order.progress == tuple(live.lines.values())

    @invariant()
    def an_order_and_its_lines_agree(self) -> None:
        for live in self.all:
            finished = set(live.order.progress) == {"ready"}
            assert finished is (live.order.status in {"ready", "completed"})
            untouched = set(live.order.progress) == {"confirmed"}
            assert untouched is (live.order.status in {"pending", "confirmed", "cancelled"})

    @invariant()
    def stored_history_tells_the_same_story(self) -> None:
        for live in self.all:
            assert reduce(ORDER.evolve, map(STORED.decode, live.history), ORDER.initial) == live.order

    def _move(self, live: Live, wanted: str) -> None:
        reason = None if wanted in MOVES[live.status] else InvalidStatusTransition
        try:
            command = move_by_staff(live.place.order_id, live.order.status, Status(wanted))
        except InvalidStatusTransition:
            assert wanted == "pending"
            return
        self._wish(live, command, reason)
        if reason is None:
            live.status = wanted
            if wanted in {"preparing", "ready"}:
                live.lines = dict.fromkeys(live.lines, wanted)

    def _wish(self, live: Live, command: OrderCommand, reason: type[Refusal] | None) -> None:
        """Put it to the decider, which must refuse for exactly this reason, or do it where there is none."""
        try:
            events = ORDER.decide(live.order, command)
        except Refusal as refusal:
            assert type(refusal) is reason  # noqa: PT017 - which refusal is right differs from step to step.
            return
        assert reason is None
        assert events
        live.order = reduce(ORDER.evolve, events, live.order)
        live.history += map(msgspec.json.encode, events)

    def _line(self, live: Live, which: int) -> UUID:
        """One of the order's lines, or, beyond the last, one that it does not have."""
        line_ids = list(live.lines)
        return line_ids[which] if which < len(line_ids) else next(self.ids)

    @staticmethod
    def _why_not(live: Live, line_id: UUID, needed: str) -> type[Refusal] | None:
        if line_id not in live.lines:
            return OrderLineNotFound
        if live.status not in {"confirmed", "preparing"} or live.lines[line_id] != needed:
            return InvalidStatusTransition
        return None


TestOrders = OrderMachine.TestCase
