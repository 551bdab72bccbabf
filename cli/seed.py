"""The demo's two venues, as everybody who tries Comanda knows them; made through the use cases, like any other.

A seed that was interrupted goes on where it ended; one that was finished is never sown again, so that what somebody
removed since stays removed. The passwords are public, so it refuses to run outside the demo.
"""

from collections.abc import Iterator
from typing import Final
from uuid import UUID, uuid5

from msgspec import Struct

from application.accounts import account_id_of
from application.handlers import answer
from application.house import House
from application.reads import tables, venue_settings
from application.requests import AddTable, AnyWish, EditMenu, HireStaff, OpenVenue, Request
from cli.errors import CommandFailed
from domain.account.errors import AccountExists
from domain.menu import commands as menus
from domain.menu.events import Option
from domain.pricing.rules import ServiceCharge, TaxRule
from domain.roster.events import Role, RoleGranted
from domain.shared.ids import roster_stream, venue_id_of
from domain.shared.refusals import IdTaken
from domain.venue.errors import VenueExists, VenueNotFound
from domain.venue.settings import Settings as VenueSettings
from infrastructure.furnishing import furnished
from infrastructure.settings import Settings

ACTOR: Final = "system:seed"


class Dish(Struct, frozen=True, kw_only=True):
    """A dish; `groups` are the names of the option groups that it asks for."""

    name: str
    price_minor: int
    description: str = ""
    groups: tuple[str, ...] = ()
    allergens: tuple[str, ...] = ()
    dietary: tuple[str, ...] = ()


class Group(Struct, frozen=True, kw_only=True):
    """A set of choices; options as pairs of name and price."""

    name: str
    choices_min: int
    choices_max: int
    options: tuple[tuple[str, int], ...]


class Member(Struct, frozen=True, kw_only=True):
    """Somebody of the staff, with a password that everybody knows."""

    email: str
    password: str
    name: str
    role: Role


def _member(email: str, password: str, name: str, role: Role) -> Member:
    return Member(email=email, password=password, name=name, role=role)


class Plan(Struct, frozen=True, kw_only=True):
    """A whole venue. Categories keep their order, and their dishes theirs."""

    slug: str
    settings: VenueSettings
    table_codes: tuple[str, ...]
    members: tuple[Member, ...]
    groups: tuple[Group, ...]
    categories: tuple[tuple[str, tuple[Dish, ...]], ...]


CONCH_HOUSE: Final = Plan(
    slug="conch-house",
    settings=VenueSettings(
        name="Conch House",
        currency="BSD",
        timezone="America/Nassau",
        order_minimum_minor=500,
        taxes=(TaxRule(name="VAT", rate_ppm=100_000),),
        unknown_settle_delay_s=0,
    ),
    table_codes=tuple(f"T{number}" for number in range(1, 13)),
    members=(
        _member("admin@example.com", "Admin123!", "Ada Admin", Role.MANAGER),
        _member("kitchen@example.com", "Kitchen123!", "Kit Kitchen", Role.KITCHEN),
        _member("auditor@example.com", "Auditor123!", "Otto Auditor", Role.AUDITOR),
        _member("floor@example.com", "Floor123!", "Flo Floor", Role.FLOOR),
    ),
    groups=(
        Group(
            name="Side", choices_min=1, choices_max=1, options=(("Peas ’n’ Rice", 0), ("Coleslaw", 0), ("Fries", 150))
        ),
        Group(
            name="Extras",
            choices_min=0,
            choices_max=3,
            options=(("Hot Sauce", 0), ("Fried Plantain", 250), ("Johnny Cake", 200)),
        ),
        Group(name="Size", choices_min=1, choices_max=1, options=(("Regular", 0), ("Large", 300))),
    ),
    categories=(
        (
            "Starters",
            (
                Dish(
                    name="Conch Fritters",
                    price_minor=1299,
                    description="Golden, with goat pepper mayonnaise",
                    groups=("Extras",),
                    allergens=("molluscs", "gluten", "egg"),
                ),
                Dish(name="Conch Salad", price_minor=1450, allergens=("molluscs",), dietary=("gluten-free",)),
                Dish(name="Johnny Cake", price_minor=550, allergens=("gluten", "milk"), dietary=("vegetarian",)),
                Dish(name="Callaloo Soup", price_minor=850, dietary=("vegan", "gluten-free")),
            ),
        ),
        (
            "Mains",
            (
                Dish(
                    name="Grilled Grouper",
                    price_minor=2499,
                    description="The catch of the day, with lime and thyme",
                    allergens=("fish",),
                ),
                Dish(
                    name="Cracked Conch", price_minor=2199, groups=("Side", "Extras"), allergens=("molluscs", "gluten")
                ),
                Dish(name="Souse Chicken", price_minor=1799, groups=("Side",)),
                Dish(name="Steamed Lobster Tail", price_minor=3899, groups=("Side",), allergens=("crustaceans",)),
                Dish(name="Garden Roti", price_minor=1599, allergens=("gluten",), dietary=("vegan",)),
            ),
        ),
        (
            "Desserts",
            (
                Dish(name="Guava Duff", price_minor=950, allergens=("gluten", "milk", "egg"), dietary=("vegetarian",)),
                Dish(name="Coconut Tart", price_minor=750, allergens=("gluten", "milk"), dietary=("vegetarian",)),
            ),
        ),
        (
            "Drinks",
            (
                Dish(name="Switcha", price_minor=500, groups=("Size",), dietary=("vegan",)),
                Dish(name="Sky Juice", price_minor=1100, groups=("Size",), allergens=("milk",)),
                Dish(name="Coconut Water", price_minor=600, dietary=("vegan",)),
            ),
        ),
        ("On the Side", (Dish(name="Peas ’n’ Rice", price_minor=550), Dish(name="Lime Wedge", price_minor=99))),
    ),
)

