"""Orders on their way through the kitchen, and what history says of them afterwards."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from application.errors import CardNumberRefused
from application.histories import as_of_time, as_of_version, history, payments_history
from application.reads import any_order
from application.requests import MoveLine, MoveOrder, Recall
from application.views.order import OrderView
from domain.order.errors import InvalidStatusTransition, OrderLineNotFound, OrderNotFound
from domain.order.state import LineStatus, Status
from tests.fixtures.venue import STAFF, TestVenue, data_of
from tests.unit.application.conftest import Cast


async def look(venue: TestVenue, order_id: UUID) -> OrderView:
    return (await any_order(venue.house, venue.venue_id, order_id)).data


async def confirmed(venue: TestVenue, lines: int = 1) -> tuple[UUID, list[UUID]]:
    guest = await venue.guest()
    for _ in range(lines - 1):
        await guest.add()
    order_id = await guest.ordered()
    await venue.move(order_id, Status.CONFIRMED)
    return order_id, [line.id for line in (await look(venue, order_id)).items]


async def test_the_first_line_takes_the_order_to_the_stove_and_the_last_one_off_it(venue: TestVenue) -> None:
    order_id, lines = await confirmed(venue, lines=2)
    await venue.by_staff(MoveLine(order_id=order_id, line_id=lines[0], status=LineStatus.PREPARING))
    assert (await look(venue, order_id)).status is Status.PREPARING
    await venue.by_staff(MoveLine(order_id=order_id, line_id=lines[0], status=LineStatus.READY))
    assert (await look(venue, order_id)).status is Status.PREPARING
    await venue.by_staff(MoveLine(order_id=order_id, line_id=lines[1], status=LineStatus.PREPARING))
    await venue.by_staff(MoveLine(order_id=order_id, line_id=lines[1], status=LineStatus.READY))
    assert (await look(venue, order_id)).status is Status.READY


async def test_a_recalled_order_is_being_prepared_again(venue: TestVenue) -> None:
    order_id, _ = await confirmed(venue)
    await venue.move(order_id, Status.PREPARING, Status.READY)
    recalled = data_of(await venue.by_staff(Recall(order_id=order_id)))
    assert (recalled["status"], recalled["items"][0]["status"]) == ("preparing", "preparing")
    with pytest.raises(InvalidStatusTransition):
        await venue.by_staff(Recall(order_id=order_id))


async def test_a_line_never_becomes_confirmed_again(venue: TestVenue) -> None:
    order_id, [line] = await confirmed(venue)
    with pytest.raises(InvalidStatusTransition):
        await venue.by_staff(MoveLine(order_id=order_id, line_id=line, status=LineStatus.CONFIRMED))


@pytest.mark.parametrize("status", [Status.CONFIRMED, Status.CANCELLED])
async def test_a_reason_with_a_card_number_in_it_is_refused_even_where_no_reason_is_kept(
    venue: TestVenue, status: Status
) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    with pytest.raises(CardNumberRefused):
        await venue.by_staff(MoveOrder(order_id=order_id, status=status, reason="4111 1111 1111 1111"))
    assert (await look(venue, order_id)).status is Status.PENDING


async def test_what_is_not_there_is_not_found(venue: TestVenue) -> None:
    order_id, _ = await confirmed(venue)
    with pytest.raises(OrderLineNotFound):
        await venue.by_staff(MoveLine(order_id=order_id, line_id=uuid4(), status=LineStatus.PREPARING))
    with pytest.raises(OrderNotFound):
        await venue.by_staff(MoveOrder(order_id=uuid4(), status=Status.CONFIRMED))
    guest = await venue.guest()
    with pytest.raises(OrderNotFound):
        await venue.by_staff(MoveOrder(order_id=guest.guest.session_id, status=Status.CONFIRMED))
    with pytest.raises(OrderNotFound):
        await look(venue, uuid4())


async def test_repeating_a_state_is_a_wrong_move_unless_it_is_the_same_request(venue: TestVenue) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    wish = MoveOrder(order_id=order_id, status=Status.CONFIRMED)
    first = await venue.by_staff(wish, "k")
    assert (await venue.by_staff(wish, "k")).body == first.body
    with pytest.raises(InvalidStatusTransition):
        await venue.by_staff(wish, "another")


async def test_history_is_the_orders_own_stream_with_who_and_why(venue: TestVenue) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    await guest.pay(order_id)
    await venue.move(order_id, Status.PREPARING)
    told = await history(venue.house, venue.venue_id, order_id)
    assert [each.version for each in told] == [1, 2, 3, 4]
    assert [each.actor for each in told[:3:2]] == [f"guest:{guest.guest.session_id}", f"staff:{STAFF}"]
    assert [each.caused_by for each in told[:3]] == ["command:PlaceOrder", "command:PayOrder", "command:MoveOrder"]
    money = await payments_history(venue.house, venue.venue_id, order_id)
    assert [type(each.event).__name__ for each in money] == ["BillOpened", "PaymentStarted", "PaymentApproved"]


async def test_an_order_is_seen_as_it_was_at_any_version_and_time(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    placed_at = cast.clock()
    cast.clock.forward(60)
    await guest.pay(order_id)
    await venue.move(order_id, Status.PREPARING)
    first = await as_of_version(venue.house, venue.venue_id, order_id, 1)
    second = await as_of_version(venue.house, venue.venue_id, order_id, 2)
    assert [(each.status, each.payment_status, each.version) for each in (first, second)] == [
        ("pending", "unpaid", 1),
        ("confirmed", "paid", 2),
    ]
    then = await as_of_time(venue.house, venue.venue_id, order_id, placed_at + timedelta(seconds=30))
    assert then == first
    assert await as_of_time(venue.house, venue.venue_id, order_id, cast.clock()) == await look(venue, order_id)


async def test_an_order_has_no_state_before_its_first_or_beyond_its_last_event(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    for version in (-1, 0, 2):
        with pytest.raises(OrderNotFound):
            await as_of_version(venue.house, venue.venue_id, order_id, version)
    with pytest.raises(OrderNotFound):
        await as_of_time(venue.house, venue.venue_id, order_id, cast.clock() - timedelta(seconds=1))
    with pytest.raises(OrderNotFound):
        await history(venue.house, venue.venue_id, guest.guest.session_id)
