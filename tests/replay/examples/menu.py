"""Of menus."""

from datetime import UTC, datetime
from typing import Final

from domain.menu.events import (
    CategoryAdded,
    CategoryChanged,
    CategoryRemoved,
    ItemAdded,
    ItemBack,
    ItemChanged,
    ItemRemoved,
    ItemRepriced,
    ItemSoldOut,
    Option,
    OptionGroupAdded,
    OptionGroupChanged,
    OptionGroupRemoved,
)
from tests.replay.examples.example import FRITTERS, PEPPER, RUM, SAUCES, STARTERS, Example

SAUCE_OPTIONS: Final = (
    Option(option_id=PEPPER, name="Goat pepper"),
    Option(option_id=RUM, name="Rum", price_minor=150),
)

EXAMPLES: Final = (
    Example(event=CategoryAdded(category_id=STARTERS, name="Starters", rank=1)),
    Example(variant="least", event=CategoryAdded(category_id=STARTERS, name="Starters")),
    Example(event=CategoryChanged(category_id=STARTERS, name="To begin with", rank=2)),
    Example(variant="least", event=CategoryChanged(category_id=STARTERS, rank=0)),
    Example(variant="name", event=CategoryChanged(category_id=STARTERS, name="Small plates")),
    Example(event=CategoryRemoved(category_id=STARTERS)),
    Example(
        event=ItemAdded(
            item_id=FRITTERS,
            category_id=STARTERS,
            name="Conch Fritters",
            price_minor=1_299,
            description='Half a dozen, with "goat pepper" mayonnaise – crisp 🐚',
            option_group_ids=(SAUCES,),
            allergens=("molluscs", "gluten"),
            dietary=("pescatarian",),
            image_url="/images/fritters.webp",
            rank=1,
        )
    ),
    Example(
        variant="least",
        event=ItemAdded(item_id=FRITTERS, category_id=STARTERS, name="Conch Fritters", price_minor=1_299),
    ),
    Example(
        event=ItemChanged(
            item_id=FRITTERS,
            category_id=STARTERS,
            name="Cracked Conch",
            description="",
            option_group_ids=(),
            allergens=("molluscs",),
            dietary=(),
            image_url=None,
            rank=3,
        )
    ),
    Example(variant="least", event=ItemChanged(item_id=FRITTERS, name="Cracked Conch")),
    Example(variant="image", event=ItemChanged(item_id=FRITTERS, image_url="/images/conch.webp")),
    Example(event=ItemRepriced(item_id=FRITTERS, price_minor=1_450)),
    Example(event=ItemRemoved(item_id=FRITTERS)),
    Example(event=ItemSoldOut(item_id=FRITTERS, until=datetime(2026, 3, 15, 16, 0, tzinfo=UTC))),
    Example(variant="least", event=ItemSoldOut(item_id=FRITTERS)),
    Example(event=ItemBack(item_id=FRITTERS)),
    Example(
        event=OptionGroupAdded(group_id=SAUCES, name="Sauces", choices_min=0, choices_max=2, options=SAUCE_OPTIONS)
    ),
    Example(
        event=OptionGroupChanged(
            group_id=SAUCES, name="One sauce", choices_min=1, choices_max=1, options=SAUCE_OPTIONS[:1]
        )
    ),
    Example(variant="least", event=OptionGroupChanged(group_id=SAUCES, choices_max=3)),
    Example(variant="name", event=OptionGroupChanged(group_id=SAUCES, name="Sauce")),
    Example(event=OptionGroupRemoved(group_id=SAUCES)),
)
