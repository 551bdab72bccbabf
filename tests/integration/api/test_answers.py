"""What answers carry beside their data: positions, pages, headers, and every fault of a request at once."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.problems import RETRY_AFTER_S
from domain.roster.events import Role
from tests.fixtures.answers import data_of, names, refused
from tests.fixtures.people import API, FRITTERS, PASSWORD, Guest, Json, Venue
from tests.fixtures.served import Served, Simulator

STRONG = "Better-Horse-1234"


async def head_of(venue: Venue) -> int:
    """The venue's last position."""
    verdict: Json = data_of(await venue.audited("/verify"))
    return int(verdict["events"])


def position_of(answer: httpx.Response) -> int:
    assert answer.is_success, answer.text
    return int(answer.headers["ledger-position"])


async def test_a_refused_body_names_all_of_its_faults(guest: Guest) -> None:
    body = {"menu_item_id": "x", "quantity": 0, "notes": 7, "surprise": 1}
    problem = refused(await guest.ask("POST", "/cart/items", body), 400, "VALIDATION_ERROR")
    assert [error["field"] for error in problem["errors"]] == ["menu_item_id", "quantity", "notes", "surprise"]
    assert problem["message"] == problem["errors"][0]["message"]


async def test_a_guest_s_orders_come_in_pages_newest_first(guest: Guest) -> None:
    placed = [(await guest.ordered())["id"] for _ in range(3)]
    first = await guest.ask("GET", "/orders?limit=2")
    cursor = first.json()["meta"]["next_cursor"]
    rest = await guest.ask("GET", f"/orders?limit=2&cursor={cursor}")
    assert [order["id"] for order in [*data_of(first), *data_of(rest)]] == placed[::-1]
    assert rest.json()["meta"] == {"next_cursor": None}
    whole = await guest.ask("GET", "/orders?limit=3")
    assert (len(data_of(whole)), whole.json()["meta"]["next_cursor"]) == (3, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "all"),
        ("cursor", "x"),
        ("cursor", "é"),
        ("cursor", "AAAAAAAAAAAAAAAAAAAAAA"),
        ("after", "-1"),
    ],
)
async def test_a_page_that_cannot_be_is_refused_by_name(guest: Guest, field: str, value: str) -> None:
    assert names(refused(await guest.ask("GET", f"/orders?{field}={value}"), 400, "VALIDATION_ERROR"), field)


async def test_another_guest_s_place_in_their_list_is_nobody_else_s(venue: Venue, guest: Guest) -> None:
    for _ in range(2):
        await guest.ordered()
    cursor = (await guest.ask("GET", "/orders?limit=1")).json()["meta"]["next_cursor"]
    other = await venue.guest("T2")
    refused(await other.ask("GET", f"/orders?cursor={cursor}"), 400, "VALIDATION_ERROR")


async def test_every_wrong_parameter_of_a_query_is_named(venue: Venue) -> None:
    answer = await venue.ask(Role.MANAGER, "GET", "/orders?limit=0&business_day=2026-02-30&status=gone")
    problem = refused(answer, 400, "VALIDATION_ERROR")
    assert {error["field"] for error in problem["errors"]} == {"limit", "business_day", "status"}
    for field in ("from", "to"):
        for moment in ("yesterday", "2026-02-30T00:00:00Z", "2026-01-01"):
            wrong = await venue.ask(Role.MANAGER, "GET", f"/orders?{field}={moment}")
            assert names(refused(wrong, 400, "VALIDATION_ERROR"), field)


async def test_503_says_the_same_in_its_header_and_its_body(guest: Guest, pending_order: Json) -> None:
    answer = await guest.pay(pending_order["id"], "tok_error")
    problem = refused(answer, 503, "PAYMENT_GATEWAY_UNAVAILABLE")
    assert problem["retry_after_s"] > RETRY_AFTER_S
    assert answer.headers["retry-after"] == str(problem["retry_after_s"])


