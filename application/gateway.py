"""What the application needs of a card gateway, and every way in which it can answer.

A call never raises for what the other side did: an answer that is not beyond doubt is `Unknown`, and the money may or
may not have moved. Only a look-up, or a void of the same identifier, ends that doubt. `transaction_id` is chosen by us
before anything is sent and is the charge's (or refund's) id of record on both sides.
"""

from enum import StrEnum
from typing import Literal, Protocol
from uuid import UUID

from msgspec import Struct


class Charge(Struct, frozen=True, kw_only=True):
    """Take money from a card, once. `amount_minor` ≥ 1; `card_token` stands for a card and is never a card number."""

    transaction_id: UUID
    order_id: UUID
    amount_minor: int
    currency: str
    card_token: str

    def __repr__(self) -> str:
        """Everything but the token, which no log may show."""
        return f"Charge({self.transaction_id}, order {self.order_id}, {self.amount_minor} {self.currency})"


class Refund(Struct, frozen=True, kw_only=True):
    """Give back some or all of one charge, under an identifier of the refund's own."""

    transaction_id: UUID
    original_transaction_id: UUID
    order_id: UUID
    amount_minor: int
    currency: str


class Approved(Struct, frozen=True, kw_only=True):
    """The money moved. The codes are the gateway's, kept for whoever has to talk to the bank about it."""

    authorization_code: str
    rrn: str
    amount_minor: int


class Declined(Struct, frozen=True, kw_only=True):
    """The money certainly did not move. `decline_code` is a word of ours; `message` the gateway's, made harmless."""

    decline_code: str
    message: str


class Doubt(StrEnum):
    """Why an outcome is not known. For logs and metrics; nothing may be concluded from it."""

    TIMED_OUT = "timed_out"
    NO_CONNECTION = "no_connection"
    HTTP_STATUS = "http_status"
    GARBAGE = "garbage"
    MISMATCH = "mismatch"
    DOUBTFUL_CODE = "doubtful_code"


class Unknown(Struct, frozen=True, kw_only=True):
    """The money may or may not have moved. `detail` is an HTTP status, a code or a field's name, never a value."""

    reason: Doubt
    detail: str = ""


class NotFound(Struct, frozen=True, kw_only=True):
    """The gateway knows nothing under this identifier (yet: a charge may still be on its way until it is voided)."""


class Found(Struct, frozen=True, kw_only=True):
    """What the gateway has under an identifier. The caller compares amount, currency and order with its own record.

    `amount_minor` is what was asked for, approved or not; `voided` says that an approval was taken back since.
    """

    kind: Literal["charge", "refund"]
    outcome: Approved | Declined
    amount_minor: int
    currency: str
    order_id: UUID
    voided: bool


class Voided(Struct, frozen=True, kw_only=True):
    """The charge was taken back; none of its money is kept."""


Outcome = Approved | Declined | Unknown
LookUp = Found | NotFound | Unknown
VoidOutcome = Voided | NotFound | Declined | Unknown


class Gateway(Protocol):
    """A card gateway. Every call is bounded in time, and nothing that moves money is ever sent twice by itself."""

    async def charge(self, charge: Charge) -> Outcome:
        """Take the money. A call whose outcome is unknown is looked up, never simply repeated."""
        ...

    async def look_up(self, transaction_id: UUID) -> LookUp:
        """What became of a charge or a refund."""
        ...

    async def void(self, transaction_id: UUID) -> VoidOutcome:
        """Take a charge back, and bar its identifier: a charge that arrives late under it is refused.

        `NotFound`: there was nothing to take back. `Declined`: it can't be voided (it was refunded, or is a refund).
        """
        ...

    async def refund(self, refund: Refund) -> Outcome:
        """Give the money back. An unknown outcome is looked up under the refund's own identifier."""
        ...
