"""Why a bill says no."""

from domain.shared.refusals import Conflicting, Missing, Refused


class BillNotFound(Missing):
    """There is no bill because there is no such order; the wire knows only the order."""

    code = "ORDER_NOT_FOUND"


class PaymentNotFound(Missing):
    """The bill has no such payment."""

    code = "PAYMENT_NOT_FOUND"


class RefundNotFound(Missing):
    """The bill has no such refund."""

    code = "REFUND_NOT_FOUND"


class BillAlreadyOpened(Conflicting):
    """The order has another bill already."""

    code = "BILL_ALREADY_OPENED"


class TransactionIdTaken(Conflicting):
    """A payment or refund of this bill goes by that identifier; the gateway must never hear it for another."""

    code = "TRANSACTION_ID_TAKEN"


class RefundIdsMissing(Conflicting):
    """More payments hold money than there are identifiers to give it back under."""

    code = "REFUND_IDS_MISSING"


class PaymentInProgress(Conflicting):
    """An attempt is open: until its outcome is known nothing else may happen to the bill."""

    code = "PAYMENT_IN_PROGRESS"


class OrderNotPayable(Conflicting):
    """The order was cancelled, so its bill is closed."""

    code = "ORDER_NOT_PAYABLE"


class OrderAlreadyPaid(Refused):
    """Nothing is due: it was paid, or paid and given back."""

    code = "ORDER_ALREADY_PAID"


class AmountInvalid(Refused):
    """Less than one minor unit, or more than is due."""

    code = "AMOUNT_INVALID"


class RefundExceedsPaid(Refused):
    """More than was paid and is not given back, or being given back, already."""

    code = "REFUND_EXCEEDS_PAID"
