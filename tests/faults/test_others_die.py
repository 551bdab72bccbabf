"""Kill −9 of the worker while it settles what was left open, and of the gateway while guests pay."""

import asyncio
from collections.abc import AsyncIterator
from random import Random
from uuid import UUID

import httpx
import pytest

from application.steps import Step
from infrastructure.steps import last_words
from tests.faults.gathering import gathered
from tests.faults.guests import GOOD_CARD, Table, Wishes
from tests.faults.premises import Api, Premises
from tests.faults.programs import programs
from tests.faults.runs import SETTLED_WITHIN_S, dined
from tests.faults.verdict import violations

LEFT_OPEN = ("tok_timeout_charged", "tok_garbage", "tok_flaky", "tok_error")
SETTLING = (Step.SETTLE_BEGUN, Step.SETTLE_LOOKED_UP, Step.SETTLE_VOIDED, Step.SETTLE_RECORDED)
REFUNDING = (Step.REFUND_SENT, Step.REFUND_RECORDED)
DIES_WITHIN_S = 20.0
RUSH = 12


@pytest.fixture(scope="module")
async def api(premises: Premises) -> AsyncIterator[Api]:
    api = premises.api()
    async with programs(api.program):
        await api.start()
        yield api


@pytest.fixture
async def client(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    async with api.client() as client:
        yield client


@pytest.fixture
async def table_and_venue(premises: Premises) -> tuple[Table, UUID]:
    venue_id, table = await premises.venue()
    return table, venue_id


@pytest.mark.slow
async def test_workers_that_die_while_settling_leave_nothing_behind_for_long(
    premises: Premises, client: httpx.AsyncClient, table_and_venue: tuple[Table, UUID], luck: Random
) -> None:
    table, venue_id = table_and_venue
    leaving = [Wishes(quantities=(2,), card=card, comes_back=False) for card in LEFT_OPEN]
    guests = await dined(client, table, leaving, luck)
    for step in SETTLING:
        await _worker_that_dies_at(premises, step)
    # A refund that the gateway neither made nor denied is left to the worker; the API only knows that it is unsure.
    await premises.plan_fault("refund", done=False)
    guests += await dined(client, table, [Wishes(quantities=(3,), after="refund", comes_back=False)], luck)
    for step in REFUNDING:
        await _worker_that_dies_at(premises, step)
    worker = premises.worker()
    async with programs(worker):
        worker.start()
        evidence = await gathered(premises, venue_id, guests)
    assert violations(evidence, settled_within_s=60.0) == []
    assert len(evidence.orders) == len(LEFT_OPEN) + 1
    assert sum(charge.live for charge in evidence.charges) == 2, "Two charges whose answers were lost stand."


@pytest.mark.slow
async def test_a_gateway_that_is_killed_while_guests_pay_charges_nobody_twice(
    premises: Premises, client: httpx.AsyncClient, table_and_venue: tuple[Table, UUID], luck: Random
) -> None:
    table, venue_id = table_and_venue
    cards = (GOOD_CARD, GOOD_CARD, "tok_timeout_charged", "tok_garbage")
    wishes = [
        Wishes(quantities=(1 + k % 3,), card=cards[k % len(cards)], after="refund" if k % 5 == 0 else "")
        for k in range(RUSH)
    ]
    worker = premises.worker()
    async with programs(worker):
        worker.start()
        dining = asyncio.create_task(dined(client, table, wishes, luck))
        for _ in range(3):
            await asyncio.sleep(luck.uniform(0.1, 0.5))
            premises.simulator.kill()
            await asyncio.sleep(luck.uniform(0.0, 0.4))
            await premises.start_simulator()
        guests = await dining
        evidence = await gathered(premises, venue_id, guests)
    assert violations(evidence, settled_within_s=SETTLED_WITHIN_S) == []
    assert sum(charge.live for charge in evidence.charges) >= RUSH - 3


async def _worker_that_dies_at(premises: Premises, step: Step) -> None:
    worker = premises.worker()
    async with programs(worker):
        worker.start(COMANDA_TESTING="1", COMANDA_CRASH_AT=step.value)
        assert await worker.ended(DIES_WITHIN_S), f"No worker came as far as {step}."
        assert worker.said(last_words(step)) == 1