async def test_log_ins_tell_no_position_of_the_house(client: httpx.AsyncClient, venue: Venue) -> None:
    body = {"email": venue.email(Role.FLOOR), "password": PASSWORD}
    login = await client.post(f"{API}/auth/login", json=body)
    headers = {"Authorization": f"Bearer {data_of(login)['access_token']}"}
    renewed = await client.post(f"{API}/auth/refresh", json={"refresh_token": data_of(login)["refresh_token"]})
    oneself = await client.get(f"{API}/auth/me", headers=headers)
    over = await client.post(f"{API}/auth/logout", headers=headers)
    with_cookies = await client.post(f"{API}/auth/login", json=body | {"cookies": True})
    for answer in (login, renewed, oneself, over, with_cookies):
        data_of(answer)
        assert "ledger-position" not in answer.headers


async def test_logging_out_clears_cookies_as_they_were_set(client: httpx.AsyncClient, venue: Venue) -> None:
    def attributes(answer: httpx.Response) -> dict[str, set[str]]:
        lines = [line.split("; ") for line in answer.headers.get_list("set-cookie")]
        return {line[0].partition("=")[0]: {each.lower() for each in line[1:]} - {"max-age=0"} for line in lines}

    body = {"email": venue.email(Role.FLOOR), "password": PASSWORD, "cookies": True}
    login = await client.post(f"{API}/auth/login", json=body)
    over = await client.post(f"{API}/auth/logout", headers={"X-CSRF-Token": data_of(login)["csrf_token"]})
    data_of(over)
    assert attributes(over) == attributes(login)
    assert {"httponly", "samesite=strict", "path=/api"} <= attributes(over)["comanda_access"]
    assert all("Max-Age=0" in line for line in over.headers.get_list("set-cookie"))
    assert not client.cookies


async def test_audit_events_tell_a_position_that_there_is(venue: Venue, guest: Guest) -> None:
    await guest.ordered()
    head = await head_of(venue)
    assert position_of(await venue.audited("/events", after=head + 1_000)) == head
    assert position_of(await venue.audited("/events", limit=2)) == 2
    assert position_of(await venue.audited("/events", type="venue.opened.v1")) == head


async def test_what_is_read_from_the_ledger_itself_is_as_new_as_its_head(venue: Venue, guest: Guest) -> None:
    await guest.ordered()
    head = await head_of(venue)
    answers = [await venue.client.get(f"{API}/venues/{venue.slug}")]
    answers += [await venue.ask(Role.MANAGER, "GET", path) for path in ("/settings", "/tables", "/staff")]
    assert [position_of(answer) for answer in answers] == [head] * 4


@pytest.mark.parametrize("path", ["", "/menu", "/settings", "/tables", "/staff"])
async def test_a_malformed_position_to_wait_for_is_refused_everywhere(venue: Venue, path: str) -> None:
    whole = f"{API}/venues/{venue.slug}{path}" if path in {"", "/menu"} else f"{venue.admin}{path}"
    for after in ("x", "-1", "1.5", ""):
        answer = await venue.ask(Role.MANAGER, "GET", f"{whole}?after={after}")
        assert names(refused(answer, 400, "VALIDATION_ERROR"), "after")


async def test_a_verification_cannot_begin_beyond_the_head(venue: Venue) -> None:
    head = await head_of(venue)
    assert data_of(await venue.audited("/verify", **{"from": head}))["valid"]
    assert names(refused(await venue.audited("/verify", **{"from": head + 1}), 400, "VALIDATION_ERROR"), "from")
    refused(await venue.audited(f"/jobs/verify-{head + 1}"), 404, "JOB_NOT_FOUND")


async def test_head_is_answered_like_get_without_a_body(client: httpx.AsyncClient, venue: Venue, guest: Guest) -> None:
    for path in (f"/venues/{venue.slug}", f"/venues/{venue.slug}/menu", "/cart", "/orders", "/schema/openapi.json"):
        read = await client.get(API + path, headers=guest.headers)
        head = await client.head(API + path, headers=guest.headers)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(read.content))
    assert (await client.head(f"{API}/cart")).status_code == 401
    assert (await client.head(f"{API}/cart/items", headers=guest.headers)).status_code == 405


