"""Who follows a venue's ledger sees every event, once and in order, whoever writes from wherever."""

import asyncio
import subprocess
import sys
from itertools import pairwise
from uuid import UUID, uuid4

import pytest

from infrastructure.ledger.recorder import PostgresLedger
from tests.integration.ledger.conftest import Database

WRITERS = 2
APPENDS_EACH = 600
VENUES = 2
DEADLINE_S = 60


async def followed(ledger: PostgresLedger, venue_id: UUID, stop: asyncio.Event) -> list[tuple[int, UUID, int]]:
    """All (position, stream, version) that a reader sees that never looks back, until the writers are done."""
    seen: list[tuple[int, UUID, int]] = []
    after = 0
    while True:
        last_round = stop.is_set()
        batch = await ledger.entries(venue_id, after, limit=50)
        seen.extend((entry.position, entry.stream, entry.version) for entry in batch)
        if batch:
            after = batch[-1].position
        elif last_round:
            return seen
        else:
            await asyncio.sleep(0.001)


@pytest.mark.slow
async def test_a_tail_reader_sees_every_event_of_two_processes_once_and_in_order(
    ledger: PostgresLedger, database: Database
) -> None:
    venues = [uuid4() for _ in range(VENUES)]
    stop = asyncio.Event()
    readers = [asyncio.create_task(followed(ledger, venue_id, stop)) for venue_id in venues]
    arguments = [sys.executable, "-m", "tests.integration.ledger.writer", str(APPENDS_EACH), *map(str, venues)]
    writers = [
        await asyncio.create_subprocess_exec(
            *arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(WRITERS)
    ]
    async with asyncio.timeout(DEADLINE_S):
        answers = await asyncio.gather(*(writer.communicate(database.dsn.encode()) for writer in writers))
        outputs = [output.decode() for output, _ in answers]
        stop.set()
        seen = dict(zip(venues, [await reader for reader in readers], strict=True))
    assert [writer.returncode for writer in writers] == [0] * WRITERS, [errors.decode() for _, errors in answers]

    written = [line.split() for output in outputs for line in output.splitlines()]
    assert len(written) > WRITERS * APPENDS_EACH, "Some appends have more than one event."
    for venue_id in venues:
        expected = {(UUID(stream), int(version)) for venue, stream, version in written if venue == str(venue_id)}
        assert [position for position, _, _ in seen[venue_id]] == list(range(1, len(expected) + 1))
        assert {(stream, version) for _, stream, version in seen[venue_id]} == expected
    assert interleaved(outputs, seen[venues[0]]) > 10, "The processes hardly met, so this proved little."


def interleaved(outputs: list[str], seen: list[tuple[int, UUID, int]]) -> int:
    """How often the ledger goes from one writer's events to the other's."""
    of_first = {UUID(line.split()[1]) for line in outputs[0].splitlines()}
    turns = [stream in of_first for _, stream, _ in seen]
    return sum(left != right for left, right in pairwise(turns))
