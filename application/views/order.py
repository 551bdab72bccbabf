"""An order with its money, as its guest and the staff see it."""

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from application.views.bill import PaymentView, RefundPartView, payment_view, refund_part_view
from application.views.pricing import Explanation, OptionView, explanation, option_views
from application.views.view import Texts, View
from domain.bill import view as bills
from domain.bill.state import Bill, PaymentStatus
from domain.order.events import CancelledBy, OrderLine
from domain.order.state import LineStatus, Order, Status
from domain.shared.sealed import Sealed


class OrderLineView(View, frozen=True, kw_only=True):
    id: UUID
    menu_item_id: UUID
    name: str
    quantity: int
    unit_price: int
    options: tuple[OptionView, ...]
    notes: str | None
    line_total: int
    status: LineStatus


class OrderView(View, frozen=True, kw_only=True):
    """`version` is the order's own stream's; `reason` is somebody's words, or `expired`."""

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
    due: int
    currency: str
    notes: str | None
    placed_at: datetime | None
    expires_at: datetime | None
    business_day: date | None
    cancelled_by: CancelledBy | None
    reason: str | None
    payments: tuple[PaymentView, ...]
    refunds: tuple[RefundPartView, ...]
    session_id: UUID | None
    cart_id: UUID | None
    version: int
    explain: Explanation


def order_view(order_id: UUID, order: Order, bill: Bill, *, version: int, texts: Texts) -> OrderView:
    quote = order.quote
    return OrderView(
        id=order_id,
        order_number=f"#{order.number}",
        status=order.status,
        payment_status=bills.payment_status(bill),
        table=order.table_name,
        items=tuple(_line(line, status, texts) for line, status in zip(order.lines, order.progress, strict=True)),
        item_count=sum(line.quantity for line in order.lines),
        subtotal=quote.subtotal_minor,
        discount=quote.discount_minor,
        tax=quote.tax_minor,
        tax_included=quote.tax_included_minor,
        service_charge=quote.service_charge_minor,
        tip=quote.tip_minor,
        total=quote.total_minor,
        paid=bills.paid_minor(bill),
        refunded=bills.refunded_minor(bill),
        due=bills.due_minor(bill),
        currency=order.currency,
        notes=texts.of(order.notes),
        placed_at=order.placed_at,
        expires_at=order.expires_at,
        business_day=order.business_day,
        cancelled_by=order.cancelled_by,
        reason="expired" if order.cancelled_by is CancelledBy.EXPIRED else texts.of(order.reason),
        payments=tuple(payment_view(bill, payment, order_id) for payment in bill.payments),
        refunds=tuple(refund_part_view(refund) for refund in bill.refunds),
        session_id=order.session_id,
        cart_id=order.cart_id,
        version=version,
        explain=explanation(quote),
    )


def order_boxes(order: Order) -> Iterator[Sealed | None]:
    """Every sealed text that showing the order takes."""
    yield order.notes
    yield order.reason
    for line in order.lines:
        yield line.notes


def _line(line: OrderLine, status: LineStatus, texts: Texts) -> OrderLineView:
    return OrderLineView(
        id=line.line_id,
        menu_item_id=line.item_id,
        name=line.name,
        quantity=line.quantity,
        unit_price=line.unit_price_minor,
        options=option_views(line.options),
        notes=texts.of(line.notes),
        line_total=line.unit_price_minor * line.quantity,
        status=status,
    )
