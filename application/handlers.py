"""Everything that can be asked of Comanda, and who answers it. Start reading here.

What fits into one transaction is an attempt: streams are opened and read, deciders judge, and all that comes of it is
appended with its receipt; if somebody else was faster, the attempt is made again. What talks to the world in between,
or to two ledgers, is a journey of several transactions, and says itself how it goes on after a crash.
"""

from typing import assert_never
from uuid import UUID

from application.accounts import change_password, log_in, log_out, refresh
from application.cancelling import cancel_own_order, expire_order
from application.carts import add_to_cart, change_cart
from application.conflicts import until_it_holds
from application.house import House
from application.kitchen import move_line, move_order, recall, take_cash
from application.managing import (
    add_table,
    edit_menu,
    edit_settings,
    edit_table,
    open_venue_ledger,
    rotate_table,
)
from application.ordering import place_order
from application.paying import pay
from application.refunding import refund_order
from application.requests import (
    AddTable,
    AddToCart,
    Answered,
    CancelOwnOrder,
    ChangeLine,
    ChangePassword,
    ChangeRole,
    ClearCart,
    CloseSession,
    EditMenu,
    EditSettings,
    EditTable,
    ExpireOrder,
    HireStaff,
    LogIn,
    LogOut,
    MoveLine,
    MoveOrder,
    OneStroke,
    OpenSession,
    OpenVenue,
    PayOrder,
    PlaceOrder,
    Recall,
    RefreshLogin,
    RefundOrder,
    RemoveLine,
    Request,
    RotateTable,
    TakeCash,
)
from application.seating import close_session, open_session_at
from application.staffing import change_role, hire
from application.writer import Writer, occasion_of
from domain.shared.ids import cart_stream


async def answer(house: House, request: Request) -> Answered:
    """Do what is asked, once, however often it is asked; or say why not.

    Raises the Refusal that is the reason, or LedgerUnavailable (Busy among them): then asking again is safe.
    """
    match request.wish:
        case PayOrder() as wish:
            return await pay(house, request, wish)
        case RefundOrder() as wish:
            return await refund_order(house, request, wish)
        case HireStaff() as wish:
            return await hire(house, request, wish)
        case LogIn() as wish:
            return await log_in(house, request, wish)
        case RefreshLogin() as wish:
            return await refresh(house, request, wish)
        case LogOut() as wish:
            return await log_out(house, request, wish)
        case ChangePassword() as wish:
            return await change_password(house, request, wish)
        case wish:
            return await until_it_holds(
                house, occasion_of(request), lambda writer: _attempt(writer, wish), lane=_lane_of(wish)
            )


async def _attempt(writer: Writer, wish: OneStroke) -> Answered:
    match wish:
        case OpenSession():
            return await open_session_at(writer, wish)
        case CloseSession():
            return await close_session(writer, wish)
        case AddToCart():
            return await add_to_cart(writer, wish)
        case ChangeLine() | RemoveLine() | ClearCart():
            return await change_cart(writer, wish)
        case PlaceOrder():
            return await place_order(writer, wish)
        case CancelOwnOrder():
            return await cancel_own_order(writer, wish)
        case MoveOrder():
            return await move_order(writer, wish)
        case MoveLine():
            return await move_line(writer, wish)
        case Recall():
            return await recall(writer, wish)
        case TakeCash():
            return await take_cash(writer, wish)
        case EditSettings():
            return await edit_settings(writer, wish)
        case EditMenu():
            return await edit_menu(writer, wish)
        case AddTable():
            return await add_table(writer, wish)
        case EditTable():
            return await edit_table(writer, wish)
        case RotateTable():
            return await rotate_table(writer, wish)
        case ChangeRole():
            return await change_role(writer, wish)
        case OpenVenue():
            return await open_venue_ledger(writer, wish)
        case ExpireOrder():
            return await expire_order(writer, wish)
        case _:
            assert_never(wish)


def _lane_of(wish: OneStroke) -> UUID | None:
    """What a guest does with a cart, they do in line with what they do to it at the same time."""
    match wish:
        case AddToCart() | ChangeLine() | RemoveLine() | ClearCart() | PlaceOrder():
            return cart_stream(wish.guest.session_id)
        case _:
            return None
