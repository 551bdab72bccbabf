"""The kitchen's rules: where an order may go from where it is, and how its lines take it along."""

from typing import Final, assert_never, get_args
from uuid import UUID

from msgspec.structs import replace

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
from domain.order.errors import (
    InvalidStatusTransition,
    OrderHasNoLines,
    OrderIdTaken,
    OrderLineNotFound,
    OrderNotFound,
    OrderNotModifiable,
)
from domain.order.events import (
    CancelledBy,
    LinesReadied,
    LinesStarted,
    OrderCancelled,
    OrderCompleted,
    OrderConfirmed,
    OrderEvent,
    OrderPlaced,
    OrderReadied,
    OrderRecalled,
    PreparationStarted,
)
from domain.order.moves import require_move
from domain.order.state import LineStatus, Order, Status
from domain.shared.event import Decider


def decide(order: Order, command: OrderCommand) -> tuple[OrderEvent, ...]:
    """Judge a wish. Whether there is such an order is asked first, then whether it has the line, then the move."""
    if isinstance(command, PlaceOrder):
        return _place(order, command)
    if order.status is Status.NEW:
        raise OrderNotFound("There is no such order.")
    match command:
        case ConfirmOrder(order_id=order_id):
            require_move(order.status, Status.CONFIRMED)
            return (OrderConfirmed(order_id=order_id),)
        case StartPreparing(order_id=order_id):
            require_move(order.status, Status.PREPARING)
            line_ids = _lines_other_than(order, LineStatus.PREPARING, LineStatus.READY)
            return (LinesStarted(order_id=order_id, line_ids=line_ids), PreparationStarted(order_id=order_id))
        case StartLine():
            return _start_line(order, command)
        case ReadyLine():
            return _ready_line(order, command)
        case ReadyOrder(order_id=order_id):
            require_move(order.status, Status.READY)
            line_ids = _lines_other_than(order, LineStatus.READY)
            return (LinesReadied(order_id=order_id, line_ids=line_ids), OrderReadied(order_id=order_id))
        case RecallOrder(order_id=order_id):
            if order.status is not Status.READY:
                raise InvalidStatusTransition(
                    f"Only a ready order can be recalled; this one is {order.status}.", status=order.status.value
                )
            return (OrderRecalled(order_id=order_id),)
        case CompleteOrder(order_id=order_id):
            require_move(order.status, Status.COMPLETED)
            return (OrderCompleted(order_id=order_id),)
        case CancelOrder():
            return _cancel(order, command)
        case _:
            assert_never(command)


def evolve(order: Order, event: OrderEvent) -> Order:
    """Take the order one fact further, whatever came before."""
    match event:
        case OrderPlaced():
            return _placed(event)
        case OrderConfirmed():
            return replace(order, status=Status.CONFIRMED)
        case LinesStarted(line_ids=line_ids):
            return replace(order, progress=_progress(order, line_ids, LineStatus.PREPARING))
        case PreparationStarted():
            return replace(order, status=Status.PREPARING)
        case LinesReadied(line_ids=line_ids):
            return replace(order, progress=_progress(order, line_ids, LineStatus.READY))
        case OrderReadied():
            return replace(order, status=Status.READY)
        case OrderRecalled():
            return replace(order, status=Status.PREPARING, progress=(LineStatus.PREPARING,) * len(order.lines))
        case OrderCompleted():
            return replace(order, status=Status.COMPLETED)
        case OrderCancelled(cancelled_by=cancelled_by, reason=reason):
            return replace(order, status=Status.CANCELLED, cancelled_by=cancelled_by, reason=reason)
        case _:
            assert_never(event)


