"""Paths, queries and headers that no honest client sends."""

from itertools import product
from typing import Final

import httpx
import pytest

from domain.roster.events import Role
from tests.e2e.edges.operations import operations
from tests.fixtures.answers import data_of, refused
from tests.fixtures.people import API, Guest, Venue

PIECES: Final = ("%00", "%ff", "%ed%a0%80", "%25", "🍤", "a" * 5_000, "%0d%0aX-Evil:%201", "'--", "{}")


@pytest.mark.contract("shapes/malformed-id", "shapes/no-leak")
async def test_no_piece_of_a_path_breaks_anything(guest: Guest, subtests: pytest.Subtests) -> None:
    document = (await guest.client.get("/schema/openapi.json")).json()
    staff = await guest.venue.headers(Role.MANAGER)
    for operation in operations(document):
        if "{" not in operation.path or "auth" in operation.path:
            continue
        with subtests.test(operation.name):
            for piece in PIECES:
                names = ("slug", "code", "job_id", "account_id", "order_id", "line_id", "category_id", "item_id")
                filled = operation.path.format(**dict.fromkeys((*names, "group_id"), piece))
                body = operation.body() | {"idempotency_key": "x"} if operation.properties else None
                answer = await guest.client.request(
                    operation.method, filled, json=body, headers={**staff, **guest.headers}
                )
                assert answer.status_code in {400, 403, 404, 405}, answer.text
                assert "x-evil" not in answer.headers
                assert "Traceback" not in answer.text


@pytest.mark.contract("shapes/no-leak", "shapes/validation")
async def test_no_query_breaks_anything(guest: Guest, subtests: pytest.Subtests) -> None:
    document = (await guest.client.get("/schema/openapi.json")).json()
    values = ("%00", "%ff", "%ed%a0%80", "-1", "1e999", "9" * 400, "%F0%9F%8D%A4", "a" * 5_000, "'--", "", "null", "[]")
    for operation in operations(document):
        with subtests.test(operation.name):
            for name, value in product(operation.query, values):
                answer = await operation.made(guest, params=f"{name}={value}")
                assert answer.status_code in {200, 304, 400, 404}, answer.text
                assert "Traceback" not in answer.text


@pytest.mark.contract("shapes/no-leak")
async def test_a_query_that_nobody_asked_for_is_ignored(venue: Venue) -> None:
    answer = await venue.client.get(f"{API}/venues/{venue.slug}?surprise=1&surprise=2&%00=x&=&&")
    data_of(answer)


@pytest.mark.contract("rule/unknown-token", "auth/refusals", "shapes/no-leak")
async def test_no_header_breaks_anything(guest: Guest, subtests: pytest.Subtests) -> None:
    hostile = (b"\xff", b"\xed\xa0\x80", b"a" * 5_000, b"'--", "🍤".encode(), b"Bearer \xff", b"Bearer a.b.c", b"\x01")
    guarding = (b"X-Session-Token", b"Authorization", b"Cookie", b"X-CSRF-Token")
    others = (b"X-Request-Id", b"Idempotency-Key", b"If-None-Match", b"Accept", b"Range", b"Content-Length")
    headers = (*guarding, *others)
    venue = guest.venue.slug
    for path in (f"/venues/{venue}", f"/venues/{venue}/menu", "/cart", "/auth/me", f"/admin/venues/{venue}/orders"):
        with subtests.test(path):
            for name, value in product(headers, hostile):
                answer = await guest.client.get(API + path, headers={name: value})
                assert answer.status_code in {200, 400, 401}, answer.text
    with subtests.test("Idempotency-Key"):
        for value in hostile:
            lines = {**{name.encode(): text.encode() for name, text in guest.headers.items()}}
            lines[b"Idempotency-Key"] = value
            answer = await guest.client.post(f"{API}/orders", json={}, headers=lines)
            assert answer.status_code == 400, answer.text


@pytest.mark.contract("shapes/request-id")
async def test_a_request_id_is_echoed_where_it_is_one_and_made_where_it_is_not(client: httpx.AsyncClient) -> None:
    for good in ("a", "x" * 128, "0f8b-77_~!", str(10**30)):
        answer = await client.get(f"{API}/health/live", headers={"X-Request-Id": good})
        assert answer.headers["x-request-id"] == good
    seen = set()
    for bad in (b"", b" ", b"x" * 129, b"a b", b"\xff", b"a\tb", "🍤".encode()):
        answer = await client.get(f"{API}/health/live", headers={b"X-Request-Id": bad})
        seen.add(answer.headers["x-request-id"])
        assert answer.headers["x-request-id"].encode("latin-1") != bad
    assert len(seen) == 7


@pytest.mark.contract("shapes/problem", "shapes/no-leak")
@pytest.mark.parametrize(
    "path", ["/nothing", f"{API}/nothing", f"{API}/../etc/passwd", "//", "/api", "/api/v2/cart", f"{API}/cart/../x"]
)
async def test_an_address_that_is_not_there_is_a_404(client: httpx.AsyncClient, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        refused(await client.request(method, path), 404, "NOT_FOUND")


@pytest.mark.contract("shapes/problem")
async def test_a_method_that_an_address_does_not_answer_to_is_a_405(guest: Guest) -> None:
    for method, path in (("PUT", "/cart"), ("POST", "/cart"), ("DELETE", "/orders"), ("PATCH", "/auth/login")):
        answer = await guest.client.request(method, API + path, headers=guest.headers)
        refused(answer, 405, "METHOD_NOT_ALLOWED")
        assert answer.headers["allow"]


@pytest.mark.contract("shapes/no-leak", "pages/no-origin")
async def test_every_answer_tells_a_browser_to_trust_nothing(guest: Guest) -> None:
    for answer in (await guest.ask("GET", "/cart"), await guest.ask("GET", "/nothing"), await guest.add(quantity=0)):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "server" not in answer.headers
