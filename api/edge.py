"""What every request passes on its way in and out: a name, a limit, a deadline, a line in the log.

This stands outside the framework, because a request for an address that does not exist passes it too:

1. `/api/…` is read as `/api/v1/…`, and HEAD as GET, whose answer then goes out without its body;
2. the request has an id: the client's, where it is 1 to 128 visible ASCII characters, or one that is made here;
3. an address that asks too often is told to wait, and a body that is announced too long is refused unread;
4. an answer that has not begun when the time is up is a 503: nobody hangs, and a retry with the same key is safe;
5. every answer carries the id and the headers that tell a browser to trust nothing more than it must;
6. one JSON line says what was asked and how it went: never a body, a token or a query.
"""

import asyncio
import re
from collections.abc import Callable, MutableSequence
from time import perf_counter
from typing import Any, Final, cast
from uuid import uuid4

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send
from msgspec import Struct

from api.problems import PROBLEM_JSON, headers_of, problem_body, status_of

API: Final = "/api/"
API_V1: Final = "/api/v1/"
BODY_BYTES_MAX: Final = 262_144
REQUEST_ID: Final = re.compile(rb"[\x21-\x7e]{1,128}")
PAY: Final = re.compile(r"/orders/[^/]+/(pay|refunds)/?\Z")

Log = Callable[..., Any]
"""Writes one line: an event's name and its fields."""

Admit = Callable[[str], float]
"""Asks whether an address may make one more request: 0.0 if so, else for how many seconds it should wait."""

SAFE: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)
NO_STORE: Final = (b"cache-control", b"no-store")
NO_SOURCES: Final = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")


class Deadlines(Struct, frozen=True, kw_only=True):
    """How long an answer may take to begin: calls that may talk to the card gateway have longer."""

    request_s: float = 4.8  # so that no client waits for longer than 5 s, the way back included
    gateway_s: float = 10.0

    def of(self, path: str) -> float:
        """The deadline of a call to that path, in seconds."""
        return self.gateway_s if PAY.search(path) else self.request_s


def edge(app: ASGIApp, *, admit: Admit, deadlines: Deadlines, log: Log) -> ASGIApp:
    """Put the framework behind all of it."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        began = perf_counter()
        path = scope["path"]
        if path.startswith(API) and not path.startswith(API_V1):
            path = API_V1 + path.removeprefix(API)
            scope["path"] = path
        method = scope["method"]
        if method == "HEAD":
            cast("dict[str, Any]", scope)["method"] = "GET"
            send = _bodiless(send)
        request_id = _name(scope)
        answer = _Answer(request_id=request_id, send=send, deadline=asyncio.timeout(deadlines.of(path)))
        refusal = _refusal_at_the_door(scope, admit)
        if refusal is not None:
            await answer.fail(*refusal)
        else:
            await _let_in(app, scope, receive, answer, log)
        log(
            "request",
            method=method,
            path=path[:300],
            status=answer.status,
            ms=round((perf_counter() - began) * 1000, 1),
            client=_address(scope),
            request_id=request_id,
        )

    return cast("ASGIApp", guarded)


class _Answer:
    """One answer on its way out. `status` is 0 until it has begun."""

    def __init__(self, *, request_id: str, send: Send, deadline: asyncio.Timeout) -> None:
        self.request_id = request_id
        self.status = 0
        self.deadline = deadline
        self._send = send

    async def send(self, message: Message) -> None:
        """Pass a message on; to the first, add the headers that every answer has, and lift the deadline."""
        if message["type"] == "http.response.start":
            self.deadline.reschedule(None)
            self._begin(message)
        await self._send(message)

    async def fail(self, code: str, message: str, headers: dict[str, str]) -> None:
        """Answer with a problem, without the framework."""
        body = problem_body(code, message, self.request_id)
        lines = {
            "content-type": PROBLEM_JSON,
            "content-length": str(len(body)),
            **headers_of(code, status_of(code)),
            **headers,
        }
        start: HTTPResponseStartEvent = {
            "type": "http.response.start",
            "status": status_of(code),
            "headers": [(name.lower().encode(), value.encode()) for name, value in lines.items()],
        }
        self._begin(start)
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body, "more_body": False})

    def _begin(self, start: HTTPResponseStartEvent) -> None:
        self.status = start["status"]
        headers = list(start["headers"])
        names = {name.lower() for name, _ in headers}
        headers.append((b"x-request-id", self.request_id.encode()))
        headers.extend(SAFE)
        headers.extend(line for line in (NO_STORE, NO_SOURCES) if line[0] not in names)
        start["headers"] = headers


def _bodiless(send: Send) -> Send:
    """The head of an answer, and nothing of its body, however much of that there is."""
    ended = False

    async def head_only(message: Message) -> None:
        nonlocal ended
        if message["type"] == "http.response.start":
            await send(message)
        elif not ended:
            ended = True
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    return head_only


async def _let_in(app: ASGIApp, scope: Scope, receive: Receive, answer: _Answer, log: Log) -> None:
    try:
        async with answer.deadline:
            await app(scope, receive, answer.send)
    except TimeoutError:
        log("deadline", request_id=answer.request_id)
        if not answer.status:
            await answer.fail("SERVICE_UNAVAILABLE", "This took too long. Try again, with the same key.", {})
    except Exception as error:  # noqa: BLE001 - the last resort: whatever it is, no trace of it leaves the house
        log("unhandled", request_id=answer.request_id, error=type(error).__name__)
        if not answer.status:
            await answer.fail("INTERNAL_ERROR", "Something went wrong on our side.", {})


def _refusal_at_the_door(scope: Scope, admit: Admit) -> tuple[str, str, dict[str, str]] | None:
    wait_s = admit(_address(scope))
    if wait_s > 0:
        seconds = max(1, int(wait_s + 0.999))
        return "RATE_LIMITED", f"Too many requests. Try again in {seconds} s.", {"Retry-After": str(seconds)}
    announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if announced.isdigit() and int(announced) > BODY_BYTES_MAX:
        return "PAYLOAD_TOO_LARGE", f"A body may have {BODY_BYTES_MAX} bytes at most.", {}
    return None


def _name(scope: Scope) -> str:
    """The request's id; written back into its headers, where everybody further in finds it."""
    headers = [line for line in scope["headers"] if line[0] != b"x-request-id"]
    sent = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    request_id = sent if REQUEST_ID.fullmatch(sent) else uuid4().hex.encode()
    headers.append((b"x-request-id", request_id))
    cast("dict[str, MutableSequence[tuple[bytes, bytes]]]", scope)["headers"] = headers
    return request_id.decode()


def _address(scope: Scope) -> str:
    client = scope["client"]
    return client[0] if client else ""
