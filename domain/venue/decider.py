"""A venue's rules: it opens once, and its settings stay within what the contract promises."""

import re
from collections.abc import Iterator
from typing import Final, assert_never, get_args

from msgspec.structs import replace

from domain.shared.changes import differing, named
from domain.shared.event import Decider
from domain.shared.ids import HOUSE_SLUG
from domain.shared.validation import Fault, require_none
from domain.venue.commands import ChangeSettings, OpenVenue, VenueCommand
from domain.venue.errors import VenueExists, VenueNotFound
from domain.venue.events import SettingsChanged, VenueEvent, VenueOpened
from domain.venue.limits import faults
from domain.venue.state import Venue

SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SLUG_LENGTH_MAX: Final = 63


def decide(venue: Venue, command: VenueCommand) -> tuple[VenueEvent, ...]:
    """What comes of a wish."""
    match command:
        case OpenVenue(slug=slug, settings=settings):
            require_none((*_slug_faults(slug), *faults(settings, settings.__struct_fields__)))
            if venue.settings is not None:
                raise VenueExists(f"The venue {venue.slug} is open already.")
            return (VenueOpened(slug=slug, settings=settings),)
        case ChangeSettings():
            if venue.settings is None:
                raise VenueNotFound("There is no such venue.")
            changes = differing(command, venue.settings)
            require_none(faults(replace(venue.settings, **changes), changes))
            return (SettingsChanged(**changes),) if changes else ()
        case _:
            assert_never(command)


def evolve(venue: Venue, event: VenueEvent) -> Venue:
    """What the venue is once that happened."""
    match event:
        case VenueOpened(slug=slug, settings=settings):
            return Venue(slug=slug, settings=settings)
        case SettingsChanged():
            if venue.settings is None:
                return venue
            return replace(venue, settings=replace(venue.settings, **named(event)))
        case _:
            assert_never(event)


def _slug_faults(slug: str) -> Iterator[Fault]:
    if not SLUG.fullmatch(slug) or len(slug) > SLUG_LENGTH_MAX or slug == HOUSE_SLUG:
        yield Fault(
            field="slug",
            message=f"slug must be at most {SLUG_LENGTH_MAX} small letters, digits and single dashes,"
            f" and not {HOUSE_SLUG}.",
        )


VENUE = Decider(name="venue", initial=Venue(), decide=decide, evolve=evolve, events=get_args(VenueEvent))