@pytest.mark.parametrize("sent", ["*", 'W/"x", {tag}', '"a", W/{tag}', "{tag}"])
async def test_a_menu_that_one_has_is_not_sent_again(client: httpx.AsyncClient, venue: Venue, sent: str) -> None:
    await venue.dishes()
    path = f"{API}/venues/{venue.slug}/menu"
    tag = (await client.get(path)).headers["etag"]
    answer = await client.get(path, headers={"If-None-Match": sent.format(tag=tag)})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)


async def test_two_different_keys_in_one_request_are_refused(guest: Guest) -> None:
    await guest.add()
    for first, second in (
        ("Idempotency-Key", "Idempotency-Key"),
        ("X-Idempotency-Key", "X-Idempotency-Key"),
        ("Idempotency-Key", "X-Idempotency-Key"),
    ):
        lines = [*guest.headers.items(), (first, "one"), (second, "two")]
        answer = await guest.client.post(f"{API}/orders", json={}, headers=lines)
        assert names(refused(answer, 400, "VALIDATION_ERROR"), "idempotency_key")
    lines = [*guest.headers.items(), ("Idempotency-Key", "same"), ("Idempotency-Key", "same")]
    data_of(await guest.client.post(f"{API}/orders", json={}, headers=lines), 201)


async def test_orders_are_found_by_their_table_s_code_and_by_its_name(venue: Venue) -> None:
    table = data_of(await venue.ask(Role.FLOOR, "POST", "/tables", {"name": "Terrace", "code": "TERR"}), 201)
    order = await (await venue.guest(table["code"])).ordered()
    await (await venue.guest("T2")).ordered()
    after = await head_of(venue)
    for wanted in ("TERR", "Terrace"):
        answer = await venue.ask(Role.FLOOR, "GET", f"/orders?table={wanted}&after={after}")
        assert [each["id"] for each in data_of(answer)] == [order["id"]]
    assert data_of(await venue.ask(Role.FLOOR, "GET", f"/orders?table=nowhere&after={after}")) == []


def newcomer(email: str, **other: str) -> Json:
    return {"email": email, "name": "Nia New", "password": STRONG, "role": "floor", **other}


async def test_who_works_here_already_is_not_hired_again(venue: Venue) -> None:
    hired = data_of(await venue.ask(Role.MANAGER, "POST", "/staff", newcomer(f"n@{venue.slug}.example")), 201)
    assert (hired["created"], hired["name"]) == (True, "Nia New")
    for role in ("floor", "kitchen"):
        again = await venue.ask(Role.MANAGER, "POST", "/staff", newcomer(f"N@{venue.slug}.example", role=role))
        refused(again, 409, "STAFF_EXISTS")


async def test_hiring_again_under_the_same_key_is_a_replay(venue: Venue) -> None:
    body, key = newcomer(f"n@{venue.slug}.example"), str(uuid4())
    first = await venue.ask(Role.MANAGER, "POST", "/staff", body, Idempotency_Key=key)
    again = await venue.ask(Role.MANAGER, "POST", "/staff", body, Idempotency_Key=key)
    assert data_of(again) == data_of(first, 201)
    assert again.headers["idempotent-replayed"] == "true"


async def test_an_account_of_another_venue_gets_a_role_and_keeps_its_secrets(
    client: httpx.AsyncClient, venue: Venue, api: Served
) -> None:
    elsewhere = await Venue.opened(client, api.back_door)
    body = newcomer(elsewhere.email(Role.KITCHEN), name="Mallory")
    answer = await venue.ask(Role.MANAGER, "POST", "/staff", body)
    hired = data_of(answer, 201)
    assert (hired["created"], hired["name"], hired["role"]) == (False, None, "floor")
    assert "Kitchen Person" not in answer.text
    theirs = {"email": body["email"], "password": STRONG}
    refused(await client.post(f"{API}/auth/login", json=theirs), 401, "INVALID_CREDENTIALS")
    login = data_of(await client.post(f"{API}/auth/login", json=theirs | {"password": PASSWORD}))
    assert {each["venue"] for each in login["user"]["roles"]} == {venue.slug, elsewhere.slug}


