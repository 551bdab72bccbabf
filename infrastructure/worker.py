"""The worker: keeps the read models up to date, settles what nobody came back for, and throws away old receipts.

Any number of workers share the work, on any number of hosts, and none of them leads. One that dies leaves nothing
half-done behind: projections begin again at their bookmarks, and settling twice does no harm.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from application.reconciler import settle
from application.steps import Steps
from infrastructure.credentials import PostgresCredentials
from infrastructure.furnishing import Furniture, furnished
from infrastructure.hints import listen
from infrastructure.ledger.pool import statement
from infrastructure.limits import FailedLogIns, LogInLimits
from infrastructure.projecting.engine import Engine
from infrastructure.settings import Settings
from infrastructure.stopping import told_to_stop
from projections.registry import PROJECTIONS
from projections.unsettled import Unsettled, due

PURGE_INTERVAL_S: Final = 60.0
SETTLE_AT_ONCE: Final = 8
DRAIN_S: Final = 1.0
DUE_MAX: Final = 1_000
TOKENS_KEPT_FOR: Final = timedelta(days=7)
PAUSE_MAX_S: Final = 15.0


async def run(settings: Settings, *, steps: Steps | None = None) -> None:
    """Work until SIGTERM or Ctrl-C; then stop soon, as nothing that matters is ever half-done."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stopped.set)
    async with furnished(settings, steps=steps, drain_s=DRAIN_S) as furniture:
        working = asyncio.create_task(work(settings, furniture))
        stopping = asyncio.create_task(stopped.wait())
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if working.done():
            working.result()
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working


async def work(settings: Settings, furniture: Furniture) -> None:
    """Everything that a worker does, until cancelled."""
    engine = Engine(furniture.pool, PROJECTIONS, furniture.codec.decode)
    reconciler = Reconciler(furniture, patience_s=settings.settle_after_s)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(
            engine.run(venues_at_once=settings.projections_at_once, poll_interval_s=settings.projections_poll_s)
        )
        tasks.create_task(listen(settings.database_url, engine.hint))
        tasks.create_task(_again_and_again(reconciler.look, settings.reconcile_interval_s))
        tasks.create_task(_again_and_again(lambda: purge(settings, furniture), PURGE_INTERVAL_S))


class Reconciler:
    """Settles what is due, a few at a time. What cannot be settled now is tried again after a pause that grows."""

    def __init__(self, furniture: Furniture, *, patience_s: float) -> None:
        self._house = furniture.house
        self._pool = furniture.pool
        self._limits = furniture.limits
        self._patience_s = patience_s
        self._not_before_s: dict[UUID, tuple[float, float]] = {}
        self._log = structlog.get_logger("reconciler")

    async def look(self) -> None:
        """Settle what is due now."""
        async with statement(self._pool, self._limits) as connection:
            found = await due(connection, self._house.clock(), self._patience_s, limit=DUE_MAX)
        known = {each.order_id for each in found}
        self._not_before_s = {id_: pause for id_, pause in self._not_before_s.items() if id_ in known}
        now_s = asyncio.get_running_loop().time()
        hands = asyncio.Semaphore(SETTLE_AT_ONCE)
        ready = [each for each in found if now_s >= self._not_before_s.get(each.order_id, (0.0, 0.0))[0]]
        await asyncio.gather(*(self._settle(each, hands) for each in ready))

    async def _settle(self, each: Unsettled, hands: asyncio.Semaphore) -> None:
        async with hands:
            try:
                settled = await settle(self._house, each.venue_id, each.order_id)
            except Exception as error:  # noqa: BLE001 - one that cannot be settled must not keep the others waiting
                settled = False
                self._log.warning(
                    "not_settled", venue=str(each.venue_id), order=str(each.order_id), error=type(error).__name__
                )
        if settled:
            self._not_before_s.pop(each.order_id, None)
            return
        _, pause_s = self._not_before_s.get(each.order_id, (0.0, 0.25))
        pause_s = min(pause_s * 2, PAUSE_MAX_S)
        self._not_before_s[each.order_id] = (asyncio.get_running_loop().time() + pause_s, pause_s)


async def _again_and_again(do: Callable[[], Awaitable[None]], interval_s: float) -> None:
    log, well = structlog.get_logger("worker"), True
    while not told_to_stop():
        try:
            await do()
            well = True
        except Exception as error:  # noqa: BLE001 - who does not look again never finds out that it is over
            if well:
                log.warning("cannot_look_for_work", error=type(error).__name__)
            well = False
        await asyncio.sleep(interval_s)


async def purge(settings: Settings, furniture: Furniture) -> None:
    """Throw away what need not be kept any longer: receipts, in small bites, spent log-ins, and failed ones.

    A refresh token is kept for a while after its time, so that its owner is told that it expired.
    """
    for venue_id in await furniture.ledger.venues():
        while await furniture.ledger.discard_receipts(venue_id):
            pass
    tokens = PostgresCredentials(furniture.pool, furniture.limits)
    await tokens.forget_expired(furniture.house.clock() - TOKENS_KEPT_FOR)
    limits = LogInLimits(window_s=settings.login_window_s)
    await FailedLogIns(furniture.pool, furniture.limits, limits).forget_old()
