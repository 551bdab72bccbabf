"""How names, money, times and sealed words are shown in a replay."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from domain.shared.money import exponent
from domain.shared.sealed import Sealed


class Shown(Struct, frozen=True, kw_only=True):
    """The venue's currency ("" where there is none: the house) and zone, and the texts that were unsealed.

    `texts` is None where nobody asked for them; a text in it is None where its key was destroyed.
    """

    currency: str
    zone: ZoneInfo
    texts: Mapping[Sealed, str | None] | None = None

    def money(self, amount_minor: int) -> str:
        """12.99 BSD, with as many decimals as the currency has."""
        if not self.currency:
            return str(amount_minor)
        places = exponent(self.currency)
        whole, part = divmod(abs(amount_minor), 10**places)
        sign = "-" if amount_minor < 0 else ""
        return f"{sign}{whole}{f'.{part:0{places}}' if places else ''} {self.currency}"

    def words(self, box: Sealed | None) -> str:
        """What somebody wrote, to be put behind a sentence; nothing where they wrote nothing."""
        if box is None:
            return ""
        if self.texts is None:
            return " [sealed words]"
        text = self.texts.get(box)
        return " [forgotten words]" if text is None else f" “{printable(text)}”"

    def moment(self, at: datetime) -> str:
        """A time of day on the venue's wall."""
        return f"{at.astimezone(self.zone):%a %d %b %Y %H:%M}"


def plain(value: object) -> str:
    """A field's value: a text as it is, anything else as JSON."""
    return printable(value if isinstance(value, str) else msgspec.json.encode(value).decode())


def printable(text: str) -> str:
    """The text with everything that could move a terminal's cursor, or its reader, written out."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in text
    )
