"""Looking up, voiding and refunding: how doubt ends and how money goes back. None of it fails by token."""

import asyncio
from uuid import uuid4

import pytest

from application.gateway import Approved, Declined, Doubt, Found, NotFound, Unknown, Voided
from infrastructure.gateway.powertranz import PowerTranz
from tests.integration.gateway.conftest import CREDENTIALS, Simulator, a_charge, a_refund


async def test_nothing_is_found_under_an_identifier_that_was_never_used(gateway: PowerTranz) -> None:
    assert await gateway.look_up(uuid4()) == NotFound()


async def test_a_declined_charge_is_found_as_declined(gateway: PowerTranz) -> None:
    charge = a_charge("tok_declined")
    await gateway.charge(charge)

    found = await gateway.look_up(charge.transaction_id)

    assert isinstance(found, Found)
    assert isinstance(found.outcome, Declined)


@pytest.mark.parametrize("token", ["tok_visa", "tok_timeout_charged", "tok_garbage"])
async def test_a_voided_charge_is_no_longer_live(token: str, gateway: PowerTranz, simulator: Simulator) -> None:
    charge = a_charge(token)
    await gateway.charge(charge)

    assert await gateway.void(charge.transaction_id) == Voided()
    assert [row["live"] for row in await simulator.charges(charge.order_id)] == [False]
    found = await gateway.look_up(charge.transaction_id)
    assert isinstance(found, Found)
    assert found.voided


async def test_voiding_twice_is_as_good_as_once(gateway: PowerTranz) -> None:
    charge = a_charge()
    await gateway.charge(charge)

    assert [await gateway.void(charge.transaction_id) for _ in range(2)] == [Voided(), Voided()]


async def test_a_charge_that_arrives_after_its_void_is_refused(gateway: PowerTranz, simulator: Simulator) -> None:
    late = a_charge()

    assert await gateway.void(late.transaction_id) == NotFound()
    outcome = await gateway.charge(late)

    assert isinstance(outcome, Declined)
    assert outcome.decline_code == "invalid_transaction"
    assert await simulator.charges(late.order_id) == []


async def test_a_void_stops_even_the_charge_that_is_still_under_way(
    gateway: PowerTranz, patient_gateway: PowerTranz, simulator: Simulator
) -> None:
    slow = a_charge("tok_slow")
    under_way = asyncio.create_task(patient_gateway.charge(slow))
    await asyncio.sleep(0.3)

    assert await gateway.void(slow.transaction_id) == NotFound()

    assert isinstance(await under_way, Declined)
    assert await simulator.charges(slow.order_id) == []


async def test_a_refund_has_an_identifier_of_its_own_and_can_be_looked_up(
    gateway: PowerTranz, simulator: Simulator
) -> None:
    charge = a_charge()
    await gateway.charge(charge)
    refund = a_refund(charge)

    outcome = await gateway.refund(refund)
    found = await gateway.look_up(refund.transaction_id)

    assert isinstance(outcome, Approved)
    assert isinstance(found, Found)
    assert (found.kind, found.amount_minor, found.order_id) == ("refund", 1299, charge.order_id)
    assert [row["live"] for row in await simulator.charges(charge.order_id)] == [False]
    assert [row["amount"] for row in await simulator.refunds(charge.order_id)] == [1299]


async def test_a_charge_stays_live_until_all_of_it_is_refunded(gateway: PowerTranz, simulator: Simulator) -> None:
    charge = a_charge(amount_minor=1000)
    await gateway.charge(charge)

    await gateway.refund(a_refund(charge, 400))
    assert [(row["amount"], row["live"]) for row in await simulator.charges(charge.order_id)] == [(1000, True)]

    too_much = await gateway.refund(a_refund(charge, 601))
    assert isinstance(too_much, Declined)
    assert too_much.decline_code == "invalid_amount"

    assert isinstance(await gateway.refund(a_refund(charge, 600)), Approved)
    assert [(row["amount"], row["live"]) for row in await simulator.charges(charge.order_id)] == [(1000, False)]


async def test_what_was_never_charged_or_was_voided_cannot_be_refunded(
    gateway: PowerTranz, simulator: Simulator
) -> None:
    never, voided = a_charge(), a_charge()
    await gateway.charge(voided)
    await gateway.void(voided.transaction_id)

    assert isinstance(await gateway.refund(a_refund(never)), Declined)
    assert isinstance(await gateway.refund(a_refund(voided)), Declined)
    assert await simulator.refunds(voided.order_id) == []


async def test_a_refunded_charge_cannot_be_voided_as_well(gateway: PowerTranz, simulator: Simulator) -> None:
    charge = a_charge()
    await gateway.charge(charge)
    await gateway.refund(a_refund(charge, 1))

    assert isinstance(await gateway.void(charge.transaction_id), Declined)
    assert [row["live"] for row in await simulator.charges(charge.order_id)] == [True]


async def test_a_refund_whose_answer_is_lost_is_found_under_its_own_identifier(
    gateway: PowerTranz, simulator: Simulator
) -> None:
    charge = a_charge()
    await gateway.charge(charge)
    refund = a_refund(charge)
    await simulator.plan(operation="refund", done=True, reply="silence")

    assert await gateway.refund(refund) == Unknown(reason=Doubt.TIMED_OUT)

    found = await gateway.look_up(refund.transaction_id)
    assert isinstance(found, Found)
    assert isinstance(found.outcome, Approved)


@pytest.mark.parametrize("operation", ["look_up", "void", "refund"])
@pytest.mark.parametrize("reply", ["error", "garbage", "silence", "reset"])
async def test_a_planned_fault_leaves_the_outcome_unknown_and_only_once(
    operation: str, reply: str, gateway: PowerTranz, simulator: Simulator
) -> None:
    charge = a_charge()
    await gateway.charge(charge)
    await simulator.plan(operation=operation, reply=reply)

    async def once() -> object:
        if operation == "look_up":
            return await gateway.look_up(charge.transaction_id)
        if operation == "void":
            return await gateway.void(charge.transaction_id)
        return await gateway.refund(a_refund(charge))

    # A look-up cut off on a kept-alive connection is sent again by itself, which is allowed: it changes nothing.
    if (operation, reply) != ("look_up", "reset"):
        assert isinstance(await once(), Unknown)
    assert not isinstance(await once(), Unknown)


async def test_no_gateway_at_all_is_unknown_too() -> None:
    async with PowerTranz("http://127.0.0.1:9", CREDENTIALS, timeout_s=0.5) as nobody:
        outcomes = [
            await nobody.charge(a_charge()),
            await nobody.look_up(uuid4()),
            await nobody.void(uuid4()),
            await nobody.refund(a_refund(a_charge())),
        ]
    assert [outcome.reason for outcome in outcomes if isinstance(outcome, Unknown)] == [Doubt.NO_CONNECTION] * 4
