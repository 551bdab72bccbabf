"""What happened to orders and their bills, in sentences, and what the two had come to."""

from collections.abc import Collection
from typing import assert_never
from uuid import UUID

from cli.replaying.menu_words import dishes
from cli.replaying.shown import Shown, printable
from domain.bill import events as bills
from domain.bill.state import Bill
from domain.bill.view import due_minor, paid_minor, payment_of, payment_status, refund_of, refunded_minor
from domain.order import events as orders
from domain.order.events import CancelledBy
from domain.order.state import Order


def standing(order: Order, bill: Bill, shown: Shown) -> str:
    """Order #42 confirmed, partially paid: 15.00 BSD of 49.31 BSD paid, 34.31 BSD due."""
    said = f"order #{order.number} {order.status}"
    if bill.order_id is None:
        return said
    money = []
    if paid_minor(bill):
        money.append(f"{shown.money(paid_minor(bill))} of {shown.money(bill.total_minor)} paid")
    if refunded_minor(bill):
        money.append(f"{shown.money(refunded_minor(bill))} given back")
    if due_minor(bill):
        money.append(f"{shown.money(due_minor(bill))} due")
    status = payment_status(bill).replace("_", " ")
    return f"{said}, {status}{': ' if money else ''}{', '.join(money)}"


def order_sentence(event: orders.OrderEvent, order: Order, shown: Shown) -> str:
    match event:
        case orders.OrderPlaced():
            return _placed(event, shown)
        case orders.OrderConfirmed():
            return "the kitchen may begin"
        case orders.LinesStarted(line_ids=line_ids):
            return f"now being cooked: {_lines(order, line_ids)}"
        case orders.PreparationStarted():
            return "the order is in preparation"
        case orders.LinesReadied(line_ids=line_ids):
            return f"ready to be handed over: {_lines(order, line_ids)}"
        case orders.OrderReadied():
            return "every line is ready"
        case orders.OrderRecalled():
            return "the order went back to the stove"
        case orders.OrderCompleted():
            return "the order was handed over"
        case orders.OrderCancelled(cancelled_by=cancelled_by, reason=reason):
            return f"{_ended(cancelled_by)}{shown.words(reason)}"
        case _:
            assert_never(event)


def bill_sentence(event: bills.BillEvent, bill: Bill, shown: Shown) -> str:
    match event:
        case bills.BillOpened(total_minor=total_minor):
            return f"a bill of {shown.money(total_minor)}"
        case bills.PaymentStarted(amount_minor=amount_minor):
            return f"the gateway is about to be asked for {shown.money(amount_minor)}"
        case bills.PaymentApproved(payment_id=payment_id, authorization_code=code):
            return f"the card paid {_payment(bill, payment_id, shown)}, authorization {printable(code)}"
        case bills.PaymentDeclined(decline_code=code):
            return f"the card was declined: {printable(code).replace('_', ' ')}; nothing was charged"
        case bills.PaymentOutcomeUnknown(reason=reason):
            return f"the gateway may or may not have charged: {printable(reason).replace('_', ' ')}"
        case bills.PaymentNotCharged(payment_id=payment_id):
            return f"it was found out that {_payment(bill, payment_id, shown)} were not charged, and never will be"
        case bills.StrayChargeFound(payment_id=payment_id):
            return f"{_payment(bill, payment_id, shown)} were charged after all, and have to be given back"
        case bills.CashReceived(amount_minor=amount_minor):
            return f"{shown.money(amount_minor)} were taken in cash"
        case bills.RefundStarted(amount_minor=amount_minor, reason=reason):
            return f"{shown.money(amount_minor)} are about to be given back{shown.words(reason)}"
        case bills.RefundApproved(refund_id=refund_id):
            return f"{_refund(bill, refund_id, shown)} were given back"
        case bills.RefundDeclined(refund_id=refund_id, decline_code=code):
            return f"giving back {_refund(bill, refund_id, shown)} was declined: {printable(code).replace('_', ' ')}"
        case bills.RefundOutcomeUnknown(refund_id=refund_id, reason=reason):
            amount = _refund(bill, refund_id, shown)
            return f"{amount} may or may not have been given back: {printable(reason).replace('_', ' ')}"
        case bills.BillClosed():
            return "the bill is closed; what was paid goes back"
        case _:
            assert_never(event)


def _placed(event: orders.OrderPlaced, shown: Shown) -> str:
    lines = ", ".join(
        f"{dishes(line.quantity, line.name, line.options)}{shown.words(line.notes)}" for line in event.lines
    )
    tip = f", {shown.money(event.quote.tip_minor)} of it a tip" if event.quote.tip_minor else ""
    total = shown.money(event.quote.total_minor)
    return f"#{event.number} at {printable(event.table_name)}: {lines}; {total}{tip}{shown.words(event.notes)}"


def _ended(cancelled_by: CancelledBy) -> str:
    match cancelled_by:
        case CancelledBy.GUEST:
            return "the guest took the order back"
        case CancelledBy.STAFF:
            return "the order was cancelled by staff"
        case CancelledBy.EXPIRED:
            return "nobody paid in time, the order is cancelled"
        case _:
            assert_never(cancelled_by)


def _lines(order: Order, line_ids: Collection[UUID]) -> str:
    return ", ".join(dishes(line.quantity, line.name, line.options) for line in order.lines if line.line_id in line_ids)


def _payment(bill: Bill, payment_id: UUID, shown: Shown) -> str:
    payment = payment_of(bill, payment_id)
    return shown.money(payment.amount_minor) if payment else "an unknown amount"


def _refund(bill: Bill, refund_id: UUID, shown: Shown) -> str:
    refund = refund_of(bill, refund_id)
    return shown.money(refund.amount_minor) if refund else "an unknown amount"
