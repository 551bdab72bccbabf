"""From an exception to a problem. What is not expected here is INTERNAL_ERROR, logged by its name and nothing else."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import psycopg
from litestar import Request, Response
from litestar.exceptions import HTTPException
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests

from api.jobs import TooManyJobs
from api.problems import PROBLEM_JSON, Failure, headers_of, problem_body, status_of
from application.errors import Busy
from application.ports import LedgerUnavailable
from domain.shared.refusals import Refusal

ServerRequest = Request[Any, Any, Any]
Handler = Callable[[ServerRequest, Any], Response[bytes]]

FRAMEWORK: Final[Mapping[int, tuple[str, str]]] = {
    400: ("VALIDATION_ERROR", "The request cannot be understood."),
    404: ("NOT_FOUND", "There is nothing at this address."),
    405: ("METHOD_NOT_ALLOWED", "This address does not answer to that method."),
    413: ("PAYLOAD_TOO_LARGE", "A body may have 262144 bytes at most."),
    415: ("UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json."),
}
"""What the framework itself refuses, by its status; its own words may tell too much."""


def handlers(log: Callable[..., Any]) -> dict[type[Exception], Handler]:
    """The framework's map of exceptions, writing to that log what only its operators may know."""

    def unavailable(request: ServerRequest, error: Exception) -> Response[bytes]:
        log("unavailable", request_id=request.headers["x-request-id"], error=type(error).__name__)
        return problem(request, "SERVICE_UNAVAILABLE", "The house cannot answer right now. Try again, same key.")

    def database(request: ServerRequest, error: psycopg.Error) -> Response[bytes]:
        # A connection that is gone has no SQLSTATE, or one of class 08, 53 or 57; anything else is our mistake.
        if error.sqlstate is None or error.sqlstate[:2] in {"08", "53", "57"}:
            return unavailable(request, error)
        return unexpected(request, error)

    def unexpected(request: ServerRequest, error: Exception) -> Response[bytes]:
        request_id = request.headers["x-request-id"]
        log("unexpected", request_id=request_id, error=type(error).__name__, at=_where(error))
        return problem(request, "INTERNAL_ERROR", "Something went wrong on our side.")

    return {
        Refusal: refused,
        Failure: failed,
        HTTPException: framework,
        LedgerUnavailable: unavailable,
        Busy: unavailable,
        TooManyJobs: unavailable,
        PoolTimeout: unavailable,
        PoolClosed: unavailable,
        TooManyRequests: unavailable,
        TimeoutError: unavailable,
        psycopg.Error: database,
        Exception: unexpected,
    }


def refused(request: ServerRequest, refusal: Refusal) -> Response[bytes]:
    """A rule of the house said no."""
    details = dict(refusal.details)
    field = details.pop("field", None)
    errors = details.pop("errors", [{"field": field, "message": refusal.message}] if field else [])
    return problem(request, refusal.code, refusal.message, details=details, errors=errors)


def failed(request: ServerRequest, failure: Failure) -> Response[bytes]:
    """The edge itself said no."""
    details: dict[str, Any] = dict(failure.details)
    errors = details.pop("errors", ())
    return problem(request, failure.code, failure.message, headers=failure.headers, details=details, errors=errors)


def framework(request: ServerRequest, error: HTTPException) -> Response[bytes]:
    """The framework said no: an unknown address, a wrong method, a body that is too long."""
    if error.status_code >= 500:  # noqa: PLR2004 - the class of server errors
        return problem(request, "INTERNAL_ERROR", "Something went wrong on our side.")
    code, message = FRAMEWORK.get(error.status_code, FRAMEWORK[400])
    return problem(request, code, message, headers=dict(error.headers or {}))


def problem(
    request: ServerRequest,
    code: str,
    message: str,
    *,
    headers: Mapping[str, str] | None = None,
    details: Mapping[str, Any] | None = None,
    errors: Sequence[Mapping[str, str]] = (),
) -> Response[bytes]:
    """The one shape of every failure."""
    status = status_of(code)
    body = problem_body(code, message, request.headers["x-request-id"], details=details, errors=errors)
    lines = headers_of(code, status, details) | dict(headers or {})
    return Response(body, media_type=PROBLEM_JSON, status_code=status, headers=lines)


def _where(error: Exception) -> str:
    """The last place in our own code: a file's name and a line, for the log only."""
    place = error.__traceback__
    where = ""
    while place is not None:
        where = f"{place.tb_frame.f_code.co_filename.rpartition('/')[2]}:{place.tb_lineno}"
        place = place.tb_next
    return where
