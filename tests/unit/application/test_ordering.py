"""From cart to order, and what may come in between."""

import asyncio
from uuid import UUID, uuid4

import pytest

from application.errors import CardNumberRefused, IdempotencyKeyReused
from application.numbering import BLOCK
from application.reads import own_cart, own_orders
from application.requests import AddToCart, CancelOwnOrder, ChangeLine, ClearCart, EditMenu, EditSettings, RotateTable
from application.steps import Step
from domain.cart.errors import CartChanged, CartIsEmpty, CartIsFull, OrderMinimumNotMet, PriceChanged
from domain.cart.events import CartRepriced
from domain.menu.commands import AddCategory, AddItem, ChangeItem, SellOut
from domain.menu.errors import ItemUnavailable
from domain.numbering.events import NumbersReserved
from domain.order.errors import OrderNotFound, OrderNotModifiable
from domain.order.events import OrderPlaced
from domain.session.errors import SessionExpired, SessionInvalid
from domain.venue.commands import ChangeSettings
from domain.venue.errors import VenueClosed
from domain.venue.settings import OpeningHours
from tests.fixtures.fakes import ProcessDied
from tests.fixtures.venue import FRITTERS_PRICE, TestGuest, TestVenue, data_of, forged
from tests.unit.application.conftest import Cast


async def test_a_placed_order_empties_the_cart_and_owes_its_total(venue: TestVenue) -> None:
    guest = await venue.guest()
    await guest.add(2, notes="no onions 🧅")
    answered = await guest.place(tip_minor=200, notes="by the window")
    order = data_of(answered)
    assert answered.status == 201
    assert (order["status"], order["payment_status"], order["order_number"]) == ("pending", "unpaid", "#1")
    assert order["total"] == order["due"] == 2 * FRITTERS_PRICE + 200
    assert order["items"][0]["notes"] == "no onions 🧅"
    assert order["notes"] == "by the window"
    cart = await own_cart(venue.house, venue.venue_id, guest.guest)
    assert cart.data.items == ()


