"""Which payments a refund comes out of, where an order was paid in several."""

from typing import Final
from uuid import UUID

from domain.bill.errors import AmountInvalid, RefundExceedsPaid
from domain.bill.state import AttemptStatus, Bill
from domain.bill.view import holding, refundable_minor

NOTHING_LEFT: Final = "Nothing that was paid is left to give back."


def spread(bill: Bill, amount_minor: int | None) -> tuple[tuple[UUID, int], ...]:
    """Share a refund among the payments, newest first: pairs of payment id and amount in minor units.

    None means all that is left, stray charges too; a given amount comes out of what counts as paid only, because a
    stray goes back by itself and would leave the guest short. Refused: AmountInvalid below 1, RefundExceedsPaid.
    """
    newest_first = [(payment, refundable_minor(bill, payment)) for payment in reversed(holding(bill))]
    if amount_minor is None:
        if not newest_first:
            raise RefundExceedsPaid(NOTHING_LEFT, refundable=0)
        return tuple((payment.payment_id, left_minor) for payment, left_minor in newest_first)
    if amount_minor < 1:
        raise AmountInvalid("amount must be at least 1.")
    shares: list[tuple[UUID, int]] = []
    missing_minor = amount_minor
    for payment, left_minor in newest_first:
        share_minor = min(missing_minor, left_minor)
        if payment.status is AttemptStatus.APPROVED and share_minor > 0:
            shares.append((payment.payment_id, share_minor))
            missing_minor -= share_minor
    if missing_minor > 0:
        refundable = amount_minor - missing_minor
        raise RefundExceedsPaid(f"amount is more than the {refundable} that can be given back.", refundable=refundable)
    return tuple(shares)
