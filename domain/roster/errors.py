"""Why a roster says no."""

from domain.shared.refusals import Conflicting, Missing


class StaffNotFound(Missing):
    """Nobody of that id works here."""

    code = "STAFF_NOT_FOUND"


class LastManager(Conflicting):
    """A venue without a manager could never get one again."""

    code = "LAST_MANAGER"
