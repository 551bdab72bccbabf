"""Trying again. A lost race is no failure: read what is new, decide again, after a random pause that grows.

Whoever lost once also waits for a turn behind the others of this process that want the same stream; between processes
the pauses keep them apart. (A pause capped at 20 ms was measured to cost five times the tries.)
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import closing, suppress
from itertools import count
from typing import Any, Final
from uuid import UUID

from application import receipts
from application.errors import Busy, IdempotencyInProgress
from application.house import House
from application.requests import Answered
from application.writer import Occasion, Superseded, Writer
from domain.session.errors import SessionInvalid
from domain.shared.refusals import Refusal

FIRST_PAUSE_S: Final = 0.005
PAUSE_GROWTH: Final = 1.7
PAUSE_MAX_S: Final = 0.25
RETRY_AFTER_S: Final = 2
"""When to ask again about what somebody else is still working on."""

Attempt = Callable[[Writer], Coroutine[Any, Any, Answered]]


async def until_it_holds(house: House, occasion: Occasion, attempt: Attempt, *, lane: UUID | None = None) -> Answered:
    """Have a command judged and done, as often as it takes. Busy where the time for that is up.

    `lane`: a stream that will be fought over if it is asked for more than once at a time, such as a guest's own cart.
    Those who name it wait for each other from their first attempt on, instead of losing against each other first.
    """
    deadline = asyncio.get_running_loop().time() + house.timing.conflicts_s
    contended = lane
    judged_at: dict[UUID, int] = {}
    for tries in count(1):
        writer = Writer(house, occasion)
        try:
            return await or_first_answer(house, occasion, _in_turn(house, contended, deadline, attempt(writer)))
        except Superseded as superseded:
            contended = next(iter(superseded.streams), lane)
        if judged_at == writer.judged_at:
            # Refused twice at the same versions: what is remembered is of a ledger that lost its end, or was restored.
            writer.forget()
        judged_at = writer.judged_at
        await pause(house, tries, deadline)
    raise AssertionError


async def until_answered(house: House, look_and_act: Callable[[], Coroutine[Any, Any, Answered | None]]) -> Answered:
    """Have something done that takes more than one transaction. None means: somebody else is on it, look again.

    Refused: IdempotencyInProgress where the first request under the same key is still not through after a while.
    """
    deadline = asyncio.get_running_loop().time() + house.timing.patience_s
    for tries in count(1):
        with suppress(Superseded):
            answered = await look_and_act()
            if answered is not None:
                return answered
        try:
            await pause(house, tries, deadline)
        except Busy:
            break
    raise IdempotencyInProgress(
        "The first request under this key is still being worked on.", retry_after_s=RETRY_AFTER_S
    )


async def or_first_answer(house: House, occasion: Occasion, work: Coroutine[Any, Any, Answered]) -> Answered:
    """What the work answers, or, where it refuses what was done before under the same key, what was answered then.

    A refusal is given only after the receipt was looked for once more, after the state that was judged was read: of a
    hundred equal requests one is done, and the others must not hear that the cart is empty. Who cannot prove to be the
    guest hears nothing of receipts.
    """
    try:
        return await work
    except SessionInvalid:
        raise
    except Refusal:
        first = await first_answer(house, occasion)
        if first is None:
            raise
        return first


async def first_answer(house: House, occasion: Occasion) -> Answered | None:
    """What was answered before under the client's key, if anything. Refused: IdempotencyKeyReused."""
    if occasion.receipt is None:
        return None
    return await receipts.find(house.ledger, house.keyring, occasion.venue_id, occasion.receipt)


async def pause(house: House, tries: int, deadline: float) -> None:
    """Wait for a moment that is random, and longer the more tries there were. Busy once the deadline has passed."""
    longest_s = min(PAUSE_MAX_S, FIRST_PAUSE_S * PAUSE_GROWTH**tries)
    pause_s = house.jitter() * longest_s
    if asyncio.get_running_loop().time() + pause_s > deadline:
        raise Busy("Too many want the same at once; ask again in a moment.")
    await asyncio.sleep(pause_s)


async def _in_turn(
    house: House, contended: UUID | None, deadline: float, attempt: Coroutine[Any, Any, Answered]
) -> Answered:
    if contended is None:
        return await attempt
    with closing(attempt):
        async with house.lanes.turn(contended, deadline - asyncio.get_running_loop().time()):
            return await attempt
