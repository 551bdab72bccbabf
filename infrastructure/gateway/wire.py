"""What goes over the wire to PowerTranz and comes back, as far as public sources tell.

Names are Pascal-cased as theirs. In answers every field is optional: what is missing is for the judge to notice.
Assumed, for want of a public word: a refund names its charge in `OriginalTrxnIdentifier` and itself in
`TransactionIdentifier`, and a record that was looked up says `Voided` (docs/decisions/0020).
"""

from decimal import Decimal
from uuid import UUID

from msgspec import Struct, field, json

from application.gateway import Charge, Refund
from domain.shared.money import numeric_code
from infrastructure.gateway.amounts import to_decimal


class Source(Struct, frozen=True, kw_only=True, rename="pascal"):
    token: str

    def __repr__(self) -> str:
        return "Source(…)"


class SaleRequest(Struct, frozen=True, kw_only=True, rename="pascal"):
    transaction_identifier: UUID
    total_amount: Decimal
    currency_code: str
    source: Source
    order_identifier: UUID


class RefundRequest(Struct, frozen=True, kw_only=True, rename="pascal"):
    transaction_identifier: UUID
    original_trxn_identifier: UUID
    total_amount: Decimal
    currency_code: str
    order_identifier: UUID
    refund: bool = True


class VoidRequest(Struct, frozen=True, kw_only=True, rename="pascal"):
    transaction_identifier: UUID


class Fault(Struct, frozen=True, kw_only=True, rename="pascal"):
    code: str | None = None
    message: str | None = None


class Answer(Struct, frozen=True, kw_only=True, rename="pascal"):
    """Any of PowerTranz's answers. Identifiers stay text, so that one that isn't ours is a mismatch, not garbage."""

    transaction_type: int | None = None
    approved: bool | None = None
    iso_response_code: str | None = None
    response_message: str | None = None
    transaction_identifier: str | None = None
    original_trxn_identifier: str | None = None
    total_amount: Decimal | None = None
    currency_code: str | None = None
    authorization_code: str | None = None
    rrn: str | None = field(default=None, name="RRN")
    order_identifier: str | None = None
    voided: bool | None = None
    errors: list[Fault] | None = None


def sale_body(charge: Charge) -> bytes:
    return _encode(
        SaleRequest(
            transaction_identifier=charge.transaction_id,
            total_amount=to_decimal(charge.amount_minor, charge.currency),
            currency_code=numeric_code(charge.currency),
            source=Source(token=charge.card_token),
            order_identifier=charge.order_id,
        )
    )


def refund_body(refund: Refund) -> bytes:
    return _encode(
        RefundRequest(
            transaction_identifier=refund.transaction_id,
            original_trxn_identifier=refund.original_transaction_id,
            total_amount=to_decimal(refund.amount_minor, refund.currency),
            currency_code=numeric_code(refund.currency),
            order_identifier=refund.order_id,
        )
    )


def void_body(transaction_id: UUID) -> bytes:
    return _encode(VoidRequest(transaction_identifier=transaction_id))


def _encode(request: SaleRequest | RefundRequest | VoidRequest) -> bytes:
    return json.Encoder(decimal_format="number").encode(request)
