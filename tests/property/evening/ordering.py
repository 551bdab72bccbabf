"""Filling carts and ordering them, several at once, and what must come of it by pen and paper."""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from application.reads import own_cart
from application.requests import AddToCart, Answered, ChangeLine, ClearCart, PlaceOrder, RemoveLine, Request
from application.views.cart import CartView
from application.views.order import OrderView
from domain.cart.errors import CartIsEmpty, CartIsFull, OrderMinimumNotMet, PriceChanged, QuantityExceedsLimit
from domain.shared.refusals import Refusal
from tests.property.evening.venue import (
    CURRENCY,
    LINES_MAX,
    MINIMUM,
    QUANTITY_MAX,
    Evening,
    InCart,
    Offer,
    Placed,
    Seated,
    once,
)
from tests.property.reckoning import Dish, Reckoned, reckon


async def fill(evening: Evening, seated: Seated, picks: Sequence[tuple[int, int]], copies: int) -> None:
    """Put dishes (which, how many of it) into a cart, all at once, each asked for several times under one key."""
    asked = [(evening.menu[which % len(evening.menu)], quantity) for which, quantity in picks]
    requests = [_adding(evening, seated, offer, quantity) for offer, quantity in asked]
    results = await evening.at_once(requests * copies)
    added: list[tuple[Offer, int]] = []
    for index, (offer, quantity) in enumerate(asked):
        answers = results[index :: len(asked)]
        if once(answers) is not None:
            added.append((offer, quantity))
        else:
            _all_refused(answers, CartIsFull if quantity <= QUANTITY_MAX else QuantityExceedsLimit)
    fitting = sum(quantity <= QUANTITY_MAX for _, quantity in asked)
    assert len(added) == min(LINES_MAX - len(seated.lines), fitting), "every add succeeds while there is room"
    await look_into_cart(evening, seated, added)


async def change(evening: Evening, seated: Seated, which: int, quantity: int) -> None:
    """Want more or fewer of a line, or none of it, or nothing at all; asked twice under one key."""
    if not seated.lines:
        await evening.have_done(seated.actor, ClearCart(guest=seated.guest))
        return
    line_id = list(seated.lines)[which % len(seated.lines)]
    wish = ChangeLine(guest=seated.guest, line_id=line_id, quantity=quantity)
    request = evening.request(seated.actor, wish if quantity else RemoveLine(guest=seated.guest, line_id=line_id))
    answers = await evening.at_once([request, request])
    if quantity > QUANTITY_MAX:
        _all_refused(answers, QuantityExceedsLimit)
    else:
        assert once(answers) is not None
        seated.lines[line_id].quantity = quantity
        seated.lines = {key: line for key, line in seated.lines.items() if line.quantity}
    await look_into_cart(evening, seated)


async def look_into_cart(evening: Evening, seated: Seated, added: Sequence[tuple[Offer, int]] = ()) -> None:
    """The cart has what it had and what was added since, and costs what pen and paper make of it."""
    view = (await own_cart(evening.house, evening.venue_id, seated.guest)).data
    news = [item for item in view.items if item.id not in seated.lines]
    assert Counter((item.menu_item_id, item.quantity) for item in news) == Counter(
        (offer.item_id, quantity) for offer, quantity in added
    )
    offers = {offer.item_id: offer for offer in evening.menu}
    for item in news:
        offer = offers[item.menu_item_id]
        seated.lines[item.id] = InCart(offer, item.quantity, offer.unit_minor)
    shown = {item.id: (item.menu_item_id, item.quantity, item.unit_price) for item in view.items}
    assert shown == {key: (line.offer.item_id, line.quantity, line.unit_minor) for key, line in seated.lines.items()}
    _costs(view, _reckon(evening, seated.lines.values()))


async def place(evening: Evening, seated: Seated, keys: int, copies: int, tip_minor: int) -> Placed | None:
    """Order the cart under several keys at once, each sent several times. It makes one order, or none for a reason."""
    if any(line.unit_minor != line.offer.unit_minor for line in seated.lines.values()):
        await _follow_the_menu(evening, seated)
        return None
    wish = PlaceOrder(guest=seated.guest, tip_minor=tip_minor)
    requests = [evening.request(seated.actor, wish) for _ in range(keys)]
    results = await evening.at_once(requests * copies)
    answered = [once(results[index::keys]) for index in range(keys)]
    refusals = [each for each in results if isinstance(each, Refusal)]
    if not seated.lines or _reckon(evening, seated.lines.values()).subtotal < MINIMUM:
        _all_refused(results, OrderMinimumNotMet if seated.lines else CartIsEmpty)
        return None
    orders = [each for each in answered if each is not None]
    assert len(orders) == 1, "one cart makes one order"
    assert len(refusals) == (keys - 1) * copies, "every copy of the one request that was done hears of it"
    _all_refused(refusals, CartIsEmpty)
    return await note_order(evening, seated, orders[0], tip_minor)


