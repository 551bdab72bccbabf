"""Guests who fill, change, empty and order carts while the menu changes under them, against a slip of paper.

Many carts live at once, each under limits of its own. A wish changes no cart but the one that it is put to, as values
never change, so each is looked at again when it was stirred.
"""

from itertools import count
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from domain.cart.commands import AddLine, ChangeQuantity, CheckOut, ClearCart, RemoveLine, RepriceCart
from domain.cart.errors import CartChanged, CartIsEmpty, CartIsFull, CartLineNotFound, QuantityExceedsLimit
from domain.cart.events import ChosenOption, RepricedLine
from domain.pricing.rules import PricingRules
from domain.shared.refusals import IdTaken, Refusal, ValidationFailed
from tests.fixtures.strategies import CATEGORIES, prices, pricing_rules
from tests.property.live_cart import LiveCart, Written

CARTS_MAX = 4
WHICH = st.integers(0, 4)
WANTED = st.sampled_from([1, 1, 2, 3, 4, 98, 99, 100, 0, -1, 10**9])
COSTS = prices(5_000)


class CartMachine(RuleBasedStateMachine):
    """Whatever guests do, a cart holds what was put in and not taken out, within its limits, at its price."""

    carts: Bundle[LiveCart] = Bundle("carts")

    def __init__(self) -> None:
        """Lay out the slips."""
        super().__init__()
        self.ids = (UUID(int=number) for number in count(10))
        self.all: list[LiveCart] = []
        self.pricing = PricingRules()

    @initialize(rules=pricing_rules())
    def open_the_doors(self, rules: PricingRules) -> None:
        self.pricing = rules

    @precondition(lambda self: len(self.all) < CARTS_MAX)
    @rule(target=carts, lines_max=st.sampled_from([2, 3, 50]), quantity_max=st.sampled_from([3, 99]))
    def sit_down(self, lines_max: int, quantity_max: int) -> LiveCart:
        live = LiveCart(lines_max, quantity_max, self.pricing)
        self.all.append(live)
        return live

    @rule(live=carts, quantity=WANTED, category=st.sampled_from(CATEGORIES), price=COSTS, choices=st.integers(0, 2))
    def add(self, live: LiveCart, quantity: int, category: UUID, price: int, choices: int) -> None:
        options = tuple(ChosenOption(option_id=next(self.ids), name="Sauce", price_minor=50) for _ in range(choices))
        wish = AddLine(
            line_id=next(self.ids),
            item_id=next(self.ids),
            category_id=category,
            name="Conch Fritters",
            quantity=quantity,
            unit_price_minor=price,
            options=options,
            lines_max=live.lines_max,
            quantity_max=live.quantity_max,
        )
        full = CartIsFull if len(live.slip) >= live.lines_max else None
        reason = _wrong_quantity(live, quantity) or full
        assert live.wish(wish) is reason
        if reason is None:
            line = Written(wish.line_id, quantity, category, options)
            line.price(category, price, options)
            live.slip.append(line)
            again = replace(wish, lines_max=live.lines_max + 1)
            assert live.wish(again) is IdTaken

    @rule(live=carts, quantities=st.lists(st.integers(1, 3), min_size=1, max_size=4), price=COSTS)
    def add_a_round(self, live: LiveCart, quantities: list[int], price: int) -> None:
        for quantity in quantities:
            self.add(live, quantity, CATEGORIES[0], price, 0)

    @rule(live=carts, which=WHICH, quantity=WANTED)
    def want_more_or_fewer(self, live: LiveCart, which: int, quantity: int) -> None:
        line = live.slip[which] if which < len(live.slip) else None
        line_id = line.line_id if line else self._not_there(live)
        wish = ChangeQuantity(line_id=line_id, quantity=quantity, quantity_max=live.quantity_max)
        reason = _wrong_quantity(live, quantity) if line else CartLineNotFound
        assert live.wish(wish) is reason
        if line and reason is None:
            line.quantity = quantity
            assert live.is_already_so(wish)

    @rule(live=carts, at_first=WANTED, then=WANTED)
    def waver(self, live: LiveCart, at_first: int, then: int) -> None:
        for which, _ in enumerate(live.slip):
            self.want_more_or_fewer(live, which, at_first)
            self.want_more_or_fewer(live, which, then)

    @rule(live=carts, which=WHICH)
    def take_out(self, live: LiveCart, which: int) -> None:
        if which >= len(live.slip):
            assert live.wish(RemoveLine(line_id=self._not_there(live))) is CartLineNotFound
            return
        line_id = live.slip.pop(which).line_id
        assert live.wish(RemoveLine(line_id=line_id)) is None
        assert live.wish(RemoveLine(line_id=line_id)) is CartLineNotFound
        live.gone.append(line_id)

    @rule(live=carts)
    def start_over(self, live: LiveCart) -> None:
        assert live.is_already_so(ClearCart()) is (not live.slip)
        assert live.wish(ClearCart()) is None
        live.empty()
        assert live.is_already_so(ClearCart())

    @rule(live=carts, which=st.sets(WHICH), price=COSTS, category=st.sampled_from(CATEGORIES))
    def the_menu_changes(self, live: LiveCart, which: set[int], price: int, category: UUID) -> None:
        met = [line for index, line in enumerate(live.slip) if index in which]
        line_ids = [*(line.line_id for line in met), self._not_there(live)]
        news = RepriceCart(
            lines=tuple(
                RepricedLine(line_id=line_id, category_id=category, unit_price_minor=price) for line_id in line_ids
            )
        )
        assert live.wish(news) is None
        for line in met:
            line.price(category, price, ())
        assert live.is_already_so(news)

    @rule(live=carts, behind=st.sampled_from([None, 0, 0, 1]))
    def order(self, live: LiveCart, behind: int | None) -> None:
        order_id, version = next(self.ids), live.version()
        wish = CheckOut(order_id=order_id, version=version, cart_version=None if behind is None else version - behind)
        reason: type[Refusal] | None = CartChanged if behind else None
        reason = reason if live.slip else CartIsEmpty
        assert live.wish(wish) is reason
        if reason is None:
            live.order_ids.append(order_id)
            live.empty()
            assert live.wish(wish) is CartIsEmpty

    @invariant()
    def each_cart_has_and_costs_what_its_slip_says_and_keeps_to_its_limits(self) -> None:
        for live in self.all:
            if live.stirred:
                live.agree()
                live.add_up()
                live.keep_to_its_limits()
                live.stirred = False

    def _not_there(self, live: LiveCart) -> UUID:
        """A line that was taken out, or one that never was."""
        return live.gone[-1] if live.gone else next(self.ids)


def _wrong_quantity(live: LiveCart, quantity: int) -> type[Refusal] | None:
    if quantity < 1 or quantity > 10**9:
        return ValidationFailed
    return QuantityExceedsLimit if quantity > live.quantity_max else None


TestCarts = CartMachine.TestCase
