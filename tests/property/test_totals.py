"""Every total equals one computed another way: in major units, in exact fractions, in yen, dollars and dinars."""

from hypothesis import given
from hypothesis import strategies as st

from domain.pricing.calculate import quote
from domain.pricing.quote import PricedLine, Quote
from domain.pricing.rules import PricingRules, ServiceCharge
from domain.shared.money import PPM, share
from tests.fixtures.strategies import baskets, currencies, prices, pricing_rules, rates
from tests.property.reckoning import Dish, Reckoned, reckon


def _parts(answer: Quote) -> Reckoned:
    return Reckoned(
        subtotal=answer.subtotal_minor,
        tax=answer.tax_minor,
        tax_included=answer.tax_included_minor,
        service_charge=answer.service_charge_minor,
        tip=answer.tip_minor,
        total=answer.total_minor,
    )


@given(lines=baskets(), rules=pricing_rules(), tip=prices(), currency=currencies())
def test_a_total_is_what_exact_fractions_make_of_it(
    lines: tuple[PricedLine, ...], rules: PricingRules, tip: int, currency: str
) -> None:
    dishes = [Dish(line.category_id, line.unit_price_minor, line.quantity) for line in lines]
    assert _parts(quote(lines, rules, tip_minor=tip)) == reckon(dishes, rules, currency, tip)


@given(lines=baskets(), rate_ppm=rates(), short_minor=st.sampled_from([0, 1]))
def test_the_service_charge_begins_with_the_very_coin_that_reaches_its_threshold(
    lines: tuple[PricedLine, ...], rate_ppm: int, short_minor: int
) -> None:
    dishes = [Dish(line.category_id, line.unit_price_minor, line.quantity) for line in lines]
    threshold_minor = reckon(dishes, PricingRules(), "USD").subtotal + short_minor
    charge = ServiceCharge(name="Service", rate_ppm=rate_ppm, from_subtotal_minor=threshold_minor)
    rules = PricingRules(service_charge=charge)
    assert _parts(quote(lines, rules)) == reckon(dishes, rules, "USD")


@given(lines=baskets(), rules=pricing_rules(), tip=prices(), discount=prices())
def test_a_total_is_always_the_sum_of_the_parts_that_explain_it(
    lines: tuple[PricedLine, ...], rules: PricingRules, tip: int, discount: int
) -> None:
    answer = quote(lines, rules, tip_minor=tip, discount_minor=discount)
    shares = [*(tax for line in answer.lines for tax in line.taxes), *answer.service_charge_taxes]
    assert answer.subtotal_minor == sum(line.line_total_minor for line in answer.lines)
    assert answer.discount_minor == min(discount, answer.subtotal_minor)
    assert answer.tax_minor == sum(tax.amount_minor for tax in shares)
    assert answer.tax_included_minor == sum(tax.amount_minor for tax in shares if tax.included)
    assert answer.total_minor == (
        answer.subtotal_minor
        - answer.discount_minor
        + (answer.tax_minor - answer.tax_included_minor)
        + answer.service_charge_minor
        + answer.tip_minor
    )


@given(lines=baskets(), rules=pricing_rules(), discount=prices())
def test_a_discount_is_spread_to_the_last_coin_and_no_line_is_given_more_than_it_costs(
    lines: tuple[PricedLine, ...], rules: PricingRules, discount: int
) -> None:
    answer = quote(lines, rules, discount_minor=discount)
    assert sum(line.discount_minor for line in answer.lines) == answer.discount_minor
    assert all(0 <= line.discount_minor <= line.line_total_minor for line in answer.lines)


@given(lines=baskets(), rules=pricing_rules(), discount=prices())
def test_included_taxes_of_at_most_the_net_price_never_exceed_the_price(
    lines: tuple[PricedLine, ...], rules: PricingRules, discount: int
) -> None:
    answer = quote(lines, rules, discount_minor=discount)
    for line in answer.lines:
        included = [tax for tax in line.taxes if tax.included]
        if sum(tax.rate_ppm for tax in included) <= PPM:
            price_minor = line.line_total_minor - line.discount_minor
            assert sum(tax.amount_minor for tax in included) <= price_minor


@given(amount=st.integers(-(10**12), 10**12), numerator=st.integers(0, PPM), denominator=st.integers(1, 2 * PPM))
def test_a_share_is_the_nearest_whole_coin_and_a_half_goes_away_from_nothing(
    amount: int, numerator: int, denominator: int
) -> None:
    exact_twice = 2 * amount * numerator
    off = 2 * denominator * share(amount, numerator, denominator) - exact_twice
    assert abs(off) <= denominator
    if abs(off) == denominator:
        assert off * amount > 0
