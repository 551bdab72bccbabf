"""One evening at one venue, as somebody outside sees it: what was asked at once, and what was answered."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from secrets import token_hex
from typing import Final
from uuid import UUID, uuid4

import msgspec

from application.handlers import answer
from application.house import House
from application.requests import (
    AddTable,
    Answered,
    AnyWish,
    ClientKey,
    EditMenu,
    GuestPass,
    OpenSession,
    OpenVenue,
    Request,
)
from application.seating import read_token
from domain.menu.commands import AddCategory, AddItem, AddOptionGroup, ChangeItem
from domain.menu.events import Option
from domain.pricing.rules import PricingRules
from domain.shared.ids import venue_id_of
from domain.shared.refusals import Refusal
from domain.venue.settings import Settings
from tests.fixtures.strategies import CATEGORIES
from tests.property.evening.world import World

CURRENCY: Final = "BSD"
LINES_MAX: Final = 6
QUANTITY_MAX: Final = 9
MINIMUM: Final = 500
STAFF: Final = f"staff:{UUID(int=1)}"
KEPT: Final = {200, 201, 402}
"""What is final, and therefore kept under its key."""


@dataclass
class Offer:
    """A dish as the menu has it now, always taken with the same options."""

    item_id: UUID
    category_id: UUID
    price_minor: int
    option_ids: tuple[UUID, ...] = ()
    options_minor: int = 0

    @property
    def unit_minor(self) -> int:
        """What one of it costs."""
        return self.price_minor + self.options_minor


@dataclass
class InCart:
    """A line as the guest remembers it, at the price that was shown then."""

    offer: Offer
    quantity: int
    unit_minor: int


@dataclass
class Seated:
    """A guest, and what they believe to have in their cart."""

    guest: GuestPass
    lines: dict[UUID, InCart] = field(default_factory=dict)

    @property
    def actor(self) -> str:
        """Who asks."""
        return f"guest:{self.guest.session_id}"


@dataclass
class Placed:
    """An order, and the cash that was taken for it, by payment."""

    order_id: UUID
    seated: Seated
    total_minor: int
    cash: dict[UUID, int] = field(default_factory=dict)


class Evening:
    """A venue of its own in the world, two processes that serve it, and all that was answered for good so far."""

    def __init__(self, world: World, pricing: PricingRules) -> None:
        """Choose a name that nobody had before."""
        self.world = world
        self.pricing = pricing
        self.slug = f"venue-{token_hex(8)}"
        self.venue_id = venue_id_of(self.slug)
        self.houses = [world.house(), world.house()]
        self.menu: list[Offer] = []
        self.orders: list[Placed] = []
        self.answers: list[tuple[Request, Answered]] = []
        self._keys = count(1)

    @property
    def house(self) -> House:
        """One of the processes, another one each time."""
        self.houses.reverse()
        return self.houses[0]

    async def open(self) -> None:
        """Begin the ledger, print the menu and put tables on the floor."""
        settings = Settings(
            name="Conch House",
            currency=CURRENCY,
            order_minimum_minor=MINIMUM,
            cart_lines_max=LINES_MAX,
            line_quantity_max=QUANTITY_MAX,
            unknown_settle_delay_s=0,
            taxes=self.pricing.taxes,
            service_charge=self.pricing.service_charge,
        )
        mild, hot = Option(option_id=uuid4(), name="Mild"), Option(option_id=uuid4(), name="Hot", price_minor=150)
        sauces = AddOptionGroup(group_id=uuid4(), name="Sauce", choices_min=1, choices_max=1, options=(mild, hot))
        self.menu = [
            Offer(uuid4(), CATEGORIES[0], 1299),
            Offer(uuid4(), CATEGORIES[1], 2499, (hot.option_id,), 150),
            Offer(uuid4(), CATEGORIES[2], 99),
        ]
        wishes: list[AnyWish] = [OpenVenue(slug=self.slug, settings=settings), EditMenu(change=sauces)]
        for offer in self.menu:
            group_ids = (sauces.group_id,) if offer.option_ids else ()
            wishes.append(EditMenu(change=AddCategory(category_id=offer.category_id, name="Mains")))
            wishes.append(EditMenu(change=_added(offer, group_ids)))
        wishes += [AddTable(table_id=uuid4(), name=f"Table {code}", code=code) for code in ("T1", "T2")]
        for wish in wishes:
            await self.have_done(STAFF, wish)

    def request(self, actor: str, wish: AnyWish) -> Request:
        """A request under a key of its own; whoever sends it again means the same request."""
        key = f"key-{next(self._keys)}"
        client_key = ClientKey(text=key, fingerprint=sha256(key.encode()).digest())
        return Request(venue_id=self.venue_id, actor=actor, request_id=token_hex(4), wish=wish, key=client_key)

    async def ask(self, request: Request, house: House | None = None) -> Answered | Refusal:
        """Ask one of the processes; what was answered for good is remembered."""
        try:
            answered = await answer(house or self.house, request)
        except Refusal as refusal:
            return refusal
        if request.key is not None and answered.status in KEPT and not answered.replayed:
            self.answers.append((request, answered))
        return answered

    async def at_once(self, requests: Iterable[Request]) -> list[Answered | Refusal]:
        """Ask all of this at the same time, of one process and the other in turn."""
        return await asyncio.gather(*(self.ask(request) for request in requests))

    async def have_done(self, actor: str, wish: AnyWish) -> Answered:
        """Ask for what nothing stands against."""
        answered = await self.ask(self.request(actor, wish))
        assert isinstance(answered, Answered), answered
        return answered

    async def seat(self, code: str) -> Seated:
        """Have somebody sit down. Nothing is kept of the answer, which has a token in it."""
        request = msgspec.structs.replace(self.request("system:door", OpenSession(table_short_code=code)), key=None)
        answered = await self.ask(request)
        assert isinstance(answered, Answered), answered
        return Seated(read_token(msgspec.json.decode(answered.body)["token"])[1])

    async def reprice(self, which: int, price_minor: int) -> None:
        """Have the menu ask another price."""
        offer = self.menu[which % len(self.menu)]
        await self.have_done(STAFF, EditMenu(change=ChangeItem(item_id=offer.item_id, price_minor=price_minor)))
        offer.price_minor = price_minor


def once(answers: Sequence[Answered | Refusal]) -> Answered | None:
    """What one request that was sent several times was answered with: done once, and told to each; or refused to all.

    None where it was refused, or is not known yet.
    """
    final = [each for each in answers if isinstance(each, Answered) and each.status in KEPT]
    if not final:
        return None
    assert len({each.body for each in final}) == 1, "one key has one answer"
    assert sum(not each.replayed for each in final) <= 1, "one key is done once"
    return final[0]


def _added(offer: Offer, group_ids: tuple[UUID, ...]) -> AddItem:
    return AddItem(
        item_id=offer.item_id,
        category_id=offer.category_id,
        name="Dish",
        price_minor=offer.price_minor,
        option_group_ids=group_ids,
    )
