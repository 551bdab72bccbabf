"""Minor units to the decimal numbers that PowerTranz speaks, and back. Exact both ways, never through a float."""

from decimal import Decimal

from domain.shared.money import CURRENCIES, exponent

TOTAL_MAX = Decimal(10**12)
"""No amount beyond this is looked at: `1e999999999` is valid JSON and would fill the memory as an integer."""


def to_decimal(amount_minor: int, currency: str) -> Decimal:
    """1299 BSD → 12.99, 1299 JPY → 1299, 1299 KWD → 1.299. KeyError for a currency that is not known."""
    return Decimal(amount_minor).scaleb(-exponent(currency))


def to_minor(total: Decimal, currency: str) -> int | None:
    """The amount in minor units; None for anything that is not exactly a whole number of them, or not above zero."""
    if not total.is_finite() or not 0 < total < TOTAL_MAX:
        return None
    decimals = exponent(currency)
    minor = int(total.scaleb(decimals))
    return minor if minor > 0 and Decimal(minor).scaleb(-decimals) == total else None


def currency_of(numeric: str) -> str | None:
    """The alphabetic code of an ISO 4217 numeric one ("044" → BSD), or None."""
    return next((currency for currency, (code, _) in CURRENCIES.items() if code == numeric), None)
