"""The rules of money: one attempt at a time, never more than is due, never more back than was taken.

What the gateway says is news, not a wish: it is recorded or was known already, and never refused for coming late.
"""

from typing import Final, assert_never, get_args

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
from domain.bill.errors import BillAlreadyOpened, BillNotFound
from domain.bill.events import BillEvent, BillOpened
from domain.bill.evolving import evolve
from domain.bill.news import payment_news, refund_news
from domain.bill.paying import receive_cash, start_payment
from domain.bill.refunding import close, start_refund
from domain.bill.state import Bill
from domain.shared.event import Decider


def decide(bill: Bill, command: BillCommand) -> tuple[BillEvent, ...]:
    """Judge a wish, or take note of news."""
    if isinstance(command, OpenBill):
        return _open(bill, command)
    if bill.order_id is None:
        raise BillNotFound("There is no such order.")
    match command:
        case StartPayment():
            return start_payment(bill, command)
        case ReceiveCash():
            return receive_cash(bill, command)
        case RecordApproval() | RecordDecline() | RecordUnknown() | RecordNotCharged():
            return payment_news(bill, command)
        case StartRefund():
            return start_refund(bill, command)
        case RecordRefundApproval() | RecordRefundDecline() | RecordRefundUnknown():
            return refund_news(bill, command)
        case CloseBill():
            return close(bill, command)
        case _:
            assert_never(command)


def _open(bill: Bill, command: OpenBill) -> tuple[BillEvent, ...]:
    if bill.order_id is not None:
        raise BillAlreadyOpened("The order has a bill already.")
    return (
        BillOpened(
            order_id=command.order_id,
            session_id=command.session_id,
            total_minor=command.total_minor,
            currency=command.currency,
        ),
    )


BILL: Final = Decider(name="bill", initial=Bill(), decide=decide, evolve=evolve, events=get_args(BillEvent))
