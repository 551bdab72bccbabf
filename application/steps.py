"""The moments between which a process may die. Tests make it die at each; in production nothing listens."""

from enum import StrEnum
from typing import Protocol


class Step(StrEnum):
    """Every step of placing and paying, in the order in which they are reached."""

    NUMBER_TAKEN = "place.number-taken"
    PLACE_JUDGED = "place.judged"
    PLACED = "place.placed"
    PAY_JUDGED = "pay.judged"
    PAY_STARTED = "pay.started"
    PAY_CHARGED = "pay.charged"
    PAY_RECORDED = "pay.recorded"
    SETTLE_BEGUN = "settle.begun"
    SETTLE_LOOKED_UP = "settle.looked-up"
    SETTLE_VOIDED = "settle.voided"
    SETTLE_RECORDED = "settle.recorded"
    REFUND_STARTED = "refund.started"
    REFUND_SENT = "refund.sent"
    REFUND_RECORDED = "refund.recorded"


class Steps(Protocol):
    """Somebody who wants to know how far things are."""

    async def reached(self, step: Step) -> None:
        """This step is reached, and what came before it is done."""
        ...


class NobodyWatches:
    """Steps that nobody waits for."""

    async def reached(self, step: Step) -> None:
        """Do nothing."""
