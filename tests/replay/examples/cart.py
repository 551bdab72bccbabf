"""Of carts."""

from typing import Final

from domain.cart.events import (
    CartCheckedOut,
    CartCleared,
    CartRepriced,
    ChosenOption,
    LineAddedToCart,
    LineQuantityChanged,
    LineRemovedFromCart,
    RepricedLine,
)
from tests.replay.examples.example import (
    FRITTERS,
    LINE,
    ORDER,
    OTHER_LINE,
    PEPPER,
    RUM,
    STARTERS,
    WORDS,
    Example,
)

CHOSEN: Final = (
    ChosenOption(option_id=PEPPER, name="Goat pepper"),
    ChosenOption(option_id=RUM, name="Rum", price_minor=150),
)

EXAMPLES: Final = (
    Example(
        event=LineAddedToCart(
            line_id=LINE,
            item_id=FRITTERS,
            category_id=STARTERS,
            name="Conch Fritters",
            quantity=2,
            unit_price_minor=1_449,
            options=CHOSEN,
            notes=WORDS,
        )
    ),
    Example(
        variant="least",
        event=LineAddedToCart(
            line_id=LINE,
            item_id=FRITTERS,
            category_id=STARTERS,
            name="Conch Fritters",
            quantity=1,
            unit_price_minor=1_299,
        ),
    ),
    Example(event=LineQuantityChanged(line_id=LINE, quantity=99)),
    Example(event=LineRemovedFromCart(line_id=LINE)),
    Example(event=CartCleared()),
    Example(
        event=CartRepriced(
            lines=(
                RepricedLine(line_id=LINE, category_id=STARTERS, unit_price_minor=1_600, options=CHOSEN),
                RepricedLine(line_id=OTHER_LINE, category_id=STARTERS, unit_price_minor=1_450),
            )
        )
    ),
    Example(event=CartCheckedOut(order_id=ORDER)),
)
