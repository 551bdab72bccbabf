"""The worst a gateway can do: charge a card, and deny it when it is asked. Whoever was charged gets it back."""

import asyncio
from collections.abc import Callable
from uuid import UUID

import pytest
from msgspec.structs import replace

from application.gateway import Charge, Gateway, LookUp, NotFound, Outcome, Refund, VoidOutcome
from application.house import House
from application.reconciler import settle
from application.steps import Step
from tests.fixtures.answers import data_of, refused
from tests.fixtures.people import Guest, Json
from tests.fixtures.served import GATEWAY_TIMEOUT_S, Pause, Simulator


class Denying:
    """A gateway whose books lag behind: it charges, but finds nothing."""

    def __init__(self, real: Gateway) -> None:
        self._real = real

    async def charge(self, charge: Charge) -> Outcome:
        return await self._real.charge(charge)

    async def refund(self, refund: Refund) -> Outcome:
        return await self._real.refund(refund)

    async def look_up(self, transaction_id: UUID) -> LookUp:  # noqa: ARG002 - it denies whatever it is asked for
        return NotFound()

    async def void(self, transaction_id: UUID) -> VoidOutcome:  # noqa: ARG002 - see look_up
        return NotFound()


@pytest.mark.contract("pay/stray")
async def test_an_approval_that_finds_its_order_cancelled_is_refunded_by_itself(
    guest: Guest, pending_order: Json, simulator: Simulator, house: House, with_house: Callable[..., House]
) -> None:
    order_id, held_up = pending_order["id"], Pause(Step.PAY_CHARGED)
    in_a_hurry = replace(house.timing, gateway_timeout_s=0.0, grace_s=0.0)
    denied = with_house(gateway=Denying(house.gateway), steps=held_up, timing=in_a_hurry)

    paying = asyncio.create_task(guest.pay(order_id))
    await held_up.begun()
    assert await settle(denied, guest.venue.venue_id, UUID(order_id))
    data_of(await guest.cancel(order_id))
    assert await simulator.live_minor(order_id) == pending_order["total"]
    held_up.let_go()

    refused(await paying, 409, "ORDER_NOT_PAYABLE")
    order = await guest.order_once(order_id, lambda it: it["payment_status"] == "refunded")
    assert order["status"] == "cancelled"
    assert await simulator.live_minor(order_id) == 0


@pytest.mark.contract("pay/settled-not-found", "simulator/tokens")
async def test_a_charge_that_was_ruled_out_and_arrives_late_is_barred_by_its_void(
    guest: Guest, pending_order: Json, gateway: Simulator
) -> None:
    order_id = pending_order["id"]
    await gateway.takes_its_time(delay_s=GATEWAY_TIMEOUT_S + 0.5)
    refused(await guest.pay(order_id), 503, "PAYMENT_GATEWAY_UNAVAILABLE")
    paid = data_of(await guest.pay(order_id))
    await asyncio.sleep(1.0)
    assert [charge["transaction_id"] for charge in await gateway.charges(order_id)] == [paid["transaction_id"]]
    assert await gateway.live_minor(order_id) == pending_order["total"]
