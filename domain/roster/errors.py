"""Why a roster says no."""

from domain.shared.refusals import Conflicting, Missing


class StaffNotFound(Missing):
    """Nobody of that id works here."""

    code = "STAFF_NOT_FOUND"


class StaffExists(Conflicting):
    """Who is to be hired works here already; changing a role is another wish."""

    code = "STAFF_EXISTS"


class LastManager(Conflicting):
    """A venue without a manager could never get one again."""

    code = "LAST_MANAGER"
