"""The histories that are recorded: ordinary evenings, and those that went wrong. Each has a ledger of its own."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID, uuid4

from msgspec import Struct

from application.accounts import account_id_of
from application.errors import InvalidToken
from application.house import House
from application.reads import own_order
from application.reconciler import settle
from application.requests import (
    AddToCart,
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
    Recall,
    RefreshLogin,
    RefundOrder,
    RemoveLine,
    RotateTable,
    TakeCash,
)
from domain.bill.errors import OrderNotPayable
from domain.cart.errors import PriceChanged
from domain.menu import commands as menus
from domain.menu.events import Option
from domain.order.state import LineStatus, Status
from domain.pricing.rules import ServiceCharge, TaxRule
from domain.roster.events import Role
from domain.venue.commands import ChangeSettings
from domain.venue.settings import OpeningHours, Settings
from tests.fixtures.fakes import ScriptedGateway
from tests.fixtures.memory_ledger import Hands
from tests.fixtures.venue import TestGuest, TestVenue, data_of

TAXED = Settings(
    name="Conch House",
    currency="BSD",
    timezone="America/Nassau",
    taxes=(TaxRule(name="VAT", rate_ppm=100_000, on_service_charge=True),),
    service_charge=ServiceCharge(name="Service", rate_ppm=150_000, from_subtotal_minor=2_000),
    unknown_settle_delay_s=0,
)


ANNA = "anna@example.com"
PASSWORD = "a wreck off Green Cay"


class Stage(Struct, frozen=True, kw_only=True, eq=False):
    """What a story is played on."""

    house: House
    clock: Hands
    gateway: ScriptedGateway


async def paid_and_served(stage: Stage, slug: str) -> None:
    """Two dishes, one with a sauce and a wish, a tip; paid by card, cooked line by line, handed over."""
    venue = await TestVenue(stage.house, slug).open(TAXED)
    sauces, rum = uuid4(), uuid4()
    await venue.by_staff(
        EditMenu(
            change=menus.AddOptionGroup(
                group_id=sauces,
                name="Sauce",
                choices_min=0,
                choices_max=2,
                options=(
                    Option(option_id=uuid4(), name="Goat pepper"),
                    Option(option_id=rum, name="Rum", price_minor=150),
                ),
            )
        )
    )
    grouper = await _grouper(venue, (sauces,))
    guest = await venue.guest()
    await guest.add(2, notes="no onions 🧅, please")
    await guest.ask(AddToCart(guest=guest.guest, item_id=grouper, quantity=1, option_ids=(rum,), notes="<b>rare</b>"))
    order_id = UUID(data_of(await guest.place(tip_minor=500, notes="It is Zoë’s birthday"))["id"])
    await guest.pay(order_id)
    for line_id in await _line_ids(guest, order_id):
        for status in (LineStatus.PREPARING, LineStatus.READY):
            await venue.by_staff(MoveLine(order_id=order_id, line_id=line_id, status=status))
    await venue.move(order_id, Status.COMPLETED)
    await guest.ask(CloseSession(guest=guest.guest))


async def declined_then_paid(stage: Stage, slug: str) -> None:
    """The first card is declined, the second one is not."""
    venue = await TestVenue(stage.house, slug).open()
    guest = await venue.guest()
    order_id = await guest.ordered(2)
    await guest.pay(order_id, "first card", "tok_declined")
    await guest.pay(order_id, "second card")


async def cancelled_and_refunded(stage: Stage, slug: str) -> None:
    """Staff cancel a paid order, and the money goes back by itself; another guest takes an unpaid one back."""
    venue = await TestVenue(stage.house, slug).open()
    guest, other = await venue.guest(), await venue.guest("T2")
    paid, unpaid = await guest.ordered(3), await other.ordered()
    await guest.pay(paid)
    await venue.by_staff(MoveOrder(order_id=paid, status=Status.CANCELLED, reason="We are out of conch."))
    await stage.house.background.drain(5.0)
    await other.ask(CancelOwnOrder(guest=other.guest, order_id=unpaid))


async def recalled(stage: Stage, slug: str) -> None:
    """A ready order goes back to the stove once before it is served."""
    venue = await TestVenue(stage.house, slug).open()
    guest = await venue.guest()
    order_id = await guest.ordered()
    await guest.pay(order_id)
    await venue.move(order_id, Status.PREPARING, Status.READY)
    await venue.by_staff(Recall(order_id=order_id))
    await venue.move(order_id, Status.READY, Status.COMPLETED)


async def repriced_cart(stage: Stage, slug: str) -> None:
    """Fritters get dearer while they are in a cart; the guest is told, and orders them all the same."""
    venue = await TestVenue(stage.house, slug).open(TAXED)
    guest = await venue.guest()
    await guest.add(2)
    await venue.by_staff(EditMenu(change=menus.ChangeItem(item_id=venue.item_id, price_minor=1_450)))
    with suppress(PriceChanged):
        await guest.place("before it was told")
    await guest.place("knowing it")


async def partial_payments(stage: Stage, slug: str) -> None:
    """A party shares its bill by card and in cash; one dish was cold, and some of it is given back."""
    venue = await TestVenue(stage.house, slug).open(TAXED)
    guest = await venue.guest()
    order_id = await guest.ordered(3)
    await guest.pay(order_id, "Anna", amount=1_500)
    await guest.pay(order_id, "Ben", "tok_declined", amount=1_500)
    await venue.by_staff(TakeCash(order_id=order_id, amount_minor=1_500))
    await guest.pay(order_id, "Chloë")
    await venue.by_staff(RefundOrder(order_id=order_id, reason="one was cold", amount_minor=1_299), "cold")
    await venue.by_staff(RefundOrder(order_id=order_id, reason="and one more", amount_minor=700), "colder")


async def expired(stage: Stage, slug: str) -> None:
    """Nobody pays, and after an hour the order is gone."""
    venue = await TestVenue(stage.house, slug).open()
    guest = await venue.guest()
    order_id = await guest.ordered()
    stage.clock.forward(3_601)
    await venue.ask("system:reconciler", ExpireOrder(order_id=order_id))


async def unknown_settled(stage: Stage, slug: str) -> None:
    """Twice the gateway does not answer: once it had charged, once it had not. Nobody pays twice."""
    venue = await TestVenue(stage.house, slug).open()
    guest, other = await venue.guest(), await venue.guest("T2")
    charged, spared = await guest.ordered(), await other.ordered(2)
    await guest.pay(charged, "in doubt", "tok_timeout_charged")
    await guest.pay(charged, "in doubt", "tok_timeout_charged")
    await other.pay(spared, "in doubt", "tok_timeout")
    await other.pay(spared, "again")


async def stray_charge(stage: Stage, slug: str) -> None:
    """An approval arrives after its attempt was ruled out and the order was cancelled; it is given back."""
    venue = await TestVenue(stage.house, slug).open()
    guest = await venue.guest()
    order_id = await guest.ordered()
    paying = asyncio.create_task(guest.pay(order_id, "slow", "tok_hang"))
    while not stage.gateway.asked:  # noqa: ASYNC110 - the stand-in has no bell to wait for
        await asyncio.sleep(0.01)
    # How old an attempt is, is told by the ledger's own clock, which no test can turn.
    await asyncio.sleep(2 * stage.house.timing.abandoned_after_s)
    await settle(stage.house, venue.venue_id, order_id)
    await guest.ask(CancelOwnOrder(guest=guest.guest, order_id=order_id))
    stage.gateway.barred.clear()
    stage.gateway.answer_now.set()
    with suppress(OrderNotPayable):
        await paying
    await stage.house.background.drain(5.0)


async def busy_manager(stage: Stage, slug: str) -> None:
    """A manager's day: menu, tables, settings, people; and a guest who cannot decide."""
    venue = await TestVenue(stage.house, slug).open()
    await _edit_menu(stage, venue)
    for wish in (
        EditTable(code="T1", name="By the window"),
        RotateTable(code="T1"),
        EditTable(code="T2", active=False),
        EditTable(code="T2", active=True),
        EditSettings(
            change=ChangeSettings(
                name="The Conch House",
                timezone="America/Nassau",
                opening_hours=tuple(OpeningHours(weekday=day, opens_minute=660, closes_minute=60) for day in range(7)),
                taxes=(TaxRule(name="VAT", rate_ppm=100_000),),
                service_charge=None,
                order_minimum_minor=500,
                active=False,
            )
        ),
        EditSettings(change=ChangeSettings(opening_hours=(), active=True)),
    ):
        await venue.by_staff(wish)
    anna = await _hired(venue, ANNA, Role.MANAGER)
    ben = await _hired(venue, "ben@example.com", Role.KITCHEN)
    await venue.ask(f"staff:{anna}", ChangeRole(account_id=ben, role=Role.FLOOR))
    await venue.ask(f"staff:{anna}", ChangeRole(account_id=ben, role=None))
    guest = await venue.guest("T2")
    for _ in range(3):
        await guest.add()
    first, second, _ = [UUID(line["id"]) for line in data_of(await guest.add(4))["items"]][:3]
    await guest.ask(ChangeLine(guest=guest.guest, line_id=first, quantity=5))
    await guest.ask(RemoveLine(guest=guest.guest, line_id=second))
    await guest.ask(ClearCart(guest=guest.guest))
    await guest.ask(CloseSession(guest=guest.guest))


