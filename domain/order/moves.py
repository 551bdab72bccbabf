"""Every move an order can make, as a table. What is not in it is refused.

    pending → confirmed | cancelled      confirmed → preparing | cancelled
    preparing → ready     ready → completed     completed, cancelled: the end

A recall (ready → preparing) is a wish of its own, so asking a ready order to be `preparing` is a wrong move.
"""

from collections.abc import Mapping
from typing import Final, assert_never
from uuid import UUID

from domain.order.commands import CancelOrder, CompleteOrder, ConfirmOrder, OrderCommand, ReadyOrder, StartPreparing
from domain.order.errors import InvalidStatusTransition, OrderNotFound
from domain.order.events import CancelledBy
from domain.order.state import Status
from domain.shared.sealed import Sealed

LEGAL_MOVES: Final[Mapping[Status, frozenset[Status]]] = {
    Status.NEW: frozenset({Status.PENDING}),
    Status.PENDING: frozenset({Status.CONFIRMED, Status.CANCELLED}),
    Status.CONFIRMED: frozenset({Status.PREPARING, Status.CANCELLED}),
    Status.PREPARING: frozenset({Status.READY}),
    Status.READY: frozenset({Status.COMPLETED}),
    Status.COMPLETED: frozenset(),
    Status.CANCELLED: frozenset(),
}


def require_move(current: Status, wanted: Status) -> None:
    """Refuse with InvalidStatusTransition unless an order may go from `current` to `wanted`; staying is no move."""
    if wanted not in LEGAL_MOVES[current]:
        raise _wrong_move(current, wanted)


def move_by_staff(order_id: UUID, current: Status, wanted: Status, reason: Sealed | None = None) -> OrderCommand:
    """Translate "let it be `wanted`" into the wish to put to an order that is `current`; the order itself judges that.

    Refused here already: OrderNotFound, and InvalidStatusTransition to `pending`, since no wish leads there.
    """
    if current is Status.NEW:
        raise OrderNotFound("There is no such order.")
    match wanted:
        case Status.CONFIRMED:
            return ConfirmOrder(order_id=order_id)
        case Status.PREPARING:
            return StartPreparing(order_id=order_id)
        case Status.READY:
            return ReadyOrder(order_id=order_id)
        case Status.COMPLETED:
            return CompleteOrder(order_id=order_id)
        case Status.CANCELLED:
            return CancelOrder(order_id=order_id, cancelled_by=CancelledBy.STAFF, reason=reason)
        case Status.NEW | Status.PENDING:
            raise _wrong_move(current, wanted)
        case _:
            assert_never(wanted)


def _wrong_move(current: Status, wanted: Status) -> InvalidStatusTransition:
    return InvalidStatusTransition(
        f"An order that is {current} cannot become {wanted}.", status=current.value, wanted=wanted.value
    )
