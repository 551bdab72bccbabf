"""What a basket costs, in examples that fit on the back of a receipt."""

from uuid import UUID

from domain.pricing.calculate import quote
from domain.pricing.quote import LineQuote, PricedLine, Quote, TaxShare
from domain.pricing.rules import PricingRules, ServiceCharge, TaxRule

FOOD, DRINKS = UUID(int=1), UUID(int=2)
PASTA, WINE = UUID(int=11), UUID(int=12)

NO_RULES = PricingRules()
VAT = TaxRule(name="VAT", rate_ppm=100_000)
VAT_WITHIN = TaxRule(name="VAT", rate_ppm=100_000, included=True, on_service_charge=True)
CITY_TAX = TaxRule(name="City tax", rate_ppm=20_000)


def pasta(unit_price_minor: int, quantity: int = 1) -> PricedLine:
    return PricedLine(line_id=PASTA, category_id=FOOD, unit_price_minor=unit_price_minor, quantity=quantity)


def wine(unit_price_minor: int, quantity: int = 1) -> PricedLine:
    return PricedLine(line_id=WINE, category_id=DRINKS, unit_price_minor=unit_price_minor, quantity=quantity)


def test_nothing_costs_nothing() -> None:
    assert quote((), PricingRules(taxes=(VAT,))) == Quote()


def test_without_rules_a_basket_costs_its_lines() -> None:
    answer = quote((pasta(1299, 2), wine(2499)), NO_RULES)
    assert [line.line_total_minor for line in answer.lines] == [2598, 2499]
    assert answer.subtotal_minor == answer.total_minor == 5097


def test_an_added_tax_is_put_on_top() -> None:
    answer = quote((pasta(1000),), PricingRules(taxes=(VAT,)))
    assert (answer.tax_minor, answer.tax_included_minor, answer.total_minor) == (100, 0, 1100)


def test_an_included_tax_is_in_the_price_already() -> None:
    answer = quote((pasta(1100),), PricingRules(taxes=(VAT_WITHIN,)))
    assert (answer.tax_minor, answer.tax_included_minor, answer.total_minor) == (100, 100, 1100)


def test_half_a_coin_is_rounded_up() -> None:
    answer = quote((pasta(5),), PricingRules(taxes=(VAT,)))
    assert answer.tax_minor == 1


def test_less_than_half_a_coin_is_rounded_down() -> None:
    assert quote((pasta(4),), PricingRules(taxes=(VAT,))).tax_minor == 0


def test_tax_is_rounded_once_per_line_and_not_once_per_portion() -> None:
    assert quote((pasta(4, 3),), PricingRules(taxes=(VAT,))).tax_minor == 1
    assert quote((pasta(4), pasta(4), pasta(4)), PricingRules(taxes=(VAT,))).tax_minor == 0


def test_a_tax_falls_only_on_its_categories() -> None:
    drinks_tax = TaxRule(name="Drinks tax", rate_ppm=200_000, category_ids=(DRINKS,))
    answer = quote((pasta(1000), wine(1000)), PricingRules(taxes=(drinks_tax,)))
    assert [line.taxes for line in answer.lines] == [
        (),
        (TaxShare(name="Drinks tax", rate_ppm=200_000, included=False, amount_minor=200),),
    ]


def test_several_included_taxes_share_one_net_price() -> None:
    state = TaxRule(name="State", rate_ppm=150_000, included=True)
    county = TaxRule(name="County", rate_ppm=50_000, included=True)
    answer = quote((pasta(1200),), PricingRules(taxes=(state, county)))
    assert [tax.amount_minor for tax in answer.lines[0].taxes] == [150, 50]


def test_an_added_tax_is_charged_on_the_net_price_and_never_on_another_tax() -> None:
    answer = quote((pasta(1100),), PricingRules(taxes=(VAT_WITHIN, CITY_TAX)))
    assert (answer.tax_minor, answer.tax_included_minor, answer.total_minor) == (120, 100, 1120)


