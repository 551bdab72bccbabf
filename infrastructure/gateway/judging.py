"""How an answer of the gateway is judged. Pure: a status and bytes in, an outcome out, whatever the bytes are.

An approval needs everything to agree: HTTP 200, `Approved: true`, code "00", the right kind of transaction, our
identifier, our order, our amount, our currency. A decline needs `Approved: false` and a code that is a refusal beyond
doubt, about our identifier. "Not found" needs the gateway's own words about our identifier, since a proxy's 404 would
otherwise read as "not charged". Everything else is unknown.
"""

from typing import Final, Literal
from uuid import UUID

from msgspec import MsgspecError, Struct, json

from application.gateway import (
    Approved,
    Charge,
    Declined,
    Doubt,
    Found,
    LookUp,
    NotFound,
    Outcome,
    Refund,
    Unknown,
    Voided,
    VoidOutcome,
)
from domain.shared.card_numbers import contains_card_number
from domain.shared.money import numeric_code
from infrastructure.gateway.amounts import currency_of, to_minor
from infrastructure.gateway.iso_codes import APPROVED, DOUBTFUL_ANSWERS, DOUBTFUL_RECORDS, NOT_LOCATED, decline_code
from infrastructure.gateway.wire import Answer

HTTP_OK: Final = 200
HTTP_NOT_FOUND: Final = 404
CODE_CHARACTERS_MAX: Final = 40
MESSAGE_CHARACTERS_MAX: Final = 200
ISO_CODE_CHARACTERS: Final = 2

AUTH: Final = 1
SALE: Final = 2
CAPTURE: Final = 3
VOID: Final = 4
REFUND: Final = 5
KINDS: Final[dict[int | None, Literal["charge", "refund"]]] = {
    AUTH: "charge",
    SALE: "charge",
    CAPTURE: "charge",
    REFUND: "refund",
}


class Response(Struct, frozen=True, kw_only=True):
    """An HTTP answer that arrived whole."""

    status: int
    body: bytes


def judge_charge(charge: Charge, response: Response) -> Outcome:
    """What became of a sale that was just sent."""
    answer = _read(response, HTTP_OK)
    if isinstance(answer, Unknown):
        return answer
    return _judge(answer, charge, SALE)


def judge_refund(refund: Refund, response: Response) -> Outcome:
    """What became of a refund that was just sent."""
    answer = _read(response, HTTP_OK)
    if isinstance(answer, Unknown):
        return answer
    if not _names(answer.original_trxn_identifier, refund.original_transaction_id):
        return _mismatch("OriginalTrxnIdentifier")
    return _judge(answer, refund, REFUND)


def judge_void(transaction_id: UUID, response: Response) -> VoidOutcome:
    """What became of a void that was just sent. The gateway may number it itself and name ours as the original."""
    answer = _read(response, HTTP_OK)
    if isinstance(answer, Unknown):
        return answer
    if not _names(answer.original_trxn_identifier or answer.transaction_identifier, transaction_id):
        return _mismatch("TransactionIdentifier")
    if answer.transaction_type != VOID:
        return _mismatch("TransactionType")
    if answer.approved is False and answer.iso_response_code in NOT_LOCATED:
        return NotFound()
    if answer.approved is True and answer.iso_response_code == APPROVED:
        return Voided()
    return _refusal(answer, DOUBTFUL_ANSWERS)


def judge_look_up(transaction_id: UUID, response: Response) -> LookUp:
    """What a look-up found under an identifier of ours."""
    answer = _read(response, HTTP_OK, HTTP_NOT_FOUND)
    if isinstance(answer, Unknown):
        return answer
    if not _names(answer.transaction_identifier, transaction_id):
        return _mismatch("TransactionIdentifier")
    if answer.transaction_type is None and answer.approved is False and answer.iso_response_code in NOT_LOCATED:
        return NotFound()
    return _judge_record(answer) if response.status == HTTP_OK else Unknown(reason=Doubt.HTTP_STATUS, detail="404")


