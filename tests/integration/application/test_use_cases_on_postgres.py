"""The use cases on the real ledger, with the real gateway client: what fakes could be wrong about."""

import asyncio
from uuid import UUID

import httpx
import pytest

from application.histories import history
from application.reads import any_order, own_cart
from application.reconciler import settle
from application.requests import HireStaff, LogIn, MoveOrder, RefreshLogin, RefundOrder
from domain.bill.errors import OrderAlreadyPaid, PaymentInProgress
from domain.cart.errors import CartIsEmpty, CartIsFull
from domain.order.state import Status
from domain.roster.events import Role
from tests.fixtures.venue import FRITTERS_PRICE, TestGuest, TestVenue, data_of
from tests.integration.application.conftest import Process


async def live_minor(gateway_url: str, order_id: UUID) -> int:
    async with httpx.AsyncClient(base_url=gateway_url, trust_env=False) as http:
        answer = await http.get("/_simulator/charges", params={"order": str(order_id)})
    return sum(charge["amount"] for charge in answer.json() if charge["live"])


def elsewhere(guest: TestGuest, process: Process) -> TestGuest:
    """The same guest, talking to another process."""
    venue = TestVenue(process.house, guest.venue.slug)
    venue.item_id = guest.venue.item_id
    return TestGuest(venue, guest.guest)


async def test_from_table_to_kitchen_to_history(venue: TestVenue, process: Process, gateway_url: str) -> None:
    guest = await venue.guest()
    await guest.add(2, notes="no onions 🧅\n<b>'; drop table")
    order = data_of(await guest.place(notes="by the window"))
    order_id = UUID(order["id"])
    assert (await guest.pay(order_id)).status == 200
    await venue.move(order_id, Status.PREPARING, Status.READY, Status.COMPLETED)
    shown = (await any_order(venue.house, venue.venue_id, order_id)).data
    assert (shown.status, shown.payment_status, shown.items[0].notes) == (
        "completed",
        "paid",
        "no onions 🧅\n<b>'; drop table",
    )
    assert [each.version for each in await history(venue.house, venue.venue_id, order_id)] == [*range(1, 8)]
    assert await live_minor(gateway_url, order_id) == 2 * FRITTERS_PRICE
    assert (await process.ledger.verify(venue.venue_id)).valid


async def test_two_hundred_adds_from_two_processes_end_as_fifty_lines(
    venue: TestVenue, process: Process, other_process: Process
) -> None:
    guest = await venue.guest()
    twin = elsewhere(guest, other_process)
    answers = await asyncio.gather(*((guest, twin)[n % 2].add() for n in range(200)), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, BaseException)]
    assert len(refused) == 150
    assert {type(each) for each in refused} == {CartIsFull}
    assert len((await own_cart(process.house, venue.venue_id, guest.guest)).data.items) == 50


async def test_two_hundred_placements_with_one_key_from_two_processes_make_one_order(
    venue: TestVenue, other_process: Process
) -> None:
    guest = await venue.guest()
    twin = elsewhere(guest, other_process)
    await guest.add()
    answers = await asyncio.gather(*((guest, twin)[n % 2].place(key="k") for n in range(200)))
    assert len({answer.body for answer in answers}) == 1
    assert sorted(answer.status for answer in answers) == [200] * 199 + [201]


async def test_ten_placements_with_ten_keys_from_two_processes_make_one_order(
    venue: TestVenue, other_process: Process
) -> None:
    guest = await venue.guest()
    twin = elsewhere(guest, other_process)
    await guest.add()
    answers = await asyncio.gather(
        *((guest, twin)[n % 2].place(key=f"k{n}") for n in range(10)), return_exceptions=True
    )
    assert sum(isinstance(answer, CartIsEmpty) for answer in answers) == 9


async def test_a_placement_is_replayed_by_a_process_that_never_saw_it(venue: TestVenue, other_process: Process) -> None:
    guest = await venue.guest()
    await guest.add(notes="secret 🤫")
    first = await guest.place(key="k")
    again = await elsewhere(guest, other_process).place(key="k")
    assert (again.body, again.position, again.replayed) == (first.body, first.position, True)


async def test_two_processes_charge_a_guest_once(venue: TestVenue, other_process: Process, gateway_url: str) -> None:
    guest = await venue.guest()
    twin = elsewhere(guest, other_process)
    order_id = await guest.ordered()
    answers = await asyncio.gather(
        *((guest, twin)[n % 2].pay(order_id, f"k{n}") for n in range(10)), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, BaseException)]
    assert len(refused) == 9
    assert {type(each) for each in refused} <= {PaymentInProgress, OrderAlreadyPaid}
    assert await live_minor(gateway_url, order_id) == FRITTERS_PRICE


