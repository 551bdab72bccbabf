"""The application's ledger: PostgreSQL behind the port, async, and honest about what it does not know."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from random import uniform
from typing import Any, Final
from uuid import UUID

from msgspec.structs import asdict

from application.ports import (
    Append,
    Appended,
    Conflict,
    Duplicate,
    LedgerUnavailable,
    OutcomeUnknown,
    Receipt,
    Recorded,
    Streams,
)
from infrastructure.codec import Codec, EventMapper, StreamEvent
from infrastructure.ledger import statements
from infrastructure.ledger.chain import GENESIS
from infrastructure.ledger.entry import Entry, Filters
from infrastructure.ledger.pool import ConnectionLost, Limits, Pool, open_pool, statement
from infrastructure.ledger.statements import Draft, Verdict, entry_of
from infrastructure.ledger.verify import LedgerEnd, Verification, verify

ATTEMPTS: Final = 3
"""How often something is asked whose answer got lost. With the time-outs of Limits this bounds every call."""

BATCH: Final = 1000
"""How many entries are read at once where a whole ledger is."""

EVERYTHING: Final = Filters()

Parameters = Sequence[object] | Mapping[str, object]


class PostgresLedger:
    """Fulfils `application.ports.Ledger`, and lets auditors and projections read on. Safe for many tasks at once."""

    def __init__(self, pool: Pool, codec: Codec, limits: Limits) -> None:
        self._pool = pool
        self._codec = codec
        self._mapper = EventMapper(codec)
        self._limits = limits

    @classmethod
    @asynccontextmanager
    async def open(cls, dsn: str, codec: Codec, limits: Limits | None = None) -> AsyncIterator["PostgresLedger"]:
        """A ledger with a pool of its own, closed at the end. Does not wait for the server to be there."""
        chosen = limits or Limits()
        async with open_pool(dsn, chosen) as pool:
            yield cls(pool, codec, chosen)

    async def append(self, append: Append) -> Appended | Conflict | Duplicate:
        """Commit all of it, or say why not. Raises LedgerUnavailable or OutcomeUnknown.

        When the connection breaks meanwhile, it is asked again with the same receipt key: either the first try was
        committed, and its receipt is found, or it was not, and now it is.
        """
        draft = self._draft(append)
        parameters = draft.parameters()
        lost: Exception | None = None
        for attempt in range(ATTEMPTS):
            try:
                verdict = Verdict(*(await self._rows_once(statements.APPEND, parameters))[0])
            except ConnectionLost as error:
                lost = error
            except LedgerUnavailable:
                if lost is None:
                    raise
            else:
                return await self._answer(draft, verdict, was_lost=lost is not None)
            await asyncio.sleep(uniform(0, 0.05 * 2**attempt))  # noqa: S311 - no secret, only to be out of step
        raise OutcomeUnknown(
            f"The database went away while appending, and {ATTEMPTS - 1} more tries told nothing."
        ) from lost

    async def read(self, venue_id: UUID, after: Mapping[UUID, int]) -> Streams:
        """The events of several streams beyond the given versions, in one round trip."""
        if not after:
            raise ValueError("A read names at least one stream.")
        found: dict[UUID, list[Recorded]] = {stream: [] for stream in after}
        rows = await self._rows(statements.READ, (venue_id, list(after), list(after.values())))
        for stream, _, position, version, tag, recorded_at, actor, request_id, caused_by, data in rows:
            if position is None:
                continue
            found[stream].append(
                Recorded(
                    position=position,
                    stream=stream,
                    version=version,
                    recorded_at=recorded_at,
                    actor=actor,
                    request_id=request_id,
                    caused_by=caused_by,
                    event=self._codec.decode(tag, data),
                )
            )
        return Streams(events=found, read_at=rows[0][1])

    async def receipt(self, venue_id: UUID, key: bytes) -> Receipt | None:
        """The receipt stored under a key, if any."""
        for fingerprint, status, body, subject, position in await self._rows(statements.RECEIPT, (venue_id, key)):
            return Receipt(fingerprint=fingerprint, status=status, body=body, subject=subject, position=position)
        return None

    async def head(self, venue_id: UUID) -> int:
        """The venue's last position; 0 where nothing happened yet."""
        rows = await self._rows(statements.HEAD, (venue_id,))
        return int(rows[0][0]) if rows else 0

    async def venues(self) -> dict[UUID, int]:
        """Every venue in which something happened, with its last position."""
        return dict(await self._rows(statements.VENUES, ()))

    async def entries(
        self, venue_id: UUID, after: int = 0, limit: int = BATCH, filters: Filters = EVERYTHING
    ) -> list[Entry]:
        """The next `limit` lines of the ledger beyond a position, in order, narrowed down by `filters`."""
        chosen = {name: value for name, value in asdict(filters).items() if value is not None}
        clauses = " ".join(statements.FILTERS[name] for name in chosen)
        query = f"{statements.ENTRIES} {clauses} order by position limit %(limit)b::integer"
        parameters = {"venue_id": venue_id, "after": after, "limit": limit, **chosen}
        return [entry_of(row) for row in await self._rows(query, parameters)]

    async def every_entry(self, venue_id: UUID, after: int = 0) -> AsyncIterator[Entry]:
        """All lines of the ledger beyond a position, in order, read in batches as they are asked for."""
        while batch := await self.entries(venue_id, after):
            for entry in batch:
                yield entry
            after = batch[-1].position

    async def recorded(self, venue_id: UUID, after: int, limit: int = BATCH) -> list[Recorded]:
        """The next `limit` events beyond a position, decoded: what a projection follows."""
        return [self.decode(entry) for entry in await self.entries(venue_id, after, limit)]

    def decode(self, entry: Entry) -> Recorded:
        """An entry as the application sees it. Raises UnknownTag or UnreadableEvent."""
        return Recorded(
            position=entry.position,
            stream=entry.stream,
            version=entry.version,
            recorded_at=entry.recorded_at,
            actor=entry.actor,
            request_id=entry.request_id,
            caused_by=entry.caused_by,
            event=self._codec.decode(entry.tag, entry.data),
        )

    async def end(self, venue_id: UUID) -> LedgerEnd:
        """Where the ledger says that it ends, and where it does."""
        ((position, link, last_position),) = await self._rows(statements.END, (venue_id,))
        return LedgerEnd(position=position or 0, hash=link or GENESIS, last_position=last_position or 0)

    async def verify(self, venue_id: UUID, start: int = 1) -> Verification:
        """Recompute the chain from position `start` to the head. Takes a while for a long ledger: about 10 µs each."""
        end = await self.end(venue_id)
        return await verify(venue_id, end, self.every_entry(venue_id, max(start - 2, 0)), max(start, 1))

    async def discard_receipts(self, venue_id: UUID, limit: int = BATCH) -> int:
        """Delete up to `limit` receipts that need not be kept any longer; how many they were."""
        parameters = {"venue_id": venue_id, "limit": limit}
        ((discarded,),) = await self._rows(statements.DISCARD_RECEIPTS, parameters)
        return int(discarded)

    def _draft(self, append: Append) -> Draft:
        stored = [
            self._mapper.to_stored_event(
                StreamEvent(originator_id=growth.stream, originator_version=growth.expected_version + k, event=event)
            )
            for growth in append.growths
            for k, event in enumerate(growth.events, start=1)
        ]
        judged = {growth.stream: growth.expected_version for growth in append.growths}
        if len(judged) != len(append.growths):
            raise ValueError("An append names each stream once.")
        return Draft(
            venue_id=append.venue_id,
            judged=judged,
            stored=stored,
            actor=append.actor,
            request_id=append.request_id,
            caused_by=append.caused_by,
            key=append.receipt_key.key,
            fingerprint=append.receipt_key.fingerprint,
            keep_for=append.receipt_key.keep_for,
            status=append.status,
            body=append.body,
            subject=append.subject,
        )

    async def _answer(self, draft: Draft, verdict: Verdict, *, was_lost: bool) -> Appended | Conflict | Duplicate:
        match verdict:
            case Verdict(outcome="ok", last_position=int(position), appended_at=appended_at) if appended_at:
                return Appended(last_position=position, recorded_at=appended_at)
            case Verdict(outcome="conflict"):
                return Conflict()
            case Verdict(
                outcome="duplicate",
                last_position=int(position),
                first_fingerprint=bytes(fingerprint),
                first_status=int(status),
                first_body=bytes(body),
                first_subject=subject,
            ):
                if was_lost and verdict.repeats(draft):
                    # It is our own first try that was committed; only its answer was lost.
                    return await self._appended_before(draft.venue_id, position)
                receipt = Receipt(fingerprint=fingerprint, status=status, body=body, subject=subject, position=position)
                return Duplicate(receipt=receipt)
            case _:
                raise AssertionError(f"ledger_append answered {verdict.outcome!r} with columns missing.")

    async def _appended_before(self, venue_id: UUID, position: int) -> Appended:
        ((recorded_at,),) = await self._rows(statements.RECORDED_AT, (venue_id, position))
        return Appended(last_position=position, recorded_at=recorded_at)

    async def _rows(self, query: str, parameters: Parameters) -> list[tuple[Any, ...]]:
        """Run what may simply be asked again when the connection breaks."""
        lost: Exception | None = None
        for _ in range(ATTEMPTS):
            try:
                return await self._rows_once(query, parameters)
            except ConnectionLost as error:
                lost = error
        raise LedgerUnavailable("The connection to the database broke, again and again.") from lost

    async def _rows_once(self, query: str, parameters: Parameters) -> list[tuple[Any, ...]]:
        async with statement(self._pool, self._limits) as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(query.encode(), parameters, prepare=True)
            return await cursor.fetchall()
