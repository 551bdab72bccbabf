"""What the read models answer, on a real database."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from domain.bill.events import (
    BillClosed,
    BillOpened,
    CashReceived,
    PaymentNotCharged,
    PaymentOutcomeUnknown,
    PaymentStarted,
    RefundApproved,
    RefundDeclined,
    RefundStarted,
)
from domain.bill.state import PaymentStatus
from domain.bill.view import payment_status
from domain.menu.events import (
    CategoryAdded,
    ItemAdded,
    ItemBack,
    ItemChanged,
    ItemRepriced,
    ItemSoldOut,
    Option,
    OptionGroupAdded,
)
from domain.order.events import CancelledBy, OrderCancelled, OrderConfirmed, OrderLine, OrderPlaced
from domain.order.state import Status
from domain.pricing.quote import Quote
from domain.session.events import SessionClosed
from domain.shared.event import Event
from domain.shared.ids import bill_stream, menu_stream, venue_id_of, venue_stream
from domain.venue.events import SettingsChanged, VenueOpened
from domain.venue.settings import Settings
from infrastructure.ledger.pool import Pool
from infrastructure.ledger.recorder import PostgresLedger
from infrastructure.projecting.engine import Engine
from projections.kitchen_board import open_tickets
from projections.menu import MenuPage, menu_page
from projections.order_list import CursorIsBroken, OrderFilter, OrderPage, orders
from projections.unsettled import due
from tests.integration.projections.conftest import put, put_all
from tests.unit.projections.evenings import NOON, Evening

MakeEngine = Callable[..., Engine]

OPEN = {Status.CONFIRMED, Status.PREPARING, Status.READY}


@pytest.fixture
async def evening(ledger: PostgresLedger, engine_of: MakeEngine, venue_id: UUID) -> Evening:
    evening = Evening(venue_id, 7).go_on(300)
    await put_all(ledger, venue_id, evening)
    await engine_of().catch_up(venue_id)
    return evening


async def listed(pool: Pool, venue_id: UUID, wanted: OrderFilter, cursor: str | None = None) -> OrderPage:
    async with pool.connection() as connection:
        return await orders(connection, venue_id, wanted, cursor=cursor, limit=5)


async def all_listed(pool: Pool, venue_id: UUID, wanted: OrderFilter) -> list[UUID]:
    page = await listed(pool, venue_id, wanted)
    found = [row.order_id for row in page.orders]
    while page.next_cursor:
        page = await listed(pool, venue_id, wanted, page.next_cursor)
        found += [row.order_id for row in page.orders]
    return found


async def test_the_board_shows_every_open_order_oldest_first(
    pool: Pool, ledger: PostgresLedger, venue_id: UUID, evening: Evening
) -> None:
    async with pool.connection() as connection:
        board = await open_tickets(connection, venue_id)
    assert board.position == await ledger.head(venue_id)
    assert {row.order_id for row in board.tickets} == {
        order_id for order_id, order in evening.orders.items() if order.status in OPEN
    }
    assert len(board.tickets) > 3
    placed = [row.placed_at for row in board.tickets]
    assert placed == sorted(placed)


async def test_a_board_without_tickets_still_says_how_far_it_came(
    pool: Pool, ledger: PostgresLedger, engine_of: MakeEngine, venue_id: UUID
) -> None:
    async with pool.connection() as connection:
        assert (await open_tickets(connection, venue_id)).position == 0
    await put(ledger, venue_id, [(order_id := uuid4(), (OrderConfirmed(order_id=order_id),))], {})
    await engine_of().catch_up(venue_id)
    async with pool.connection() as connection:
        board = await open_tickets(connection, venue_id)
    assert (board.position, board.tickets) == (1, [])


async def test_pages_of_the_list_have_every_order_once_newest_first(
    pool: Pool, venue_id: UUID, evening: Evening
) -> None:
    found = await all_listed(pool, venue_id, OrderFilter())
    assert len(found) == len(set(found)) > 10
    assert set(found) == set(evening.orders)
    placed = [evening.orders[order_id].placed_at or NOON for order_id in found]
    assert placed == sorted(placed, reverse=True)


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.NEW])
async def test_the_list_is_filtered_by_status(pool: Pool, venue_id: UUID, evening: Evening, status: Status) -> None:
    found = await all_listed(pool, venue_id, OrderFilter(status=status))
    assert set(found) == {order_id for order_id, order in evening.orders.items() if order.status is status}


@pytest.mark.parametrize("status", PaymentStatus)
async def test_the_list_is_filtered_by_payment_status(
    pool: Pool, venue_id: UUID, evening: Evening, status: PaymentStatus
) -> None:
    found = await all_listed(pool, venue_id, OrderFilter(payment_status=status))
    assert set(found) == {order_id for order_id, bill in evening.bills.items() if payment_status(bill) is status}


async def test_the_list_is_filtered_by_table_day_and_time_together(
    pool: Pool, venue_id: UUID, evening: Evening
) -> None:
    middle = sorted(order.placed_at or NOON for order in evening.orders.values())[len(evening.orders) // 2]
    wanted = OrderFilter(table="T1", day_from=date(2025, 5, 2), day_to=date(2025, 5, 2), placed_from=middle)
    found = await all_listed(pool, venue_id, wanted)
    assert set(found) == {
        order_id
        for order_id, order in evening.orders.items()
        if order.table_name == "T1" and order.business_day == date(2025, 5, 2) and (order.placed_at or NOON) >= middle
    }
    before = await all_listed(pool, venue_id, OrderFilter(placed_before=middle))
    assert set(before) == {
        order_id for order_id, order in evening.orders.items() if order.placed_at and order.placed_at < middle
    }


@pytest.mark.parametrize("cursor", ["", "nonsense", "AAAA", "é", "/" * 32, "A" * 400])
async def test_a_cursor_that_no_list_gave_out_is_refused(pool: Pool, venue_id: UUID, cursor: str) -> None:
    with pytest.raises(CursorIsBroken):
        await listed(pool, venue_id, OrderFilter(), cursor)


class Tale:
    """One venue's ledger, told event by event and read after each."""

    def __init__(self, pool: Pool, ledger: PostgresLedger, engine: Engine) -> None:
        self.slug = f"venue-{uuid4().hex}"
        self.venue_id = venue_id_of(self.slug)
        self._pool, self._ledger, self._engine = pool, ledger, engine
        self._versions: dict[UUID, int] = {}

    async def tell(self, stream: UUID, *events: Event) -> int:
        position = await put(self._ledger, self.venue_id, [(stream, events)], self._versions)
        await self._engine.catch_up(self.venue_id)
        return position

    async def began_at(self) -> datetime:
        """When the first event was recorded, by the database's clock."""
        return (await self._ledger.recorded(self.venue_id, 0, 1))[0].recorded_at

    async def menu(self, minutes: float = 0) -> MenuPage:
        """The menu so long after the tale began."""
        at = await self.began_at() + timedelta(minutes=minutes)
        async with self._pool.connection() as connection:
            return await menu_page(connection, self.venue_id, at)

    async def due(self, minutes: float, patience_s: float = 60) -> list[UUID]:
        """The orders that are due so long after the tale began."""
        at = await self.began_at() + timedelta(minutes=minutes)
        async with self._pool.connection() as connection:
            found = await due(connection, at, patience_s, limit=1000)
        return [each.order_id for each in found if each.venue_id == self.venue_id]


