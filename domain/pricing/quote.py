"""A total that can be explained: every line with its taxes, and how the sum came about.

    total = subtotal − discount + (tax − tax_included) + service_charge + tip.

Amounts are in minor units of the venue's currency.
"""

from uuid import UUID

from msgspec import Struct


class PricedLine(Struct, frozen=True, kw_only=True):
    """What pricing needs to know of a line. `unit_price_minor` has its options' prices in it."""

    line_id: UUID
    category_id: UUID
    unit_price_minor: int
    quantity: int


class TaxShare(Struct, frozen=True, kw_only=True):
    """One tax on one line (or on the service charge), rounded half-up once."""

    name: str
    rate_ppm: int
    included: bool
    amount_minor: int


class LineQuote(Struct, frozen=True, kw_only=True):
    """One line's part of the total. `discount_minor` is its part of the discount; its taxes are those of the rest."""

    line_id: UUID
    line_total_minor: int
    discount_minor: int = 0
    taxes: tuple[TaxShare, ...] = ()


class Quote(Struct, frozen=True, kw_only=True):
    """A basket's total, explained. `tax_minor` is all tax; `tax_included_minor` the part already in prices."""

    lines: tuple[LineQuote, ...] = ()
    subtotal_minor: int = 0
    discount_minor: int = 0
    tax_minor: int = 0
    tax_included_minor: int = 0
    service_charge_minor: int = 0
    service_charge_taxes: tuple[TaxShare, ...] = ()
    tip_minor: int = 0
    total_minor: int = 0
