"""What the machinery behind every command promises: memory, turns, pauses, work in the background."""

import asyncio
from datetime import date
from uuid import uuid4

import pytest

from application.background import Background
from application.conflicts import pause
from application.errors import Busy
from application.house import House
from application.lanes import Lanes
from application.memory import Memory, Remembered
from application.numbers import Numbers
from application.ports import Append, Appended, Conflict, Duplicate
from application.requests import ClearCart, PayOrder
from domain.cart.errors import CartIsEmpty
from tests.fixtures.venue import TestVenue
from tests.unit.application.conftest import Cast


def test_memory_never_goes_backwards() -> None:
    memory, venue_id, stream = Memory(), uuid4(), uuid4()
    memory.keep(venue_id, stream, "cart", Remembered(version=2, state="new"))
    memory.keep(venue_id, stream, "cart", Remembered(version=1, state="old"))
    remembered = memory.recall(venue_id, stream, "cart")
    assert remembered is not None
    assert remembered.state == "new"


def test_memory_forgets_what_was_used_longest_ago() -> None:
    memory, venue_id, streams = Memory(streams_max=2), uuid4(), [uuid4() for _ in range(3)]
    for stream in streams[:2]:
        memory.keep(venue_id, stream, "cart", Remembered(version=1, state=None))
    memory.recall(venue_id, streams[0], "cart")
    memory.keep(venue_id, streams[2], "cart", Remembered(version=1, state=None))
    assert [memory.recall(venue_id, stream, "cart") is not None for stream in streams] == [True, False, True]


def test_one_stream_remembered_as_two_aggregates_is_two_things() -> None:
    memory, venue_id, stream = Memory(), uuid4(), uuid4()
    memory.keep(venue_id, stream, "session", Remembered(version=1, state=None))
    assert memory.recall(venue_id, stream, "order") is None


async def test_what_is_remembered_of_a_ledger_that_is_no_more_is_read_anew(venue: TestVenue, cast: Cast) -> None:
    guest = await venue.guest()
    await guest.add()
    cart = cast.ledger.books[venue.venue_id].pop()
    assert cart.version == 1
    assert (await guest.add()).status == 201
    assert cast.ledger.conflicts > 0


async def test_turns_are_taken_one_after_the_other_and_lines_go_away() -> None:
    lanes, inside, most = Lanes(), 0, 0

    async def work() -> None:
        nonlocal inside, most
        async with lanes.turn("cart", 1.0):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(work() for _ in range(20)))
    assert most == 1
    assert not lanes.busy


async def test_whoever_waits_too_long_for_a_turn_is_told_so() -> None:
    lanes = Lanes()
    async with lanes.turn("cart", 1.0):
        with pytest.raises(Busy):
            async with lanes.turn("cart", 0.01):
                pass
    async with lanes.turn("cart", 0.01):
        pass
    assert not lanes.busy


async def test_pauses_end_when_the_time_for_trying_is_up(house: House) -> None:
    with pytest.raises(Busy):
        await pause(house, 1, asyncio.get_running_loop().time() - 1)


async def test_a_cart_that_others_always_change_first_is_busy(
    venue: TestVenue, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = await venue.guest()

    async def always_too_late(_: Append) -> Appended | Conflict | Duplicate:
        return Conflict()

    monkeypatch.setattr(cast.ledger, "append", always_too_late)
    monkeypatch.setattr("application.conflicts.PAUSE_MAX_S", 10.0)
    monkeypatch.setattr("application.conflicts.FIRST_PAUSE_S", 1.0)
    with pytest.raises(Busy):
        await guest.ask(ClearCart(guest=guest.guest))


async def test_what_was_begun_in_the_background_is_waited_for_at_the_end() -> None:
    background, done = Background(), False

    async def work() -> None:
        nonlocal done
        await asyncio.sleep(0.01)
        done = True

    background.begin(work())
    await background.drain(1.0)
    assert done


async def test_there_is_never_more_in_the_background_than_is_bearable() -> None:
    background, started = Background(tasks_max=2), 0

    async def work() -> None:
        nonlocal started
        started += 1
        await asyncio.sleep(0.01)

    for _ in range(5):
        background.begin(work())
    await background.drain(1.0)
    assert started == 2


async def test_a_failure_in_the_background_is_told_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    background = Background()

    async def work() -> None:
        raise CartIsEmpty("4111111111111111")

    background.begin(work())
    await background.drain(1.0)
    await asyncio.sleep(0)
    assert "CartIsEmpty" in caplog.text
    assert "4111" not in caplog.text


def test_numbers_are_taken_in_order_and_given_back_to_the_front() -> None:
    numbers, venue_id, day = Numbers(), uuid4(), date(2026, 3, 14)
    assert numbers.take(venue_id, day) is None
    numbers.put(venue_id, day, range(1, 4))
    first = numbers.take(venue_id, day)
    assert first == 1
    numbers.give_back(venue_id, day, first)
    assert [numbers.take(venue_id, day) for _ in range(4)] == [1, 2, 3, None]


async def test_a_wish_never_shows_what_is_in_it(venue: TestVenue) -> None:
    guest = await venue.guest()
    wish = PayOrder(guest=guest.guest, order_id=uuid4(), card_token="tok_secret")
    assert "tok_secret" not in repr(wish)
    assert "tok_secret" not in f"{wish}"
