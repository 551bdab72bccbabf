"""A small menu that the menu's tests share: fritters in three sizes with dips, and a plain grouper."""

from datetime import UTC, datetime
from uuid import UUID

from domain.menu.events import CategoryAdded, ItemAdded, MenuEvent, Option, OptionGroupAdded

NOON = datetime(2025, 7, 1, 12, tzinfo=UTC)

STARTERS, MAINS = UUID(int=1), UUID(int=2)
FRITTERS, GROUPER = UUID(int=11), UUID(int=12)
SIZE, DIPS = UUID(int=21), UUID(int=22)
SMALL, LARGE, LIME, CHILI, GARLIC = (UUID(int=number) for number in range(31, 36))

SIZE_OPTIONS = (
    Option(option_id=SMALL, name="Small"),
    Option(option_id=LARGE, name="Large", price_minor=300),
)
DIP_OPTIONS = (
    Option(option_id=LIME, name="Lime", price_minor=50),
    Option(option_id=CHILI, name="Chili", price_minor=60),
    Option(option_id=GARLIC, name="Garlic", price_minor=70),
)

STARTERS_ADDED = CategoryAdded(category_id=STARTERS, name="Starters")
MAINS_ADDED = CategoryAdded(category_id=MAINS, name="Mains", rank=1)
SIZE_ADDED = OptionGroupAdded(group_id=SIZE, name="Size", choices_min=1, choices_max=1, options=SIZE_OPTIONS)
DIPS_ADDED = OptionGroupAdded(group_id=DIPS, name="Dips", choices_min=0, choices_max=2, options=DIP_OPTIONS)
FRITTERS_ADDED = ItemAdded(
    item_id=FRITTERS, category_id=STARTERS, name="Conch Fritters", price_minor=1299, option_group_ids=(SIZE, DIPS)
)
GROUPER_ADDED = ItemAdded(item_id=GROUPER, category_id=MAINS, name="Grilled Grouper", price_minor=2499)

MENU_SO_FAR: tuple[MenuEvent, ...] = (
    STARTERS_ADDED,
    MAINS_ADDED,
    SIZE_ADDED,
    DIPS_ADDED,
    FRITTERS_ADDED,
    GROUPER_ADDED,
)