@pytest.fixture
def tale(pool: Pool, ledger: PostgresLedger, engine_of: MakeEngine) -> Tale:
    return Tale(pool, ledger, engine_of())


async def test_the_menu_is_served_as_the_contract_has_it(tale: Tale) -> None:
    starters, fritters, sauces, hot = uuid4(), uuid4(), uuid4(), uuid4()
    settings = Settings(name="Conch House", currency="BSD")
    await tale.tell(venue_stream(tale.venue_id), VenueOpened(slug=tale.slug, settings=settings))
    await tale.tell(
        menu_stream(tale.venue_id),
        CategoryAdded(category_id=uuid4(), name="Mains", rank=2),
        CategoryAdded(category_id=starters, name="Starters", rank=1),
        OptionGroupAdded(
            group_id=sauces,
            name="Sauce",
            choices_min=0,
            choices_max=2,
            options=(Option(option_id=hot, name="Hot", price_minor=50),),
        ),
        ItemAdded(
            item_id=fritters,
            category_id=starters,
            name="Conch Fritters",
            price_minor=1299,
            option_group_ids=(sauces,),
            allergens=("shellfish",),
        ),
    )
    body = msgspec.json.decode((await tale.menu()).body)
    assert body["venue"] == {
        "id": str(tale.venue_id),
        "slug": tale.slug,
        "name": "Conch House",
        "currency": "BSD",
    }
    assert body["currency"] == "BSD"
    assert [category["name"] for category in body["categories"]] == ["Starters", "Mains"]
    assert body["categories"][0]["items"] == [
        {
            "id": str(fritters),
            "name": "Conch Fritters",
            "description": "",
            "price": 1299,
            "available": True,
            "option_groups": [
                {
                    "id": str(sauces),
                    "name": "Sauce",
                    "min": 0,
                    "max": 2,
                    "options": [{"id": str(hot), "name": "Hot", "price": 50}],
                }
            ],
            "allergens": ["shellfish"],
            "dietary": [],
            "image_url": None,
        }
    ]


