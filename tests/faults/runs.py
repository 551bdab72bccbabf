"""One run: guests come and go while the API dies at its step; it is started again, and then the books are compared."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from random import Random
from time import monotonic
from typing import Final

import httpx
from msgspec import Struct

from infrastructure.steps import last_words
from tests.faults.evidence import Evidence
from tests.faults.gathering import gathered
from tests.faults.guests import Guest, Table, Wishes
from tests.faults.plans import Plan
from tests.faults.premises import Api, Premises
from tests.faults.programs import programs
from tests.faults.verdict import violations

ROUNDS_MAX: Final = 5
"""Guests keep coming until the step was reached; a settlement that the worker was faster at brings nobody down."""

SETTLED_WITHIN_S: Final = 12.0
"""An attempt is abandoned after one second and looked for twice a second; the rest is for a busy machine."""


class Result(Struct, frozen=True, kw_only=True):
    """How a run went. `died`: whether the step was reached and the process with it."""

    plan: Plan
    died: bool
    evidence: Evidence
    violations: list[str]
    took_s: float


async def run(premises: Premises, plan: Plan) -> Result:
    """Carry out a plan beside a worker that runs already."""
    began_s = monotonic()
    venue_id, table = await premises.venue()
    api, luck = premises.api(), plan.luck()
    guests: list[Guest] = []
    async with programs(api.program), api.client() as client:
        await api.start(crash_at=plan.crash_at)
        nurse = asyncio.create_task(restarted_whenever_it_dies(api))
        try:
            for _ in range(ROUNDS_MAX):
                guests += await dined(client, table, plan.guests, luck)
                if api.program.said(last_words(plan.step)):
                    break
            for guest in guests:
                await guest.ask_again()
        finally:
            nurse.cancel()
        evidence = await gathered(premises, venue_id, guests)
    return Result(
        plan=plan,
        died=bool(api.program.said(last_words(plan.step))),
        evidence=evidence,
        violations=violations(evidence, settled_within_s=SETTLED_WITHIN_S),
        took_s=monotonic() - began_s,
    )


async def run_all(
    premises: Premises, plans: Sequence[Plan], *, at_once: int, ended: Callable[[Result], None] | None = None
) -> list[Result]:
    """Carry out several plans, some of them side by side, each in a venue of its own; `ended` hears of each."""
    hands, results = asyncio.Semaphore(at_once), list[Result]()

    async def carry_out(plan: Plan) -> None:
        async with hands:
            result = await run(premises, plan)
        results.append(result)
        if ended is not None:
            ended(result)

    async with asyncio.TaskGroup() as tasks:
        for plan in plans:
            tasks.create_task(carry_out(plan))
    return results


async def restarted_whenever_it_dies(api: Api) -> None:
    """Until cancelled: start it again, as any supervisor would, now without the wish to die."""
    while True:
        if await api.program.ended(timeout_s=3600):
            await api.start()


async def dined(client: httpx.AsyncClient, table: Table, several: Iterable[Wishes], luck: Random) -> list[Guest]:
    """Guests who come at the same time, once the last of them has left."""
    guests = [Guest(client, table, wishes, Random(luck.random())) for wishes in several]  # noqa: S311 - no secret
    async with asyncio.TaskGroup() as tasks:
        for guest in guests:
            tasks.create_task(guest.dine())
    return guests
