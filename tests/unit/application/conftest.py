"""A house of fakes, with a clock that the test moves."""

import secrets
from uuid import uuid4

import pytest
from msgspec import Struct

from application.house import House, Timing
from tests.fixtures.fakes import (
    MemoryCredentials,
    MemoryKeyring,
    PlainPasswords,
    PlainTokens,
    ScriptedGateway,
    Watcher,
)
from tests.fixtures.memory_ledger import Hands, MemoryLedger
from tests.fixtures.venue import TestVenue


class Cast(Struct, frozen=True, kw_only=True, eq=False):
    """The house and everybody in it whom a test may want to talk to."""

    house: House
    clock: Hands
    ledger: MemoryLedger
    keyring: MemoryKeyring
    gateway: ScriptedGateway
    credentials: MemoryCredentials
    watcher: Watcher


@pytest.fixture
def cast() -> Cast:
    clock = Hands()
    ledger, keyring, gateway = MemoryLedger(clock), MemoryKeyring(), ScriptedGateway()
    credentials, watcher = MemoryCredentials(), Watcher()
    house = House(
        ledger=ledger,
        keyring=keyring,
        gateway=gateway,
        passwords=PlainPasswords(),
        credentials=credentials,
        tokens=PlainTokens(),
        clock=clock,
        ids=uuid4,
        secret=secrets.token_bytes,
        instance_secret=b"i" * 32,
        timing=Timing(gateway_timeout_s=1.0, grace_s=1.0, patience_s=1.0, conflicts_s=4.0),
        steps=watcher,
    )
    return Cast(
        house=house,
        clock=clock,
        ledger=ledger,
        keyring=keyring,
        gateway=gateway,
        credentials=credentials,
        watcher=watcher,
    )


@pytest.fixture
def house(cast: Cast) -> House:
    return cast.house


@pytest.fixture
async def venue(house: House) -> TestVenue:
    return await TestVenue(house, "conch-house").open()
