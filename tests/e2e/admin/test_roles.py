"""Who may do what: every call of the contract, asked by every role, by nobody, and by the staff of another venue."""

from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
from msgspec import Struct

from api.access import ROUTES
from domain.roster.events import Role
from tests.fixtures.answers import data_of, refused
from tests.fixtures.people import API, Guest, Json, Venue
from tests.fixtures.served import Served


class Call(Struct, frozen=True):
    """A call that comes to nothing where it is let in: it names what is not there, or says nothing."""

    route: str
    body: Any
    allowed: frozenset[Role]


MANAGER: Final = frozenset({Role.MANAGER})
FLOOR: Final = MANAGER | {Role.FLOOR}
KITCHEN: Final = MANAGER | {Role.KITCHEN}
WORKERS: Final = FLOOR | KITCHEN
AUDITORS: Final = MANAGER | {Role.AUDITOR}
ALL: Final = frozenset(Role)
ADMIN, AUDIT = "/admin/venues/{slug}", "/audit/venues/{slug}"

CALLS: Final = (
    Call(f"GET {ADMIN}/orders", None, ALL),
    Call(f"GET {ADMIN}/orders/{{order_id}}", None, ALL),
    Call(f"PATCH {ADMIN}/orders/{{order_id}}/status", {"status": "confirmed"}, FLOOR),
    Call(f"PATCH {ADMIN}/orders/{{order_id}}/status", {"status": "cancelled"}, FLOOR),
    Call(f"PATCH {ADMIN}/orders/{{order_id}}/status", {"status": "preparing"}, WORKERS),
    Call(f"PATCH {ADMIN}/orders/{{order_id}}/status", {"status": "ready"}, WORKERS),
    Call(f"PATCH {ADMIN}/orders/{{order_id}}/status", {"status": "completed"}, WORKERS),
    Call(f"PATCH {ADMIN}/orders/{{order_id}}/items/{{line_id}}/status", {"status": "preparing"}, WORKERS),
    Call(f"POST {ADMIN}/orders/{{order_id}}/recall", {}, WORKERS),
    Call(f"POST {ADMIN}/orders/{{order_id}}/payments", {"method": "cash", "amount": 1}, FLOOR),
    Call(f"POST {ADMIN}/orders/{{order_id}}/refunds", {"reason": "x", "idempotency_key": "x"}, FLOOR),
    Call(f"GET {ADMIN}/settings", None, ALL),
    Call(f"PATCH {ADMIN}/settings", {}, MANAGER),
    Call(f"POST {ADMIN}/menu/categories", {}, MANAGER),
    Call(f"PATCH {ADMIN}/menu/categories/{{category_id}}", {}, MANAGER),
    Call(f"DELETE {ADMIN}/menu/categories/{{category_id}}", None, MANAGER),
    Call(f"POST {ADMIN}/menu/items", {}, MANAGER),
    Call(f"PATCH {ADMIN}/menu/items/{{item_id}}", {}, MANAGER),
    Call(f"DELETE {ADMIN}/menu/items/{{item_id}}", None, MANAGER),
    Call(f"POST {ADMIN}/menu/items/{{item_id}}/sold-out", {}, KITCHEN),
    Call(f"POST {ADMIN}/menu/items/{{item_id}}/back", {}, KITCHEN),
    Call(f"POST {ADMIN}/menu/option-groups", {}, MANAGER),
    Call(f"PATCH {ADMIN}/menu/option-groups/{{group_id}}", {}, MANAGER),
    Call(f"DELETE {ADMIN}/menu/option-groups/{{group_id}}", None, MANAGER),
    Call(f"GET {ADMIN}/tables", None, ALL),
    Call(f"POST {ADMIN}/tables", {}, FLOOR),
    Call(f"PATCH {ADMIN}/tables/{{code}}", {}, FLOOR),
    Call(f"GET {ADMIN}/tables/{{code}}/qr.svg", None, ALL),
    Call(f"POST {ADMIN}/tables/{{code}}/rotate", {}, FLOOR),
    Call(f"GET {ADMIN}/staff", None, ALL),
    Call(f"POST {ADMIN}/staff", {}, MANAGER),
    Call(f"PATCH {ADMIN}/staff/{{account_id}}", {}, MANAGER),
    Call(f"GET {ADMIN}/kitchen", None, ALL),
    Call(f"GET {AUDIT}/events", None, AUDITORS),
    Call(f"GET {AUDIT}/orders/{{order_id}}/history", None, AUDITORS),
    Call(f"GET {AUDIT}/orders/{{order_id}}/payments", None, AUDITORS),
    Call(f"GET {AUDIT}/orders/{{order_id}}/state", None, AUDITORS),
    Call(f"GET {AUDIT}/verify", None, AUDITORS),
    Call(f"GET {AUDIT}/jobs/{{job_id}}", None, AUDITORS),
)


