"""Of orders."""

from datetime import UTC, date, datetime
from typing import Final

from domain.order.events import (
    CancelledBy,
    LinesReadied,
    LinesStarted,
    OrderCancelled,
    OrderCompleted,
    OrderConfirmed,
    OrderLine,
    OrderPlaced,
    OrderReadied,
    OrderRecalled,
    PreparationStarted,
)
from domain.pricing.quote import LineQuote, Quote, TaxShare
from tests.replay.examples.cart import CHOSEN
from tests.replay.examples.example import (
    CART,
    FRITTERS,
    GUEST,
    LINE,
    ORDER,
    OTHER_LINE,
    STARTERS,
    TABLE,
    WORDS,
    Example,
)

PLACED_AT: Final = datetime(2026, 3, 15, 1, 2, 3, 456_789, tzinfo=UTC)
PLAIN_LINE: Final = OrderLine(
    line_id=OTHER_LINE,
    item_id=FRITTERS,
    category_id=STARTERS,
    name="Conch Fritters",
    quantity=1,
    unit_price_minor=1_299,
)

EXAMPLES: Final = (
    Example(
        event=OrderPlaced(
            order_id=ORDER,
            session_id=GUEST,
            table_id=TABLE,
            table_name="Table 1",
            cart_id=CART,
            number=42,
            business_day=date(2026, 3, 14),
            lines=(
                OrderLine(
                    line_id=LINE,
                    item_id=FRITTERS,
                    category_id=STARTERS,
                    name="Conch Fritters",
                    quantity=2,
                    unit_price_minor=1_449,
                    options=CHOSEN,
                    notes=WORDS,
                ),
                PLAIN_LINE,
            ),
            quote=Quote(
                lines=(
                    LineQuote(
                        line_id=LINE,
                        line_total_minor=2_898,
                        discount_minor=69,
                        taxes=(TaxShare(name="VAT", rate_ppm=100_000, included=True, amount_minor=257),),
                    ),
                    LineQuote(line_id=OTHER_LINE, line_total_minor=1_299, discount_minor=31),
                ),
                subtotal_minor=4_197,
                discount_minor=100,
                tax_minor=320,
                tax_included_minor=257,
                service_charge_minor=630,
                service_charge_taxes=(TaxShare(name="VAT", rate_ppm=100_000, included=False, amount_minor=63),),
                tip_minor=500,
                total_minor=5_290,
            ),
            currency="BSD",
            notes=WORDS,
            placed_at=PLACED_AT,
            expires_at=datetime(2026, 3, 15, 2, 2, 3, 456_789, tzinfo=UTC),
        )
    ),
    Example(
        variant="least",
        event=OrderPlaced(
            order_id=ORDER,
            session_id=GUEST,
            table_id=TABLE,
            table_name="Table 1",
            cart_id=CART,
            number=1,
            business_day=date(2026, 3, 14),
            lines=(PLAIN_LINE,),
            quote=Quote(),
            currency="USD",
            placed_at=PLACED_AT,
        ),
    ),
    Example(event=OrderConfirmed(order_id=ORDER)),
    Example(event=LinesStarted(order_id=ORDER, line_ids=(LINE, OTHER_LINE))),
    Example(event=PreparationStarted(order_id=ORDER)),
    Example(event=LinesReadied(order_id=ORDER, line_ids=(LINE,))),
    Example(event=OrderReadied(order_id=ORDER)),
    Example(event=OrderRecalled(order_id=ORDER)),
    Example(event=OrderCompleted(order_id=ORDER)),
    Example(event=OrderCancelled(order_id=ORDER, cancelled_by=CancelledBy.STAFF, reason=WORDS)),
    Example(variant="least", event=OrderCancelled(order_id=ORDER, cancelled_by=CancelledBy.GUEST)),
    Example(variant="expired", event=OrderCancelled(order_id=ORDER, cancelled_by=CancelledBy.EXPIRED)),
)
