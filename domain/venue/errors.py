"""Why a venue may say no."""

from domain.shared.refusals import Conflicting, Missing


class VenueNotFound(Missing):
    """No such venue, or none that is active."""

    code = "VENUE_NOT_FOUND"


class VenueExists(Conflicting):
    """A venue's ledger begins once."""

    code = "VENUE_EXISTS"


class VenueClosed(Conflicting):
    """Outside its opening hours; for whoever places an order to raise."""

    code = "VENUE_CLOSED"
