"""Where things live in a ledger. Ids that follow from others are derived, so nothing has to be looked up."""

from datetime import date
from uuid import UUID, uuid5

COMANDA = UUID("6a1f0f0e-3f5b-5c0e-9d43-5d2f7a1c8e10")
"""The name space of every derived id. Changing it would orphan every ledger."""

HOUSE_SLUG = "house"
"""The one ledger that is no venue's: it holds staff accounts."""


def venue_id_of(slug: str) -> UUID:
    """A venue's id follows from its slug, so no directory is needed to find its ledger."""
    return uuid5(COMANDA, f"venue:{slug}")


HOUSE = venue_id_of(HOUSE_SLUG)


def venue_stream(venue_id: UUID) -> UUID:
    """The stream of the venue's own settings."""
    return uuid5(venue_id, "venue")


def menu_stream(venue_id: UUID) -> UUID:
    """The stream of the venue's one menu."""
    return uuid5(venue_id, "menu")


def floor_stream(venue_id: UUID) -> UUID:
    """The stream of the venue's floor plan: all its tables and their codes."""
    return uuid5(venue_id, "floor")


def numbering_stream(venue_id: UUID, day: date) -> UUID:
    """The stream that hands out blocks of order numbers for one business day."""
    return uuid5(venue_id, f"numbering:{day.isoformat()}")


def roster_stream(venue_id: UUID) -> UUID:
    """The stream of the venue's roster: who works here, in which role."""
    return uuid5(venue_id, "roster")


def cart_stream(session_id: UUID) -> UUID:
    """Each session has one cart, which is also the cart's id."""
    return uuid5(session_id, "cart")


def bill_stream(order_id: UUID) -> UUID:
    """Each order has one bill: the money's life beside the kitchen's."""
    return uuid5(order_id, "bill")
