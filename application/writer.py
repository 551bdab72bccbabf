"""One attempt at one command: open streams, read them in one round trip, decide, and append it all in another.

Every stream that was opened counts as judged: the append names the version of each, so whatever changed meanwhile, in
any of them, makes the whole attempt void, and nothing of it happens.
"""

from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct

from application import receipts
from application.house import House
from application.ports import Append, Appended, Conflict, Duplicate, ReceiptKey
from application.reading import Opened, Reading
from application.requests import Answered, Request, Told
from application.views.view import View
from domain.shared.event import Decider, Event

REACTING: Final = "system:reconciler"
"""Who does what follows from what others did."""

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E", bound=Event)


class Superseded(Exception):
    """Somebody else was faster. `streams` are those that this attempt would have made grow."""

    def __init__(self, streams: tuple[UUID, ...]) -> None:
        """Name what was fought over."""
        super().__init__()
        self.streams = streams


class Occasion(Struct, frozen=True, kw_only=True):
    """Who brings something about, and why; the envelope of every event that comes of it.

    `receipt` is the client's, or None where a new one of the server's own will do. `caused_by` is `command:{Name}`,
    or `event:{position}` for a reaction.
    """

    venue_id: UUID
    actor: str
    request_id: str
    caused_by: str
    receipt: ReceiptKey | None = None


def occasion_of(request: Request) -> Occasion:
    """What a request is the occasion of."""
    return Occasion(
        venue_id=request.venue_id,
        actor=request.actor,
        request_id=request.request_id,
        caused_by=f"command:{type(request.wish).__name__}",
        receipt=None if request.key is None else receipts.client_receipt(request.actor, request.key),
    )


def reaction(occasion: Occasion, position: int) -> Occasion:
    """The occasion of what follows by itself from what stands at that position of the ledger."""
    return Occasion(
        venue_id=occasion.venue_id,
        actor=REACTING,
        request_id=occasion.request_id,
        caused_by=f"event:{position}",
    )


class Writer:
    """One attempt. Make a new one for the next."""

    def __init__(self, house: House, occasion: Occasion) -> None:
        """Nothing is read yet."""
        self.house = house
        self.occasion = occasion
        self.venue_id = occasion.venue_id
        self.reading = Reading(house, occasion.venue_id)

    @property
    def at(self) -> datetime:
        """The time of day by which this attempt judges."""
        return self.reading.at

    @property
    def judged_at(self) -> dict[UUID, int]:
        """The version of each stream that this attempt judges."""
        return {stream: opened.read.version for stream, opened in self.reading.opened.items()}

    def open(self, decider: Decider[S, C, E], stream: UUID) -> Opened[S, C, E]:
        """Name a stream that this attempt is about; `load` reads it."""
        return self.reading.open(decider, stream)

    def begin(self, decider: Decider[S, C, E], stream: UUID) -> Opened[S, C, E]:
        """Name a stream whose id was just made."""
        return self.reading.begin(decider, stream)

    async def load(self) -> None:
        """Read every stream that was opened; after this their states are what they are now."""
        await self.reading.load()

    async def commit(self, view: View | Told, *, status: int = 200, subject: UUID | None = None) -> Answered:
        """Append what was decided, with the answer. `subject` is the guest whom the answer tells about.

        Raises Superseded where it has to be tried again; IdempotencyKeyReused, LedgerUnavailable.
        """
        receipt = self.occasion.receipt
        if receipt is None:
            # Nobody could ask for this answer again, so none of it is kept.
            return await self.commit_unkept(view, status=status)
        body = msgspec.json.encode(view)
        kept = await receipts.sealed_body(self.house.keyring, self.venue_id, subject, body)
        return await self._append(body, status, kept, subject, receipt)

    async def commit_unkept(self, view: View | Told, *, status: int) -> Answered:
        """Append what was decided, with an answer that is not final: asking again under the same key asks anew."""
        body = msgspec.json.encode(view)
        return await self._append(body, status, b"", None, receipts.server_receipt(self.house.secret))

    async def record(self) -> int:
        """Append what was decided though nothing is answered with it. The position that it brought about."""
        return (await self._append(b"", 0, b"", None, receipts.server_receipt(self.house.secret))).position

    async def record_once(self, step: str) -> int:
        """The same for one step of what the client's key stands for, which no other request can take under that key.

        Raises Superseded where an equal request was faster; IdempotencyKeyReused where another one was.
        """
        if self.occasion.receipt is None:
            return await self.record()
        mark = self.house.secret(receipts.MARK_BYTES)
        return (await self._append(b"", 0, mark, None, receipts.step_receipt(self.occasion.receipt, step))).position

    def forget(self) -> None:
        """Have the next attempt read everything from its beginning, in case what is remembered never came to be."""
        for stream, opened in self.reading.opened.items():
            self.house.memory.forget(self.venue_id, stream, opened.decider.name)

    async def _append(
        self, body: bytes, status: int, kept: bytes, subject: UUID | None, receipt_key: ReceiptKey
    ) -> Answered:
        growths = tuple(opened.growth() for opened in self.reading.opened.values())
        append = Append(
            venue_id=self.venue_id,
            growths=growths,
            actor=self.occasion.actor,
            request_id=self.occasion.request_id,
            caused_by=self.occasion.caused_by,
            receipt_key=receipt_key,
            status=status,
            body=kept,
            subject=subject,
        )
        match await self.house.ledger.append(append):
            case Appended() as appended:
                self._remember(appended)
                return Answered(status=status, body=body, position=appended.last_position)
            case Conflict():
                raise Superseded(tuple(growth.stream for growth in growths if growth.events))
            case Duplicate(receipt=receipt) if receipt_key is not self.occasion.receipt:
                if receipt.body != kept:
                    receipts.require_same_request(receipt_key, receipt)
                    raise Superseded(())
                # Our own append, whose outcome was lost for a moment: nobody else has this key, or left this mark.
                return Answered(status=status, body=body, position=receipt.position)
            case Duplicate(receipt=receipt):
                return await receipts.replay(self.house.keyring, self.venue_id, receipt_key, receipt)

    def _remember(self, appended: Appended) -> None:
        for opened in self.reading.opened.values():
            grown = opened.grown(appended)
            if grown is not None:
                self.house.memory.keep(self.venue_id, opened.stream, opened.decider.name, grown)
