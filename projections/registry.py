"""Every read model there is. A new one is one file beside this one, and one line here."""

from typing import Final

from projections.kitchen_board import KITCHEN_BOARD
from projections.menu import MENU
from projections.order_list import ORDER_LIST
from projections.projection import Projection
from projections.unsettled import UNSETTLED

PROJECTIONS: Final[tuple[Projection, ...]] = (MENU, KITCHEN_BOARD, ORDER_LIST, UNSETTLED)
