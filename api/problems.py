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
    """One row: the code on the wire, the HTTP status, and a message as a client may read it."""

    code: str
    status: int
    example: str


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
    Problem("VALIDATION_ERROR", 400, "The field `quantity` is not right: expected `int`, got `str`."),
    Problem("MISSING_IDEMPOTENCY_KEY", 400, "This call needs an `idempotency_key`, in the body or as a header."),
    Problem("CARD_NUMBER_REFUSED", 400, "`notes` holds a card number, which we must never see."),
    Problem("QUANTITY_EXCEEDS_LIMIT", 400, "The quantity of one line may be 99 at most."),
    Problem("CART_LIMIT_EXCEEDED", 400, "A cart holds 50 lines at most."),
    Problem("OPTIONS_INVALID", 400, "Choose exactly 1 of “Sides”."),
    Problem("CART_EMPTY", 400, "An order needs at least one dish."),
    Problem("ORDER_MINIMUM_NOT_MET", 400, "Orders start at 500."),
    Problem("AMOUNT_INVALID", 400, "The amount must be between 1 and what is due."),
    Problem("ORDER_ALREADY_PAID", 400, "Nothing is left to pay on this order."),
    Problem("REFUND_EXCEEDS_PAID", 400, "No more can be given back than was paid."),
    Problem("MENU_LIMIT_EXCEEDED", 400, "A menu holds 2000 items at most."),
    Problem("TABLE_LIMIT_EXCEEDED", 400, "A venue has at most 1000 tables."),
    Problem("INVALID_STATUS_TRANSITION", 400, "An order that is pending cannot become ready."),
    Problem("UNAUTHORIZED", 401, "Say who you are: this call needs a token."),
    Problem("SESSION_INVALID", 401, "This session token is not one of ours."),
    Problem("SESSION_EXPIRED", 401, "This session is over. Scan the table's code again."),
    Problem("INVALID_TOKEN", 401, "This access token is not one of ours."),
    Problem("TOKEN_EXPIRED", 401, "This access token has expired. Refresh it."),
    Problem("INVALID_CREDENTIALS", 401, "E-mail or password is wrong."),
    Problem("PAYMENT_DECLINED", 402, "The card was declined."),
    Problem("FORBIDDEN", 403, "Your role at this venue does not allow this."),
    Problem("CSRF", 403, "A changing call with a cookie needs the X-CSRF-Token header."),
    Problem("NOT_FOUND", 404, "There is nothing at this address."),
    Problem("VENUE_NOT_FOUND", 404, "No venue goes by that name."),
    Problem("TABLE_NOT_FOUND", 404, "No table goes by that code."),
    Problem("MENU_ITEM_NOT_FOUND", 404, "The menu has no such dish."),
    Problem("CATEGORY_NOT_FOUND", 404, "The menu has no such category."),
    Problem("OPTION_GROUP_NOT_FOUND", 404, "The menu has no such option group."),
    Problem("CART_LINE_NOT_FOUND", 404, "The cart has no such line."),
    Problem("ORDER_NOT_FOUND", 404, "There is no such order."),
    Problem("ORDER_LINE_NOT_FOUND", 404, "The order has no such line."),
    Problem("PAYMENT_NOT_FOUND", 404, "There is no such payment."),
    Problem("REFUND_NOT_FOUND", 404, "There is no such refund."),
    Problem("ACCOUNT_NOT_FOUND", 404, "There is no such account."),
    Problem("STAFF_NOT_FOUND", 404, "Nobody of that id works here."),
    Problem("ANSWER_FORGOTTEN", 404, "This was answered once, to a guest who has been forgotten since."),
    Problem("JOB_NOT_FOUND", 404, "There is no such job."),
    Problem("METHOD_NOT_ALLOWED", 405, "This address does not answer to that method."),
    Problem("VENUE_CLOSED", 409, "The venue is closed now."),
    Problem("ITEM_UNAVAILABLE", 409, "Conch Fritters is sold out."),
    Problem("CART_CHANGED", 409, "The cart is not the one you were shown."),
    Problem("PRICE_CHANGED", 409, "A price changed since it was put in the cart."),
    Problem("ORDER_NOT_MODIFIABLE", 409, "Only a pending order can be cancelled."),
    Problem("ORDER_NOT_PAYABLE", 409, "A cancelled order cannot be paid."),
    Problem("PAYMENT_IN_PROGRESS", 409, "A payment of this order is under way."),
    Problem("IDEMPOTENCY_IN_PROGRESS", 409, "The first request under this key is still running."),
    Problem("ACCOUNT_EXISTS", 409, "Somebody with that e-mail address works here already."),
    Problem("CATEGORY_NOT_EMPTY", 409, "The category still has items; move or remove them first."),
    Problem("TABLE_CODE_TAKEN", 409, "The code T1 belongs, or once belonged, to a table; choose another."),
    Problem("VENUE_EXISTS", 409, "A venue goes by that name already."),
    Problem("GUEST_FORGOTTEN", 409, "This guest has been forgotten; nothing more can be kept about them."),
    Problem("LAST_MANAGER", 409, "A venue needs at least one manager."),
    Problem("PAYLOAD_TOO_LARGE", 413, "A body may have 262144 bytes at most."),
    Problem("UNSUPPORTED_MEDIA_TYPE", 415, "Send the body as application/json."),
    Problem("IDEMPOTENCY_KEY_REUSED", 422, "This key was used before, for another request."),
    # These five are about ids that the server makes itself, so a client never brings them about.
    Problem("ID_TAKEN", 409, "Something else goes by that id already."),
    Problem("ORDER_ID_TAKEN", 409, "Another order goes by that id already."),
    Problem("TRANSACTION_ID_TAKEN", 409, "Another transaction goes by that id already."),
    Problem("BILL_ALREADY_OPENED", 409, "The order has a bill already."),
    Problem("REFUND_IDS_MISSING", 409, "There are more payments to give back than ids for it."),
    Problem("RATE_LIMITED", 429, "Too many requests. Try again in 60 seconds."),
    Problem("INTERNAL_ERROR", 500, "Something went wrong on our side."),
    Problem("PAYMENT_GATEWAY_UNAVAILABLE", 503, "The card gateway does not answer; nothing is certain yet."),
    Problem("SERVICE_UNAVAILABLE", 503, "The house cannot answer right now. Try again."),
)

BY_CODE: Final[Mapping[str, Problem]] = {problem.code: problem for problem in PROBLEMS}


def status_of(code: str) -> int:
    """The status that a code is answered with. An unknown code is our mistake, so it is 500."""
    problem = BY_CODE.get(code)
    return 500 if problem is None else problem.status


def headers_of(code: str, status: int) -> dict[str, str]:
    """What HTTP asks for beside the body: whom to log in as, or when to come back."""
    headers: dict[str, str] = {}
    if status == 401:  # noqa: PLR2004 - the status is the name
        guest = code.startswith("SESSION_")
        headers["WWW-Authenticate"] = 'Session realm="comanda"' if guest else 'Bearer realm="comanda"'
    if status in {429, 503} or code == "IDEMPOTENCY_IN_PROGRESS":
        headers["Retry-After"] = str(RETRY_AFTER_S)
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
