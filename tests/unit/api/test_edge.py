"""What every request passes on its way in and out, seen around a tiny application."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from litestar.types import ASGIApp, Receive, Scope, Send

from api.edge import Deadlines, edge

Serve = Callable[..., httpx.AsyncClient]


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the path and the request's id as the framework would see them."""
    del receive
    request_id = dict(scope["headers"])[b"x-request-id"]
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": scope["path"].encode() + b" " + request_id, "more_body": False})


async def stuck(scope: Scope, receive: Receive, send: Send) -> None:
    del scope, receive, send
    await asyncio.sleep(60)


async def broken(scope: Scope, receive: Receive, send: Send) -> None:
    del scope, receive, send
    raise RuntimeError("secret: 4111 1111 1111 1111")


class Lines(list[dict[str, Any]]):
    """A log that remembers its lines."""

    def __call__(self, event: str, **fields: Any) -> None:  # noqa: ANN401 - whatever is logged
        self.append({"event": event, **fields})


@pytest.fixture
def lines() -> Lines:
    return Lines()


@pytest.fixture
def serve(lines: Lines) -> Serve:
    def make(app: ASGIApp, *, wait_s: float = 0.0, deadline_s: float = 5.0) -> httpx.AsyncClient:
        deadlines = Deadlines(request_s=deadline_s, gateway_s=deadline_s)
        guarded = edge(app, admit=lambda _: wait_s, deadlines=deadlines, log=lines)
        transport = httpx.ASGITransport(app=guarded)  # type: ignore[arg-type] # ASGI's own types
        return httpx.AsyncClient(transport=transport, base_url="http://house")

    return make


async def test_head_is_answered_like_get_without_a_body(serve: Serve, lines: Lines) -> None:
    async def long(scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        headers = [(b"content-length", b"6"), (b"x-method", scope["method"].encode())]  # type: ignore[typeddict-item]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await send({"type": "http.response.body", "body": b"two", "more_body": False})

    answer = await serve(long).head("/api/cart")
    assert (answer.status_code, answer.headers["x-method"], answer.headers["content-length"]) == (200, "GET", "6")
    assert answer.content == b""
    assert lines[-1]["method"] == "HEAD"


async def test_the_alias_is_read_as_the_first_version(serve: Serve) -> None:
    assert (await serve(hello).get("/api/cart")).text.startswith("/api/v1/cart ")
    assert (await serve(hello).get("/api/v1/cart")).text.startswith("/api/v1/cart ")


async def test_a_request_keeps_its_id(serve: Serve) -> None:
    answer = await serve(hello).get("/", headers={"X-Request-Id": "abc-123"})
    assert (answer.headers["x-request-id"], answer.text) == ("abc-123", "/ abc-123")


@pytest.mark.parametrize("sent", ["", "two words", "x" * 129, "umlaut-\xe4"])
async def test_an_id_that_is_no_name_is_replaced(serve: Serve, sent: str) -> None:
    answer = await serve(hello).get("/", headers={b"X-Request-Id": sent.encode("latin-1")})
    assert len(answer.headers["x-request-id"]) == 32


async def test_every_answer_tells_the_browser_what_not_to_do(serve: Serve) -> None:
    headers = (await serve(hello).get("/")).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]


async def test_an_address_that_asks_too_often_is_told_when_to_come_back(serve: Serve) -> None:
    answer = await serve(hello, wait_s=2.5).get("/")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "3")
    assert answer.json()["error"] == "RATE_LIMITED"


async def test_a_body_that_is_announced_too_long_is_refused_unread(serve: Serve) -> None:
    answer = await serve(hello).post("/", content=b"x" * 262_145)
    assert (answer.status_code, answer.json()["error"]) == (413, "PAYLOAD_TOO_LARGE")


async def test_nobody_hangs(serve: Serve) -> None:
    answer = await serve(stuck, deadline_s=0.05).get("/")
    assert (answer.status_code, answer.json()["error"]) == (503, "SERVICE_UNAVAILABLE")
    assert answer.headers["retry-after"] == "1"


async def test_what_goes_wrong_inside_stays_inside(serve: Serve, lines: Lines) -> None:
    answer = await serve(broken).get("/")
    assert (answer.status_code, answer.json()["error"]) == (500, "INTERNAL_ERROR")
    assert "4111" not in answer.text
    assert "4111" not in str(lines)


async def test_a_log_line_never_has_a_query_a_body_or_a_token_in_it(serve: Serve, lines: Lines) -> None:
    await serve(hello).post("/cart?token=hush", content=b"hush", headers={"X-Session-Token": "hush"})
    [line] = lines
    assert (line["method"], line["path"], line["status"]) == ("POST", "/cart", 200)
    assert "hush" not in str(line)