async def test_a_role_is_withdrawn_by_null_or_by_not_being_active(venue: Venue) -> None:
    staff = {each["role"]: each["id"] for each in data_of(await venue.ask(Role.MANAGER, "GET", "/staff"))}
    for role, body in (("kitchen", {"role": None}), ("floor", {"active": False})):
        changed = data_of(await venue.ask(Role.MANAGER, "PATCH", f"/staff/{staff[role]}", body))
        assert changed["role"] is None
    left = data_of(await venue.ask(Role.MANAGER, "GET", "/staff"))
    assert sorted(each["role"] for each in left) == ["auditor", "manager"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "role"),
        ({"active": True}, "role"),
        ({"role": "floor", "active": False}, "active"),
        ({"role": None, "active": True}, "active"),
        ({"active": "no"}, "active"),
    ],
)
async def test_a_change_of_staff_that_says_nothing_or_two_things_is_refused(
    venue: Venue, body: dict[str, Any], field: str
) -> None:
    staff = {each["role"]: each["id"] for each in data_of(await venue.ask(Role.MANAGER, "GET", "/staff"))}
    answer = await venue.ask(Role.MANAGER, "PATCH", f"/staff/{staff['floor']}", body)
    assert names(refused(answer, 400, "VALIDATION_ERROR"), field)


async def test_a_picture_s_address_that_would_run_is_refused(venue: Venue, menu: dict[str, Json]) -> None:
    item = f"/menu/items/{menu[FRITTERS]['id']}"
    for address in ("javascript:alert(86)", "data:text/html,x", "//evil.example/x.png", "http://example.com/x.png"):
        answer = await venue.ask(Role.MANAGER, "PATCH", item, {"image_url": address})
        assert names(refused(answer, 400, "VALIDATION_ERROR"), "image_url")
    for address in ("/fritters.webp", "https://example.com/fritters.webp"):
        changed = data_of(await venue.ask(Role.MANAGER, "PATCH", item, {"image_url": address}))
        assert changed["image_url"] == address


async def test_choices_that_cannot_be_made_are_refused(venue: Venue) -> None:
    group = {"name": "Sauce", "min": 0, "max": 1, "options": [{"name": "Hot"}]}
    for field, wrong in (("options", {"options": []}), ("max", {"max": 2}), ("min", {"min": 2, "max": 2})):
        answer = await venue.ask(Role.MANAGER, "POST", "/menu/option-groups", group | wrong)
        assert names(refused(answer, 400, "VALIDATION_ERROR"), field)
    data_of(await venue.ask(Role.MANAGER, "POST", "/menu/option-groups", group), 201)


async def test_an_amount_below_one_is_judged_by_the_bill(guest: Guest, pending_order: Json) -> None:
    for amount in (0, -5):
        refused(await guest.pay(pending_order["id"], amount=amount), 400, "AMOUNT_INVALID")


async def test_the_schema_s_page_names_its_charset_once(client: httpx.AsyncClient) -> None:
    assert (await client.get("/schema")).headers["content-type"] == "text/html; charset=utf-8"


async def test_a_refund_that_the_gateway_declines_is_told_as_one(
    gateway: Simulator, venue: Venue, confirmed_order: Json
) -> None:
    await gateway.declines("refund")
    body = {"reason": "Cold.", "amount": 100, "idempotency_key": str(uuid4())}
    answer = await venue.ask(Role.FLOOR, "POST", f"/orders/{confirmed_order['id']}/refunds", body)
    assert data_of(answer, 201)["status"] == "declined"
