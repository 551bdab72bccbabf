"""A venue's whole history in a file: each line of its ledger a line of JSON, and beside it what had become of it all.

`<story>.ndjson` has the ledger's lines with their exact bytes and their links in the chain. `<story>.json` has the end
of it as the program of that day saw it: the head, every stream's state, and what every order and its bill came to.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import Struct

from application.memory import AnyDecider
from domain.bill import view as bills
from domain.order.decider import ORDER
from domain.shared.ids import bill_stream
from infrastructure.codec import Codec
from infrastructure.ledger.entry import Entry
from infrastructure.vocabulary import decider_of

STREAMS: Final = Path(__file__).parent / "streams"


class Line(Struct, frozen=True, kw_only=True):
    """One line of a ledger. `data` are the stored bytes, which are UTF-8; `hash` is hexadecimal."""

    position: int
    stream: UUID
    version: int
    tag: str
    recorded_at: datetime
    actor: str
    request_id: str
    caused_by: str
    data: str
    hash: str


class EndState(Struct, frozen=True, kw_only=True):
    """What one stream came to, as plain JSON."""

    stream: UUID
    aggregate: str
    version: int
    state: dict[str, Any]


class OrderEnd(Struct, frozen=True, kw_only=True):
    """What one order and its bill came to. Amounts in minor units."""

    order_id: UUID
    number: int
    status: str
    payment_status: str
    total_minor: int
    paid_minor: int
    refunded_minor: int
    due_minor: int


class Ending(Struct, frozen=True, kw_only=True):
    """The known end of a story."""

    story: str
    venue_id: UUID
    head_position: int
    head_hash: str
    orders: tuple[OrderEnd, ...]
    streams: tuple[EndState, ...]


class Folded(Struct, frozen=True, kw_only=True):
    """A stream after its last event."""

    decider: AnyDecider
    version: int
    state: Any


def fold(entries: Iterable[Entry], codec: Codec) -> dict[UUID, Folded]:
    """Every stream of a ledger, folded from its stored bytes. AssertionError where versions skip or repeat."""
    folded: dict[UUID, Folded] = {}
    for entry in entries:
        event = codec.decode(entry.tag, entry.data)
        before = folded.get(entry.stream)
        if before is None:
            decider = decider_of(event)
            before = Folded(decider=decider, version=0, state=decider.initial)
        assert entry.version == before.version + 1, f"version {entry.version} follows {before.version}"
        state = before.decider.evolve(before.state, event)
        folded[entry.stream] = Folded(decider=before.decider, version=entry.version, state=state)
    return folded


def order_ends(folded: Mapping[UUID, Folded]) -> tuple[OrderEnd, ...]:
    """What the orders came to, in the order in which they were placed."""
    return tuple(
        OrderEnd(
            order_id=stream,
            number=each.state.number,
            status=each.state.status.value,
            payment_status=bills.payment_status(bill).value,
            total_minor=bill.total_minor,
            paid_minor=bills.paid_minor(bill),
            refunded_minor=bills.refunded_minor(bill),
            due_minor=bills.due_minor(bill),
        )
        for stream, each in folded.items()
        if each.decider is ORDER
        for bill in [folded[bill_stream(stream)].state]
    )


def end_states(folded: Mapping[UUID, Folded]) -> tuple[EndState, ...]:
    """What the streams came to."""
    return tuple(
        EndState(stream=stream, aggregate=each.decider.name, version=each.version, state=plain(each.state))
        for stream, each in folded.items()
    )


def plain(state: object) -> dict[str, Any]:
    """A state as JSON has it, mappings in their own order; sets are sorted, so that equal states look equal."""
    told = msgspec.json.encode(_in_order(msgspec.to_builtins(state, str_keys=True)))
    return msgspec.json.decode(told, type=dict[str, Any])


def agrees(known: object, today: object) -> bool:
    """Whether a recorded state still holds. Today's may have learnt more fields, never another value or order."""
    match known, today:
        case dict(), dict():
            return [*known] == [key for key in today if key in known] and all(
                agrees(value, today[key]) for key, value in known.items()
            )
        case list(), list():
            return len(known) == len(today) and all(map(agrees, known, today))
        case _:
            return known == today


def ledger_bytes(entries: Sequence[Entry]) -> bytes:
    """The file of a ledger."""
    return msgspec.json.Encoder().encode_lines([_line(entry) for entry in entries])


def ending_bytes(ending: Ending) -> bytes:
    """The file of an ending, to be read by people too."""
    return msgspec.json.format(msgspec.json.encode(ending), indent=2) + b"\n"


def recorded_ledger(story: str) -> list[Entry]:
    """The lines of a recorded ledger."""
    lines = msgspec.json.Decoder(Line).decode_lines((STREAMS / f"{story}.ndjson").read_bytes())
    return [_entry(line) for line in lines]


def known_ending(story: str) -> Ending:
    """What is known to have become of it."""
    return msgspec.json.decode((STREAMS / f"{story}.json").read_bytes(), type=Ending)


def _line(entry: Entry) -> Line:
    return Line(
        position=entry.position,
        stream=entry.stream,
        version=entry.version,
        tag=entry.tag,
        recorded_at=entry.recorded_at,
        actor=entry.actor,
        request_id=entry.request_id,
        caused_by=entry.caused_by,
        data=entry.data.decode(),
        hash=entry.hash.hex(),
    )


def _entry(line: Line) -> Entry:
    return Entry(
        position=line.position,
        stream=line.stream,
        version=line.version,
        tag=line.tag,
        recorded_at=line.recorded_at,
        actor=line.actor,
        request_id=line.request_id,
        caused_by=line.caused_by,
        data=line.data.encode(),
        hash=bytes.fromhex(line.hash),
    )


def _in_order(told: object) -> object:
    """Tuples stay tuples in msgspec's builtins, so a list is what became of a set."""
    match told:
        case list():
            return sorted(told)
        case tuple():
            return tuple(map(_in_order, told))
        case dict():
            return {key: _in_order(value) for key, value in told.items()}
        case _:
            return told
