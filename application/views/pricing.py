"""How a total came about, for whoever wants to check it."""

from uuid import UUID

from application.views.view import View
from domain.cart.events import ChosenOption
from domain.pricing.quote import Quote, TaxShare


class OptionView(View, frozen=True, kw_only=True):
    id: UUID
    name: str
    price: int


class TaxView(View, frozen=True, kw_only=True):
    """One tax on one line or on the service charge; `rate_ppm` in parts per million."""

    name: str
    rate_ppm: int
    included: bool
    amount: int


class LineExplanation(View, frozen=True, kw_only=True):
    line_id: UUID
    line_total: int
    taxes: tuple[TaxView, ...]


class Explanation(View, frozen=True, kw_only=True):
    """Each line's taxes, and those of the service charge."""

    lines: tuple[LineExplanation, ...]
    service_charge_taxes: tuple[TaxView, ...]


def option_views(options: tuple[ChosenOption, ...]) -> tuple[OptionView, ...]:
    """The options as they were chosen."""
    return tuple(OptionView(id=option.option_id, name=option.name, price=option.price_minor) for option in options)


def explanation(quote: Quote) -> Explanation:
    """A quote, line by line."""
    return Explanation(
        lines=tuple(
            LineExplanation(line_id=line.line_id, line_total=line.line_total_minor, taxes=_tax_views(line.taxes))
            for line in quote.lines
        ),
        service_charge_taxes=_tax_views(quote.service_charge_taxes),
    )


def _tax_views(taxes: tuple[TaxShare, ...]) -> tuple[TaxView, ...]:
    return tuple(
        TaxView(name=tax.name, rate_ppm=tax.rate_ppm, included=tax.included, amount=tax.amount_minor) for tax in taxes
    )
