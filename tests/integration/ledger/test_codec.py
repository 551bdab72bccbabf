"""Events are written under their own names, read in today's shape, and never guessed."""

from typing import Any
from uuid import uuid4

import pytest
from eventsourcing.persistence import Notification, StoredEvent

from domain.shared.event import Event
from infrastructure.codec import Codec, CodecContradiction, EventMapper, StreamEvent, UnknownTag, UnreadableEvent
from infrastructure.upcasters import Upcaster
from tests.integration.ledger.conftest import BellBroke, BellRung, ring


class Rung3(Event, frozen=True, tag="rung.v3"):
    """Today's shape of what was once `rung.v1`."""

    strokes: int
    tower: str


class Impostor(Event, frozen=True, tag="bell.rung.v1"):
    """Takes another event's tag."""


class Nameless(Event, frozen=True):
    """Has no tag at all."""


def into_strokes(raw: dict[str, Any]) -> dict[str, Any]:
    return {"strokes": raw["times"]}


def with_a_tower(raw: dict[str, Any]) -> dict[str, Any]:
    return {**raw, "tower": "the only one then"}


CHAIN = {
    "rung.v1": Upcaster(becomes="rung.v2", rewrite=into_strokes),
    "rung.v2": Upcaster(becomes="rung.v3", rewrite=with_a_tower),
}


def test_an_event_is_its_json_with_the_tag_inside_and_beside() -> None:
    tag, data = Codec([BellRung], {}).encode(ring(3, note="é"))
    assert (tag, data) == ("bell.rung.v1", '{"type":"bell.rung.v1","times":3,"note":"é"}'.encode())


def test_what_was_encoded_is_decoded() -> None:
    codec = Codec([BellRung, BellBroke], {})
    for event in (ring(3), BellBroke()):
        assert codec.decode(*codec.encode(event)) == event


@pytest.mark.parametrize(
    ("tag", "data"),
    [
        ("rung.v1", b'{"type":"rung.v1","times":2}'),
        ("rung.v2", b'{"type":"rung.v2","strokes":2}'),
        ("rung.v3", b'{"type":"rung.v3","strokes":2,"tower":"the only one then"}'),
    ],
)
def test_old_shapes_become_todays_step_by_step(tag: str, data: bytes) -> None:
    assert Codec([Rung3], CHAIN).decode(tag, data) == Rung3(strokes=2, tower="the only one then")


def test_a_tag_that_nobody_knows_is_named() -> None:
    with pytest.raises(UnknownTag, match=r"bell\.melted\.v1"):
        Codec([BellRung], {}).decode("bell.melted.v1", b"{}")


def test_an_event_that_could_not_be_read_again_is_not_written() -> None:
    with pytest.raises(UnknownTag, match="BellBroke"):
        Codec([BellRung], {}).encode(BellBroke())


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"type":"bell.broke.v1"}', b'{"type":"bell.rung.v1","times":"2"}']
)
def test_bytes_that_break_the_tags_promise_are_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableEvent, match=r"bell\.rung\.v1"):
        Codec([BellRung], {}).decode("bell.rung.v1", data)


def test_an_unreadable_event_does_not_quote_its_values() -> None:
    with pytest.raises(UnreadableEvent) as caught:
        Codec([BellRung], {}).decode("bell.rung.v1", b'{"type":"bell.rung.v1","times":"4111111111111111"}')
    assert "4111" not in str(caught.value)


def test_broken_bytes_of_an_old_shape_are_unreadable() -> None:
    with pytest.raises(UnreadableEvent, match=r"rung\.v1"):
        Codec([Rung3], CHAIN).decode("rung.v1", b"{")


@pytest.mark.parametrize(
    ("types", "upcasters", "complaint"),
    [
        ([BellRung, Impostor], {}, "already has"),
        ([Nameless], {}, "no tag of its own"),
        ([Rung3], {"rung.v1": Upcaster(becomes="rung.v9", rewrite=dict)}, "end at"),
        (
            [Rung3],
            {"a.v1": Upcaster(becomes="b.v1", rewrite=dict), "b.v1": Upcaster(becomes="a.v1", rewrite=dict)},
            "end",
        ),
        ([Rung3], {"rung.v3": Upcaster(becomes="rung.v3", rewrite=dict)}, "both written today and upcast"),
    ],
)
def test_a_contradiction_is_found_at_the_start(
    types: list[type[Event]], upcasters: dict[str, Upcaster], complaint: str
) -> None:
    with pytest.raises(CodecContradiction, match=complaint):
        Codec(types, upcasters)


def test_the_mapper_speaks_the_librarys_protocol_in_our_words() -> None:
    mapper = EventMapper(Codec([BellRung], {}))
    here = StreamEvent(originator_id=uuid4(), originator_version=4, event=ring(2))
    stored = mapper.to_stored_event(here)
    assert stored == StoredEvent(here.originator_id, 4, "bell.rung.v1", b'{"type":"bell.rung.v1","times":2,"note":""}')
    assert mapper.to_domain_event(stored) == here
    told = Notification(stored.originator_id, 4, stored.topic, stored.state, 1)
    assert mapper.to_domain_event(told) == here