async def test_a_dish_that_is_86d_for_a_time_comes_back_by_itself(tale: Tale) -> None:
    category, dish = uuid4(), uuid4()
    menu = menu_stream(tale.venue_id)
    await tale.tell(menu, CategoryAdded(category_id=category, name="Mains"))
    await tale.tell(menu, ItemAdded(item_id=dish, category_id=category, name="Grouper", price_minor=2499))
    available = await tale.menu()

    until = NOON.replace(year=2099)
    await tale.tell(menu, ItemSoldOut(item_id=dish, until=until))
    sold_out = await tale.menu()
    years = (until - NOON).total_seconds() / 60
    back = await tale.menu(minutes=years + 10**6)
    assert [b'"available":true' in page.body for page in (available, sold_out, back)] == [True, False, True]
    assert len({page.etag for page in (available, sold_out, back)}) == 3
    assert (await tale.menu(minutes=5)).etag == sold_out.etag

    await tale.tell(menu, ItemBack(item_id=dish))
    assert b'"available":true' in (await tale.menu()).body


async def test_the_etag_changes_with_the_menu_and_with_nothing_else(tale: Tale) -> None:
    category, dish = uuid4(), uuid4()
    menu = menu_stream(tale.venue_id)
    settings = Settings(name="Conch House", currency="BSD")
    await tale.tell(venue_stream(tale.venue_id), VenueOpened(slug=tale.slug, settings=settings))
    await tale.tell(menu, CategoryAdded(category_id=category, name="Mains"))
    await tale.tell(menu, ItemAdded(item_id=dish, category_id=category, name="Grouper", price_minor=2499))
    first = await tale.menu()
    position = await tale.tell(venue_stream(tale.venue_id), SettingsChanged(order_minimum_minor=500))
    same = await tale.menu()
    assert (same.etag, same.body, same.position) == (first.etag, first.body, position)
    await tale.tell(menu, ItemRepriced(item_id=dish, price_minor=2599))
    repriced = await tale.menu()
    assert repriced.etag != first.etag
    await tale.tell(menu, ItemChanged(item_id=dish, description="Grilled"))
    assert (await tale.menu()).etag != repriced.etag
    await tale.tell(venue_stream(tale.venue_id), SettingsChanged(name="Conch Shack"))
    assert b"Conch Shack" in (await tale.menu()).body


