"""A cart as its guest sees it, priced by the venue's rules of this moment."""

from uuid import UUID

from application.views.pricing import Explanation, OptionView, explanation, option_views
from application.views.table import TableView
from application.views.view import Texts, View
from domain.cart.state import Cart, CartLine
from domain.pricing.quote import Quote


class CartLineView(View, frozen=True, kw_only=True):
    id: UUID
    menu_item_id: UUID
    name: str
    quantity: int
    unit_price: int
    options: tuple[OptionView, ...]
    notes: str | None
    line_total: int


class CartView(View, frozen=True, kw_only=True):
    """`version` is what placing may name as `cart_version`."""

    id: UUID
    table: TableView | None
    items: tuple[CartLineView, ...]
    item_count: int
    subtotal: int
    discount: int
    tax: int
    tax_included: int
    service_charge: int
    total: int
    currency: str
    version: int
    explain: Explanation


def cart_view(
    cart_id: UUID, cart: Cart, *, version: int, quote: Quote, currency: str, table: TableView | None, texts: Texts
) -> CartView:
    return CartView(
        id=cart_id,
        table=table,
        items=tuple(_line(line, texts) for line in cart.lines),
        item_count=sum(line.quantity for line in cart.lines),
        subtotal=quote.subtotal_minor,
        discount=quote.discount_minor,
        tax=quote.tax_minor,
        tax_included=quote.tax_included_minor,
        service_charge=quote.service_charge_minor,
        total=quote.total_minor,
        currency=currency,
        version=version,
        explain=explanation(quote),
    )


def _line(line: CartLine, texts: Texts) -> CartLineView:
    return CartLineView(
        id=line.line_id,
        menu_item_id=line.item_id,
        name=line.name,
        quantity=line.quantity,
        unit_price=line.unit_price_minor,
        options=option_views(line.options),
        notes=texts.of(line.notes),
        line_total=line.unit_price_minor * line.quantity,
    )
