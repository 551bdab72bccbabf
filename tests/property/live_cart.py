"""A cart beside a list of dishes on a slip of paper, which is all that the model of a cart is."""

from collections.abc import Iterable
from functools import reduce
from typing import Final
from uuid import UUID

import msgspec

from domain.cart.commands import CartCommand
from domain.cart.decider import CART
from domain.cart.events import CartEvent, ChosenOption
from domain.cart.state import Cart
from domain.pricing.calculate import quote
from domain.pricing.quote import PricedLine
from domain.pricing.rules import PricingRules
from domain.shared.refusals import Refusal
from tests.property.reckoning import Dish, reckon

STORED: Final = msgspec.json.Decoder(CartEvent)
CURRENCY: Final = "BSD"


class Written:
    """One line on the slip."""

    def __init__(self, line_id: UUID, quantity: int, category_id: UUID, options: Iterable[ChosenOption]) -> None:
        """Write it down; what it costs is written last (see `price`)."""
        self.line_id = line_id
        self.quantity = quantity
        self.unit_price_minor = 0
        self.price(category_id, 0, options)

    def price(self, category_id: UUID, unit_price_minor: int, options: Iterable[ChosenOption]) -> None:
        """Write down what the menu says now."""
        self.category_id, self.unit_price_minor, self.options = category_id, unit_price_minor, tuple(options)


class LiveCart:
    """A cart, its stored history, and the slip. `lines_max` and `quantity_max` are its venue's limits.

    `stirred` says that a wish was put to it since it was last looked at.
    """

    def __init__(self, lines_max: int, quantity_max: int, rules: PricingRules) -> None:
        """Begin with nothing in it."""
        self.lines_max, self.quantity_max, self.rules = lines_max, quantity_max, rules
        self.cart: Cart = CART.initial
        self.history: list[bytes] = []
        self.slip: list[Written] = []
        self.gone: list[UUID] = []
        self.order_ids: list[UUID] = []
        self.stirred = True

    def wish(self, command: CartCommand) -> type[Refusal] | None:
        """Put a wish to the cart: None where it was done or was so already, else why not."""
        self.stirred = True
        try:
            events = CART.decide(self.cart, command)
        except Refusal as refusal:
            return type(refusal)
        self.cart = reduce(CART.evolve, events, self.cart)
        self.history += map(msgspec.json.encode, events)
        return None

    def is_already_so(self, command: CartCommand) -> bool:
        """Whether the wish would change nothing at all."""
        return CART.decide(self.cart, command) == ()

    def version(self) -> int:
        """The stream's version: how many events there are."""
        return len(self.history)

    def empty(self) -> None:
        """Strike everything from the slip."""
        self.gone += [line.line_id for line in self.slip]
        self.slip = []

    def agree(self) -> None:
        """The cart has what the slip has, in the same order, and the stored bytes tell the same story."""
        assert [_facts(line) for line in self.cart.lines] == [_facts(line) for line in self.slip]
        assert list(self.cart.order_ids) == self.order_ids
        assert reduce(CART.evolve, map(STORED.decode, self.history), CART.initial) == self.cart

    def add_up(self) -> None:
        """What the cart costs is what pen and paper make of the slip."""
        lines = tuple(
            PricedLine(
                line_id=line.line_id,
                category_id=line.category_id,
                unit_price_minor=line.unit_price_minor,
                quantity=line.quantity,
            )
            for line in self.cart.lines
        )
        answer = quote(lines, self.rules)
        dishes = [Dish(line.category_id, line.unit_price_minor, line.quantity) for line in self.slip]
        reckoned = reckon(dishes, self.rules, CURRENCY)
        assert (answer.subtotal_minor, answer.total_minor) == (reckoned.subtotal, reckoned.total)

    def keep_to_its_limits(self) -> None:
        """Neither more lines than the venue allows, nor more in one, nor less than one."""
        assert len(self.cart.lines) <= self.lines_max
        assert all(1 <= line.quantity <= self.quantity_max for line in self.cart.lines)


def _facts(line: object) -> tuple[object, ...]:
    names = ("line_id", "quantity", "category_id", "unit_price_minor", "options")
    return tuple(getattr(line, name) for name in names)