async def test_nothing_a_guest_writes_stands_in_the_ledger_in_clear(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    await guest.add(notes="allergic to nuts", key="add")
    await guest.place(notes="we are in love")
    kept = repr(cast.ledger.books) + repr(cast.ledger.receipts)
    assert "nuts" not in kept
    assert "love" not in kept


async def test_a_request_costs_one_read_and_one_append(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    await guest.add()
    await guest.ordered()
    cast.ledger.reads = cast.ledger.appends = 0
    await guest.add()
    await guest.place(key="once")
    assert (cast.ledger.reads, cast.ledger.appends) == (2, 2)


async def test_the_same_key_gives_the_same_order_even_when_the_cart_is_gone(venue: TestVenue) -> None:
    guest = await venue.guest()
    await guest.add()
    first = await guest.place(key="k")
    again = await guest.place(key="k")
    assert again.body == first.body
    assert (again.status, again.replayed, again.position) == (200, True, first.position)


async def test_the_first_answer_outlives_the_session(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    await guest.add()
    first = await guest.place(key="k")
    cast.clock.forward(100_000)
    assert (await guest.place(key="k")).body == first.body
    with pytest.raises(SessionExpired):
        await guest.place(key="another")


async def test_who_cannot_prove_to_be_the_guest_hears_nothing_of_receipts(venue: TestVenue) -> None:
    guest = await venue.guest()
    await guest.add()
    await guest.place(key="k")
    thief = TestGuest(venue, forged(guest.guest))
    with pytest.raises(SessionInvalid):
        await thief.place(key="k")


async def test_the_same_key_with_another_request_is_refused(venue: TestVenue) -> None:
    guest = await venue.guest()
    await guest.add(key="k")
    with pytest.raises(IdempotencyKeyReused):
        await guest.place(key="k")


async def test_the_same_key_of_two_guests_is_two_keys(venue: TestVenue) -> None:
    one, other = await venue.guest(), await venue.guest("T2")
    await one.add()
    await other.add()
    assert data_of(await one.place(key="k"))["id"] != data_of(await other.place(key="k"))["id"]


async def test_a_hundred_placements_under_one_key_make_one_order(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    await guest.add()
    answers = await asyncio.gather(*(guest.place(key="k") for _ in range(100)))
    assert len(cast.ledger.events(venue.venue_id, OrderPlaced)) == 1
    assert len({answered.body for answered in answers}) == 1
    assert sorted(answered.status for answered in answers) == [200] * 99 + [201]


async def test_of_ten_placements_under_ten_keys_one_orders_and_nine_find_the_cart_empty(venue: TestVenue) -> None:
    guest = await venue.guest()
    await guest.add()
    answers = await asyncio.gather(*(guest.place(key=f"k{n}") for n in range(10)), return_exceptions=True)
    assert sum(isinstance(answered, CartIsEmpty) for answered in answers) == 9


async def test_numbers_that_came_to_nothing_are_given_to_the_next(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    await guest.add()
    await asyncio.gather(*(guest.place(key=f"k{n}") for n in range(10)), return_exceptions=True)
    for _ in range(BLOCK - 1):
        await guest.ordered()
    numbers = {event.number for event in cast.ledger.events(venue.venue_id, OrderPlaced)}
    assert numbers == set(range(1, BLOCK + 1))


async def test_guests_who_order_at_once_share_the_numbers_of_a_block(venue: TestVenue, cast: Cast) -> None:
    guests = [await venue.guest() for _ in range(BLOCK + 1)]
    await asyncio.gather(*(guest.ordered() for guest in guests))
    assert len(cast.ledger.events(venue.venue_id, NumbersReserved)) == 2


async def test_two_hundred_adds_to_one_cart_end_as_fifty_lines(venue: TestVenue) -> None:
    guest = await venue.guest()
    answers = await asyncio.gather(*(guest.add() for _ in range(200)), return_exceptions=True)
    assert sum(isinstance(answered, CartIsFull) for answered in answers) == 150
    cart = await own_cart(venue.house, venue.venue_id, guest.guest)
    assert len(cart.data.items) == 50


async def test_a_changed_price_is_shown_first_and_then_goes_through(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    await guest.add()
    await venue.by_staff(EditMenu(change=ChangeItem(item_id=venue.item_id, price_minor=1500)))
    with pytest.raises(PriceChanged) as changed:
        await guest.place(key="k")
    assert (changed.value.details["old_total"], changed.value.details["new_total"]) == (FRITTERS_PRICE, 1500)
    assert len(cast.ledger.events(venue.venue_id, CartRepriced)) == 1
    assert data_of(await guest.place(key="k"))["total"] == 1500


async def test_a_dish_that_moved_to_another_category_at_the_same_price_is_ordered_at_once(venue: TestVenue) -> None:
    guest, category_id = await venue.guest(), uuid4()
    await guest.add()
    await venue.by_staff(EditMenu(change=AddCategory(category_id=category_id, name="Snacks")))
    await venue.by_staff(EditMenu(change=ChangeItem(item_id=venue.item_id, category_id=category_id)))
    assert (await guest.place()).status == 201


async def test_prices_that_changed_are_shown_even_where_the_total_did_not(venue: TestVenue) -> None:
    guest, lime_id = await venue.guest(), uuid4()
    lime = AddItem(item_id=lime_id, category_id=venue.category_id, name="Lime", price_minor=500)
    await venue.by_staff(EditMenu(change=lime))
    await guest.add()
    await guest.ask(AddToCart(guest=guest.guest, item_id=lime_id, quantity=1))
    await venue.by_staff(EditMenu(change=ChangeItem(item_id=lime_id, price_minor=400)))
    await venue.by_staff(EditMenu(change=ChangeItem(item_id=venue.item_id, price_minor=FRITTERS_PRICE + 100)))
    with pytest.raises(PriceChanged):
        await guest.place()


async def test_a_cart_that_is_not_the_one_shown_is_not_ordered(venue: TestVenue) -> None:
    guest = await venue.guest()
    shown = data_of(await guest.add())["version"]
    await guest.add()
    with pytest.raises(CartChanged):
        await guest.place(cart_version=shown)
    assert (await guest.place(cart_version=shown + 1)).status == 201


async def test_what_is_sold_out_is_neither_added_nor_placed(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    await guest.add()
    await venue.by_staff(EditMenu(change=SellOut(item_id=venue.item_id, at=cast.clock())))
    with pytest.raises(ItemUnavailable):
        await guest.add()
    with pytest.raises(ItemUnavailable):
        await guest.place()


async def test_below_the_minimum_nothing_is_ordered(venue: TestVenue) -> None:
    guest = await venue.guest()
    await guest.add()
    await venue.by_staff(EditSettings(change=ChangeSettings(order_minimum_minor=FRITTERS_PRICE + 1)))
    with pytest.raises(OrderMinimumNotMet):
        await guest.place()


async def test_a_closed_venue_takes_no_orders(venue: TestVenue) -> None:
    guest = await venue.guest()
    await guest.add()
    mondays = (OpeningHours(weekday=0, opens_minute=600, closes_minute=660),)
    await venue.by_staff(EditSettings(change=ChangeSettings(opening_hours=mondays)))
    with pytest.raises(VenueClosed):
        await guest.place()


async def test_an_order_that_costs_nothing_is_confirmed_at_once(venue: TestVenue) -> None:
    guest = await venue.guest()
    await venue.by_staff(EditMenu(change=ChangeItem(item_id=venue.item_id, price_minor=0)))
    await guest.add()
    order = data_of(await guest.place())
    assert (order["status"], order["payment_status"]) == ("confirmed", "paid")


async def test_a_setting_holds_for_the_next_command(venue: TestVenue) -> None:
    guest = await venue.guest()
    await venue.by_staff(EditSettings(change=ChangeSettings(cart_lines_max=1)))
    await guest.add()
    with pytest.raises(CartIsFull):
        await guest.add()


@pytest.mark.parametrize("text", ["pay with 4111 1111 1111 1111 please", "4111-1111-1111-1111"])
async def test_a_card_number_in_a_note_is_refused(venue: TestVenue, text: str) -> None:
    guest = await venue.guest()
    with pytest.raises(CardNumberRefused) as refused:
        await guest.add(notes=text)
    assert "4111" not in str(refused.value)
    await guest.add()
    with pytest.raises(CardNumberRefused):
        await guest.place(notes=text)


async def test_a_rotated_code_ends_the_sessions_opened_with_it(venue: TestVenue) -> None:
    guest = await venue.guest("T1")
    bystander = await venue.guest("T2")
    rotated = data_of(await venue.by_staff(RotateTable(code="T1")))
    assert rotated["code"] != "T1"
    with pytest.raises(SessionExpired):
        await guest.add()
    await bystander.add()


async def test_another_guests_order_is_not_found(venue: TestVenue) -> None:
    guest, stranger = await venue.guest(), await venue.guest("T2")
    order_id = await guest.ordered()
    with pytest.raises(OrderNotFound):
        await stranger.ask(CancelOwnOrder(guest=stranger.guest, order_id=order_id))
    with pytest.raises(OrderNotFound):
        await stranger.pay(order_id)


async def test_a_session_asked_for_as_an_order_is_not_found(venue: TestVenue) -> None:
    guest = await venue.guest()
    await guest.add()
    with pytest.raises(OrderNotFound):
        await guest.ask(CancelOwnOrder(guest=guest.guest, order_id=guest.guest.session_id))


async def test_a_guest_cancels_once_while_pending(venue: TestVenue) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    cancelled = data_of(await guest.ask(CancelOwnOrder(guest=guest.guest, order_id=order_id)))
    assert (cancelled["status"], cancelled["payment_status"], cancelled["cancelled_by"]) == (
        "cancelled",
        "unpaid",
        "guest",
    )
    with pytest.raises(OrderNotModifiable):
        await guest.ask(CancelOwnOrder(guest=guest.guest, order_id=order_id))


async def test_orders_are_listed_newest_first(venue: TestVenue) -> None:
    guest = await venue.guest()
    placed = [await guest.ordered() for _ in range(3)]
    newest = (await own_orders(venue.house, venue.venue_id, guest.guest, limit=2)).data
    rest = (await own_orders(venue.house, venue.venue_id, guest.guest, limit=2, after=newest.more_after)).data
    assert [order.id for order in (*newest.orders, *rest.orders)] == placed[::-1]
    assert (newest.more_after, rest.more_after) == (placed[1], None)
    with pytest.raises(OrderNotFound):
        await own_orders(venue.house, venue.venue_id, guest.guest, limit=2, after=uuid4())


async def test_lines_are_changed_and_taken_out(venue: TestVenue) -> None:
    guest = await venue.guest()
    line = UUID(data_of(await guest.add())["items"][0]["id"])
    changed = data_of(await guest.ask(ChangeLine(guest=guest.guest, line_id=line, quantity=3)))
    assert (changed["item_count"], changed["total"]) == (3, 3 * FRITTERS_PRICE)
    emptied = await guest.ask(ClearCart(guest=guest.guest))
    assert (emptied.status, data_of(emptied)["items"]) == (200, [])


async def test_a_forgotten_guests_answer_is_gone_but_the_order_can_go_on(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    cast.keyring.forget(venue.venue_id, guest.guest.session_id)
    answered = await guest.ask(CancelOwnOrder(guest=guest.guest, order_id=order_id), key="k")
    assert data_of(answered)["status"] == "cancelled"


@pytest.mark.parametrize("dies_at", [Step.NUMBER_TAKEN, Step.PLACE_JUDGED, Step.PLACED])
async def test_wherever_the_process_dies_the_same_key_places_exactly_once(
    venue: TestVenue, cast: Cast, dies_at: Step
) -> None:
    guest = await venue.guest()
    await guest.add()
    cast.watcher.dies_at = dies_at
    with pytest.raises(ProcessDied):
        await guest.place(key="k")
    cast.watcher.dies_at = None
    assert data_of(await guest.place(key="k"))["status"] == "pending"
    assert len(cast.ledger.events(venue.venue_id, OrderPlaced)) == 1
