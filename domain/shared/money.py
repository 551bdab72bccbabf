"""Money is an integer of minor units, beside a currency that says how many make one."""

from typing import Final

CURRENCIES: Final[dict[str, tuple[str, int]]] = {
    "AED": ("784", 2), "ARS": ("032", 2), "AUD": ("036", 2), "BBD": ("052", 2), "BGN": ("975", 2), "BHD": ("048", 3),
    "BMD": ("060", 2), "BRL": ("986", 2), "BSD": ("044", 2), "BZD": ("084", 2), "CAD": ("124", 2), "CHF": ("756", 2),
    "CLP": ("152", 0), "CNY": ("156", 2), "COP": ("170", 2), "CRC": ("188", 2), "CZK": ("203", 2), "DKK": ("208", 2),
    "DOP": ("214", 2), "EUR": ("978", 2), "GBP": ("826", 2), "GTQ": ("320", 2), "GYD": ("328", 2), "HKD": ("344", 2),
    "HNL": ("340", 2), "HTG": ("332", 2), "HUF": ("348", 2), "IDR": ("360", 2), "ILS": ("376", 2), "INR": ("356", 2),
    "ISK": ("352", 0), "JMD": ("388", 2), "JOD": ("400", 3), "JPY": ("392", 0), "KRW": ("410", 0), "KWD": ("414", 3),
    "KYD": ("136", 2), "MXN": ("484", 2), "MYR": ("458", 2), "NOK": ("578", 2), "NZD": ("554", 2), "OMR": ("512", 3),
    "PAB": ("590", 2), "PEN": ("604", 2), "PHP": ("608", 2), "PLN": ("985", 2), "RON": ("946", 2), "SAR": ("682", 2),
    "SEK": ("752", 2), "SGD": ("702", 2), "THB": ("764", 2), "TND": ("788", 3), "TRY": ("949", 2), "TTD": ("780", 2),
    "TWD": ("901", 2), "USD": ("840", 2), "UYU": ("858", 2), "VND": ("704", 0), "XCD": ("951", 2), "ZAR": ("710", 2),
}  # fmt: skip
"""ISO 4217: alphabetic code → (numeric code, decimals)."""

AMOUNT_MAX: Final = 10**9
"""The largest amount, price or quantity that a client may send."""

PPM: Final = 1_000_000
"""Rates are integers in parts per million: 75_000 is 7.5 %."""


def exponent(currency: str) -> int:
    """How many decimals the currency has (USD 2, JPY 0, KWD 3). KeyError for one that is not known."""
    return CURRENCIES[currency][1]


def numeric_code(currency: str) -> str:
    """The currency's ISO 4217 numeric code, three digits with leading zeros. KeyError for one that is not known."""
    return CURRENCIES[currency][0]


def share(amount_minor: int, numerator: int, denominator: int) -> int:
    """`amount × numerator ÷ denominator`, rounded half away from zero, in integers only.

    The one rounding rule of the house: half-up, once per line (docs/decisions/ says why).
    """
    scaled = 2 * abs(amount_minor) * numerator + denominator
    rounded = scaled // (2 * denominator)
    return rounded if amount_minor >= 0 else -rounded
