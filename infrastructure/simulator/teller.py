"""The simulator's decisions: what a request comes to, given the books. Pure but for the entry that it may add."""

from enum import StrEnum

from infrastructure.gateway.amounts import currency_of, to_minor
from infrastructure.simulator.books import CAPTURE, REFUND, VOID, Attempted, Barred, Captured, Voided
from infrastructure.simulator.journal import Journal
from infrastructure.simulator.protocol import (
    Answer,
    ChargeRequest,
    FollowUpRequest,
    RefundRequest,
    answer_about,
    refusal,
)

INVALID_TRANSACTION = "12"
INVALID_AMOUNT = "13"
NOT_LOCATED = "25"
DUPLICATE = "94"


class Repeat(StrEnum):
    """What a TransactionIdentifier that was used before meets. No public source says which the real gateway does."""

    REFUSE = "refuse"
    REPLAY = "replay"
    CHARGE_AGAIN = "charge-again"


def charge(journal: Journal, request: ChargeRequest, *, kind: int, iso_code: str, repeat: Repeat) -> Answer:
    """A sale or an authorization. `iso_code` is what the card would say; an identifier that was barred comes first."""
    transaction_id = str(request.transaction_identifier)
    if transaction_id in journal.books.barred:
        return refusal(INVALID_TRANSACTION, transaction_id, kind=kind)
    if repeated := _repeated(journal, transaction_id, kind, repeat):
        return repeated
    currency = currency_of(request.currency_code)
    if currency is None:
        return refusal(INVALID_TRANSACTION, transaction_id, kind=kind)
    amount_minor = to_minor(request.total_amount, currency)
    if amount_minor is None:
        return refusal(INVALID_AMOUNT, transaction_id, kind=kind)
    return _attempt(
        journal,
        Attempted(
            kind=kind,
            transaction_id=transaction_id,
            order=request.order_identifier,
            amount_minor=amount_minor,
            currency=currency,
            iso_code=iso_code,
        ),
    )


def refund(journal: Journal, request: RefundRequest, *, iso_code: str, repeat: Repeat) -> Answer:
    """Part or all of a live charge, never more than is left of it."""
    transaction_id, original_id = str(request.transaction_identifier), str(request.original_trxn_identifier)
    if transaction_id in journal.books.barred:
        return refusal(INVALID_TRANSACTION, transaction_id, kind=REFUND, original_id=original_id)
    if repeated := _repeated(journal, transaction_id, REFUND, repeat, original_id):
        return repeated
    original = journal.books.charge(original_id)
    if original is None:
        return refusal(NOT_LOCATED, transaction_id, kind=REFUND, original_id=original_id)
    currency = original.attempt.currency
    amount_minor = to_minor(request.total_amount, currency)
    if currency_of(request.currency_code) != currency or not original.live:
        return refusal(INVALID_TRANSACTION, transaction_id, kind=REFUND, original_id=original_id)
    if amount_minor is None or amount_minor > original.refundable_minor:
        return refusal(INVALID_AMOUNT, transaction_id, kind=REFUND, original_id=original_id)
    return _attempt(
        journal,
        Attempted(
            kind=REFUND,
            transaction_id=transaction_id,
            order=original.attempt.order,
            amount_minor=amount_minor,
            currency=currency,
            iso_code=iso_code,
            original_id=original_id,
        ),
    )


def capture(journal: Journal, request: FollowUpRequest) -> Answer:
    """Take what was authorized, all of it."""
    transaction_id = str(request.transaction_identifier)
    authorized = journal.books.charge(transaction_id)
    if authorized is None:
        return refusal(NOT_LOCATED, transaction_id, kind=CAPTURE, original_id=transaction_id)
    if authorized.voided or authorized.captured:
        return refusal(INVALID_TRANSACTION, transaction_id, kind=CAPTURE, original_id=transaction_id)
    journal.add(Captured(transaction_id=transaction_id))
    return answer_about(authorized, kind=CAPTURE)


def void(journal: Journal, request: FollowUpRequest) -> Answer:
    """Take back every charge under the identifier, and bar it for what may arrive late. Twice is as good as once."""
    transaction_id = str(request.transaction_identifier)
    books = journal.books
    charged, first = books.charge(transaction_id), books.first(transaction_id)
    if charged is None and first is not None and first.attempt.kind == REFUND:
        return refusal(INVALID_TRANSACTION, transaction_id, kind=VOID, original_id=transaction_id)
    if transaction_id not in books.barred:
        journal.add(Barred(transaction_id=transaction_id))
    if charged is None:
        return refusal(NOT_LOCATED, transaction_id, kind=VOID, original_id=transaction_id)
    if charged.refunded_minor:
        return refusal(INVALID_TRANSACTION, transaction_id, kind=VOID, original_id=transaction_id)
    if not charged.voided:
        journal.add(Voided(transaction_id=transaction_id))
    return answer_about(charged, kind=VOID)


def look_up(journal: Journal, transaction_id: str) -> Answer | None:
    """What is on record under an identifier: an approved charge rather than a refused one; None where nothing is."""
    found = journal.books.charge(transaction_id) or journal.books.first(transaction_id)
    return None if found is None else answer_about(found)


def _repeated(
    journal: Journal, transaction_id: str, kind: int, repeat: Repeat, original_id: str | None = None
) -> Answer | None:
    earlier = journal.books.first(transaction_id)
    if earlier is None or repeat is Repeat.CHARGE_AGAIN:
        return None
    if repeat is Repeat.REPLAY and earlier.attempt.kind == kind:
        return answer_about(earlier)
    return refusal(DUPLICATE, transaction_id, kind=kind, original_id=original_id)


def _attempt(journal: Journal, attempt: Attempted) -> Answer:
    journal.add(attempt)
    return answer_about(journal.books.last(attempt.transaction_id))
