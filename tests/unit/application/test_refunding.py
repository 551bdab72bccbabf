"""Giving money back: because staff say so, because the order was cancelled, because nobody paid in time."""

import asyncio
from uuid import UUID

import pytest
from msgspec.structs import replace

from application.errors import CardNumberRefused, IdempotencyKeyReused
from application.lanes import Lanes
from application.memory import Memory
from application.reads import any_order
from application.reconciler import settle
from application.requests import Answered, EditSettings, ExpireOrder, MoveOrder, RefundOrder, TakeCash
from application.steps import Step
from application.views.order import OrderView
from domain.bill.errors import RefundExceedsPaid
from domain.bill.events import RefundStarted
from domain.order.errors import OrderLineNotFound, OrderNotModifiable
from domain.order.state import Status
from domain.shared.refusals import ValidationFailed
from domain.venue.commands import ChangeSettings
from tests.fixtures.fakes import ProcessDied
from tests.fixtures.venue import FRITTERS_PRICE, TestVenue, data_of
from tests.unit.application.conftest import Cast


async def paid_order(venue: TestVenue, quantity: int = 1) -> UUID:
    guest = await venue.guest()
    order_id = await guest.ordered(quantity)
    await guest.pay(order_id)
    return order_id


async def refund(venue: TestVenue, order_id: UUID, amount: int | None = None, key: str = "refund-1") -> Answered:
    wish = RefundOrder(order_id=order_id, amount_minor=amount, reason="it was cold")
    return await venue.by_staff(wish, key, fingerprint=f"{order_id} {amount}")


async def look(venue: TestVenue, order_id: UUID) -> OrderView:
    return (await any_order(venue.house, venue.venue_id, order_id)).data


async def test_a_part_is_given_back(venue: TestVenue, cast: Cast) -> None:
    order_id = await paid_order(venue)
    answered = await refund(venue, order_id, 500)
    told = data_of(answered)
    assert (answered.status, told["status"], told["amount"], told["reason"]) == (201, "approved", 500, "it was cold")
    assert told["payment_status"] == "partially_refunded"
    assert cast.gateway.live_minor == FRITTERS_PRICE - 500


async def test_asking_again_with_the_same_key_gives_nothing_back_twice(venue: TestVenue, cast: Cast) -> None:
    order_id = await paid_order(venue)
    first = await refund(venue, order_id, 500)
    again = await refund(venue, order_id, 500)
    assert (again.body, again.status, again.replayed) == (first.body, 200, True)
    with pytest.raises(IdempotencyKeyReused):
        await refund(venue, order_id, 600)
    assert cast.gateway.live_minor == FRITTERS_PRICE - 500


async def test_ten_at_once_under_one_key_give_back_once(venue: TestVenue, cast: Cast) -> None:
    order_id = await paid_order(venue)
    answers = await asyncio.gather(*(refund(venue, order_id, 500) for _ in range(10)))
    assert len({answered.body for answered in answers}) == 1
    assert cast.gateway.live_minor == FRITTERS_PRICE - 500


async def test_never_more_than_was_paid_whatever_races(venue: TestVenue, cast: Cast) -> None:
    order_id = await paid_order(venue)
    answers = await asyncio.gather(
        *(refund(venue, order_id, 1000, key=f"k{n}") for n in range(5)), return_exceptions=True
    )
    assert sum(isinstance(answered, RefundExceedsPaid) for answered in answers) == 4
    assert cast.gateway.live_minor == FRITTERS_PRICE - 1000


async def test_without_an_amount_all_that_is_left_goes_back(venue: TestVenue, cast: Cast) -> None:
    order_id = await paid_order(venue)
    await refund(venue, order_id, 300, key="k1")
    assert data_of(await refund(venue, order_id, key="k2"))["amount"] == FRITTERS_PRICE - 300
    assert (await look(venue, order_id)).payment_status == "refunded"
    assert cast.gateway.live_minor == 0


async def test_lines_are_given_back_at_what_they_cost(venue: TestVenue) -> None:
    order_id = await paid_order(venue, quantity=2)
    [line] = (await look(venue, order_id)).items
    wish = RefundOrder(order_id=order_id, reason="cold", line_ids=(line.id,))
    assert data_of(await venue.by_staff(wish, "k"))["amount"] == 2 * FRITTERS_PRICE
    with pytest.raises(OrderLineNotFound):
        await venue.by_staff(RefundOrder(order_id=order_id, reason="cold", line_ids=(order_id,)), "k2")
    with pytest.raises(ValidationFailed):
        await venue.by_staff(RefundOrder(order_id=order_id, reason="c", line_ids=(), amount_minor=1), "k3")