def an_order(placed_at: datetime, *, expires_at: datetime | None) -> OrderPlaced:
    """One Grouper at T1."""
    line = OrderLine(
        line_id=uuid4(), item_id=uuid4(), category_id=uuid4(), name="Grouper", quantity=1, unit_price_minor=2499
    )
    return OrderPlaced(
        order_id=uuid4(),
        session_id=uuid4(),
        table_id=uuid4(),
        table_name="T1",
        cart_id=uuid4(),
        number=1,
        business_day=date(2025, 5, 1),
        lines=(line,),
        quote=Quote(subtotal_minor=2499, total_minor=2499),
        currency="BSD",
        placed_at=placed_at,
        expires_at=expires_at,
    )


async def placed(tale: Tale, expires_after: timedelta) -> tuple[UUID, UUID]:
    """An order, placed when the tale began, and its bill."""
    await tale.tell(session_id := uuid4(), SessionClosed(session_id=session_id))
    order = an_order(await tale.began_at(), expires_at=await tale.began_at() + expires_after)
    bill = bill_stream(order.order_id)
    opened = BillOpened(order_id=order.order_id, session_id=order.session_id, total_minor=2499, currency="BSD")
    await tale.tell(bill, opened)
    await tale.tell(order.order_id, order)
    return order.order_id, bill


async def test_an_order_left_unpaid_is_due_when_it_expires_and_until_it_is_over(tale: Tale) -> None:
    order_id, _ = await placed(tale, timedelta(minutes=30))
    assert await tale.due(minutes=29) == []
    assert await tale.due(minutes=31) == [order_id]
    await tale.tell(order_id, OrderCancelled(order_id=order_id, cancelled_by=CancelledBy.EXPIRED))
    assert await tale.due(minutes=31) == []


async def test_a_started_charge_is_due_once_nobody_can_be_waiting_any_more(tale: Tale) -> None:
    order_id, bill = await placed(tale, timedelta(minutes=30))
    payment_id = uuid4()
    await tale.tell(bill, PaymentStarted(payment_id=payment_id, amount_minor=2499, intent=b"intent"))
    assert await tale.due(minutes=0.5, patience_s=60) == []
    assert await tale.due(minutes=1.5, patience_s=60) == [order_id]
    assert await tale.due(minutes=31, patience_s=86_400) == [], "it is being paid, so it does not expire meanwhile"
    await tale.tell(bill, PaymentOutcomeUnknown(payment_id=payment_id, reason="timed_out"))
    assert await tale.due(minutes=0.5, patience_s=60) == [order_id], "nobody waits for an unknown outcome"
    await tale.tell(bill, PaymentNotCharged(payment_id=payment_id))
    assert await tale.due(minutes=1.5) == []


async def test_money_that_has_to_go_back_is_due_until_it_is_back(tale: Tale) -> None:
    order_id, bill = await placed(tale, timedelta(days=1))
    payment_id, refund_id, again = uuid4(), uuid4(), uuid4()
    await tale.tell(bill, CashReceived(payment_id=payment_id, amount_minor=2499))
    assert await tale.due(minutes=60) == []
    await tale.tell(bill, BillClosed(order_id=order_id))
    assert await tale.due(minutes=1) == [order_id]
    await tale.tell(
        bill, RefundStarted(refund_id=refund_id, payment_id=payment_id, amount_minor=2499, intent=b"intent")
    )
    assert await tale.due(minutes=1, patience_s=3600) == [], "somebody is at it"
    await tale.tell(bill, RefundDeclined(refund_id=refund_id, decline_code="do_not_honor"))
    assert await tale.due(minutes=1, patience_s=3600) == [order_id]
    await tale.tell(bill, RefundStarted(refund_id=again, payment_id=payment_id, amount_minor=2499, intent=b"intent"))
    await tale.tell(bill, RefundApproved(refund_id=again, reference="rrn"))
    assert await tale.due(minutes=60) == []
