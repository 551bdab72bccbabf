"""Taking money: who may try, and for how much."""

from uuid import UUID

from domain.bill.commands import ReceiveCash, StartPayment
from domain.bill.errors import AmountInvalid, OrderAlreadyPaid, OrderNotPayable, PaymentInProgress, TransactionIdTaken
from domain.bill.events import BillEvent, CashReceived, PaymentStarted
from domain.bill.state import Bill
from domain.bill.view import due_minor, open_attempt, payment_of, payment_status, refund_of


def start_payment(bill: Bill, command: StartPayment) -> tuple[BillEvent, ...]:
    """Begin to charge a card, for all that is due unless an amount is named."""
    amount_minor = due_minor(bill) if command.amount_minor is None else command.amount_minor
    _require_payable(bill, amount_minor)
    require_fresh_id(bill, command.payment_id)
    return (PaymentStarted(payment_id=command.payment_id, amount_minor=amount_minor, intent=command.intent),)


def receive_cash(bill: Bill, command: ReceiveCash) -> tuple[BillEvent, ...]:
    """Take cash; it is there at once, so it has no beginning and no unknown outcome."""
    _require_payable(bill, command.amount_minor)
    require_fresh_id(bill, command.payment_id)
    return (CashReceived(payment_id=command.payment_id, amount_minor=command.amount_minor),)


def require_no_open_attempt(bill: Bill) -> None:
    """Refuse with PaymentInProgress while a charge may or may not come through."""
    if open_attempt(bill) is not None:
        raise PaymentInProgress("A payment of this order is under way.", payment_status=payment_status(bill).value)


def require_fresh_id(bill: Bill, transaction_id: UUID) -> None:
    """Refuse with TransactionIdTaken what would make the gateway mistake one transaction for another."""
    if payment_of(bill, transaction_id) is not None or refund_of(bill, transaction_id) is not None:
        raise TransactionIdTaken("A payment or refund goes by that identifier already.")


def _require_payable(bill: Bill, amount_minor: int) -> None:
    """Judge in the contract's order: cancelled, in progress, paid or refunded, and only then the amount."""
    if bill.closed:
        raise OrderNotPayable("The order was cancelled.")
    require_no_open_attempt(bill)
    due = due_minor(bill)
    if due == 0:
        raise OrderAlreadyPaid("Nothing is due for this order.", payment_status=payment_status(bill).value)
    if not 1 <= amount_minor <= due:
        raise AmountInvalid(f"amount must be from 1 to {due}, which is what is due.", due=due)