async def test_one_key_gives_back_for_one_of_two_orders(venue: TestVenue, cast: Cast) -> None:
    one, other = await paid_order(venue), await paid_order(venue)
    answers = await asyncio.gather(
        refund(venue, one, 500, key="k"), refund(venue, other, 500, key="k"), return_exceptions=True
    )
    assert sum(isinstance(answered, IdempotencyKeyReused) for answered in answers) == 1
    assert cast.gateway.live_minor == 2 * FRITTERS_PRICE - 500


async def test_cash_goes_back_at_once(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    await venue.by_staff(TakeCash(order_id=order_id, amount_minor=FRITTERS_PRICE))
    assert data_of(await refund(venue, order_id))["status"] == "approved"
    assert cast.gateway.asked == []


async def test_a_declined_refund_is_a_fact_and_can_be_asked_for_anew(venue: TestVenue, cast: Cast) -> None:
    order_id = await paid_order(venue)
    cast.gateway.declines_refunds = True
    assert data_of(await refund(venue, order_id, key="k1"))["status"] == "declined"
    cast.gateway.declines_refunds = False
    assert data_of(await refund(venue, order_id, key="k1"))["status"] == "declined"
    assert data_of(await refund(venue, order_id, key="k2"))["status"] == "approved"


async def test_an_unknown_refund_is_finished_by_the_same_key(venue: TestVenue, cast: Cast) -> None:
    order_id = await paid_order(venue)
    cast.gateway.is_away = True
    answered = await refund(venue, order_id)
    assert (answered.status, data_of(answered)["code"]) == (503, "PAYMENT_GATEWAY_UNAVAILABLE")
    assert (await look(venue, order_id)).payment_status == "refunding"
    cast.gateway.is_away = False
    assert data_of(await refund(venue, order_id))["status"] == "approved"
    assert cast.gateway.live_minor == 0
    assert len(cast.ledger.events(venue.venue_id, RefundStarted)) == 1


@pytest.mark.parametrize("dies_at", [Step.REFUND_STARTED, Step.REFUND_SENT, Step.REFUND_RECORDED])
async def test_wherever_the_process_dies_the_refund_is_made_once(venue: TestVenue, cast: Cast, dies_at: Step) -> None:
    order_id = await paid_order(venue)
    cast.watcher.dies_at = dies_at
    with pytest.raises(ProcessDied):
        await refund(venue, order_id, 500)
    cast.watcher.dies_at = None
    cast.clock.forward(5)
    assert await settle(cast.house, venue.venue_id, order_id)
    assert cast.gateway.live_minor == FRITTERS_PRICE - 500
    answered = await refund(venue, order_id, 500)
    assert (answered.status, data_of(answered)["status"]) == (201, "approved")
    assert (await refund(venue, order_id, 500)).replayed


async def test_cancelling_a_paid_order_refunds_it_by_itself(venue: TestVenue, cast: Cast) -> None:
    order_id = await paid_order(venue)
    cancelled = await venue.by_staff(MoveOrder(order_id=order_id, status=Status.CANCELLED, reason="no conch left"))
    assert data_of(cancelled)["payment_status"] == "refunding"
    assert data_of(cancelled)["reason"] == "no conch left"
    await cast.house.background.drain(1.0)
    order = await look(venue, order_id)
    assert (order.status, order.payment_status) == ("cancelled", "refunded")
    assert cast.gateway.live_minor == 0


async def test_what_cannot_be_given_back_now_is_given_back_later(venue: TestVenue, cast: Cast) -> None:
    order_id = await paid_order(venue)
    cast.gateway.is_away = True
    await venue.by_staff(MoveOrder(order_id=order_id, status=Status.CANCELLED))
    await cast.house.background.drain(1.0)
    assert not await settle(cast.house, venue.venue_id, order_id)
    cast.gateway.is_away = False
    assert await settle(cast.house, venue.venue_id, order_id)
    assert (await look(venue, order_id)).payment_status == "refunded"
    assert cast.gateway.live_minor == 0


async def test_a_refund_declined_on_a_cancelled_order_is_begun_anew_but_not_for_ever(
    venue: TestVenue, cast: Cast
) -> None:
    order_id = await paid_order(venue)
    cast.gateway.declines_refunds = True
    await venue.by_staff(MoveOrder(order_id=order_id, status=Status.CANCELLED))
    await cast.house.background.drain(1.0)
    for _ in range(5):
        await settle(cast.house, venue.venue_id, order_id)
    assert len(cast.ledger.events(venue.venue_id, RefundStarted)) == 3
    assert (await look(venue, order_id)).payment_status == "refunding"


async def test_an_order_that_nobody_pays_expires(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    assert await settle(cast.house, venue.venue_id, order_id)
    assert (await look(venue, order_id)).status == "pending"
    cast.clock.forward(3601)
    assert await settle(cast.house, venue.venue_id, order_id)
    order = await look(venue, order_id)
    assert (order.status, order.reason) == ("cancelled", "expired")


async def test_an_order_with_an_unknown_charge_does_not_expire_before_that_is_settled(
    venue: TestVenue, cast: Cast
) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    await guest.pay(order_id, card="tok_timeout_charged")
    cast.clock.forward(3601)
    cast.gateway.is_away = True
    assert not await settle(cast.house, venue.venue_id, order_id)
    assert (await look(venue, order_id)).status == "pending"
    cast.gateway.is_away = False
    assert await settle(cast.house, venue.venue_id, order_id)
    assert (await look(venue, order_id)).status == "confirmed"


async def test_a_card_number_in_a_reason_is_refused(venue: TestVenue) -> None:
    order_id = await paid_order(venue)
    reason = "give it to 4111111111111111"
    with pytest.raises(CardNumberRefused):
        await venue.by_staff(RefundOrder(order_id=order_id, reason=reason), "k")
    with pytest.raises(CardNumberRefused):
        await venue.by_staff(MoveOrder(order_id=order_id, status=Status.CANCELLED, reason=reason))


async def test_a_refund_that_was_begun_is_made_even_if_whoever_asked_for_it_hangs_up(
    venue: TestVenue, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = asyncio.Event()

    async def reached(step: Step) -> None:
        if step is Step.REFUND_STARTED:
            started.set()
            await asyncio.sleep(0.01)

    monkeypatch.setattr(cast.watcher, "reached", reached)
    order_id = await paid_order(venue)
    asking = asyncio.create_task(refund(venue, order_id))
    await started.wait()
    asking.cancel()
    await cast.house.background.drain(1.0)
    assert (await look(venue, order_id)).payment_status == "refunded"
    assert (await refund(venue, order_id)).replayed
    assert cast.gateway.asked.count("refund") == 1


async def test_a_refund_that_another_process_is_on_is_left_alone_until_that_must_be_gone(
    venue: TestVenue, cast: Cast
) -> None:
    order_id = await paid_order(venue)
    cast.gateway.hangs_on_refunds = True
    await venue.by_staff(MoveOrder(order_id=order_id, status=Status.CANCELLED))
    await asyncio.sleep(0.05)
    other_process = replace(cast.house, lanes=Lanes(), memory=Memory())
    assert not await settle(other_process, venue.venue_id, order_id)
    assert cast.gateway.asked.count("refund") == 1
    cast.gateway.answer_now.set()
    await cast.house.background.drain(1.0)
    assert await settle(other_process, venue.venue_id, order_id)
    assert cast.gateway.live_minor == 0


async def test_a_refund_that_was_lost_is_not_sent_again_before_the_settle_delay_is_over(
    venue: TestVenue, cast: Cast
) -> None:
    await venue.by_staff(EditSettings(change=ChangeSettings(unknown_settle_delay_s=60)))
    order_id = await paid_order(venue)
    cast.gateway.is_away = True
    await refund(venue, order_id, 500)
    cast.gateway.is_away = False
    assert not await settle(cast.house, venue.venue_id, order_id)
    cast.clock.forward(61)
    assert await settle(cast.house, venue.venue_id, order_id)
    assert cast.gateway.live_minor == FRITTERS_PRICE - 500


async def test_a_charge_that_was_voided_behind_our_back_counts_as_given_back(venue: TestVenue, cast: Cast) -> None:
    order_id = await paid_order(venue)
    [charge] = cast.gateway.charges
    await cast.gateway.void(charge)
    await venue.by_staff(MoveOrder(order_id=order_id, status=Status.CANCELLED))
    await cast.house.background.drain(1.0)
    assert (await look(venue, order_id)).payment_status == "refunded"


async def test_no_order_expires_before_its_time(venue: TestVenue) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    with pytest.raises(OrderNotModifiable):
        await venue.ask("system:reconciler", ExpireOrder(order_id=order_id))
