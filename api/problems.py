"""Every way in which a request can fail, in one table: the code that clients switch on, its status, and an example.

A failure's body is RFC 9457 (`type`, `title`, `status`, `detail`) and says the same in the house's own words: `error`
(the code), `message` (a sentence that names the field), `request_id`, and `errors` where several fields are wrong.
No trace, statement or path gets in: whatever has no row here is INTERNAL_ERROR and says nothing of its cause.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

PROBLEM_JSON: Final = "application/problem+json"
RETRY_AFTER_S: Final = 1


class Problem(Struct, frozen=True):
    """One row: the code on the wire, the HTTP status, a message as a client may read it, and what may stand beside it.

    What is not `published` no client can bring about: it is about ids that the server makes, or calls that it lacks.
    """

    code: str
    status: int
    example: str
    details: Mapping[str, Any] = {}
    published: bool = True


class Failure(Exception):
    """A request that fails at the edge. `details` are plain JSON values that go into the body beside the message."""

    def __init__(self, code: str, message: str, *, headers: Mapping[str, str] | None = None, **details: object) -> None:
        """Name the row of the table, and say what is wrong in a sentence."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.headers = dict(headers or {})
        self.details = details


PROBLEMS: Final = (
    Problem(
        "VALIDATION_ERROR",
        400,
        "quantity must be a whole number from 1 to 1000000000.",
        {
            "errors": [
                {"field": "quantity", "message": "quantity must be a whole number from 1 to 1000000000."},
                {"field": "surprise", "message": "surprise is not known here."},
            ]
        },
    ),
    Problem("MISSING_IDEMPOTENCY_KEY", 400, "This call needs an `idempotency_key`, in the body or as a header."),
    Problem(
        "CARD_NUMBER_REFUSED",
        400,
        "notes must not contain a card number.",
        {"errors": [{"field": "notes", "message": "notes must not contain a card number."}]},
    ),
    Problem("QUANTITY_EXCEEDS_LIMIT", 400, "quantity must be at most 99 in one line.", {"quantity_max": 99}),
    Problem("CART_LIMIT_EXCEEDED", 400, "The cart holds at most 50 lines.", {"lines_max": 50}),
    Problem(
        "OPTIONS_INVALID",
        400,
        "options must have 1 to 1 of Side, not 0.",
        {"group_id": "6a1f0f0e-3f5b-5c0e-9d43-5d2f7a1c8e10"},
    ),
    Problem("CART_EMPTY", 400, "The cart is empty; put something in before ordering."),
    Problem(
        "ORDER_MINIMUM_NOT_MET",
        400,
        "The venue takes orders from 500 up; this one comes to 99.",
        {"order_minimum": 500, "subtotal": 99},
    ),
    Problem("AMOUNT_INVALID", 400, "amount must be from 1 to 2858, which is what is due.", {"due": 2858}),
    Problem("ORDER_ALREADY_PAID", 400, "Nothing is due for this order.", {"payment_status": "paid"}),
    Problem("REFUND_EXCEEDS_PAID", 400, "amount is more than the 2858 that can be given back.", {"refundable": 2858}),
    Problem("MENU_LIMIT_EXCEEDED", 400, "A menu has at most 2000 items."),
    Problem("TABLE_LIMIT_EXCEEDED", 400, "A venue has at most 1000 tables."),
    Problem("INVALID_STATUS_TRANSITION", 400, "An order that is pending cannot become ready."),
    Problem("UNAUTHORIZED", 401, "Say who you are: this call needs a token."),
    Problem("SESSION_INVALID", 401, "The session token is not a valid one; scan the table's code again."),
    Problem("SESSION_EXPIRED", 401, "The session is over; scan the table's code again."),
    Problem("INVALID_TOKEN", 401, "This access token is not one of ours."),
    Problem("TOKEN_EXPIRED", 401, "This access token has expired. Refresh it."),
    Problem("INVALID_CREDENTIALS", 401, "E-mail address or password is wrong."),
    Problem(
        "PAYMENT_DECLINED",
        402,
        "The card was declined; another card, or a new try, needs a new key.",
        {"decline_code": "insufficient_funds", "payment_id": "0b9a52a7-6a37-4c5e-8c0f-2f1d8c6f8f11"},
    ),
    Problem("FORBIDDEN", 403, "Your role at this venue does not allow this."),
    Problem("CSRF", 403, "A changing call with a cookie needs the X-CSRF-Token header."),
    Problem("NOT_FOUND", 404, "There is nothing at this address."),
    Problem("VENUE_NOT_FOUND", 404, "There is no such venue."),
    Problem("TABLE_NOT_FOUND", 404, "No table goes by this code; scan it again."),
    Problem("MENU_ITEM_NOT_FOUND", 404, "The menu has no such item."),
    Problem("CATEGORY_NOT_FOUND", 404, "The menu has no such category."),
    Problem("OPTION_GROUP_NOT_FOUND", 404, "The menu has no such option group."),
    Problem("CART_LINE_NOT_FOUND", 404, "The cart has no such line."),
    Problem("ORDER_NOT_FOUND", 404, "There is no such order."),
    Problem("ORDER_LINE_NOT_FOUND", 404, "The order has no such line."),
    Problem("PAYMENT_NOT_FOUND", 404, "There is no such payment.", published=False),
    Problem("REFUND_NOT_FOUND", 404, "There is no such refund.", published=False),
    Problem("ACCOUNT_NOT_FOUND", 404, "There is no such account.", published=False),
    Problem("STAFF_NOT_FOUND", 404, "Nobody of that id works here."),
    Problem("ANSWER_FORGOTTEN", 404, "This was answered once, and has been forgotten with the guest it was about."),
    Problem("JOB_NOT_FOUND", 404, "There is no such job."),
    Problem("METHOD_NOT_ALLOWED", 405, "This address does not answer to that method."),
    Problem("VENUE_CLOSED", 409, "The venue is closed; it takes no orders now."),
    Problem(
        "ITEM_UNAVAILABLE",
        409,
        "Conch Fritters is sold out.",
        {"item_id": "6a1f0f0e-3f5b-5c0e-9d43-5d2f7a1c8e10", "name": "Conch Fritters"},
    ),
    Problem(
        "CART_CHANGED",
        409,
        "The cart is not the one that cart_version names; look at it again before ordering.",
        {"cart_version": 4},
    ),
    Problem(
        "PRICE_CHANGED",
        409,
        "Prices have changed since this was put in the cart; look at the new total and order again.",
        {"old_total": 2858, "new_total": 3078, "cart_version": 4},
    ),
    Problem("ORDER_NOT_MODIFIABLE", 409, "The order is confirmed; only a pending one can be cancelled."),
    Problem("ORDER_NOT_PAYABLE", 409, "The order was cancelled."),
    Problem("PAYMENT_IN_PROGRESS", 409, "A payment of this order is under way.", {"retry_after_s": 2}),
    Problem(
        "IDEMPOTENCY_IN_PROGRESS",
        409,
        "The first request under this key is still being worked on.",
        {"retry_after_s": 2},
    ),
    Problem("ACCOUNT_EXISTS", 409, "Somebody with that e-mail address works here already.", published=False),
    Problem("CATEGORY_NOT_EMPTY", 409, "The category still has items; move or remove them first."),
    Problem("TABLE_CODE_TAKEN", 409, "The code T1 belongs, or once belonged, to a table; choose another."),
    Problem("VENUE_EXISTS", 409, "A venue goes by that name already.", published=False),
    Problem("GUEST_FORGOTTEN", 409, "This guest has been forgotten; nothing more can be kept about them."),
    Problem("STAFF_EXISTS", 409, "email belongs to somebody who works here already; change their role instead."),
    Problem("LAST_MANAGER", 409, "The venue's last manager must stay one; make somebody else a manager first."),
    Problem("PAYLOAD_TOO_LARGE", 413, "A body may have 262144 bytes at most."),
    Problem("UNSUPPORTED_MEDIA_TYPE", 415, "Send the body as application/json."),
    Problem("IDEMPOTENCY_KEY_REUSED", 422, "This idempotency key was used for another request; use a new one."),
    Problem("ID_TAKEN", 409, "Something else goes by that id already.", published=False),
    Problem("ORDER_ID_TAKEN", 409, "Another order goes by that id already.", published=False),
    Problem("TRANSACTION_ID_TAKEN", 409, "Another transaction goes by that id already.", published=False),
    Problem("BILL_ALREADY_OPENED", 409, "The order has a bill already.", published=False),
    Problem("REFUND_IDS_MISSING", 409, "There are more payments to give back than ids for it.", published=False),
    Problem("RATE_LIMITED", 429, "Too many wrong log-ins. Try again in 60 s.", {"retry_after_s": 60}),
    Problem("INTERNAL_ERROR", 500, "Something went wrong on our side."),
    Problem(
        "PAYMENT_GATEWAY_UNAVAILABLE",
        503,
        "The payment gateway gave no answer that can be relied on; ask again with the same key.",
        {"retry_after_s": 2},
    ),
    Problem("SERVICE_UNAVAILABLE", 503, "The house cannot answer right now. Try again, same key."),
)

