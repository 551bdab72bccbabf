"""The menu as guests read it: one document per venue, written when the menu changes and not when somebody looks.

Only time can change it without an event: a dish that is 86'd until a moment is back from then on. So the row says when
the next dish comes back, and a reader beyond that moment writes the document anew.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from psycopg import AsyncConnection

from application.ports import Recorded
from domain.menu.events import MenuEvent
from domain.menu.evolve import evolve
from domain.menu.state import Category, Item, Menu, OptionGroup
from domain.shared.ids import venue_id_of
from domain.venue.events import SettingsChanged, VenueEvent, VenueOpened
from projections.projection import Cursor, Projection
from projections.rows import Table, decoded, fold

SCHEMA: Final = """
create table menus (
    venue_id uuid not null,
    id uuid not null, -- the venue's
    version bigint not null, -- the position of its last change
    body bytea not null, -- as on the wire
    next_back_at timestamptz, -- until when the body holds
    document bytea not null, -- JSON of a MenuRow
    primary key (venue_id, id)
);
"""

MENU_AT: Final = """
select b.position, m.version, m.body,
    case when m.next_back_at <= %(at)s then m.document end
from menu_bookmark b left join menu_menus m on m.venue_id = b.venue_id
where b.venue_id = %(venue_id)s
"""


class MenuRow(Struct, frozen=True, kw_only=True):
    """A venue's menu, with the little that a guest's menu says of the venue itself."""

    slug: str = ""
    name: str = ""
    currency: str = ""
    version: int = 0
    changed_at: datetime = datetime.min.replace(tzinfo=UTC)
    menu: Menu = Menu()

    @property
    def body(self) -> bytes:
        """The menu as on the wire, as of its last change."""
        return written(self, self.changed_at)

    @property
    def next_back_at(self) -> datetime | None:
        """When the first of the dishes that were 86'd for a time comes back."""
        return min(self.backs(after=self.changed_at), default=None)

    def backs(self, after: datetime) -> list[datetime]:
        """The moments, after the given one, at which dishes come back by themselves."""
        moments = (item.sold_out_until for item in self.menu.items.values() if item.sold_out)
        return [moment for moment in moments if moment is not None and moment > after]


class MenuPage(Struct, frozen=True, kw_only=True):
    """A menu as of a position: `body` is the JSON of the contract's `data`, `etag` (quoted) changes when it does."""

    position: int
    etag: str
    body: bytes


async def menu_page(connection: AsyncConnection[Any], venue_id: UUID, at: datetime) -> MenuPage:
    """The menu as it can be ordered from at that moment; without any category where the venue has none yet."""
    cursor = await connection.cursor(binary=True).execute(MENU_AT, {"venue_id": venue_id, "at": at})
    row = await cursor.fetchone()
    if row is None or row[1] is None:
        return MenuPage(position=row[0] if row else 0, etag='"0"', body=written(MenuRow(), at))
    position, version, body, document = row
    if document is None:
        return MenuPage(position=position, etag=f'"{version}"', body=body)
    menu = decoded(MenuRow, document)
    back = sum(moment <= at for moment in menu.backs(after=menu.changed_at))
    return MenuPage(position=position, etag=f'"{version}-{back}"', body=written(menu, at))


def written(row: MenuRow, at: datetime) -> bytes:
    """The menu on the wire, at that moment. Categories and items in the order of their rank, then of their addition."""
    items = sorted(row.menu.items.values(), key=_rank)
    return msgspec.json.encode(
        {
            "venue": {"id": venue_id_of(row.slug), "slug": row.slug, "name": row.name, "currency": row.currency},
            "currency": row.currency,
            "categories": [
                {
                    "id": category.category_id,
                    "name": category.name,
                    "items": [_item(row.menu, item, at) for item in items if item.category_id == category.category_id],
                }
                for category in sorted(row.menu.categories.values(), key=_rank)
            ],
        }
    )


async def apply(cursor: Cursor, venue_id: UUID, batch: Sequence[Recorded]) -> None:
    """Take the menu through a run of events."""
    await fold(cursor, venue_id, batch, MENUS)


def menu_of(venue_id: UUID, recorded: Recorded) -> UUID | None:
    """The venue's one menu, for what changes it or the little that it says of the venue."""
    return venue_id if isinstance(recorded.event, MenuEvent | VenueEvent) else None


def changed(row: MenuRow | None, recorded: Recorded) -> MenuRow:
    """The row after one more event. What changes nothing that is shown leaves the version, and so the ETag, alone."""
    before = row or MenuRow()
    match recorded.event:
        case VenueOpened(slug=slug, settings=settings):
            after = replace(before, slug=slug, name=settings.name, currency=settings.currency)
        case SettingsChanged(name=str(name)):
            after = replace(before, name=name)
        case event if isinstance(event, MenuEvent):
            after = replace(before, menu=evolve(before.menu, event))
        case _:
            return before
    return replace(after, version=recorded.position, changed_at=recorded.recorded_at)


def _rank(thing: Category | Item) -> int:
    return thing.rank


def _item(menu: Menu, item: Item, at: datetime) -> dict[str, Any]:
    return {
        "id": item.item_id,
        "name": item.name,
        "description": item.description,
        "price": item.price_minor,
        "available": item.available(at),
        "option_groups": [_group(menu.groups[id_]) for id_ in item.option_group_ids if id_ in menu.groups],
        "allergens": item.allergens,
        "dietary": item.dietary,
        "image_url": item.image_url,
    }


def _group(group: OptionGroup) -> dict[str, Any]:
    return {
        "id": group.group_id,
        "name": group.name,
        "min": group.choices_min,
        "max": group.choices_max,
        "options": [
            {"id": option.option_id, "name": option.name, "price": option.price_minor} for option in group.options
        ],
    }


MENUS: Final = Table(
    name="menus", row=MenuRow, columns=("version", "body", "next_back_at"), key_of=menu_of, evolve=changed
)
MENU: Final = Projection(name="menu", version=1, tables=("menus",), schema=SCHEMA, apply=apply)
