"""What a basket costs, reckoned another way: in major units and exact fractions, as one would with pen and paper.

Nothing of domain.pricing.calculate is used here, so both can only be wrong in the same way by misreading the same rule
(docs/decisions/0010-rounding-and-taxes.md).
"""

from collections.abc import Iterable
from fractions import Fraction
from math import floor
from typing import NamedTuple
from uuid import UUID

from domain.pricing.rules import PricingRules, TaxRule
from domain.shared.money import PPM, exponent


class Dish(NamedTuple):
    """What pen and paper know of a line. `unit_price_minor` has its options' prices in it."""

    category_id: UUID
    unit_price_minor: int
    quantity: int


class Reckoned(NamedTuple):
    """The parts of a total without any discount, in minor units again."""

    subtotal: int
    tax: int
    tax_included: int
    service_charge: int
    tip: int
    total: int


def reckon(dishes: Iterable[Dish], rules: PricingRules, currency: str, tip_minor: int = 0) -> Reckoned:
    """Add it all up."""
    unit = Fraction(1, 10 ** exponent(currency))
    prices = [(dish.category_id, dish.unit_price_minor * unit * dish.quantity) for dish in dishes]
    subtotal = sum((price for _, price in prices), Fraction())
    charge = Fraction()
    if rules.service_charge is not None and subtotal >= rules.service_charge.from_subtotal_minor * unit:
        charge = _half_up(subtotal * Fraction(rules.service_charge.rate_ppm, PPM), unit)
    shares = [_taxes(charge, [tax for tax in rules.taxes if tax.on_service_charge], unit)]
    for category, price in prices:
        met = [tax for tax in rules.taxes if not tax.category_ids or category in tax.category_ids]
        shares.append(_taxes(price, met, unit))
    tax = sum((share for share, _ in shares), Fraction())
    included = sum((share for _, share in shares), Fraction())
    tip = tip_minor * unit
    total = subtotal + (tax - included) + charge + tip
    return Reckoned(*(_in_minor_units(part, unit) for part in (subtotal, tax, included, charge, tip, total)))


def _taxes(price: Fraction, met: list[TaxRule], unit: Fraction) -> tuple[Fraction, Fraction]:
    """All tax on a price, and the part of it that the price contains."""
    net = price / (1 + sum(Fraction(tax.rate_ppm, PPM) for tax in met if tax.included))
    shares = [(tax.included, _half_up(net * Fraction(tax.rate_ppm, PPM), unit)) for tax in met]
    contained = (part for included, part in shares if included)
    return sum((part for _, part in shares), Fraction()), sum(contained, Fraction())


def _half_up(amount: Fraction, unit: Fraction) -> Fraction:
    """To the nearest multiple of the smallest coin, halves upwards."""
    return floor(amount / unit + Fraction(1, 2)) * unit


def _in_minor_units(amount: Fraction, unit: Fraction) -> int:
    coins = amount / unit
    assert coins.denominator == 1, "a sum of whole coins is a whole number of coins"
    return coins.numerator