BLUE_HOLE: Final = Plan(
    slug="blue-hole",
    settings=VenueSettings(
        name="Blue Hole",
        currency="USD",
        timezone="America/New_York",
        taxes=(TaxRule(name="Sales tax", rate_ppm=75_000, included=True),),
        service_charge=ServiceCharge(name="Service", rate_ppm=150_000, from_subtotal_minor=10_000),
        unknown_settle_delay_s=0,
    ),
    table_codes=tuple(f"B{number}" for number in range(1, 5)),
    members=(_member("manager@blue-hole.example", "BlueHole123!", "Mara Manager", Role.MANAGER),),
    groups=(
        Group(name="Doneness", choices_min=1, choices_max=1, options=(("Rare", 0), ("Medium", 0), ("Well done", 0))),
    ),
    categories=(
        (
            "From the Grill",
            (
                Dish(name="Reef Burger", price_minor=1650, groups=("Doneness",), allergens=("gluten", "milk")),
                Dish(name="Snapper Tacos", price_minor=1490, allergens=("fish", "gluten")),
            ),
        ),
        ("Drinks", (Dish(name="Ginger Beer", price_minor=450), Dish(name="Iced Tea", price_minor=350))),
    ),
)

PLANS: Final = (CONCH_HOUSE, BLUE_HOLE)


async def seed(settings: Settings) -> list[str]:
    """Make both venues, or what is still missing of them, and say which. Raises CommandFailed outside the demo."""
    if not settings.demo:
        raise CommandFailed("the demo's data have public passwords; they are only for a demo (COMANDA_DEMO=1).")
    async with furnished(settings) as furniture:
        return [plan.slug for plan in PLANS if await seed_venue(furniture.house, plan)]


async def seed_venue(house: House, plan: Plan) -> bool:
    """Make one venue, or what is still missing of it; whether anything was."""
    venue_id = venue_id_of(plan.slug)
    if await _finished(house, venue_id, plan):
        return False
    try:
        await venue_settings(house, venue_id)
    except VenueNotFound:
        await _ask(house, venue_id, OpenVenue(slug=plan.slug, settings=plan.settings))
    for change in _menu(venue_id, plan):
        await _ask(house, venue_id, EditMenu(change=change))
    there = {table.id for table in (await tables(house, venue_id)).data}
    for code in plan.table_codes:
        table_id = uuid5(venue_id, f"seed:table:{code}")
        if table_id not in there:
            await _ask(house, venue_id, AddTable(table_id=table_id, name=f"Table {code}", code=code))
    for member in plan.members:
        wish = HireStaff(email=member.email, name=member.name, password=member.password, role=member.role, seed=True)
        await _ask(house, venue_id, wish)
    return True


async def _finished(house: House, venue_id: UUID, plan: Plan) -> bool:
    """Whether the last member of the staff, who comes last of all, ever got their role."""
    last, roster = account_id_of(house, plan.members[-1].email), roster_stream(venue_id)
    history = (await house.ledger.read(venue_id, {roster: 0})).events[roster]
    return any(isinstance(each.event, RoleGranted) and each.event.account_id == last for each in history)


def _menu(venue_id: UUID, plan: Plan) -> Iterator[menus.MenuCommand]:
    """The menu as wishes. Ids follow from names, so that what is there already is refused instead of doubled."""
    group_ids = {group.name: uuid5(venue_id, f"seed:group:{group.name}") for group in plan.groups}
    for group in plan.groups:
        yield menus.AddOptionGroup(
            group_id=group_ids[group.name],
            name=group.name,
            choices_min=group.choices_min,
            choices_max=group.choices_max,
            options=tuple(
                Option(option_id=uuid5(group_ids[group.name], name), name=name, price_minor=price_minor)
                for name, price_minor in group.options
            ),
        )
    for category, dishes in plan.categories:
        category_id = uuid5(venue_id, f"seed:category:{category}")
        yield menus.AddCategory(category_id=category_id, name=category)
        for dish in dishes:
            yield menus.AddItem(
                item_id=uuid5(venue_id, f"seed:item:{dish.name}"),
                category_id=category_id,
                name=dish.name,
                price_minor=dish.price_minor,
                description=dish.description,
                option_group_ids=tuple(group_ids[name] for name in dish.groups),
                allergens=dish.allergens,
                dietary=dish.dietary,
            )


async def _ask(house: House, venue_id: UUID, wish: AnyWish) -> None:
    """Ask for it; what another seed made in the same moment is fine."""
    request = Request(venue_id=venue_id, actor=ACTOR, request_id="seed", wish=wish)
    try:
        await answer(house, request)
    except (IdTaken, VenueExists, AccountExists):
        return
