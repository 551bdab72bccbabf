"""PowerTranz's requests and answers, as the simulator reads and writes them."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType, field, json

from domain.shared.money import numeric_code
from infrastructure.gateway.amounts import to_decimal
from infrastructure.simulator.books import APPROVED, Transaction

MESSAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "00": "Approved",
        "12": "Invalid transaction",
        "13": "Invalid amount",
        "14": "Card number does not exist",
        "25": "Unable to locate record",
        "51": "Not sufficient funds",
        "94": "Duplicate transmission",
    }
)


class Source(Struct, frozen=True, kw_only=True, rename="pascal"):
    token: str

    def __repr__(self) -> str:
        return "Source(…)"


class ChargeRequest(Struct, frozen=True, kw_only=True, rename="pascal"):
    """The body of `/api/sale` and `/api/auth`."""

    transaction_identifier: UUID
    total_amount: Decimal
    currency_code: str
    source: Source
    order_identifier: str


class RefundRequest(Struct, frozen=True, kw_only=True, rename="pascal"):
    """The body of `/api/refund`: an identifier of its own, and the charge's."""

    transaction_identifier: UUID
    original_trxn_identifier: UUID
    total_amount: Decimal
    currency_code: str
    order_identifier: str = ""


class FollowUpRequest(Struct, frozen=True, kw_only=True, rename="pascal"):
    """The body of `/api/capture` and `/api/void`: the identifier of the charge that is meant."""

    transaction_identifier: UUID


class Complaint(Struct, frozen=True, kw_only=True, rename="pascal"):
    code: str
    message: str


class Answer(Struct, frozen=True, kw_only=True, rename="pascal"):
    """Any answer; fields that do not apply are left out."""

    approved: bool
    iso_response_code: str
    response_message: str
    transaction_type: int | UnsetType = UNSET
    transaction_identifier: str | UnsetType = UNSET
    original_trxn_identifier: str | UnsetType = UNSET
    total_amount: Decimal | UnsetType = UNSET
    currency_code: str | UnsetType = UNSET
    authorization_code: str | UnsetType = UNSET
    rrn: str | UnsetType = field(default=UNSET, name="RRN")
    order_identifier: str | UnsetType = UNSET
    voided: bool | UnsetType = UNSET
    errors: list[Complaint] | UnsetType = UNSET

    def encoded(self) -> bytes:
        return json.Encoder(decimal_format="number").encode(self)


def refusal(iso_code: str, transaction_id: str, *, kind: int | None = None, original_id: str | None = None) -> Answer:
    """A "no" to something that was not carried out and is on no record."""
    return Answer(
        approved=False,
        iso_response_code=iso_code,
        response_message=MESSAGES.get(iso_code, "Declined"),
        transaction_type=UNSET if kind is None else kind,
        transaction_identifier=transaction_id,
        original_trxn_identifier=UNSET if original_id is None else original_id,
        errors=[Complaint(code=iso_code, message=MESSAGES.get(iso_code, "Declined"))],
    )


def answer_about(transaction: Transaction, *, kind: int | None = None) -> Answer:
    """What is told of a transaction on record; `kind` where a follow-up (capture, void) and not the record is meant."""
    attempt = transaction.attempt
    follows_up = kind is not None
    code = APPROVED if follows_up else attempt.iso_code
    return Answer(
        approved=code == APPROVED,
        iso_response_code=code,
        response_message=MESSAGES.get(code, "Declined"),
        transaction_type=attempt.kind if kind is None else kind,
        transaction_identifier=attempt.transaction_id,
        original_trxn_identifier=(attempt.transaction_id if follows_up else attempt.original_id) or UNSET,
        total_amount=to_decimal(attempt.amount_minor, attempt.currency),
        currency_code=numeric_code(attempt.currency),
        authorization_code=f"{transaction.number % 10**6:06d}" if code == APPROVED else UNSET,
        rrn=f"{transaction.number:012d}",
        order_identifier=attempt.order,
        voided=transaction.voided,
    )