async def place_while_adding(evening: Evening, seated: Seated, which: int) -> Placed | None:
    """Order a cart while something is put in: it is in the order or still in the cart, never in both or lost."""
    fresh = all(line.unit_minor == line.offer.unit_minor for line in seated.lines.values())
    if not fresh or _reckon(evening, seated.lines.values()).subtotal < MINIMUM:
        return None
    offer = evening.menu[which % len(evening.menu)]
    placing = evening.request(seated.actor, PlaceOrder(guest=seated.guest))
    placed, added = await evening.at_once([placing, _adding(evening, seated, offer, 1)])
    assert isinstance(placed, Answered), placed
    ordered = {item.id: item for item in _order_in(placed).items}
    before, late = set(seated.lines), ordered.keys() - seated.lines.keys()
    assert before <= ordered.keys()
    assert len(late) <= isinstance(added, Answered)
    for item_id in late:
        seated.lines[item_id] = InCart(offer, 1, offer.unit_minor)
    noted = await note_order(evening, seated, placed, 0, look=False)
    if isinstance(added, Answered):
        await look_into_cart(evening, seated, [] if late else [(offer, 1)])
    else:
        assert isinstance(added, CartIsFull), added
        await look_into_cart(evening, seated)
    return noted


async def note_order(
    evening: Evening, seated: Seated, answered: Answered, tip_minor: int, *, look: bool = True
) -> Placed:
    """The order has what was in the cart and costs what that cost; the cart has nothing any more."""
    view = _order_in(answered)
    reckoned = _reckon(evening, seated.lines.values(), tip_minor)
    shown = {item.id: (item.menu_item_id, item.quantity, item.unit_price) for item in view.items}
    assert shown == {key: (line.offer.item_id, line.quantity, line.unit_minor) for key, line in seated.lines.items()}
    _costs(view, reckoned)
    assert (view.tip, view.status) == (tip_minor, "pending" if reckoned.total else "confirmed")
    placed = Placed(view.id, seated, reckoned.total)
    evening.orders.append(placed)
    seated.lines = {}
    if look:
        await look_into_cart(evening, seated)
    return placed


async def _follow_the_menu(evening: Evening, seated: Seated) -> None:
    """Order at old prices: refused with both totals, and the cart is repriced."""
    old = _reckon(evening, seated.lines.values())
    for line in seated.lines.values():
        line.unit_minor = line.offer.unit_minor
    new = _reckon(evening, seated.lines.values())
    refusal = await evening.ask(evening.request(seated.actor, PlaceOrder(guest=seated.guest)))
    assert isinstance(refusal, PriceChanged), refusal
    assert (refusal.details["old_total"], refusal.details["new_total"]) == (old.total, new.total)
    await look_into_cart(evening, seated)


def _adding(evening: Evening, seated: Seated, offer: Offer, quantity: int) -> Request:
    wish = AddToCart(guest=seated.guest, item_id=offer.item_id, quantity=quantity, option_ids=offer.option_ids)
    return evening.request(seated.actor, wish)


def _order_in(answered: Answered) -> OrderView:
    return msgspec.json.decode(answered.body, type=OrderView)


def _reckon(evening: Evening, lines: Iterable[InCart], tip_minor: int = 0) -> Reckoned:
    dishes = [Dish(line.offer.category_id, line.unit_minor, line.quantity) for line in lines]
    return reckon(dishes, evening.pricing, CURRENCY, tip_minor)


def _costs(view: CartView | OrderView, reckoned: Reckoned) -> None:
    shown = (view.subtotal, view.tax, view.tax_included, view.service_charge, view.total)
    assert shown == (
        reckoned.subtotal,
        reckoned.tax,
        reckoned.tax_included,
        reckoned.service_charge,
        reckoned.total,
    )


def _all_refused(results: Iterable[Answered | Refusal], reason: type[Refusal]) -> None:
    assert {type(each) for each in results} <= {reason}, results
