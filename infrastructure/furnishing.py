"""The house as the settings want it, with everything real in it: what API, worker and seed share."""

import random
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from hashlib import sha256
from uuid import uuid4

from msgspec import Struct

from application.house import House, Timing
from application.steps import NobodyWatches, Steps
from infrastructure.codec import Codec
from infrastructure.credentials import PostgresCredentials
from infrastructure.gateway.powertranz import Credentials, PowerTranz
from infrastructure.hints import HintedLedger, Hints
from infrastructure.keyring import PostgresKeyring
from infrastructure.ledger.pool import Limits, Pool, open_pool
from infrastructure.ledger.recorder import PostgresLedger
from infrastructure.passwords import Argon2Passwords
from infrastructure.settings import Settings
from infrastructure.tokens import access_tokens
from infrastructure.vocabulary import EVENT_TYPES


class Furniture(Struct, frozen=True, kw_only=True, eq=False):
    """The house, and what stands behind its ports, for those who read past them: auditors, boards, projections."""

    house: House
    ledger: PostgresLedger
    pool: Pool
    limits: Limits
    codec: Codec


@asynccontextmanager
async def furnished(
    settings: Settings, *, steps: Steps | None = None, drain_s: float = 5.0
) -> AsyncIterator[Furniture]:
    """Open everything, and close it at the end. Waits for neither the database nor the gateway to be there.

    `drain_s`: how long work that nobody waits for may go on after the end; what is lost the reconciler finds again.
    """
    limits = Limits(
        connections_max=settings.database_pool_max,
        checkout_timeout_s=settings.database_timeout_s,
        statement_timeout_s=settings.database_timeout_s,
    )
    codec, hints, passwords = Codec(EVENT_TYPES), Hints(settings.database_url), Argon2Passwords()
    merchant = Credentials(powertranz_id=settings.gateway_id, password=settings.gateway_password)
    async with (
        open_pool(settings.database_url, limits) as pool,
        PowerTranz(settings.gateway_url, merchant, timeout_s=settings.gateway_timeout_s) as gateway,
        hints.sending(),
    ):
        ledger = PostgresLedger(pool, codec, limits)
        house = House(
            ledger=HintedLedger(ledger, hints),
            keyring=PostgresKeyring(pool, limits),
            gateway=gateway,
            passwords=passwords,
            credentials=PostgresCredentials(pool, limits),
            tokens=access_tokens(settings, now),
            clock=now,
            ids=uuid4,
            secret=secrets.token_bytes,
            instance_secret=_instance_secret(settings),
            timing=_timing(settings),
            steps=steps or NobodyWatches(),
            jitter=random.random,
        )
        try:
            yield Furniture(house=house, ledger=ledger, pool=pool, limits=limits, codec=codec)
        finally:
            await house.background.drain(drain_s)
            passwords.close()


def _timing(settings: Settings) -> Timing:
    """Whoever has waited a gateway's time-out and a while longer must be gone; tests make both very short."""
    return Timing(
        gateway_timeout_s=settings.gateway_timeout_s,
        grace_s=min(Timing().grace_s, settings.settle_after_s),
        refresh_ttl_s=settings.refresh_token_ttl_s,
    )


def now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


def _instance_secret(settings: Settings) -> bytes:
    return sha256(b"comanda accounts" + (settings.instance_secret or settings.jwt_secret).encode()).digest()
