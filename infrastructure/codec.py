"""Events as bytes and back: msgspec's JSON of the struct, with the tag inside as `type` and beside it as a name.

Decoders are made once for each event type. Whatever a decoder does not know by its tag goes through the upcasters
first; a tag that nobody knows is an error that says so, never a guess.
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast
from uuid import UUID

import msgspec
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import JSONTranscoder, Mapper, StoredEvent
from msgspec import Struct

from domain.shared.event import Event
from infrastructure.upcasters import UPCASTERS, Upcaster


class UnknownTag(LookupError):
    """No event type and no upcaster goes by this tag. The program is older than the ledger, or a type is not listed."""


class UnreadableEvent(ValueError):
    """The stored bytes are not what their tag promises. The message names the tag and the field, never a value."""


class CodecContradiction(ValueError):
    """The lists of event types and upcasters cannot both be right; found at start, not at the first old event."""


class StreamEvent(Struct, frozen=True, kw_only=True):
    """A business fact at its place in a stream: what the eventsourcing library calls a domain event."""

    originator_id: UUID
    originator_version: int
    event: Event


class Codec:
    """Encodes and decodes the events of the given types, and decodes what the upcasters lead to them."""

    def __init__(self, event_types: Iterable[type[Event]], upcasters: Mapping[str, Upcaster] = UPCASTERS) -> None:
        """Raises CodecContradiction for a type without a tag, a tag used twice, or an upcaster that leads nowhere."""
        self._encoder = msgspec.json.Encoder()
        self._tags: dict[type[Event], str] = {}
        self._decoders: dict[str, msgspec.json.Decoder[Event]] = {}
        self._upcasters = upcasters
        for event_type in dict.fromkeys(event_types):
            tag = event_type.__struct_config__.tag
            if not isinstance(tag, str):
                raise CodecContradiction(f"{event_type.__name__} has no tag of its own.")
            if tag in self._decoders:
                raise CodecContradiction(f"{event_type.__name__} uses the tag {tag}, which another event already has.")
            self._tags[event_type] = tag
            self._decoders[tag] = msgspec.json.Decoder(event_type)
        for tag in upcasters:
            self._require_way_home(tag)

    def encode(self, event: Event) -> tuple[str, bytes]:
        """The event's tag and its bytes. Raises UnknownTag for a type that could not be read again."""
        tag = self._tags.get(type(event))
        if tag is None:
            raise UnknownTag(f"{type(event).__name__} is not among the event types that this program knows.")
        return tag, self._encoder.encode(event)

    def decode(self, tag: str, data: bytes) -> Event:
        """The event again. Raises UnknownTag or UnreadableEvent."""
        decoder = self._decoders.get(tag)
        if decoder is None:
            tag, data = self._upcast(tag, data)
            decoder = self._decoders[tag]
        try:
            return decoder.decode(data)
        except msgspec.DecodeError as error:
            raise UnreadableEvent(f"A stored {tag} cannot be read: {error}") from error

    def _upcast(self, tag: str, data: bytes) -> tuple[str, bytes]:
        if tag not in self._upcasters:
            raise UnknownTag(f"No event type and no upcaster goes by the tag {tag}.")
        try:
            raw: dict[str, Any] = msgspec.json.decode(data, type=dict[str, Any])
        except msgspec.DecodeError as error:
            raise UnreadableEvent(f"A stored {tag} cannot be read: {error}") from error
        while tag not in self._decoders:
            upcaster = self._upcasters[tag]
            raw = {**upcaster.rewrite(raw), "type": upcaster.becomes}
            tag = upcaster.becomes
        return tag, self._encoder.encode(raw)

    def _require_way_home(self, tag: str) -> None:
        """Every old tag must end at a type that is written today, in no more steps than there are upcasters."""
        if tag in self._decoders:
            raise CodecContradiction(f"{tag} is both written today and upcast; a new shape needs a new tag.")
        current = tag
        for _ in self._upcasters:
            current = self._upcasters[current].becomes
            if current in self._decoders:
                return
            if current not in self._upcasters:
                break
        raise CodecContradiction(f"The upcasters of {tag} end at {current}, which no event type goes by.")


class EventMapper(Mapper[UUID]):
    """The library's mapper over our codec: our explicit tags are its topics, our bytes its states.

    The library's own upcasting and module-path topics play no part.
    """

    def __init__(self, codec: Codec) -> None:
        """Takes no transcoder, cipher or compressor of the library's: the codec says how events are written."""
        super().__init__(transcoder=JSONTranscoder())
        self._codec = codec

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """Takes a StreamEvent. Raises UnknownTag."""
        tag, data = self._codec.encode(cast("StreamEvent", domain_event).event)
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=tag,
            state=data,
        )

    def to_domain_event(self, stored_event: StoredEvent) -> StreamEvent:
        """Raises UnknownTag or UnreadableEvent."""
        return StreamEvent(
            originator_id=UUID(str(stored_event.originator_id)),
            originator_version=stored_event.originator_version,
            event=self._codec.decode(stored_event.topic, stored_event.state),
        )
