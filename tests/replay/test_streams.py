"""Histories that really happened still end as they did, and nobody has touched them since."""

import itertools
from collections.abc import AsyncIterator, Iterable
from hashlib import sha256

import pytest
from msgspec.structs import replace

from domain.account.events import LoggedOut, LogoutCause
from infrastructure.codec import Codec
from infrastructure.ledger.chain import GENESIS, link
from infrastructure.ledger.entry import Entry
from infrastructure.ledger.verify import LedgerEnd, Verification, verify
from infrastructure.vocabulary import EVENT_TYPES
from tests.replay.once import complaints, sums
from tests.replay.record import STORIES
from tests.replay.recording import (
    STREAMS,
    Ending,
    agrees,
    end_states,
    fold,
    known_ending,
    order_ends,
    plain,
    recorded_ledger,
)

CODEC = Codec(EVENT_TYPES)

# Reckoned by hand from the prices, taxes and tips of the stories, not by the program:
# status, payment status, total, paid, given back, due.
KNOWN_ENDS = {
    "paid-and-served": [("completed", "paid", 7_138, 7_138, 0, 0)],
    "declined-then-paid": [("confirmed", "paid", 2_598, 2_598, 0, 0)],
    "cancelled-and-refunded": [
        ("cancelled", "refunded", 3_897, 3_897, 3_897, 0),
        ("cancelled", "unpaid", 1_299, 0, 0, 0),
    ],
    "recalled": [("completed", "paid", 1_299, 1_299, 0, 0)],
    "repriced-cart": [("pending", "unpaid", 3_669, 0, 0, 3_669)],
    "partial-payments": [("confirmed", "partially_refunded", 4_931, 4_931, 1_999, 0)],
    "expired": [("cancelled", "unpaid", 1_299, 0, 0, 0)],
    "unknown-settled": [("confirmed", "paid", 1_299, 1_299, 0, 0), ("confirmed", "paid", 2_598, 2_598, 0, 0)],
    "stray-charge": [("cancelled", "refunded", 1_299, 0, 0, 0)],
    "busy-manager": [],
    "house": [],
}

every_story = pytest.mark.parametrize("story", sorted(KNOWN_ENDS))


def test_no_recorded_file_has_changed_since_it_was_written() -> None:
    assert complaints(STREAMS) == []


def test_every_story_is_recorded_and_has_a_known_end() -> None:
    assert set(STORIES) == set(KNOWN_ENDS)
    assert set(sums(STREAMS)) == {f"{story}{suffix}" for story in STORIES for suffix in (".ndjson", ".json")}


@every_story
def test_a_recorded_history_ends_as_it_did(story: str) -> None:
    folded, known = fold(recorded_ledger(story), CODEC), known_ending(story)
    today = {each.stream: each for each in end_states(folded)}
    assert set(today) == {each.stream for each in known.streams}
    for each in known.streams:
        assert (each.aggregate, each.version) == (today[each.stream].aggregate, today[each.stream].version)
        assert agrees(each.state, today[each.stream].state), each.aggregate


@every_story
def test_its_orders_and_bills_come_to_what_people_remember(story: str) -> None:
    ends = order_ends(fold(recorded_ledger(story), CODEC))
    assert ends == known_ending(story).orders
    assert [
        (end.status, end.payment_status, end.total_minor, end.paid_minor, end.refunded_minor, end.due_minor)
        for end in ends
    ] == KNOWN_ENDS[story]


@every_story
async def test_its_chain_holds_from_the_first_event_to_the_head(story: str) -> None:
    entries, known = recorded_ledger(story), known_ending(story)
    found = await _verified(known, entries)
    assert found == Verification(
        valid=True, events=len(entries), head=bytes.fromhex(known.head_hash), first_bad_position=None
    )
    assert [entry.position for entry in entries] == [*range(1, len(entries) + 1)]


@every_story
async def test_its_chain_shows_every_event_that_is_altered(story: str) -> None:
    entries, known = recorded_ledger(story), known_ending(story)
    for place, entry in enumerate(entries):
        altered = replace(entry, data=entry.data.replace(b'"type"', b'"typo"', 1))
        tampered = [*entries[:place], altered, *entries[place + 1 :]]
        assert (await _verified(known, tampered)).first_bad_position == entry.position


def test_the_chain_is_what_the_documentation_of_it_says() -> None:
    """Hashed once more here, by nothing but the words of chain.py's docstring."""
    entry, known = recorded_ledger("expired")[0], known_ending("expired")
    microseconds = round((entry.recorded_at.timestamp() - 946_684_800) * 1_000_000)
    numbers = [(entry.position, 8), (entry.version, 4), (microseconds, 8)]
    position, version, recorded_at = (number.to_bytes(length, "big") for number, length in numbers)
    said = [known.venue_id.bytes, position, entry.stream.bytes, version, entry.tag.encode(), recorded_at]
    said += [text.encode() for text in (entry.actor, entry.request_id, entry.caused_by)]
    encoded = b"".join(len(part).to_bytes(4, "big") + part for part in [*said, entry.data])
    assert entry.hash == sha256(bytes(32) + encoded).digest() == link(GENESIS, known.venue_id, entry)


@every_story
def test_folding_again_from_what_is_written_today_tells_the_same_story(story: str) -> None:
    """Read, write, read: the state is the same, though an old shape is a new one by then."""
    entries = recorded_ledger(story)
    rewritten = []
    for entry in entries:
        tag, data = CODEC.encode(CODEC.decode(entry.tag, entry.data))
        rewritten.append(replace(entry, tag=tag, data=data))
    before, after = fold(entries, CODEC), fold(rewritten, CODEC)
    assert [plain(each.state) for each in before.values()] == [plain(each.state) for each in after.values()]


def test_a_ledger_from_before_the_second_log_out_is_read_in_todays_words() -> None:
    """It was recorded by the program that still wrote `account.logged-out.v1`: two log-outs, one of a stolen token."""
    entries = [entry for entry in recorded_ledger("house") if entry.tag == "account.logged-out.v1"]
    assert [entry.caused_by for entry in entries] == ["command:LogOut", "command:RefreshLogin"]
    for entry in entries:
        event = CODEC.decode(entry.tag, entry.data)
        assert isinstance(event, LoggedOut)
        assert event.cause is LogoutCause.UNTOLD


async def _verified(known: Ending, entries: Iterable[Entry]) -> Verification:
    end = LedgerEnd(
        position=known.head_position, hash=bytes.fromhex(known.head_hash), last_position=known.head_position
    )
    return await verify(known.venue_id, end, _one_by_one(entries))


async def _one_by_one(entries: Iterable[Entry]) -> AsyncIterator[Entry]:
    for entry in itertools.islice(entries, 10_000):
        yield entry
