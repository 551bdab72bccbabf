"""Why a use case says no, where no single aggregate could say it.

Refusal
├── AnswerForgotten
├── CardNumberRefused, IdempotencyKeyReused, InvalidToken, TokenExpired, PasswordTooWeak
└── IdempotencyInProgress, GuestForgotten     (not now: a 409 on the wire)
LedgerUnavailable
└── Busy                                      nothing happened, ask again
"""

from application.ports import LedgerUnavailable
from domain.shared.refusals import Conflicting, Missing, Refused, ValidationFailed


class CardNumberRefused(Refused):
    """Somebody typed a card's number where it must never be kept. The message never repeats it."""

    code = "CARD_NUMBER_REFUSED"


class IdempotencyKeyReused(Refused):
    """The same key came with another request."""

    code = "IDEMPOTENCY_KEY_REUSED"


class IdempotencyInProgress(Conflicting):
    """The first request under this key is still being worked on."""

    code = "IDEMPOTENCY_IN_PROGRESS"


class AnswerForgotten(Missing):
    """It was answered once, to a guest who has been forgotten since."""

    code = "ANSWER_FORGOTTEN"


class GuestForgotten(Conflicting):
    """The guest's key is gone, so nothing about them can be kept any more."""

    code = "GUEST_FORGOTTEN"


class InvalidToken(Refused):
    """No token of ours, or one that was used before."""

    code = "INVALID_TOKEN"


class TokenExpired(Refused):
    """Was a good token, until its time was up."""

    code = "TOKEN_EXPIRED"


class PasswordTooWeak(ValidationFailed):
    """A password that is too short or too long; `field` names it."""


class Busy(LedgerUnavailable):
    """Others were always faster, until the time for trying was up. Nothing happened."""
