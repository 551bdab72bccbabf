"""Paying: every row of the contract's table, with a gateway that can be told to do its worst."""

import asyncio
from uuid import UUID

import pytest
from msgspec.structs import replace

from application.errors import CardNumberRefused, IdempotencyInProgress, IdempotencyKeyReused
from application.gateway import VoidOutcome
from application.reads import own_order
from application.reconciler import settle
from application.requests import CancelOwnOrder, EditSettings, MoveOrder, TakeCash
from application.steps import Step
from application.views.order import OrderView
from domain.bill.errors import AmountInvalid, OrderAlreadyPaid, OrderNotPayable, PaymentInProgress
from domain.bill.events import PaymentApproved, PaymentNotCharged, PaymentStarted, StrayChargeFound
from domain.order.state import Status
from domain.session.errors import SessionInvalid
from domain.shared.refusals import Refusal
from domain.venue.commands import ChangeSettings
from tests.fixtures.fakes import ProcessDied
from tests.fixtures.venue import FRITTERS_PRICE, TestGuest, TestVenue, data_of, forged
from tests.unit.application.conftest import Cast


async def look(guest: TestGuest, order_id: UUID) -> OrderView:
    return (await own_order(guest.venue.house, guest.venue.venue_id, guest.guest, order_id)).data


async def states(guest: TestGuest, order_id: UUID) -> tuple[str, str]:
    order = await look(guest, order_id)
    return order.status.value, order.payment_status.value


