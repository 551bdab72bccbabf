"""Why an order says no."""

from domain.shared.refusals import Conflicting, Missing, Refused


class OrderNotFound(Missing):
    """There is no such order (for this caller)."""

    code = "ORDER_NOT_FOUND"


class OrderLineNotFound(Missing):
    """The order has no such line."""

    code = "ORDER_LINE_NOT_FOUND"


class OrderIdTaken(Conflicting):
    """Another order goes by that id."""

    code = "ORDER_ID_TAKEN"


class OrderHasNoLines(Refused):
    """An order needs at least one dish; on the wire it is the cart that was empty."""

    code = "CART_EMPTY"


class InvalidStatusTransition(Refused):
    """The order, or its line, cannot go from where it is to where it was wished."""

    code = "INVALID_STATUS_TRANSITION"


class OrderNotModifiable(Conflicting):
    """A guest, and expiry, can end an order only while it is pending."""

    code = "ORDER_NOT_MODIFIABLE"
