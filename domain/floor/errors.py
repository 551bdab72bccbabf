"""Why the floor plan may say no."""

from domain.shared.refusals import Conflicting, Missing, Refused


class TableNotFound(Missing):
    """No table goes by this code or id, or not any more."""

    code = "TABLE_NOT_FOUND"


class TableCodeTaken(Conflicting):
    """Another table goes by this code, or one did once."""

    code = "TABLE_CODE_TAKEN"


class FloorIsFull(Refused):
    """More tables than a venue can have."""

    code = "TABLE_LIMIT_EXCEEDED"
