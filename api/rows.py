"""Read models' rows on the wire: an order in a list and a ticket on the board, with the guests' words unsealed."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from api.front import Front
from application.texts import unseal
from application.views.order import OrderLineView
from application.views.pricing import OptionView, option_views
from application.views.view import Texts
from domain.bill.state import PaymentStatus
from domain.order.events import CancelledBy
from domain.order.state import LineStatus, Status
from domain.shared.sealed import Sealed
from projections.order_row import LineRow, OrderRow


class ListedOrder(Struct, frozen=True, kw_only=True):
    """An order as a list shows it; its payments, and how its total came about, are shown with the order itself."""

    id: UUID
    order_number: str
    status: Status
    payment_status: PaymentStatus
    table: str
    items: tuple[OrderLineView, ...]
    item_count: int
    subtotal: int
    discount: int
    tax: int
    tax_included: int
    service_charge: int
    tip: int
    total: int
    paid: int
    refunded: int
    currency: str
    notes: str | None
    placed_at: datetime
    expires_at: datetime | None
    business_day: date
    cancelled_by: CancelledBy | None
    reason: str | None
    session_id: UUID
    cart_id: UUID
    version: int


class TicketLine(Struct, frozen=True, kw_only=True):
    """One dish on a ticket."""

    id: UUID
    name: str
    quantity: int
    options: tuple[OptionView, ...]
    notes: str | None
    status: LineStatus


class Ticket(Struct, frozen=True, kw_only=True):
    """One order as the kitchen sees it. `age_seconds` counts from its placing."""

    order_id: UUID
    order_number: str
    table: str
    status: Status
    payment_status: PaymentStatus
    items: tuple[TicketLine, ...]
    notes: str | None
    placed_at: datetime
    age_seconds: int
    version: int


async def texts_of(front: Front, venue_id: UUID, rows: Iterable[OrderRow]) -> Texts:
    """Every word that guests and staff put into these orders, in one round trip at most."""
    return await unseal(front.house.keyring, venue_id, [box for row in rows for box in _boxes(row)])


def listed(row: OrderRow, texts: Texts) -> ListedOrder:
    """A row of the order list."""
    quote = row.quote
    return ListedOrder(
        id=row.order_id,
        order_number=f"#{row.number}",
        status=row.status,
        payment_status=row.payment_status,
        table=row.table_name,
        items=tuple(_line(line, texts) for line in row.lines),
        item_count=sum(line.quantity for line in row.lines),
        subtotal=quote.subtotal_minor,
        discount=quote.discount_minor,
        tax=quote.tax_minor,
        tax_included=quote.tax_included_minor,
        service_charge=quote.service_charge_minor,
        tip=quote.tip_minor,
        total=quote.total_minor,
        paid=row.money.paid_minor,
        refunded=row.money.refunded_minor,
        currency=row.currency,
        notes=texts.of(row.notes),
        placed_at=row.placed_at,
        expires_at=row.expires_at,
        business_day=row.business_day,
        cancelled_by=row.cancelled_by,
        reason="expired" if row.cancelled_by is CancelledBy.EXPIRED else texts.of(row.reason),
        session_id=row.session_id,
        cart_id=row.cart_id,
        version=row.version,
    )


def ticket(row: OrderRow, texts: Texts, at: datetime) -> Ticket:
    """A row of the kitchen's board."""
    return Ticket(
        order_id=row.order_id,
        order_number=f"#{row.number}",
        table=row.table_name,
        status=row.status,
        payment_status=row.payment_status,
        items=tuple(
            TicketLine(
                id=line.line_id,
                name=line.name,
                quantity=line.quantity,
                options=option_views(line.options),
                notes=texts.of(line.notes),
                status=line.status,
            )
            for line in row.lines
        ),
        notes=texts.of(row.notes),
        placed_at=row.placed_at,
        age_seconds=max(0, int((at - row.placed_at).total_seconds())),
        version=row.version,
    )


def _line(line: LineRow, texts: Texts) -> OrderLineView:
    return OrderLineView(
        id=line.line_id,
        menu_item_id=line.item_id,
        name=line.name,
        quantity=line.quantity,
        unit_price=line.unit_price_minor,
        options=option_views(line.options),
        notes=texts.of(line.notes),
        line_total=line.unit_price_minor * line.quantity,
        status=line.status,
    )


def _boxes(row: OrderRow) -> Iterator[Sealed | None]:
    yield row.notes
    yield row.reason
    for line in row.lines:
        yield line.notes