async def log_ins(stage: Stage, slug: str) -> None:
    """The house's own ledger: somebody is hired, logs in and out, has a token stolen, changes the password."""
    venue = await TestVenue(stage.house, f"{slug}-of-anna").open()
    anna = await _hired(venue, ANNA, Role.MANAGER)
    log_in = LogIn(email=ANNA.upper(), password=PASSWORD)
    at_the_till, on_the_phone = [data_of(await venue.ask("system:door", log_in)) for _ in range(2)]
    await venue.ask(f"staff:{anna}", LogOut(account_id=anna, login_id=_login_of(at_the_till)))
    stolen = RefreshLogin(refresh_token=on_the_phone["refresh_token"])
    await venue.ask("system:door", stolen)
    with suppress(InvalidToken):
        await venue.ask("system:door", stolen)
    await venue.ask("system:door", log_in)
    change = ChangePassword(account_id=anna, current_password=PASSWORD, new_password=f"{PASSWORD}, twice")
    await venue.ask(f"staff:{anna}", change)
    await venue.ask("system:door", LogIn(email=ANNA, password=f"{PASSWORD}, twice"))


async def _edit_menu(stage: Stage, venue: TestVenue) -> None:
    sides, group, lime = uuid4(), uuid4(), uuid4()
    noon = datetime(2026, 3, 14, 16, 0, tzinfo=UTC)
    options = (
        Option(option_id=uuid4(), name="Pigeon peas"),
        Option(option_id=uuid4(), name="Plantain", price_minor=99),
    )
    for change in (
        menus.AddCategory(category_id=sides, name="Sides", rank=2),
        menus.ChangeCategory(category_id=sides, name="On the side", rank=1),
        menus.AddOptionGroup(group_id=group, name="Side", choices_min=1, choices_max=1, options=options),
        menus.ChangeOptionGroup(group_id=group, name="One side", options=options[:1]),
        menus.AddItem(
            item_id=lime,
            category_id=sides,
            name="Lime Wedge",
            price_minor=99,
            description="A wedge of lime.",
            option_group_ids=(group,),
            allergens=("citrus",),
            dietary=("vegan",),
            image_url="/images/lime.webp",
            rank=9,
        ),
        menus.ChangeItem(item_id=lime, description="Half a lime.", image_url=None, price_minor=120),
        menus.SellOut(item_id=lime, at=stage.clock(), until=noon),
        menus.BringBack(item_id=lime),
        menus.SellOut(item_id=venue.item_id, at=stage.clock()),
        menus.BringBack(item_id=venue.item_id),
        menus.RemoveOptionGroup(group_id=group),
        menus.RemoveItem(item_id=lime),
        menus.RemoveCategory(category_id=sides),
    ):
        await venue.by_staff(EditMenu(change=change))


async def _grouper(venue: TestVenue, option_group_ids: tuple[UUID, ...]) -> UUID:
    grouper = uuid4()
    await venue.by_staff(
        EditMenu(
            change=menus.AddItem(
                item_id=grouper,
                category_id=venue.category_id,
                name="Grilled Grouper",
                price_minor=2_499,
                option_group_ids=option_group_ids,
            )
        )
    )
    return grouper


async def _hired(venue: TestVenue, email: str, role: Role) -> UUID:
    await venue.by_staff(HireStaff(email=email, name=email.partition("@")[0].title(), password=PASSWORD, role=role))
    return account_id_of(venue.house, email)


async def _line_ids(guest: TestGuest, order_id: UUID) -> list[UUID]:
    order = await own_order(guest.venue.house, guest.venue.venue_id, guest.guest, order_id)
    return [line.id for line in order.data.items]


def _login_of(tokens: dict[str, str]) -> UUID:
    """Which log-in an answer began: the stand-in's access tokens say it in clear."""
    return UUID(tokens["access_token"].split()[-1])
