"""People's own words: never with a card number in them, sealed before they come near the ledger, unsealed to show."""

from collections.abc import Iterable
from uuid import UUID

from application.errors import CardNumberRefused, GuestForgotten
from application.house import House
from application.ports import Keyring
from application.views.view import Texts
from domain.shared.card_numbers import contains_card_number
from domain.shared.sealed import Sealed


def refuse_card_number(field: str, text: str | None) -> None:
    """Refuse with CardNumberRefused a text with a card number in it; `field` is its name on the wire."""
    if text is not None and contains_card_number(text):
        raise CardNumberRefused(f"{field} must not contain a card number.", field=field)


async def seal(house: House, venue_id: UUID, subject: UUID, text: str | None) -> Sealed | None:
    """The text under that person's key. Refused: GuestForgotten where the key is gone."""
    if text is None:
        return None
    try:
        return await house.keyring.seal(venue_id, subject, text)
    except KeyError:
        raise GuestForgotten("This guest has been forgotten; nothing more can be kept about them.") from None


async def unseal(keyring: Keyring, venue_id: UUID, boxes: Iterable[Sealed | None]) -> Texts:
    """What all these say, in one round trip at most."""
    present = [box for box in boxes if box is not None]
    if not present:
        return Texts({})
    return Texts(dict(zip(present, await keyring.unseal(venue_id, present), strict=True)))
