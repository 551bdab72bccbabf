"""Everything that can be asked of Comanda, as the edge hands it over: decoded, well-formed, the caller named.

A `Request` is one wish with its envelope. Shape (types, ranges, required texts) was judged before; who may ask at all
(roles) was judged by the edge's guards. Whether it may be done now is for the deciders behind `handlers.answer`.
"""

from typing import Final
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from domain.menu.commands import MenuCommand
from domain.order.state import LineStatus, Status
from domain.roster.events import Role
from domain.venue.commands import ChangeSettings
from domain.venue.settings import Settings

GUEST: Final = "guest"
STAFF: Final = "staff"
SYSTEM: Final = "system"


class GuestPass(Struct, frozen=True, kw_only=True):
    """What a guest's token says: a session, and 32 bytes of SHA-256 of the token's secret to prove it with."""

    session_id: UUID
    token_hash: bytes


class Wish(Struct, frozen=True, kw_only=True):
    """Something asked for. It may hold texts and tokens, so it never shows its fields."""

    def __repr__(self) -> str:
        """Only the name: texts, passwords and card tokens stay out of every log."""
        return type(self).__name__


# What guests ask for.


class OpenSession(Wish, frozen=True, kw_only=True):
    """Sit down at the table that goes by this code."""

    table_short_code: str


class CloseSession(Wish, frozen=True, kw_only=True):
    """Leave."""

    guest: GuestPass


class AddToCart(Wish, frozen=True, kw_only=True):
    """Put a dish into the cart as a line of its own."""

    guest: GuestPass
    item_id: UUID
    quantity: int
    option_ids: tuple[UUID, ...] = ()
    notes: str | None = None


class ChangeLine(Wish, frozen=True, kw_only=True):
    """Want more or fewer of a line."""

    guest: GuestPass
    line_id: UUID
    quantity: int


class RemoveLine(Wish, frozen=True, kw_only=True):
    """Take a line out."""

    guest: GuestPass
    line_id: UUID


class ClearCart(Wish, frozen=True, kw_only=True):
    """Take everything out."""

    guest: GuestPass


class PlaceOrder(Wish, frozen=True, kw_only=True):
    """Order what is in the cart. `cart_version` is the one that the guest was shown, if they say so."""

    guest: GuestPass
    cart_version: int | None = None
    tip_minor: int = 0
    notes: str | None = None


class PayOrder(Wish, frozen=True, kw_only=True):
    """Charge a card: `amount_minor`, or all that is due."""

    guest: GuestPass
    order_id: UUID
    card_token: str
    amount_minor: int | None = None


class CancelOwnOrder(Wish, frozen=True, kw_only=True):
    """Take the order back while it is pending."""

    guest: GuestPass
    order_id: UUID


# What staff ask for.


class MoveOrder(Wish, frozen=True, kw_only=True):
    """Bring an order into another state; `reason` is kept where it is a cancellation."""

    order_id: UUID
    status: Status
    reason: str | None = None


class MoveLine(Wish, frozen=True, kw_only=True):
    """Bring one line of an order into another state."""

    order_id: UUID
    line_id: UUID
    status: LineStatus


class Recall(Wish, frozen=True, kw_only=True):
    """Bring a ready order back to the stove."""

    order_id: UUID


class TakeCash(Wish, frozen=True, kw_only=True):
    """Take cash for an order."""

    order_id: UUID
    amount_minor: int


class RefundOrder(Wish, frozen=True, kw_only=True):
    """Give money back: an amount, or what these lines cost, or all that is left."""

    order_id: UUID
    reason: str
    amount_minor: int | None = None
    line_ids: tuple[UUID, ...] | None = None


class EditSettings(Wish, frozen=True, kw_only=True):
    """Change the venue's settings; what is unset stays."""

    change: ChangeSettings


class EditMenu(Wish, frozen=True, kw_only=True):
    """Change the menu. New things bring their ids with them."""

    change: MenuCommand


class AddTable(Wish, frozen=True, kw_only=True):
    """Put a table on the floor; without a code it is given one."""

    table_id: UUID
    name: str
    code: str | None = None


class EditTable(Wish, frozen=True, kw_only=True):
    """Rename a table, or take it off the floor, or put it back. `code` is its present one."""

    code: str
    name: str | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class RotateTable(Wish, frozen=True, kw_only=True):
    """Give the table that goes by this code a new one; every session opened with the old one is dead."""

    code: str


class HireStaff(Wish, frozen=True, kw_only=True):
    """Give somebody a role here, and an account if there is none for that address. `seed` lifts password rules."""

    email: str
    name: str
    password: str
    role: Role
    seed: bool = False


class ChangeRole(Wish, frozen=True, kw_only=True):
    """Give a member of staff another role, or none."""

    account_id: UUID
    role: Role | None


# What people with an account ask for. Their ledger is the house's.


class LogIn(Wish, frozen=True, kw_only=True):
    """Prove a password."""

    email: str
    password: str


class RefreshLogin(Wish, frozen=True, kw_only=True):
    """Trade a refresh token for a new pair of tokens."""

    refresh_token: str


class LogOut(Wish, frozen=True, kw_only=True):
    """End one log-in."""

    account_id: UUID
    login_id: UUID


class ChangePassword(Wish, frozen=True, kw_only=True):
    """Have another password; ends every log-in."""

    account_id: UUID
    current_password: str
    new_password: str


# What the system asks for.


class OpenVenue(Wish, frozen=True, kw_only=True):
    """Begin a venue's ledger."""

    slug: str
    settings: Settings


class ExpireOrder(Wish, frozen=True, kw_only=True):
    """Cancel an order that was not paid in time."""

    order_id: UUID


OneStroke = (
    OpenSession
    | CloseSession
    | AddToCart
    | ChangeLine
    | RemoveLine
    | ClearCart
    | PlaceOrder
    | CancelOwnOrder
    | MoveOrder
    | MoveLine
    | Recall
    | TakeCash
    | EditSettings
    | EditMenu
    | AddTable
    | EditTable
    | RotateTable
    | ChangeRole
    | OpenVenue
    | ExpireOrder
)
"""Judged and done in one transaction."""

Journey = PayOrder | RefundOrder | HireStaff | LogIn | RefreshLogin | LogOut | ChangePassword
"""More than one transaction, or a talk with the world between two of them."""

AnyWish = OneStroke | Journey


class ClientKey(Struct, frozen=True, kw_only=True):
    """The client's idempotency key and 32 bytes of SHA-256 of method, path and the body without the key."""

    text: str
    fingerprint: bytes


class Request(Struct, frozen=True, kw_only=True):
    """A wish with its envelope. `actor` is `guest:{session}`, `staff:{account}` or `system:{name}`."""

    venue_id: UUID
    actor: str
    request_id: str
    wish: AnyWish
    key: ClientKey | None = None


class Answered(Struct, frozen=True, kw_only=True):
    """What came of it. `position` is the venue's position that it brought about, 0 where that says nothing.

    `status` as on the wire. Below 400 `body` is the JSON of `data`; from 400 on that of a `Told`.
    """

    status: int
    body: bytes
    position: int
    replayed: bool = False


class Told(Struct, frozen=True, kw_only=True):
    """A refusal that is a fact, such as a declined card: recorded, and told again when asked again."""

    code: str
    message: str
    details: dict[str, str | int]