def _judge_record(answer: Answer) -> LookUp:
    kind = KINDS.get(answer.transaction_type)
    if kind is None:
        return _mismatch("TransactionType")
    currency = currency_of(answer.currency_code or "")
    if currency is None:
        return _mismatch("CurrencyCode")
    amount_minor = to_minor(answer.total_amount, currency) if answer.total_amount is not None else None
    if amount_minor is None:
        return _mismatch("TotalAmount")
    order_id = _uuid(answer.order_identifier)
    if order_id is None:
        return _mismatch("OrderIdentifier")
    outcome = _verdict(answer, amount_minor, DOUBTFUL_RECORDS)
    if isinstance(outcome, Unknown):
        return outcome
    return Found(
        kind=kind,
        outcome=outcome,
        amount_minor=amount_minor,
        currency=currency,
        order_id=order_id,
        voided=answer.voided is True,
    )


def _judge(answer: Answer, sent: Charge | Refund, kind: int) -> Outcome:
    """A sale's or refund's answer, held against what was sent."""
    if not _names(answer.transaction_identifier, sent.transaction_id):
        return _mismatch("TransactionIdentifier")
    if answer.transaction_type != kind:
        return _mismatch("TransactionType")
    outcome = _verdict(answer, sent.amount_minor, DOUBTFUL_ANSWERS)
    if not isinstance(outcome, Approved):
        return outcome
    if not _names(answer.order_identifier, sent.order_id):
        return _mismatch("OrderIdentifier")
    if answer.currency_code != numeric_code(sent.currency):
        return _mismatch("CurrencyCode")
    if answer.total_amount is None or to_minor(answer.total_amount, sent.currency) != sent.amount_minor:
        return _mismatch("TotalAmount")
    return outcome


def _verdict(answer: Answer, amount_minor: int, doubtful: frozenset[str]) -> Outcome:
    """Approved, declined or unknown by the flag and the code alone; the two must agree."""
    if answer.approved is not True or answer.iso_response_code != APPROVED:
        return _refusal(answer, doubtful)
    authorization_code, rrn = answer.authorization_code or "", answer.rrn or ""
    if not (_is_harmless(authorization_code) and _is_harmless(rrn)):
        return Unknown(reason=Doubt.GARBAGE, detail="AuthorizationCode")
    return Approved(authorization_code=authorization_code, rrn=rrn, amount_minor=amount_minor)


def _refusal(answer: Answer, doubtful: frozenset[str]) -> Declined | Unknown:
    """A decline, where the gateway says so beyond doubt."""
    code = answer.iso_response_code or ""
    if answer.approved is not False:
        return Unknown(reason=Doubt.DOUBTFUL_CODE, detail="Approved")
    if len(code) != ISO_CODE_CHARACTERS or not (code.isascii() and code.isalnum()):
        return Unknown(reason=Doubt.DOUBTFUL_CODE, detail="IsoResponseCode")
    if code in doubtful:
        return Unknown(reason=Doubt.DOUBTFUL_CODE, detail=code)
    return Declined(decline_code=decline_code(code), message=_harmless_message(answer.response_message or ""))


def _read(response: Response, *statuses: int) -> Answer | Unknown:
    if response.status not in statuses:
        return Unknown(reason=Doubt.HTTP_STATUS, detail=str(response.status))
    try:
        return json.decode(response.body, type=Answer)
    except (MsgspecError, ValueError, RecursionError):
        # Broken JSON, wrong types, broken UTF-8, a thousand brackets: all of it is noise, and none of it an answer.
        return Unknown(reason=Doubt.GARBAGE)


def _mismatch(name: str) -> Unknown:
    return Unknown(reason=Doubt.MISMATCH, detail=name)


def _names(text: str | None, expected: UUID) -> bool:
    """Whether the text is this identifier in its one canonical form; capitals are allowed, braces are not."""
    return text is not None and text.lower() == str(expected)


def _uuid(text: str | None) -> UUID | None:
    try:
        found = UUID(text or "")
    except ValueError:
        return None
    return found if _names(text, found) else None


def _is_harmless(text: str) -> bool:
    return len(text) <= CODE_CHARACTERS_MAX and text.isascii() and (not text or text.isprintable())


def _harmless_message(text: str) -> str:
    """The gateway's sentence, fit for a log and a page: short, one line, and never with a card number in it."""
    short = "".join(character for character in text[:MESSAGE_CHARACTERS_MAX] if character.isprintable())
    return "" if contains_card_number(text) else short
