"""Order numbers, reserved a block at a time so that placements need not wait for each other."""

from datetime import date
from typing import Final
from uuid import UUID

from application.conflicts import until_it_holds
from application.house import House
from application.requests import Answered
from application.views.staff import DoneView
from application.writer import Occasion, Writer
from domain.numbering.commands import ReserveNumbers
from domain.numbering.decider import NUMBERING
from domain.shared.ids import numbering_stream

BLOCK: Final = 16
"""How many are reserved at a time. What a process holds when it ends stays a gap."""


async def next_number(house: House, venue_id: UUID, day: date, request_id: str) -> int:
    """A number that nobody else has on that business day. It reserves a block first where none is at hand."""
    number = house.numbers.take(venue_id, day)
    while number is None:
        async with house.lanes.turn((venue_id, day), house.timing.conflicts_s):
            # Those who waited in line find the block that the first of them reserved.
            number = house.numbers.take(venue_id, day)
            if number is None:
                house.numbers.put(venue_id, day, await _reserved(house, venue_id, day, request_id))
                number = house.numbers.take(venue_id, day)
    return number


async def _reserved(house: House, venue_id: UUID, day: date, request_id: str) -> range:
    block = range(0)

    async def attempt(writer: Writer) -> Answered:
        nonlocal block
        numbering = writer.open(NUMBERING, numbering_stream(venue_id, day))
        await writer.load()
        first = numbering.state.next_number
        numbering.decide(ReserveNumbers(count=BLOCK))
        block = range(first, first + BLOCK)
        return await writer.commit(DoneView())

    occasion = Occasion(
        venue_id=venue_id, actor="system:numbering", request_id=request_id, caused_by="command:PlaceOrder"
    )
    await until_it_holds(house, occasion, attempt)
    return block