def test_the_example_in_the_decision_record_holds() -> None:
    rules = PricingRules(taxes=(VAT_WITHIN, CITY_TAX), service_charge=ServiceCharge(name="Service", rate_ppm=125_000))
    vat = TaxShare(name="VAT", rate_ppm=100_000, included=True, amount_minor=200)
    city = TaxShare(name="City tax", rate_ppm=20_000, included=False, amount_minor=40)
    assert quote((pasta(1100, 2),), rules) == Quote(
        lines=(LineQuote(line_id=PASTA, line_total_minor=2200, taxes=(vat, city)),),
        subtotal_minor=2200,
        tax_minor=265,
        tax_included_minor=225,
        service_charge_minor=275,
        service_charge_taxes=(TaxShare(name="VAT", rate_ppm=100_000, included=True, amount_minor=25),),
        total_minor=2515,
    )


def test_a_service_charge_begins_at_its_subtotal() -> None:
    rules = PricingRules(service_charge=ServiceCharge(name="Service", rate_ppm=100_000, from_subtotal_minor=1000))
    assert quote((pasta(999),), rules).service_charge_minor == 0
    assert quote((pasta(1000),), rules).service_charge_minor == 100


def test_a_tax_that_spares_the_service_charge_spares_it() -> None:
    rules = PricingRules(taxes=(VAT,), service_charge=ServiceCharge(name="Service", rate_ppm=100_000))
    answer = quote((pasta(1000),), rules)
    assert (answer.service_charge_taxes, answer.tax_minor, answer.total_minor) == ((), 100, 1200)


def test_a_tax_of_a_few_categories_still_falls_on_the_whole_service_charge_when_it_says_so() -> None:
    drinks_tax = TaxRule(name="Drinks tax", rate_ppm=200_000, category_ids=(DRINKS,), on_service_charge=True)
    rules = PricingRules(taxes=(drinks_tax,), service_charge=ServiceCharge(name="Service", rate_ppm=100_000))
    assert quote((pasta(1000),), rules).tax_minor == 20


def test_a_tip_is_added_last_and_never_taxed() -> None:
    answer = quote((pasta(1000),), PricingRules(taxes=(VAT,)), tip_minor=150)
    assert (answer.tip_minor, answer.tax_minor, answer.total_minor) == (150, 100, 1250)


def test_a_discount_lowers_every_line_and_its_taxes_in_proportion() -> None:
    answer = quote((pasta(1000), wine(3000)), PricingRules(taxes=(VAT,)), discount_minor=400)
    assert [line.discount_minor for line in answer.lines] == [100, 300]
    assert (answer.discount_minor, answer.tax_minor, answer.total_minor) == (400, 360, 3960)


def test_a_discount_never_exceeds_the_subtotal() -> None:
    answer = quote((pasta(1000),), PricingRules(taxes=(VAT,)), discount_minor=5000)
    assert (answer.discount_minor, answer.tax_minor, answer.total_minor) == (1000, 0, 0)


def test_a_coin_that_cannot_be_split_goes_to_the_line_that_completes_it() -> None:
    answer = quote((pasta(1), wine(1)), NO_RULES, discount_minor=1)
    assert [line.discount_minor for line in answer.lines] == [0, 1]


def test_there_is_nothing_to_take_off_a_free_dish() -> None:
    answer = quote((pasta(0),), NO_RULES, discount_minor=100)
    assert (answer.lines[0].discount_minor, answer.discount_minor, answer.total_minor) == (0, 0, 0)


def test_the_dearest_cart_that_fits_is_still_exact() -> None:
    lines = tuple(pasta(10**9, 99) for _ in range(50))
    answer = quote(lines, PricingRules(taxes=(TaxRule(name="Tax", rate_ppm=1),)))
    assert answer.tax_minor == 50 * 99_000
    assert answer.total_minor == 50 * 99 * 10**9 + 50 * 99_000
