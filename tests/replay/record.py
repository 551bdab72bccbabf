"""Records the histories under streams/: `python -m tests.replay.record` writes those that are missing, never others.

Each story is played once by the real application on a real ledger, in a database of its own. Only the gateway, the
passwords and the clock are stand-ins. What is written then is what a ledger of that day holds, so a story that is
already there is left alone for ever, even when the program would tell it differently today.
"""

import asyncio
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from os import getpid
from pathlib import Path
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid4

from application.house import House, Timing
from domain.shared.ids import HOUSE, venue_id_of
from infrastructure.codec import Codec
from infrastructure.keyring import PostgresKeyring
from infrastructure.ledger.pool import Limits, open_pool
from infrastructure.ledger.recorder import PostgresLedger
from infrastructure.migrations import migrate
from infrastructure.postgres import Server, postgres
from infrastructure.vocabulary import EVENT_TYPES
from tests.fixtures.fakes import MemoryCredentials, PlainPasswords, PlainTokens, ScriptedGateway
from tests.fixtures.memory_ledger import Hands
from tests.replay import stories
from tests.replay.once import write_once
from tests.replay.recording import STREAMS, Ending, end_states, ending_bytes, fold, ledger_bytes, order_ends

CODEC: Final = Codec(EVENT_TYPES)

Story = Callable[[stories.Stage, str], Awaitable[None]]
"""Plays itself in the ledger of the slug that it is given."""

STORIES: Final[Mapping[str, Story]] = MappingProxyType(
    {
        "paid-and-served": stories.paid_and_served,
        "declined-then-paid": stories.declined_then_paid,
        "cancelled-and-refunded": stories.cancelled_and_refunded,
        "recalled": stories.recalled,
        "repriced-cart": stories.repriced_cart,
        "partial-payments": stories.partial_payments,
        "expired": stories.expired,
        "unknown-settled": stories.unknown_settled,
        "stray-charge": stories.stray_charge,
        "busy-manager": stories.busy_manager,
        "house": stories.log_ins,
    }
)
"""File name → story. The file's name is the venue's slug too; `house` is the house's own ledger."""


@contextmanager
def a_database(server: Server) -> Iterator[str]:
    """A migrated database that is gone afterwards: the connection string of the application's role."""
    name = f"replay_{getpid()}"
    made = server.create_database(name)
    migrate(made.dsn, app_role=made.app_role)
    try:
        yield made.app_dsn
    finally:
        server.drop_database(name)


@asynccontextmanager
async def staged(dsn: str) -> AsyncIterator[tuple[stories.Stage, PostgresLedger]]:
    """A house over that database, and its ledger. At the end, all that goes on in the background is done."""
    limits, clock, gateway = Limits(connections_max=4), Hands(), ScriptedGateway()
    async with open_pool(dsn, limits) as pool:
        ledger = PostgresLedger(pool, CODEC, limits)
        house = House(
            ledger=ledger,
            keyring=PostgresKeyring(pool, limits),
            gateway=gateway,
            passwords=PlainPasswords(),
            credentials=MemoryCredentials(),
            tokens=PlainTokens(),
            clock=clock,
            ids=uuid4,
            secret=secrets.token_bytes,
            instance_secret=secrets.token_bytes(32),
            timing=Timing(gateway_timeout_s=0.2, grace_s=0.2),
        )
        yield stories.Stage(house=house, clock=clock, gateway=gateway), ledger
        await house.background.drain(5.0)


async def recorded(dsn: str, name: str, story: Story) -> tuple[bytes, bytes]:
    """Play a story: its ledger's file, and its ending's."""
    async with staged(dsn) as (stage, ledger):
        await story(stage, name)
        await stage.house.background.drain(5.0)
        return await _files(ledger, venue_id_of(name), name)


async def _files(ledger: PostgresLedger, venue_id: UUID, name: str) -> tuple[bytes, bytes]:
    entries = [entry async for entry in ledger.every_entry(venue_id)]
    verification = await ledger.verify(venue_id)
    if not verification.valid:
        raise AssertionError(f"The ledger of {name} does not hold together.")
    folded = fold(entries, CODEC)
    ending = Ending(
        story=name,
        venue_id=venue_id,
        head_position=verification.events,
        head_hash=verification.head.hex(),
        orders=() if venue_id == HOUSE else order_ends(folded),
        streams=end_states(folded),
    )
    return ledger_bytes(entries), ending_bytes(ending)


def main() -> int:
    missing = [name for name in STORIES if not (STREAMS / f"{name}.ndjson").exists()]
    if not missing:
        print("Every story is recorded; nothing to do.")  # noqa: T201 - said to whoever typed the command
        return 0
    with postgres(Path(".comanda/tests"), keep=False) as server:
        for name in missing:
            # A database each: the house's ledger is one for all venues of a database, and belongs to one story only.
            with a_database(server) as dsn:
                ledger_file, ending_file = asyncio.run(recorded(dsn, name, STORIES[name]))
            write_once(STREAMS, f"{name}.ndjson", ledger_file)
            write_once(STREAMS, f"{name}.json", ending_file)
            events = ledger_file.count(b"\n")
            print(f"recorded {name}: {events} events")  # noqa: T201 - see above
    return 0


if __name__ == "__main__":
    sys.exit(main())