async def made(client: httpx.AsyncClient, call: Call, slug: str, headers: Json) -> httpx.Response:
    method, _, path = call.route.partition(" ")
    names = {"order_id", "line_id", "category_id", "item_id", "group_id", "account_id", "job_id"}
    filled = path.format(slug=slug, code="none", **dict.fromkeys(names, str(uuid4())))
    return await client.request(method, API + filled, json=call.body, headers=headers)


def test_every_call_that_takes_a_role_is_tried_here() -> None:
    assert {call.route for call in CALLS} == {route for route, access in ROUTES.items() if access.who == "role"}


@pytest.mark.contract("roles/manager", "roles/floor", "roles/kitchen", "roles/auditor", "auth/forbidden")
@pytest.mark.parametrize("role", Role)
async def test_a_role_is_let_in_where_the_contract_says_and_nowhere_else(
    client: httpx.AsyncClient, venue: Venue, role: Role, subtests: pytest.Subtests
) -> None:
    headers = await venue.headers(role)
    for call in CALLS:
        with subtests.test(call.route, body=call.body):
            answer = await made(client, call, venue.slug, headers)
            if role in call.allowed:
                assert answer.status_code in {200, 400, 404}, answer.text
            else:
                refused(answer, 403, "FORBIDDEN")


@pytest.mark.contract("auth/refusals", "shapes/www-authenticate")
async def test_nobody_is_let_in_without_a_token(
    client: httpx.AsyncClient, venue: Venue, guest: Guest, subtests: pytest.Subtests
) -> None:
    for call in CALLS:
        with subtests.test(call.route, body=call.body):
            refused(await made(client, call, venue.slug, {}), 401, "UNAUTHORIZED")
            refused(await made(client, call, venue.slug, guest.headers), 401, "UNAUTHORIZED")


@pytest.mark.contract("auth/forbidden")
async def test_a_manager_is_nobody_at_another_venue(
    client: httpx.AsyncClient, api: Served, venue: Venue, subtests: pytest.Subtests
) -> None:
    other = await Venue.opened(client, api.back_door)
    headers = await other.headers(Role.MANAGER)
    for call in CALLS:
        with subtests.test(call.route, body=call.body):
            refused(await made(client, call, venue.slug, headers), 403, "FORBIDDEN")
            refused(await made(client, call, "nowhere", headers), 403, "FORBIDDEN")


@pytest.mark.contract("auth/forbidden", "admin/orders")
async def test_an_order_of_another_venue_is_not_there(
    client: httpx.AsyncClient, api: Served, pending_order: Json
) -> None:
    other = await Venue.opened(client, api.back_door)
    order = f"/orders/{pending_order['id']}"
    refused(await other.ask(Role.MANAGER, "GET", order), 404, "ORDER_NOT_FOUND")
    move = await other.ask(Role.MANAGER, "PATCH", f"{order}/status", {"status": "confirmed"})
    refused(move, 404, "ORDER_NOT_FOUND")
    cash = await other.ask(Role.MANAGER, "POST", f"{order}/payments", {"method": "cash", "amount": 1})
    refused(cash, 404, "ORDER_NOT_FOUND")
    refused(await other.audited(f"{order}/history"), 404, "ORDER_NOT_FOUND")
    refused(await other.audited(f"{order}/state"), 404, "ORDER_NOT_FOUND")


@pytest.mark.contract("auth/kinds")
async def test_a_guest_s_token_is_no_staff_token_nor_the_other_way_round(
    client: httpx.AsyncClient, venue: Venue, guest: Guest
) -> None:
    as_staff = {"Authorization": f"Bearer {guest.session['token']}"}
    refused(await client.get(f"{venue.admin}/orders", headers=as_staff), 401, "INVALID_TOKEN")
    refused(await client.get(f"{API}/auth/me", headers=as_staff), 401, "INVALID_TOKEN")
    staff = await venue.headers(Role.MANAGER)
    refused(await client.get(f"{API}/cart", headers=staff), 401, "UNAUTHORIZED")
    as_guest = {"X-Session-Token": staff["Authorization"].removeprefix("Bearer ")}
    refused(await client.get(f"{API}/cart", headers=as_guest), 401, "SESSION_INVALID")


@pytest.mark.contract("admin/staff", "auth/forbidden")
async def test_a_role_that_is_taken_away_is_gone_with_the_next_call(venue: Venue) -> None:
    staff = data_of(await venue.ask(Role.MANAGER, "GET", "/staff"))
    [cook] = [each for each in staff if each["role"] == "kitchen"]
    data_of(await venue.ask(Role.KITCHEN, "GET", "/kitchen"))
    data_of(await venue.ask(Role.MANAGER, "PATCH", f"/staff/{cook['id']}", {"role": None}))
    refused(await venue.ask(Role.KITCHEN, "GET", "/kitchen"), 403, "FORBIDDEN")
