"""Making an order's view: its texts are unsealed in one go, its money is its bill's."""

from application.reading import Reading
from application.streams import OpenedBill, OpenedOrder
from application.texts import unseal
from application.views.order import OrderView, order_boxes, order_view


async def show_order(reading: Reading, order: OpenedOrder, bill: OpenedBill) -> OrderView:
    """The order as it will be once what was decided is appended."""
    texts = await unseal(reading.house.keyring, reading.venue_id, order_boxes(order.state))
    return order_view(order.stream, order.state, bill.state, version=order.version, texts=texts)
