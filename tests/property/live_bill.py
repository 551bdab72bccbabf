"""A bill that is played with, beside a ledger of pencil marks and the till that knows the truth about its money.

The marks are an amount and a word per charge and per refund; what follows from them is reckoned here, from the
contract, and nothing of domain.bill's own reckoning is used for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Final
from uuid import UUID

import msgspec

from domain.bill.commands import BillCommand, StartRefund
from domain.bill.decider import BILL
from domain.bill.errors import AmountInvalid, OrderAlreadyPaid, OrderNotPayable, PaymentInProgress
from domain.bill.events import BillEvent
from domain.bill.state import Bill
from domain.bill.view import due_minor, holding, open_attempt, paid_minor, payment_status, refunded_minor
from domain.shared.refusals import Refusal
from tests.property.model_gateway import ModelGateway

INTENT: Final = b"intent"
STORED: Final = msgspec.json.Decoder(BillEvent)


@dataclass
class Charge:
    """A pencil mark about money that comes in."""

    amount_minor: int
    word: str
    cash: bool = False


@dataclass
class Return:
    """A pencil mark about money that goes back."""

    payment_id: UUID
    amount_minor: int
    word: str


class LiveBill:
    """A bill, its stored history, the marks and the till."""

    def __init__(self, total_minor: int) -> None:
        """Begin before the bill was opened."""
        self.total_minor = total_minor
        self.bill: Bill = BILL.initial
        self.history: list[bytes] = []
        self.till = ModelGateway()
        self.charges: dict[UUID, Charge] = {}
        self.returns: dict[UUID, Return] = {}
        self.closed = False

    def wish(self, command: BillCommand) -> type[Refusal] | None:
        """Put a wish to the bill: None where it was done or was so already, else why not."""
        try:
            events = BILL.decide(self.bill, command)
        except Refusal as refusal:
            return type(refusal)
        self.bill = reduce(BILL.evolve, events, self.bill)
        self.history += map(msgspec.json.encode, events)
        return None

    def give_back(self, refund_id: UUID, payment_id: UUID, amount_minor: int) -> None:
        """Mark that a refund begins; cash changes hands at once."""
        cash = self.charges[payment_id].cash
        self.returns[refund_id] = Return(payment_id, amount_minor, "approved" if cash else "started")
        if cash:
            self.till.give_back(refund_id, payment_id, amount_minor)

    def open_id(self) -> UUID | None:
        """The charge whose outcome is not known yet."""
        doubtful = [charge_id for charge_id, charge in self.charges.items() if charge.word in {"started", "unknown"}]
        assert len(doubtful) <= 1, "one attempt at a time"
        return doubtful[0] if doubtful else None

    def open_refunds(self) -> list[UUID]:
        """The refunds whose outcome is not known yet, oldest first."""
        return [refund_id for refund_id, mark in self.returns.items() if mark.word in {"started", "unknown"}]

    def paid(self) -> int:
        """What counts as paid."""
        return sum(charge.amount_minor for charge in self.charges.values() if charge.word == "approved")

    def back(self) -> int:
        """What was given back of what counts as paid."""
        return sum(self._returned(charge_id, "approved") for charge_id in self._ids("approved"))

    def left(self, charge_id: UUID) -> int:
        """What of a charge is neither given back nor on its way."""
        charge = self.charges[charge_id]
        if charge.word not in {"approved", "stray"}:
            return 0
        return charge.amount_minor - self._returned(charge_id, "approved", "started", "unknown")

    def due(self) -> int:
        """What may still be paid. Money given back is not asked for again."""
        settled = self.closed or (self.paid() > 0 and self.back() == self.paid())
        return 0 if settled else self.total_minor - self.paid()

    def why_not_pay(self, amount_minor: int | None) -> type[Refusal] | None:
        """What the contract says about paying now, in its order."""
        if self.closed:
            return OrderNotPayable
        if self.open_id() is not None:
            return PaymentInProgress
        if self.due() == 0:
            return OrderAlreadyPaid
        wanted = self.due() if amount_minor is None else amount_minor
        return None if 0 < wanted <= self.due() else AmountInvalid

    def status(self) -> str:
        """The one word that the wire shows."""
        doubtful = self.open_id()
        if doubtful is not None:
            return "processing" if self.charges[doubtful].word == "started" else "unknown"
        if self.closed:
            taken = [*self._ids("approved"), *self._ids("stray")]
            kept = any(self._returned(one, "approved") < self.charges[one].amount_minor for one in taken)
            return "refunding" if kept else "refunded" if taken else "unpaid"
        if any(self._returned(one, "started", "unknown") for one in self._ids("approved")):
            return "refunding"
        if self.back():
            return "refunded" if self.back() == self.paid() else "partially_refunded"
        if self.paid() == self.total_minor:
            return "paid"
        return "partially_paid" if self.paid() else "unpaid"

    def agree(self) -> None:
        """The bill says what the marks say, and its stored bytes tell the same story."""
        marks = [(charge_id, charge.amount_minor, charge.word) for charge_id, charge in self.charges.items()]
        assert [(one.payment_id, one.amount_minor, one.status) for one in self.bill.payments] == marks
        returns = [
            (refund_id, mark.payment_id, mark.amount_minor, mark.word) for refund_id, mark in self.returns.items()
        ]
        assert [(one.refund_id, one.payment_id, one.amount_minor, one.status) for one in self.bill.refunds] == returns
        assert (paid_minor(self.bill), refunded_minor(self.bill)) == (self.paid(), self.back())
        assert (due_minor(self.bill), payment_status(self.bill)) == (self.due(), self.status())
        attempt = open_attempt(self.bill)
        assert (attempt.payment_id if attempt else None) == self.open_id()
        assert [one.payment_id for one in holding(self.bill)] == [one for one in self.charges if self.left(one)]
        assert reduce(BILL.evolve, map(STORED.decode, self.history), BILL.initial) == self.bill

    def _ids(self, word: str) -> Iterator[UUID]:
        return (charge_id for charge_id, charge in self.charges.items() if charge.word == word)

    def _returned(self, charge_id: UUID, *words: str) -> int:
        marks = (mark for mark in self.returns.values() if mark.payment_id == charge_id)
        return sum(mark.amount_minor for mark in marks if mark.word in words)


def refund(refund_id: UUID, payment_id: UUID, amount_minor: int) -> StartRefund:
    """Somebody wants money given back."""
    return StartRefund(refund_id=refund_id, payment_id=payment_id, amount_minor=amount_minor, intent=INTENT)