def _place(order: Order, command: PlaceOrder) -> tuple[OrderEvent, ...]:
    """Place it; where there is nothing to pay, nothing is waited for and the kitchen may begin at once."""
    if order.status is not Status.NEW:
        raise OrderIdTaken("Another order goes by that id.")
    if not command.lines:
        raise OrderHasNoLines("An order needs at least one dish.")
    placed = OrderPlaced(
        order_id=command.order_id,
        session_id=command.session_id,
        table_id=command.table_id,
        table_name=command.table_name,
        cart_id=command.cart_id,
        number=command.number,
        business_day=command.business_day,
        lines=command.lines,
        quote=command.quote,
        currency=command.currency,
        notes=command.notes,
        placed_at=command.placed_at,
        expires_at=command.expires_at,
    )
    if command.quote.total_minor > 0:
        return (placed,)
    return (placed, OrderConfirmed(order_id=command.order_id))


def _placed(event: OrderPlaced) -> Order:
    return Order(
        status=Status.PENDING,
        order_id=event.order_id,
        session_id=event.session_id,
        table_id=event.table_id,
        table_name=event.table_name,
        cart_id=event.cart_id,
        number=event.number,
        business_day=event.business_day,
        lines=event.lines,
        progress=(LineStatus.CONFIRMED,) * len(event.lines),
        quote=event.quote,
        currency=event.currency,
        notes=event.notes,
        placed_at=event.placed_at,
        expires_at=event.expires_at,
    )


def _start_line(order: Order, command: StartLine) -> tuple[OrderEvent, ...]:
    """Put one line on the stove; the first one takes the order with it."""
    _require_line_move(order, command.line_id, LineStatus.CONFIRMED, LineStatus.PREPARING)
    started = LinesStarted(order_id=command.order_id, line_ids=(command.line_id,))
    if order.status is Status.PREPARING:
        return (started,)
    return (started, PreparationStarted(order_id=command.order_id))


def _ready_line(order: Order, command: ReadyLine) -> tuple[OrderEvent, ...]:
    """Take one line off the stove; the last one makes the order ready."""
    _require_line_move(order, command.line_id, LineStatus.PREPARING, LineStatus.READY)
    readied = LinesReadied(order_id=command.order_id, line_ids=(command.line_id,))
    if _lines_other_than(order, LineStatus.READY) != (command.line_id,):
        return (readied,)
    return (readied, OrderReadied(order_id=command.order_id))


def _require_line_move(order: Order, line_id: UUID, before: LineStatus, after: LineStatus) -> None:
    """Refuse unless the line is where it has to be, and its order is one that is being cooked."""
    at = {line.line_id: status for line, status in zip(order.lines, order.progress, strict=True)}
    if line_id not in at:
        raise OrderLineNotFound("The order has no such line.")
    if order.status not in {Status.CONFIRMED, Status.PREPARING}:
        raise InvalidStatusTransition(
            f"The lines of an order that is {order.status} do not move.", status=order.status.value, wanted=after.value
        )
    if at[line_id] is not before:
        raise InvalidStatusTransition(
            f"A line that is {at[line_id]} cannot become {after}.", status=at[line_id].value, wanted=after.value
        )


def _cancel(order: Order, command: CancelOrder) -> tuple[OrderEvent, ...]:
    if command.cancelled_by is CancelledBy.STAFF:
        require_move(order.status, Status.CANCELLED)
    elif order.status is not Status.PENDING:
        raise OrderNotModifiable(
            f"The order is {order.status}; only a pending one can be cancelled.", status=order.status.value
        )
    return (OrderCancelled(order_id=command.order_id, cancelled_by=command.cancelled_by, reason=command.reason),)


def _lines_other_than(order: Order, *statuses: LineStatus) -> tuple[UUID, ...]:
    """The lines that are in none of these states, in the order's own order."""
    return tuple(
        line.line_id for line, status in zip(order.lines, order.progress, strict=True) if status not in statuses
    )


def _progress(order: Order, line_ids: tuple[UUID, ...], status: LineStatus) -> tuple[LineStatus, ...]:
    """The lines' states after some of them moved; a line that is not the order's changes nothing."""
    return tuple(
        status if line.line_id in line_ids else before for line, before in zip(order.lines, order.progress, strict=True)
    )


ORDER: Final = Decider(name="order", initial=Order(), decide=decide, evolve=evolve, events=get_args(OrderEvent))
