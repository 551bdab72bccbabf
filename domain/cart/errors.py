"""Why a cart may say no."""

from domain.shared.refusals import Conflicting, Missing, Refused


class QuantityExceedsLimit(Refused):
    """More of one dish than the venue takes in a line."""

    code = "QUANTITY_EXCEEDS_LIMIT"


class CartIsFull(Refused):
    """As many lines as the venue allows are in it already."""

    code = "CART_LIMIT_EXCEEDED"


class CartLineNotFound(Missing):
    """No such line, or not any more."""

    code = "CART_LINE_NOT_FOUND"


class CartIsEmpty(Refused):
    """There is nothing to order."""

    code = "CART_EMPTY"


class CartChanged(Conflicting):
    """The guest was shown another cart than this one."""

    code = "CART_CHANGED"


class PriceChanged(Conflicting):
    """The menu changed under the cart; `old_total` and `new_total` are in minor units.

    Raised by whoever places the order, once the cart has followed the menu.
    """

    code = "PRICE_CHANGED"


class OrderMinimumNotMet(Refused):
    """The subtotal is below the venue's minimum; `order_minimum` is in minor units. For whoever places the order."""

    code = "ORDER_MINIMUM_NOT_MET"