async def test_an_approved_card_confirms_the_order(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    answered = await guest.pay(order_id)
    payment = data_of(answered)
    assert (answered.status, payment["status"], payment["amount"]) == (200, "approved", FRITTERS_PRICE)
    assert payment["id"] == payment["transaction_id"]
    assert payment["authorization_code"] == "A1"
    assert await states(guest, order_id) == ("confirmed", "paid")
    assert cast.gateway.live_minor == FRITTERS_PRICE


async def test_the_start_is_recorded_before_the_gateway_hears_of_it(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    cast.watcher.dies_at = Step.PAY_STARTED
    with pytest.raises(ProcessDied):
        await guest.pay(order_id)
    assert len(cast.ledger.events(venue.venue_id, PaymentStarted)) == 1
    assert cast.gateway.asked == []


async def test_paying_again_with_the_same_key_gives_the_same_answer_and_charges_once(
    venue: TestVenue, cast: Cast
) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    first = await guest.pay(order_id)
    again = await guest.pay(order_id)
    assert (again.body, again.status, again.replayed, again.position) == (first.body, 200, True, first.position)
    assert cast.gateway.asked == ["charge"]


async def test_a_declined_card_leaves_the_order_pending_and_a_new_key_may_try_again(venue: TestVenue) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    declined = await guest.pay(order_id, "k1", "tok_declined")
    assert (declined.status, data_of(declined)["code"]) == (402, "PAYMENT_DECLINED")
    assert data_of(declined)["details"]["decline_code"] == "insufficient_funds"
    assert await states(guest, order_id) == ("pending", "unpaid")
    again = await guest.pay(order_id, "k1", "tok_declined")
    assert (again.status, again.replayed, again.body) == (402, True, declined.body)
    assert (await guest.pay(order_id, "k2")).status == 200


async def test_no_answer_leaves_the_outcome_unknown(venue: TestVenue) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    answered = await guest.pay(order_id, card="tok_timeout")
    assert (answered.status, data_of(answered)["code"]) == (503, "PAYMENT_GATEWAY_UNAVAILABLE")
    assert await states(guest, order_id) == ("pending", "unknown")


async def test_an_unknown_charge_that_was_made_is_found_by_its_own_key(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    await guest.pay(order_id, "k", "tok_timeout_charged")
    found = await guest.pay(order_id, "k", "tok_timeout_charged")
    assert (found.status, data_of(found)["status"]) == (200, "approved")
    assert await states(guest, order_id) == ("confirmed", "paid")
    assert cast.gateway.asked == ["charge", "look_up"]
    assert (await guest.pay(order_id, "k", "tok_timeout_charged")).replayed


async def test_an_unknown_charge_that_was_made_makes_the_order_paid_for_another_key(
    venue: TestVenue, cast: Cast
) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    await guest.pay(order_id, "k1", "tok_timeout_charged")
    with pytest.raises(OrderAlreadyPaid):
        await guest.pay(order_id, "k2")
    assert cast.gateway.live_minor == FRITTERS_PRICE


async def test_an_unknown_charge_that_was_not_made_is_voided_before_charging_once(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    await guest.pay(order_id, "k1", "tok_timeout")
    assert (await guest.pay(order_id, "k2")).status == 200
    assert cast.gateway.asked == ["charge", "look_up", "void", "charge"]
    assert cast.gateway.live_minor == FRITTERS_PRICE


async def test_not_found_counts_for_nothing_before_the_settle_delay_is_over(venue: TestVenue, cast: Cast) -> None:
    await venue.by_staff(EditSettings(change=ChangeSettings(unknown_settle_delay_s=60)))
    guest = await venue.guest()
    order_id = await guest.ordered()
    await guest.pay(order_id, "k1", "tok_timeout")
    with pytest.raises(PaymentInProgress):
        await guest.pay(order_id, "k2")
    assert "void" not in cast.gateway.asked
    cast.clock.forward(61)
    assert (await guest.pay(order_id, "k2")).status == 200


async def test_a_gateway_that_cannot_be_asked_settles_nothing(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    await guest.pay(order_id, "k1", "tok_timeout_charged")
    cast.gateway.is_away = True
    answered = await guest.pay(order_id, "k2")
    assert (answered.status, data_of(answered)["code"]) == (503, "PAYMENT_GATEWAY_UNAVAILABLE")
    assert await states(guest, order_id) == ("pending", "unknown")


async def test_while_one_pays_another_key_is_refused(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    first = asyncio.create_task(guest.pay(order_id, "k1", "tok_hang"))
    await asyncio.sleep(0.05)
    with pytest.raises(PaymentInProgress):
        await guest.pay(order_id, "k2")
    cast.gateway.answer_now.set()
    assert (await first).status == 200


async def test_the_same_key_waits_for_the_first_and_hears_its_answer(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    first = asyncio.create_task(guest.pay(order_id, "k", "tok_hang"))
    second = asyncio.create_task(guest.pay(order_id, "k", "tok_hang"))
    await asyncio.sleep(0.05)
    cast.gateway.answer_now.set()
    one, other = await asyncio.gather(first, second)
    assert one.body == other.body
    assert cast.gateway.asked == ["charge"]


async def test_the_same_key_does_not_wait_for_ever(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    first = asyncio.create_task(guest.pay(order_id, "k", "tok_hang"))
    await asyncio.sleep(0.05)
    with pytest.raises(IdempotencyInProgress) as late:
        await guest.pay(order_id, "k", "tok_hang")
    assert late.value.details["retry_after_s"] > 0
    cast.gateway.answer_now.set()
    await first


async def test_the_same_key_for_another_amount_is_refused_even_before_the_first_is_answered(
    venue: TestVenue, cast: Cast
) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    await guest.pay(order_id, "k", "tok_timeout_charged")
    with pytest.raises(IdempotencyKeyReused):
        await guest.pay(order_id, "k", "tok_timeout_charged", amount=5)
    assert cast.gateway.live_minor == FRITTERS_PRICE


async def test_one_key_charges_for_one_of_two_orders_even_while_neither_is_answered(
    venue: TestVenue, cast: Cast
) -> None:
    guest = await venue.guest()
    one, other = await guest.ordered(), await guest.ordered()
    first = asyncio.create_task(guest.pay(one, "k", "tok_hang"))
    await asyncio.sleep(0.05)
    with pytest.raises(IdempotencyKeyReused):
        await guest.pay(other, "k", "tok_hang")
    cast.gateway.answer_now.set()
    assert (await first).status == 200
    assert cast.gateway.asked == ["charge"]


async def test_a_key_that_placed_the_order_does_not_pay_it(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    await guest.add()
    order_id = UUID(data_of(await guest.place(key="k"))["id"])
    with pytest.raises(IdempotencyKeyReused):
        await guest.pay(order_id, "k")
    assert cast.gateway.asked == []


async def test_whoever_cannot_prove_to_be_the_guest_hears_nothing_of_what_their_key_was_answered(
    venue: TestVenue, cast: Cast
) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    assert (await guest.pay(order_id, "k")).status == 200
    stranger = TestGuest(venue, forged(guest.guest))
    for card in ("tok_visa", "tok_declined"):
        with pytest.raises(SessionInvalid):
            await stranger.pay(order_id, "k", card)
    assert cast.gateway.asked == ["charge"]


async def test_a_key_that_another_request_took_meanwhile_does_not_keep_the_outcome_out_of_the_ledger(
    venue: TestVenue, cast: Cast
) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    await guest.add()
    paying = asyncio.create_task(guest.pay(order_id, "k", "tok_hang"))
    await asyncio.sleep(0.05)
    await guest.place(key="k")
    cast.gateway.answer_now.set()
    assert (await paying).status == 200
    assert await states(guest, order_id) == ("confirmed", "paid")


async def test_twenty_pays_with_twenty_keys_charge_once(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    answers = await asyncio.gather(*(guest.pay(order_id, f"k{n}") for n in range(20)), return_exceptions=True)
    assert sum(not isinstance(answered, BaseException) for answered in answers) == 1
    refused = [answered for answered in answers if isinstance(answered, BaseException)]
    assert all(isinstance(each, PaymentInProgress | OrderAlreadyPaid) for each in refused)
    assert cast.gateway.live_minor == FRITTERS_PRICE


async def test_two_who_come_upon_an_unknown_charge_settle_it_once(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    await guest.pay(order_id, "k", "tok_timeout")
    answers = await asyncio.gather(*(guest.pay(order_id, f"k{n}") for n in range(8)), return_exceptions=True)
    assert sum(not isinstance(answered, BaseException) for answered in answers) == 1
    assert all(isinstance(each, Refusal) for each in answers if isinstance(each, BaseException))
    assert cast.gateway.live_minor == FRITTERS_PRICE
    assert len(cast.ledger.events(venue.venue_id, PaymentNotCharged)) == 1


async def test_a_guest_who_hangs_up_between_the_start_and_the_charge_leaves_no_attempt_behind(
    venue: TestVenue, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = asyncio.Event()

    async def reached(step: Step) -> None:
        if step is Step.PAY_STARTED:
            started.set()
            await asyncio.sleep(0.01)

    monkeypatch.setattr(cast.watcher, "reached", reached)
    guest = await venue.guest()
    order_id = await guest.ordered()
    paying = asyncio.create_task(guest.pay(order_id, "k"))
    await started.wait()
    paying.cancel()
    await cast.house.background.drain(1.0)
    assert await states(guest, order_id) == ("confirmed", "paid")
    assert (await guest.pay(order_id, "k")).replayed
    assert cast.gateway.asked == ["charge"]


async def test_a_guest_who_hangs_up_is_charged_and_recorded_all_the_same(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    paying = asyncio.create_task(guest.pay(order_id, "k", "tok_hang"))
    await asyncio.sleep(0.05)
    paying.cancel()
    await asyncio.gather(paying, return_exceptions=True)
    cast.gateway.answer_now.set()
    await cast.house.background.drain(1.0)
    assert await states(guest, order_id) == ("confirmed", "paid")
    assert (await guest.pay(order_id, "k", "tok_hang")).replayed


@pytest.mark.parametrize("dies_at", [Step.PAY_JUDGED, Step.PAY_STARTED, Step.PAY_CHARGED, Step.PAY_RECORDED])
async def test_wherever_the_process_dies_the_same_key_pays_exactly_once(
    venue: TestVenue, cast: Cast, dies_at: Step
) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    cast.watcher.dies_at = dies_at
    with pytest.raises(ProcessDied):
        await guest.pay(order_id, "k")
    cast.watcher.dies_at = None
    cast.clock.forward(5)
    assert (await guest.pay(order_id, "k")).status == 200
    assert cast.gateway.live_minor == FRITTERS_PRICE
    assert await states(guest, order_id) == ("confirmed", "paid")
    assert len(cast.ledger.events(venue.venue_id, PaymentApproved)) == 1


@pytest.mark.parametrize("dies_at", [Step.PAY_STARTED, Step.PAY_CHARGED])
async def test_what_nobody_came_back_for_is_settled_by_the_reconciler(
    venue: TestVenue, cast: Cast, dies_at: Step
) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    cast.watcher.dies_at = dies_at
    with pytest.raises(ProcessDied):
        await guest.pay(order_id, "k")
    cast.watcher.dies_at = None
    assert not await settle(cast.house, venue.venue_id, order_id)
    cast.clock.forward(5)
    assert await settle(cast.house, venue.venue_id, order_id)
    order = await look(guest, order_id)
    assert order.paid == cast.gateway.live_minor


async def test_a_key_whose_charge_the_reconciler_found_declined_hears_so(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    cast.watcher.dies_at = Step.PAY_CHARGED
    with pytest.raises(ProcessDied):
        await guest.pay(order_id, "k", "tok_declined")
    cast.watcher.dies_at = None
    cast.clock.forward(5)
    await settle(cast.house, venue.venue_id, order_id)
    assert (await guest.pay(order_id, "k", "tok_declined")).status == 402
    assert (await guest.pay(order_id, "k", "tok_declined")).replayed


@pytest.mark.parametrize("amount", [0, -1, FRITTERS_PRICE + 1])
async def test_more_than_is_due_or_less_than_one_is_no_amount(venue: TestVenue, amount: int) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    with pytest.raises(AmountInvalid):
        await guest.pay(order_id, amount=amount)


async def test_two_part_payments_confirm_the_order_with_the_second(venue: TestVenue) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    await guest.pay(order_id, "k1", amount=300)
    assert await states(guest, order_id) == ("pending", "partially_paid")
    assert data_of(await guest.pay(order_id, "k2"))["amount"] == FRITTERS_PRICE - 300
    assert await states(guest, order_id) == ("confirmed", "paid")


async def test_a_cancelled_order_is_not_payable_and_a_paid_one_is_paid(venue: TestVenue) -> None:
    guest = await venue.guest()
    cancelled, paid = await guest.ordered(), await guest.ordered()
    await guest.ask(CancelOwnOrder(guest=guest.guest, order_id=cancelled))
    with pytest.raises(OrderNotPayable):
        await guest.pay(cancelled)
    await guest.pay(paid, "k1")
    with pytest.raises(OrderAlreadyPaid):
        await guest.pay(paid, "k2")


async def test_cancelling_while_a_payment_is_open_is_refused(venue: TestVenue) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    await guest.pay(order_id, card="tok_timeout")
    with pytest.raises(PaymentInProgress):
        await guest.ask(CancelOwnOrder(guest=guest.guest, order_id=order_id))
    with pytest.raises(PaymentInProgress):
        await venue.by_staff(MoveOrder(order_id=order_id, status=Status.CANCELLED))


async def test_an_approval_that_comes_after_it_was_ruled_out_is_given_back(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    paying = asyncio.create_task(guest.pay(order_id, "k", "tok_hang"))
    await asyncio.sleep(0.05)
    cast.clock.forward(5)
    await settle(cast.house, venue.venue_id, order_id)
    await guest.ask(CancelOwnOrder(guest=guest.guest, order_id=order_id))
    cast.gateway.barred.clear()
    cast.gateway.answer_now.set()
    with pytest.raises(OrderNotPayable):
        await paying
    await cast.house.background.drain(1.0)
    assert len(cast.ledger.events(venue.venue_id, StrayChargeFound)) == 1
    assert await states(guest, order_id) == ("cancelled", "refunded")
    assert cast.gateway.live_minor == 0


async def test_an_unpaid_order_that_staff_let_pass_can_be_paid_in_every_later_state(venue: TestVenue) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    await venue.move(order_id, Status.CONFIRMED, Status.PREPARING, Status.READY, Status.COMPLETED)
    assert await states(guest, order_id) == ("completed", "unpaid")
    await guest.pay(order_id)
    assert await states(guest, order_id) == ("completed", "paid")


async def test_cash_confirms_the_order_too(venue: TestVenue) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    taken = await venue.by_staff(TakeCash(order_id=order_id, amount_minor=FRITTERS_PRICE))
    assert (taken.status, data_of(taken)["method"], data_of(taken)["transaction_id"]) == (201, "cash", None)
    assert await states(guest, order_id) == ("confirmed", "paid")


async def test_a_card_number_is_no_card_token(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    with pytest.raises(CardNumberRefused):
        await guest.pay(order_id, card="4111111111111111")
    assert cast.gateway.asked == []


async def test_a_charge_that_was_voided_by_somebody_else_is_not_charged(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    await guest.pay(order_id, "k1", "tok_timeout_charged")
    [charge] = cast.gateway.charges
    await cast.gateway.void(charge)
    assert (await guest.pay(order_id, "k2")).status == 200
    assert cast.gateway.live_minor == FRITTERS_PRICE


async def test_another_amount_under_our_identifier_proves_nothing(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    await guest.pay(order_id, "k1", "tok_timeout_charged")
    [held] = cast.gateway.charges.values()
    held.charge = replace(held.charge, amount_minor=1)
    assert (await guest.pay(order_id, "k1", "tok_timeout_charged")).status == 503
    assert await states(guest, order_id) == ("pending", "unknown")


async def test_a_charge_voided_just_after_another_process_found_it_approved_counts_as_given_back(
    venue: TestVenue, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = await venue.guest()
    order_id = await guest.ordered()
    paying = asyncio.create_task(guest.pay(order_id, "k", "tok_hang"))
    await asyncio.sleep(0.05)
    cast.clock.forward(5)
    void = cast.gateway.void

    async def void_too_late(transaction_id: UUID) -> VoidOutcome:
        cast.gateway.answer_now.set()
        await paying
        return await void(transaction_id)

    monkeypatch.setattr(cast.gateway, "void", void_too_late)
    await settle(cast.house, venue.venue_id, order_id)
    assert cast.gateway.live_minor == 0
    order = await look(guest, order_id)
    assert (order.payment_status, order.paid - order.refunded) == ("refunded", 0)