async def test_the_same_key_at_two_processes_is_answered_alike(
    venue: TestVenue, other_process: Process, gateway_url: str
) -> None:
    guest = await venue.guest()
    twin = elsewhere(guest, other_process)
    order_id = await guest.ordered()
    answers = await asyncio.gather(*((guest, twin)[n % 2].pay(order_id, "k") for n in range(8)))
    assert len({answer.body for answer in answers}) == 1
    assert await live_minor(gateway_url, order_id) == FRITTERS_PRICE


@pytest.mark.parametrize("card", ["tok_timeout", "tok_timeout_charged", "tok_garbage", "tok_error"])
async def test_an_unknown_outcome_is_settled_by_the_next_pay_and_charged_once(
    venue: TestVenue, gateway_url: str, card: str
) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    assert (await guest.pay(order_id, "k1", card)).status == 503
    shown = (await any_order(venue.house, venue.venue_id, order_id)).data
    assert (shown.status, shown.payment_status) == ("pending", "unknown")
    answers = await asyncio.gather(*(guest.pay(order_id, f"again-{n}") for n in range(4)), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, BaseException)]
    assert {type(each) for each in refused} <= {PaymentInProgress, OrderAlreadyPaid}
    shown = (await any_order(venue.house, venue.venue_id, order_id)).data
    assert (shown.status, shown.payment_status) == ("confirmed", "paid")
    assert await live_minor(gateway_url, order_id) == FRITTERS_PRICE


@pytest.mark.parametrize("card", ["tok_timeout", "tok_timeout_charged"])
async def test_two_processes_may_settle_the_same_order_at_once(
    venue: TestVenue, other_process: Process, gateway_url: str, card: str
) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    await guest.pay(order_id, "k", card)
    houses = [venue.house, other_process.house] * 3
    assert all(await asyncio.gather(*(settle(house, venue.venue_id, order_id) for house in houses)))
    shown = (await any_order(venue.house, venue.venue_id, order_id)).data
    assert shown.paid == await live_minor(gateway_url, order_id)


async def test_cancelling_a_paid_order_gives_the_money_back(
    venue: TestVenue, process: Process, gateway_url: str
) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    await guest.pay(order_id)
    cancelled = await venue.by_staff(MoveOrder(order_id=order_id, status=Status.CANCELLED, reason="no conch"))
    assert data_of(cancelled)["payment_status"] == "refunding"
    await process.house.background.drain(2.0)
    assert (await any_order(venue.house, venue.venue_id, order_id)).data.payment_status == "refunded"
    assert await live_minor(gateway_url, order_id) == 0


async def test_refunds_race_at_two_processes_and_never_exceed_what_was_paid(
    venue: TestVenue, other_process: Process
) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    await guest.pay(order_id)
    twin = TestVenue(other_process.house, venue.slug)
    answers = await asyncio.gather(
        *(
            (venue, twin)[n % 2].by_staff(RefundOrder(order_id=order_id, amount_minor=500, reason="cold"), f"k{n}")
            for n in range(6)
        ),
        return_exceptions=True,
    )
    assert sum(not isinstance(answer, BaseException) for answer in answers) == FRITTERS_PRICE // 500
    assert (await any_order(venue.house, venue.venue_id, order_id)).data.refunded == 1000


async def test_staff_are_hired_log_in_and_stay_so(venue: TestVenue) -> None:
    email = f"{venue.slug}@example.com"
    await venue.by_staff(HireStaff(email=email, name="Maria", password="Grouper and lime 1", role=Role.MANAGER))
    told = data_of(await venue.ask("system:door", LogIn(email=email, password="Grouper and lime 1")))
    assert told["user"]["roles"] == [{"venue": venue.slug, "role": "manager"}]
    refreshed = await venue.ask("system:door", RefreshLogin(refresh_token=told["refresh_token"]))
    assert data_of(refreshed)["access_token"] != told["access_token"]


async def test_order_numbers_of_two_processes_never_meet(venue: TestVenue, other_process: Process) -> None:
    guests = [await venue.guest() for _ in range(20)]
    twins = [elsewhere(guest, other_process) for guest in guests[1::2]] + guests[::2]
    await asyncio.gather(*(guest.add() for guest in guests))
    orders = await asyncio.gather(*(guest.place() for guest in twins))
    assert len({data_of(order)["order_number"] for order in orders}) == 20


async def test_fifty_venues_at_once_lose_nothing(process: Process) -> None:
    async def evening(number: int) -> TestVenue:
        venue = await TestVenue(process.house, f"one-of-fifty-{number}-{id(process)}").open()
        guest = await venue.guest()
        order_id = await guest.ordered()
        await venue.move(order_id, Status.CONFIRMED, Status.PREPARING, Status.READY, Status.COMPLETED)
        return venue

    for venue in await asyncio.gather(*(evening(number) for number in range(50))):
        verified = await process.ledger.verify(venue.venue_id)
        assert verified.valid
        assert verified.events == await process.ledger.head(venue.venue_id)
