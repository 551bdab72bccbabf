"""Card numbers in free text: found so that they can be refused, since we must never hold one.

A number is 13 to 19 digits, single spaces or dashes between them allowed, with no letter or digit directly beside it.
It counts as a card's if it begins and is as long as a card scheme's numbers are, and its check digit is right (Luhn,
ISO/IEC 7812-1). Of random digits about one in twenty passes, so this is asked of what people type, never of ids.
"""

import re
from collections import deque
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from unicodedata import category, decimal

DIGITS_MIN: Final = 13
DIGITS_MAX: Final = 19
PREFIX_DIGITS: Final = 4
DOUBLED: Final = str.maketrans("0123456789", "0246813579")


def _scheme(first: int, last: int, *lengths: int) -> dict[str, frozenset[int]]:
    """A scheme's numbers begin with four digits from `first` to `last` and have one of these lengths."""
    return dict.fromkeys((str(prefix) for prefix in range(first, last + 1)), frozenset(lengths))


LENGTHS: Final[Mapping[str, frozenset[int]]] = MappingProxyType(
    _scheme(4000, 4999, 13, 16, 19)  # Visa
    | _scheme(5100, 5599, 16)  # Mastercard
    | _scheme(2221, 2720, 16)  # Mastercard
    | _scheme(2200, 2204, 16, 17, 18, 19)  # Mir
    | _scheme(3400, 3499, 15)  # American Express
    | _scheme(3700, 3799, 15)  # American Express
    | _scheme(3000, 3059, 14, 15, 16, 17, 18, 19)  # Diners Club
    | _scheme(3095, 3095, 14, 15, 16, 17, 18, 19)  # Diners Club
    | _scheme(3600, 3699, 14, 15, 16, 17, 18, 19)  # Diners Club
    | _scheme(3800, 3999, 14, 15, 16, 17, 18, 19)  # Diners Club
    | _scheme(3528, 3589, 16, 17, 18, 19)  # JCB
    | _scheme(8100, 8171, 16, 17, 18, 19)  # UnionPay
    # Maestro has had 50, 56–58 and nearly all of 6; Discover (6011, 644–65) and UnionPay (62) lie within the 6.
    | _scheme(5000, 5099, 13, 14, 15, 16, 17, 18, 19)
    | _scheme(5600, 5899, 13, 14, 15, 16, 17, 18, 19)
    | _scheme(6000, 6999, 13, 14, 15, 16, 17, 18, 19)
)
"""By a number's first four digits: how long a card number that begins so can be."""

WORD: Final = re.compile(r"[^\W_]+")
"""Letters and digits without a break, in any script. A card number is whole words, or a letter would stand beside."""


def contains_card_number(text: str) -> bool:
    """Whether a card number stands anywhere in the text. Takes time in proportion to the text's length."""
    groups: deque[str] = deque()
    group_end = 0
    for word in WORD.finditer(text):
        if not _is_joint(text[group_end : word.start()]):
            groups.clear()
        group_end = word.end()
        digits = _digits(word.group())
        if digits is None:
            groups.clear()
            continue
        groups.append(digits)
        if len(groups) > DIGITS_MAX:
            groups.popleft()
        if _ends_in_card_number(groups):
            return True
    return False


def _ends_in_card_number(groups: deque[str]) -> bool:
    """Whether the last of these groups of digits, with some of those before it, make a card number."""
    number = ""
    for group in reversed(groups):
        number = group + number
        if len(number) > DIGITS_MAX:
            return False
        if len(number) >= DIGITS_MIN and _is_card_number(number):
            return True
    return False


def _is_card_number(number: str) -> bool:
    return len(number) in LENGTHS.get(number[:PREFIX_DIGITS], ()) and _luhn_holds(number)


def _luhn_holds(number: str) -> bool:
    """Every second digit from the right is doubled, its own digits added; the sum of all ends in 0."""
    return sum(map(int, number[-1::-2] + number[-2::-2].translate(DOUBLED))) % 10 == 0


def _is_joint(between: str) -> bool:
    """A single space or dash, of any width: a phone's keyboard turns the plain ones into others."""
    return len(between) == 1 and category(between) in {"Zs", "Pd"}


def _digits(word: str) -> str | None:
    """The word in ASCII digits, if it is nothing but decimal digits of whatever script and not too many."""
    if len(word) > DIGITS_MAX or not word.isdecimal():
        return None
    return "".join(str(decimal(character)) for character in word)
