"""Every card token of the contract, through the real client over HTTP, against what the simulator really holds."""

import time

import pytest

from application.gateway import Approved, Declined, Doubt, Found, NotFound, Unknown
from infrastructure.gateway.powertranz import PowerTranz
from tests.integration.gateway.conftest import Simulator, a_charge


@pytest.mark.parametrize("token", ["tok_visa", "tok_test_visa"])
async def test_a_good_card_is_approved_and_charged(token: str, gateway: PowerTranz, simulator: Simulator) -> None:
    charge = a_charge(token)

    outcome = await gateway.charge(charge)

    assert isinstance(outcome, Approved)
    assert (outcome.amount_minor, len(outcome.authorization_code), len(outcome.rrn)) == (1299, 6, 12)
    assert await simulator.charges(charge.order_id) == [
        {
            "transaction_id": str(charge.transaction_id),
            "order": str(charge.order_id),
            "amount": 1299,
            "live": True,
        }
    ]


async def test_a_declined_card_is_not_charged_and_says_why(gateway: PowerTranz, simulator: Simulator) -> None:
    charge = a_charge("tok_declined")

    assert await gateway.charge(charge) == Declined(decline_code="insufficient_funds", message="Not sufficient funds")
    assert await simulator.charges(charge.order_id) == []


async def test_a_token_that_nobody_issued_is_declined(gateway: PowerTranz, simulator: Simulator) -> None:
    charge = a_charge("tok_of_another_house")

    outcome = await gateway.charge(charge)

    assert isinstance(outcome, Declined)
    assert outcome.decline_code == "invalid_card"
    assert await simulator.charges(charge.order_id) == []


async def test_a_slow_card_is_approved_after_two_seconds(patient_gateway: PowerTranz) -> None:
    started_s = time.monotonic()

    outcome = await patient_gateway.charge(a_charge("tok_slow"))

    assert isinstance(outcome, Approved)
    assert 2.0 <= time.monotonic() - started_s < 3.0


async def test_a_card_that_never_answers_is_unknown_within_the_time_out(
    gateway: PowerTranz, simulator: Simulator
) -> None:
    charge = a_charge("tok_timeout")
    started_s = time.monotonic()

    outcome = await gateway.charge(charge)

    assert outcome == Unknown(reason=Doubt.TIMED_OUT)
    assert 0.4 < time.monotonic() - started_s < 1.5
    assert await simulator.charges(charge.order_id) == []
    assert await gateway.look_up(charge.transaction_id) == NotFound()


@pytest.mark.parametrize(
    ("token", "reason"), [("tok_timeout_charged", Doubt.TIMED_OUT), ("tok_garbage", Doubt.GARBAGE)]
)
async def test_a_charge_whose_answer_is_lost_is_unknown_until_it_is_looked_up(
    token: str, reason: Doubt, gateway: PowerTranz, simulator: Simulator
) -> None:
    charge = a_charge(token)

    outcome = await gateway.charge(charge)
    found = await gateway.look_up(charge.transaction_id)

    assert outcome == Unknown(reason=reason)
    assert isinstance(found, Found)
    assert isinstance(found.outcome, Approved)
    assert (found.kind, found.amount_minor, found.currency) == ("charge", 1299, "BSD")
    assert (found.order_id, found.voided) == (charge.order_id, False)
    assert [row["live"] for row in await simulator.charges(charge.order_id)] == [True]


async def test_an_error_of_the_gateways_is_unknown_and_nothing_is_charged(
    gateway: PowerTranz, simulator: Simulator
) -> None:
    charge = a_charge("tok_error")

    assert await gateway.charge(charge) == Unknown(reason=Doubt.HTTP_STATUS, detail="500")
    assert await gateway.look_up(charge.transaction_id) == NotFound()
    assert await simulator.charges(charge.order_id) == []


async def test_a_flaky_card_fails_once_for_each_order_and_then_approves(
    gateway: PowerTranz, simulator: Simulator
) -> None:
    first, other = a_charge("tok_flaky"), a_charge("tok_flaky")
    again = a_charge("tok_flaky", order_id=first.order_id)

    assert isinstance(await gateway.charge(first), Unknown)
    assert await simulator.charges(first.order_id) == []
    assert isinstance(await gateway.charge(again), Approved)
    assert isinstance(await gateway.charge(other), Unknown)


@pytest.mark.parametrize(("currency", "amount_minor"), [("BSD", 1), ("JPY", 1299), ("KWD", 1299), ("USD", 10**9)])
async def test_amounts_arrive_exactly_whatever_the_currencys_decimals(
    currency: str, amount_minor: int, gateway: PowerTranz, simulator: Simulator
) -> None:
    charge = a_charge(currency=currency, amount_minor=amount_minor)

    outcome = await gateway.charge(charge)

    assert isinstance(outcome, Approved)
    assert [row["amount"] for row in await simulator.charges(charge.order_id)] == [amount_minor]


async def test_all_charges_are_listed_where_no_order_is_named(gateway: PowerTranz, simulator: Simulator) -> None:
    charges = [a_charge(), a_charge()]
    for charge in charges:
        await gateway.charge(charge)

    listed = (await simulator.http.get("/_simulator/charges")).json()

    assert [row["order"] for row in listed] == [str(charge.order_id) for charge in charges]