BY_CODE: Final[Mapping[str, Problem]] = {problem.code: problem for problem in PROBLEMS}


def status_of(code: str) -> int:
    """The status that a code is answered with. An unknown code is our mistake, so it is 500."""
    problem = BY_CODE.get(code)
    return 500 if problem is None else problem.status


def headers_of(code: str, status: int, details: Mapping[str, Any] | None = None) -> dict[str, str]:
    """What HTTP asks for beside the body: whom to log in as, or when to come back.

    Where the body says `retry_after_s`, the header says the same.
    """
    headers: dict[str, str] = {}
    if status == 401:  # noqa: PLR2004 - the status is the name
        guest = code.startswith("SESSION_")
        headers["WWW-Authenticate"] = 'Session realm="comanda"' if guest else 'Bearer realm="comanda"'
    told_s = (details or {}).get("retry_after_s")
    if told_s is not None or status in {429, 503} or code == "IDEMPOTENCY_IN_PROGRESS":
        headers["Retry-After"] = str(RETRY_AFTER_S if told_s is None else told_s)
    return headers


def problem_body(
    code: str,
    message: str,
    request_id: str,
    *,
    status: int | None = None,
    details: Mapping[str, Any] | None = None,
    errors: Sequence[Mapping[str, str]] = (),
) -> bytes:
    """A failure as JSON bytes. Details never overwrite what the shape itself says."""
    body: dict[str, Any] = dict(details or {})
    body |= {
        "type": f"/schema#{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status or status_of(code),
        "detail": message,
        "error": code,
        "message": message,
        "request_id": request_id,
    }
    if errors:
        body["errors"] = list(errors)
    return msgspec.json.encode(body)
