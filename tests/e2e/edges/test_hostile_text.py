"""What guests type: given back exactly as it was sent, never run, and never a card number."""

import json
from typing import Any, Final

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.roster.events import Role
from infrastructure.postgres import Server
from tests.fixtures.answers import data_of, refused
from tests.fixtures.people import FRITTERS, Guest, Json, Venue
from tests.fixtures.strategies import HOSTILE_TEXTS, card_numbers, notes

AT_LENGTH: Final = (
    "x" * 10_000,
    "🍤" * 10_000,
    "\n" * 10_000,
    " ",
    "",
    "\\",
    '"',
    "\x01\x1f\x7f",
    "\u2028\u2029\ufeff",
)


@pytest.mark.contract("rule/notes")
@pytest.mark.parametrize("text", [*HOSTILE_TEXTS, *AT_LENGTH], ids=lambda text: repr(text[:8]))
async def test_notes_come_back_exactly_as_they_were_sent(venue: Venue, guest: Guest, text: str) -> None:
    assert data_of(await guest.add(FRITTERS, notes=text), 201)["items"][0]["notes"] == text
    assert (await guest.cart())["items"][0]["notes"] == text
    order = data_of(await guest.place(notes=text), 201)
    assert (order["notes"], order["items"][0]["notes"]) == (text, text)
    assert await guest.order(order["id"]) == order
    await venue.move(order["id"], "confirmed")
    [ticket] = (await venue.board())["tickets"]
    assert (ticket["notes"], ticket["items"][0]["notes"]) == (text, text)
    assert (await venue.order(order["id"]))["notes"] == text


@pytest.mark.contract("rule/notes")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(text=notes())
async def test_any_note_comes_back_exactly_as_it_was_sent(guest: Guest, text: str) -> None:
    line = data_of(await guest.add(FRITTERS, notes=text), 201)["items"][-1]
    assert line["notes"] == text
    data_of(await guest.ask("DELETE", "/cart"))


@pytest.mark.contract("rule/notes")
async def test_longer_notes_are_refused(guest: Guest) -> None:
    problem = refused(await guest.add(FRITTERS, notes="x" * 10_001), 400, "VALIDATION_ERROR")
    assert "notes" in problem["message"]


@pytest.mark.contract("rule/notes")
async def test_names_of_dishes_tables_and_venues_come_back_as_they_were_sent(venue: Venue, guest: Guest) -> None:
    item = await venue.dish_id(FRITTERS)
    for text in HOSTILE_TEXTS:
        changed = await venue.ask(Role.MANAGER, "PATCH", f"/menu/items/{item}", {"name": text, "description": text})
        dish = (await venue.menu(after=int(changed.headers["ledger-position"])))["categories"][0]["items"][0]
        assert (dish["name"], dish["description"]) == (text, text)
        await venue.change_settings(name=text)
        data_of(await venue.ask(Role.FLOOR, "PATCH", "/tables/T1", {"name": text}))
        session = (await venue.guest()).session
        assert (session["venue"]["name"], session["table"]["name"]) == (text, text)


VISA: Final = "4111111111111111"
CARDS: Final = (
    VISA,
    "4111 1111 1111 1111",
    "4111-1111-1111-1111",
    f"charge it to {VISA} please",
    f"({VISA})",
    f"🍤{VISA}🍤",
    "5555555555554444",
    "378282246310005",
    "3782 822463 10005",
    "6011111111111117",
)
NO_CARDS: Final = (
    "4111111111111112",
    "0000000000000000",
    "1234567890123456",
    f"x{VISA}",
    f"{VISA}x",
    "4111  1111  1111  1111",
    "call 242 555 0134 0135",
    "order 2025-01-02-03-04-05",
)


async def everywhere(venue: Venue, guest: Guest, order: Json, text: str) -> list[tuple[str, Any]]:
    """The text in every place where a card number is looked for."""
    order_path = f"/orders/{order['id']}"
    item, name = await venue.dish_id(FRITTERS), text[:200]
    return [
        ("notes of a line", await guest.add(FRITTERS, notes=text)),
        ("notes of an order", await guest.place(notes=text)),
        ("card token", await guest.pay(order["id"], text)),
        ("reason of a refund", await refund(venue, order_path, text)),
        ("name of a dish", await venue.ask(Role.MANAGER, "PATCH", f"/menu/items/{item}", {"name": name})),
        ("name of a table", await venue.ask(Role.FLOOR, "PATCH", "/tables/T1", {"name": name})),
        ("name of a venue", await venue.ask(Role.MANAGER, "PATCH", "/settings", {"name": name})),
        ("reason of a move", await cancel(venue, order_path, text)),
    ]


