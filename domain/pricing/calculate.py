"""From lines to a total, in integers; every amount is rounded half-up, once.

A price P is what a guest sees: a net price and the taxes included in it. With Σ the included rates that meet on it,

    net = P × 10⁶ ÷ (10⁶ + Σ)        a tax of rate r, included or added = net × r = P × r ÷ (10⁶ + Σ)

so several included taxes share one net price, and no tax is ever charged on another
(docs/decisions/0010-rounding-and-taxes.md).
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate, chain, pairwise
from uuid import UUID

from domain.pricing.quote import LineQuote, PricedLine, Quote, TaxShare
from domain.pricing.rules import PricingRules, ServiceCharge, TaxRule
from domain.shared.money import PPM, share


def quote(lines: tuple[PricedLine, ...], rules: PricingRules, *, tip_minor: int = 0, discount_minor: int = 0) -> Quote:
    """What these lines cost and why; amounts in minor units.

    The discount is at most the subtotal, is spread over the lines in proportion, and lowers their taxes.
    The service charge is a share of the subtotal, before any discount. The tip is never taxed.
    """
    totals = [line.unit_price_minor * line.quantity for line in lines]
    subtotal_minor = sum(totals)
    discount_minor = min(discount_minor, subtotal_minor)
    quotes = tuple(
        _line_quote(line, total, discount, rules.taxes)
        for line, total, discount in zip(lines, totals, _spread(discount_minor, totals), strict=True)
    )
    charge_minor = _service_charge(subtotal_minor, rules.service_charge)
    charge_taxes = _taxes(charge_minor, [tax for tax in rules.taxes if tax.on_service_charge]) if charge_minor else ()
    shares = [*chain.from_iterable(line.taxes for line in quotes), *charge_taxes]
    tax_minor = sum(tax.amount_minor for tax in shares)
    tax_included_minor = sum(tax.amount_minor for tax in shares if tax.included)
    return Quote(
        lines=quotes,
        subtotal_minor=subtotal_minor,
        discount_minor=discount_minor,
        tax_minor=tax_minor,
        tax_included_minor=tax_included_minor,
        service_charge_minor=charge_minor,
        service_charge_taxes=charge_taxes,
        tip_minor=tip_minor,
        total_minor=subtotal_minor - discount_minor + tax_minor - tax_included_minor + charge_minor + tip_minor,
    )


def _line_quote(line: PricedLine, total_minor: int, discount_minor: int, taxes: Iterable[TaxRule]) -> LineQuote:
    met = [tax for tax in taxes if _applies(tax, line.category_id)]
    return LineQuote(
        line_id=line.line_id,
        line_total_minor=total_minor,
        discount_minor=discount_minor,
        taxes=_taxes(total_minor - discount_minor, met),
    )


def _applies(tax: TaxRule, category_id: UUID) -> bool:
    return not tax.category_ids or category_id in tax.category_ids


def _taxes(price_minor: int, taxes: Sequence[TaxRule]) -> tuple[TaxShare, ...]:
    gross_ppm = PPM + sum(tax.rate_ppm for tax in taxes if tax.included)
    return tuple(
        TaxShare(
            name=tax.name,
            rate_ppm=tax.rate_ppm,
            included=tax.included,
            amount_minor=share(price_minor, tax.rate_ppm, gross_ppm),
        )
        for tax in taxes
    )


def _service_charge(subtotal_minor: int, charge: ServiceCharge | None) -> int:
    if charge is None or subtotal_minor < charge.from_subtotal_minor:
        return 0
    return share(subtotal_minor, charge.rate_ppm, PPM)


def _spread(amount_minor: int, totals: Sequence[int]) -> list[int]:
    """Parts of the amount in proportion to the totals, that sum up to it exactly; none is more than its total.

    Each part is what the running sum's share grows by, so no fraction is lost between the lines.
    """
    whole = sum(totals)
    if not whole:
        return [0 for _ in totals]
    reached = (amount_minor * running // whole for running in accumulate(totals, initial=0))
    return [after - before for before, after in pairwise(reached)]
