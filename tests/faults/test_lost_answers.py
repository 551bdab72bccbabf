"""A COMMIT whose answer is lost: the house asks for its receipt, the guest asks again, and both hear the same."""

import asyncio
from collections.abc import AsyncIterator
from random import Random

import httpx
import psycopg
import pytest

from tests.faults.evidence import Errand, What
from tests.faults.gathering import gathered
from tests.faults.guests import Wishes
from tests.faults.lossy_line import LossyLine, lossy_line
from tests.faults.premises import APPLICATION, Api, Premises
from tests.faults.programs import Program, programs
from tests.faults.runs import SETTLED_WITHIN_S, dined
from tests.faults.verdict import violations

PLACED = b"order.placed.v1"
STARTED = b"bill.payment-started.v1"
APPROVED = b"bill.payment-approved.v1"
REFUND_STARTED = b"bill.refund-started.v1"
REFUND_APPROVED = b"bill.refund-approved.v1"
EVERY = (PLACED, STARTED, APPROVED, REFUND_STARTED, REFUND_APPROVED)
HURRY_S = 0.5
LONG_S = 2.0
"""Longer than the API goes on asking for its receipt, thrice: the guest hears 503, and nobody knows for a while."""

END_CONNECTIONS = """
select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = %s
"""
RUSH = 10
OUTAGE_S = 10.0
BACK_WITHIN_S = 2.0


@pytest.fixture(scope="module")
async def line_and_api(premises: Premises) -> AsyncIterator[tuple[LossyLine, Api]]:
    async with lossy_line(premises.settings.database_url) as (line, dsn):
        api = premises.api(database_url=dsn, database_timeout_s=HURRY_S)
        async with programs(api.program):
            await api.start()
            yield line, api


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "down_s"),
    [
        *(pytest.param(words, 0.0, id=f"{words.decode()} for a moment") for words in EVERY),
        *(pytest.param(words, LONG_S, id=f"{words.decode()} for a while") for words in (PLACED, APPROVED)),
    ],
)
async def test_the_same_key_gives_the_same_answer_after_a_lost_commit(
    premises: Premises,
    worker: Program,
    line_and_api: tuple[LossyLine, Api],
    luck: Random,
    words: bytes,
    down_s: float,
) -> None:
    line, api = line_and_api
    venue_id, table = await premises.venue()
    lost_before = line.lost
    line.lose(words, down_s=down_s)
    async with api.client() as client:
        (guest,) = await dined(client, table, [Wishes(quantities=(2,), after="refund")], luck)
        assert line.lost == lost_before + 1
        await guest.ask_again()
    evidence = await gathered(premises, venue_id, [guest])
    assert violations(evidence, settled_within_s=SETTLED_WITHIN_S) == []
    unsure = any(heard.status == 503 for errand in guest.errands for heard in errand.answers)
    assert unsure is (down_s == LONG_S)
    for what in (What.PLACE, What.PAY, What.REFUND):
        heard = _only(guest.errands, what).answers
        assert heard[-1].replayed
        assert heard[-1].body == heard[-2].body
        assert heard[-1].position == heard[-2].position


@pytest.mark.slow
async def test_connections_that_the_server_ends_in_a_rush_lose_no_order(
    premises: Premises, worker: Program, line_and_api: tuple[LossyLine, Api], luck: Random
) -> None:
    _, api = line_and_api
    venue_id, table = await premises.venue()
    async with (
        api.client() as client,
        await psycopg.AsyncConnection.connect(premises.server.admin_dsn, autocommit=True) as admin,
    ):
        dining = asyncio.create_task(dined(client, table, [Wishes(quantities=(1, 2))] * RUSH, luck))
        ended = 0
        for _ in range(10):
            await asyncio.sleep(luck.uniform(0.01, 0.06))
            ended += (await admin.execute(END_CONNECTIONS, (APPLICATION,))).rowcount
        guests = await dining
        for guest in guests:
            await guest.ask_again()
    evidence = await gathered(premises, venue_id, guests)
    assert ended
    assert violations(evidence, settled_within_s=SETTLED_WITHIN_S) == []
    assert len(evidence.orders) == RUSH


@pytest.mark.slow
async def test_the_house_is_back_as_soon_as_its_database_is(
    premises: Premises, worker: Program, line_and_api: tuple[LossyLine, Api]
) -> None:
    line, api = line_and_api
    async with api.client() as client:
        line.cut(down_s=OUTAGE_S)
        ready = [await _ready(client)]
        while line.down:
            ready.append(await _ready(client))
        assert not any(ready)
        async with asyncio.timeout(BACK_WITHIN_S):
            while not await _ready(client):
                pass


async def _ready(client: httpx.AsyncClient) -> bool:
    await asyncio.sleep(0.05)
    return (await client.get("/health/ready")).is_success


def _only(errands: list[Errand], what: What) -> Errand:
    (found,) = [errand for errand in errands if errand.what is what]
    return found
