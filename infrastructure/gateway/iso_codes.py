"""ISO 8583 response codes as PowerTranz passes them on: which are refusals beyond doubt, and our word for each."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

APPROVED: Final = "00"
NOT_LOCATED: Final = frozenset({"25", "76"})
"""Unable to locate the record; the previous message was not found."""

APPROVED_WITH_A_CAVEAT: Final = frozenset({"00", "08", "10", "11", "16", "32", "85"})
"""Codes that speak of an approval of some kind (partial, with identification, …). Beside `Approved: false` they
contradict it, and money may have moved."""

STILL_UNDER_WAY: Final = frozenset({"09"})

GATEWAY_IN_TROUBLE: Final = frozenset({"06", "20", "22", "68", "94", "96", "98", "99"})
"""The gateway or the network failed half-way, or saw the identifier before: what happened must be looked up."""

DOUBTFUL_ANSWERS: Final = APPROVED_WITH_A_CAVEAT | STILL_UNDER_WAY | GATEWAY_IN_TROUBLE
"""To a charge, refund or void sent just now these say nothing final."""

DOUBTFUL_RECORDS: Final = APPROVED_WITH_A_CAVEAT | STILL_UNDER_WAY
"""In a record that was looked up, a failure on the way is final: the gateway wrote down that it did not approve."""

DECLINE_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "01": "refer_to_issuer",
        "02": "refer_to_issuer",
        "03": "invalid_merchant",
        "04": "pick_up_card",
        "05": "do_not_honor",
        "07": "pick_up_card",
        "12": "invalid_transaction",
        "13": "invalid_amount",
        "14": "invalid_card",
        "15": "invalid_card",
        "17": "cancelled_by_customer",
        "19": "try_again",
        "30": "format_error",
        "33": "expired_card",
        "34": "suspected_fraud",
        "36": "restricted_card",
        "38": "too_many_pin_tries",
        "39": "no_account",
        "40": "not_supported",
        "41": "lost_card",
        "43": "stolen_card",
        "51": "insufficient_funds",
        "52": "no_account",
        "53": "no_account",
        "54": "expired_card",
        "55": "incorrect_pin",
        "56": "invalid_card",
        "57": "not_permitted",
        "58": "not_permitted",
        "59": "suspected_fraud",
        "61": "limit_exceeded",
        "62": "restricted_card",
        "63": "security_violation",
        "64": "invalid_amount",
        "65": "limit_exceeded",
        "75": "too_many_pin_tries",
        "82": "incorrect_cvv",
        "91": "issuer_unavailable",
        "92": "issuer_unavailable",
        "93": "not_permitted",
        "97": "format_error",
        "N7": "incorrect_cvv",
    }
)


def decline_code(iso_code: str) -> str:
    """Our word for a refusal; `declined` for a code that is new to us. A refusal is one whatever it is called."""
    return DECLINE_CODES.get(iso_code, "declined")
