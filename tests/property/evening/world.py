"""A small world for whole-system properties: one database, one gateway over HTTP, and processes that come and go.

A process is a house with a memory of its own; several share the database and the gateway, as they would in production.
Everything runs in one event loop, which the machine runs step by step.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from aiohttp import ClientSession, web
from argon2 import PasswordHasher

from application.gateway import Charge, Gateway, LookUp, Outcome, Refund, Unknown, VoidOutcome
from application.house import House, Timing
from application.steps import Step
from infrastructure.codec import Codec
from infrastructure.credentials import PostgresCredentials
from infrastructure.gateway.powertranz import Credentials, PowerTranz
from infrastructure.keyring import PostgresKeyring
from infrastructure.ledger.pool import Limits, Pool, open_pool
from infrastructure.ledger.recorder import PostgresLedger
from infrastructure.passwords import Argon2Passwords
from infrastructure.projecting.engine import Engine
from infrastructure.simulator.app import make_app
from infrastructure.simulator.journal import Journal
from infrastructure.simulator.teller import Repeat
from infrastructure.tokens import AccessTokens
from infrastructure.vocabulary import EVENT_TYPES
from projections.registry import PROJECTIONS
from tests.fixtures.fakes import ProcessDied

MERCHANT: Final = Credentials(powertranz_id="merchant", password="secret-of-the-merchant")
GATEWAY_TIMEOUT_S: Final = 0.3
TIMING: Final = Timing(gateway_timeout_s=GATEWAY_TIMEOUT_S, grace_s=0.15, patience_s=5.0)
NOBODY_ELSE_IS_AT_WORK: Final = Timing(gateway_timeout_s=0.0, grace_s=0.0)
LATE_S: Final = 2 * GATEWAY_TIMEOUT_S
"""How long a late charge takes to arrive: its client has given up by then."""


class Doom:
    """Kills a process at a step."""

    def __init__(self, step: Step | None = None) -> None:
        """Name the step, or none at all."""
        self.step = step

    async def reached(self, step: Step) -> None:
        """Die if this is the step."""
        if step is self.step:
            raise ProcessDied


class Witness:
    """Stands beside the gateway and counts the charges of which nobody knows what became. A Gateway like any other."""

    def __init__(self, gateway: Gateway) -> None:
        """Begin with no doubt."""
        self._gateway = gateway
        self.doubts = 0

    async def charge(self, charge: Charge) -> Outcome:
        """Take the money."""
        outcome = await self._gateway.charge(charge)
        self.doubts += isinstance(outcome, Unknown)
        return outcome

    async def look_up(self, transaction_id: UUID) -> LookUp:
        """What became of it."""
        found = await self._gateway.look_up(transaction_id)
        self.doubts += isinstance(found, Unknown)
        return found

    async def void(self, transaction_id: UUID) -> VoidOutcome:
        """Take it back."""
        return await self._gateway.void(transaction_id)

    async def refund(self, refund: Refund) -> Outcome:
        """Give it back."""
        return await self._gateway.refund(refund)


class World:
    """The database, the gateway, and everybody who was ever at work."""

    def __init__(self, pool: Pool, gateway: Gateway, journal: Journal, http: ClientSession, url: str) -> None:
        """Take over what was opened; see `open_world`."""
        self.codec = Codec(EVENT_TYPES)
        self.pool = pool
        self.ledger = PostgresLedger(pool, self.codec, Limits())
        self.engine = Engine(pool, PROJECTIONS, self.codec.decode)
        self.gateway = Witness(gateway)
        self._journal, self._http, self._url = journal, http, url
        self._houses: list[House] = []
        self._late_until = 0.0

    def house(self, timing: Timing = TIMING, doom: Doom | None = None) -> House:
        """Start a process. It remembers nothing of what others did."""
        house = House(
            ledger=PostgresLedger(self.pool, self.codec, Limits()),
            keyring=PostgresKeyring(self.pool, Limits()),
            gateway=self.gateway,
            passwords=Argon2Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)),
            credentials=PostgresCredentials(self.pool, Limits()),
            tokens=AccessTokens(["t" * 32], lifetime_s=900, clock=_now),
            clock=_now,
            ids=uuid4,
            secret=secrets.token_bytes,
            instance_secret=b"i" * 32,
            timing=timing,
            steps=doom or Doom(),
        )
        self._houses.append(house)
        return house

    async def misbehave(self, operation: str, **fault: Any) -> None:  # noqa: ANN401 - JSON for the simulator
        """Plan what the operation's next call will meet (see infrastructure/simulator/behaviours.py)."""
        async with self._http.post(f"{self._url}/_simulator/faults", json={"operation": operation, **fault}) as answer:
            answer.raise_for_status()

    async def be_late(self) -> None:
        """Have the next charge arrive when its client has long given up."""
        await self.misbehave("sale", done=True, delay_s=LATE_S, reply="normal")
        self._late_until = asyncio.get_running_loop().time() + 2 * LATE_S

    async def calm_down(self) -> None:
        """Let everything that is on its way arrive, and let nothing go wrong from here on."""
        async with self._http.delete(f"{self._url}/_simulator/faults") as answer:
            answer.raise_for_status()
        for house in self._houses:
            await house.background.drain(5.0)
        self._houses.clear()
        await asyncio.sleep(max(0.0, self._late_until - asyncio.get_running_loop().time()))

    def charges(self, order_id: UUID) -> dict[UUID, int]:
        """What the gateway holds of each charge of an order that it approved, in minor units: the truth."""
        found = self._journal.books.charges(str(order_id))
        return {UUID(each.attempt.transaction_id): each.refundable_minor for each in found}


@asynccontextmanager
async def open_world(dsn: str, folder: Path) -> AsyncIterator[World]:
    """Open connections to a migrated database, and the gateway with its books in the folder."""
    async with AsyncExitStack() as stack:
        journal = await stack.enter_async_context(Journal(folder / "charges.ndjson"))
        runner = web.AppRunner(make_app(journal, repeat=Repeat.REFUSE), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = "http://{}:{}".format(*runner.addresses[0][:2])
        pool = await stack.enter_async_context(open_pool(dsn, Limits(connections_max=8)))
        gateway = await stack.enter_async_context(PowerTranz(url, MERCHANT, timeout_s=GATEWAY_TIMEOUT_S))
        http = await stack.enter_async_context(ClientSession())
        yield World(pool, gateway, journal, http, url)


def _now() -> datetime:
    return datetime.now(UTC)