async def refund(venue: Venue, order_path: str, reason: str) -> Any:  # noqa: ANN401 - an answer
    body = {"reason": reason, "amount": 1, "idempotency_key": reason[:100]}
    return await venue.ask(Role.FLOOR, "POST", f"{order_path}/refunds", body)


async def cancel(venue: Venue, order_path: str, reason: str) -> Any:  # noqa: ANN401 - an answer
    body = {"status": "cancelled", "reason": reason}
    return await venue.ask(Role.FLOOR, "PATCH", f"{order_path}/status", body)


@pytest.mark.contract("rule/card-number")
@pytest.mark.parametrize("text", CARDS)
async def test_a_card_number_is_refused_wherever_people_type(
    venue: Venue, guest: Guest, pending_order: Json, text: str, database: Server
) -> None:
    await guest.add()
    for place, answer in await everywhere(venue, guest, pending_order, text):
        problem = refused(answer, 400, "CARD_NUMBER_REFUSED")
        assert text not in json.dumps(problem), place
    async with await psycopg.AsyncConnection.connect(database.admin_dsn) as connection:
        kept = await connection.execute(
            "select count(*) from events where venue_id = %s and position(%s in convert_from(data, 'UTF8')) > 0",
            (venue.venue_id, text),
        )
        assert await kept.fetchone() == (0,)


@pytest.mark.contract("rule/card-number")
@pytest.mark.parametrize("text", NO_CARDS)
async def test_what_only_looks_like_a_card_number_is_kept(
    venue: Venue, guest: Guest, pending_order: Json, text: str
) -> None:
    await guest.add()
    for place, answer in await everywhere(venue, guest, pending_order, text):
        assert answer.json().get("error") != "CARD_NUMBER_REFUSED", place


@pytest.mark.contract("rule/card-number")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(before=st.sampled_from(["", "my card: ", "🍤 "]), number=card_numbers(), after=st.sampled_from(["", ".", " ok"]))
async def test_any_card_number_is_refused(guest: Guest, before: str, number: str, after: str) -> None:
    refused(await guest.add(FRITTERS, notes=f"{before}{number}{after}"), 400, "CARD_NUMBER_REFUSED")


@pytest.mark.contract("rule/card-number")
async def test_a_key_a_request_id_and_an_amount_may_look_like_a_card_number(guest: Guest, cart: Json) -> None:
    body = {"idempotency_key": VISA}
    order = data_of(await guest.ask("POST", "/orders", body, X_Request_Id=VISA), 201)
    data_of(await guest.pay(order["id"], key="4111-1111-1111-1111"))


@pytest.mark.contract("rule/card-number", "admin/staff")
async def test_nobody_is_hired_under_a_card_number(venue: Venue) -> None:
    newcomer = {"email": "n@x.example", "name": VISA, "password": "Better-Horse-1234", "role": "floor"}
    refused(await venue.ask(Role.MANAGER, "POST", "/staff", newcomer), 400, "CARD_NUMBER_REFUSED")


@pytest.mark.contract("rule/notes", "rule/card-number")
async def test_what_guests_type_stands_nowhere_in_clear(venue: Venue, guest: Guest, database: Server) -> None:
    secret = "only the kitchen may read this"
    await guest.add(FRITTERS, notes=secret)
    order = data_of(await guest.place("a key", notes=secret), 201)
    await venue.move(order["id"], "confirmed")
    await venue.board()
    async with await psycopg.AsyncConnection.connect(database.admin_dsn) as connection:
        tables = await connection.execute(
            "select format('%I.%I', table_schema, table_name) from information_schema.tables"
            " where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')"
        )
        for (table,) in await tables.fetchall():
            rows = await connection.execute(
                f"select count(*) from {table} t where position(%s in t::text) > 0", (secret,)
            )
            assert await rows.fetchone() == (0,), table
            hexed = await connection.execute(
                f"select count(*) from {table} t where position(%s in t::text) > 0", (secret.encode().hex(),)
            )
            assert await hexed.fetchone() == (0,), table
