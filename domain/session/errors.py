"""Why a guest's token may not be good enough. The edge answers both with 401."""

from domain.shared.refusals import Refused


class SessionInvalid(Refused):
    """No session goes by this token."""

    code = "SESSION_INVALID"


class SessionExpired(Refused):
    """Its time is over, the guest left, or the table's code was rotated."""

    code = "SESSION_EXPIRED"
