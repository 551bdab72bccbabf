"""A venue as its history leaves it."""

from msgspec import Struct

from domain.venue.settings import Settings


class Venue(Struct, frozen=True, kw_only=True):
    """A venue; `settings` is None until it was opened."""

    slug: str = ""
    settings: Settings | None = None
