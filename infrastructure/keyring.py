"""Everybody's own key, kept beside the ledger and never in it. Deleting a key forgets all that it sealed.

AES-256-GCM with a random nonce; venue and person are bound in as associated data, so a box that is moved to another
person's row, or another venue's, does not open.
"""

import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from time import monotonic
from typing import Final
from uuid import UUID

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from application.ports import LedgerUnavailable
from domain.shared.sealed import Sealed
from infrastructure.ledger.pool import ConnectionLost, Limits, Line, Pool, statement

NONCE_BYTES: Final = 12
KEY_BITS: Final = 256
CACHE_MAX: Final = 10_000
CACHE_TTL_S: Final = 5.0
"""How long another process may go on reading what was forgotten here."""

CREATE: Final = "insert into personal_keys (venue_id, subject, key) values (%s, %s, %s) on conflict do nothing"
FETCH: Final = "select subject, key from personal_keys where venue_id = %s and subject = any(%s)"


class PostgresKeyring:
    """Fulfils `application.ports.Keyring`."""

    def __init__(
        self,
        pool: Pool,
        limits: Limits,
        *,
        cache_max: int = CACHE_MAX,
        ttl_s: float = CACHE_TTL_S,
        clock_s: Callable[[], float] = monotonic,
    ) -> None:
        self._pool = pool
        self._limits = limits
        self._cache: OrderedDict[tuple[UUID, UUID], tuple[float, AESGCM]] = OrderedDict()
        self._cache_max = cache_max
        self._ttl_s = ttl_s
        self._clock_s = clock_s

    async def create(self, venue_id: UUID, subject: UUID) -> None:
        """Make the person's key. Doing it again changes nothing."""
        async with self._line() as connection:
            await connection.execute(CREATE, (venue_id, subject, AESGCM.generate_key(KEY_BITS)))

    async def seal(self, venue_id: UUID, subject: UUID, text: str) -> Sealed:
        """Encrypt a text under the person's key, bound to venue and person. KeyError where the key is gone."""
        key = (await self._keys(venue_id, [subject]))[subject]
        nonce = secrets.token_bytes(NONCE_BYTES)
        return Sealed(subject=subject, box=nonce + key.encrypt(nonce, text.encode(), venue_id.bytes + subject.bytes))

    async def unseal(self, venue_id: UUID, boxes: Sequence[Sealed]) -> list[str | None]:
        """The texts again, in order; None where a key was destroyed, or a box is not what was sealed."""
        keys = await self._keys(venue_id, {sealed.subject for sealed in boxes})
        return [_opened(venue_id, sealed, keys.get(sealed.subject)) for sealed in boxes]

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[Line]:
        """A connection for one statement. Raises LedgerUnavailable: making or fetching a key again does no harm."""
        try:
            async with statement(self._pool, self._limits) as connection:
                yield connection
        except ConnectionLost as error:
            raise LedgerUnavailable("The connection to the database broke.") from error

    async def _keys(self, venue_id: UUID, subjects: Iterable[UUID]) -> dict[UUID, AESGCM]:
        """The keys that exist, from memory where they are fresh; the others in one round trip."""
        now_s = self._clock_s()
        keys: dict[UUID, AESGCM] = {}
        missing: list[UUID] = []
        for subject in subjects:
            fresh_until_s, key = self._cache.get((venue_id, subject), (0.0, None))
            if key is not None and now_s < fresh_until_s:
                keys[subject] = key
            else:
                missing.append(subject)
        if missing:
            async with self._line() as connection:
                rows = await (await connection.execute(FETCH, (venue_id, missing), binary=True)).fetchall()
            for subject, raw in rows:
                keys[subject] = self._remembered(venue_id, subject, AESGCM(raw), now_s)
        return keys

    def _remembered(self, venue_id: UUID, subject: UUID, key: AESGCM, now_s: float) -> AESGCM:
        self._cache[venue_id, subject] = (now_s + self._ttl_s, key)
        self._cache.move_to_end((venue_id, subject))
        while len(self._cache) > self._cache_max:
            self._cache.popitem(last=False)
        return key


def _opened(venue_id: UUID, sealed: Sealed, key: AESGCM | None) -> str | None:
    if key is None:
        return None
    nonce, box = sealed.box[:NONCE_BYTES], sealed.box[NONCE_BYTES:]
    try:
        return key.decrypt(nonce, box, venue_id.bytes + sealed.subject.bytes).decode()
    except (InvalidTag, ValueError):
        # One broken note must not take the whole board with it, and it must not go unnoticed either.
        structlog.get_logger("keyring").error("box_does_not_open", venue=str(venue_id), subject=str(sealed.subject))
        return None
