"""What happens in a run, all of it drawn from a seed: who comes, what they want, and when the house dies."""

from random import Random
from typing import Final

from msgspec import Struct

from application.steps import Step
from tests.faults.guests import GOOD_CARD, Wishes

CARDS: Final = (
    GOOD_CARD,
    GOOD_CARD,
    GOOD_CARD,
    "tok_declined",
    "tok_garbage",
    "tok_flaky",
    "tok_timeout_charged",
    "tok_error",
    "tok_slow",
)
FOUND: Final = ("tok_garbage", "tok_timeout_charged")
"""Cards whose charge went through and whose answer got lost: a settlement finds it."""

NOT_FOUND: Final = ("tok_flaky", "tok_error")
"""Cards that were not charged: a settlement voids them to be sure."""

WANTS_THEM_BACK: Final = frozenset({Step.SETTLE_BEGUN, Step.SETTLE_LOOKED_UP, Step.SETTLE_VOIDED, Step.SETTLE_RECORDED})
"""A settlement in the API begins with a guest who asks again."""

LEAVING: Final = 0.2
"""How many of the guests do not come back when the line breaks."""


class Plan(Struct, frozen=True, kw_only=True):
    """`nth`: at which time that the step is reached the process dies."""

    step: Step
    seed: int
    nth: int
    guests: tuple[Wishes, ...]

    @property
    def crash_at(self) -> str:
        """As COMANDA_CRASH_AT has it."""
        return f"{self.step.value}:{self.nth}"

    def luck(self) -> Random:
        """What is left to chance while it runs."""
        return Random(f"{self.step} {self.seed} pauses")  # noqa: S311 - to be drawn again, not to be secret


def plan(step: Step, seed: int) -> Plan:
    """The same for the same seed: three to five guests, of whom at least three bring the step about."""
    luck = Random(f"{step} {seed}")  # noqa: S311 - to be drawn again, not to be secret
    count = luck.randint(3, 5)
    return Plan(
        step=step,
        seed=seed,
        nth=luck.randint(1, 2),
        guests=tuple(_wishes(step, luck, needed=k < 3) for k in range(count)),
    )


def _wishes(step: Step, luck: Random, *, needed: bool) -> Wishes:
    card, after = luck.choice(CARDS), luck.choice(("", "", "refund", "cancel"))
    if needed and step is Step.SETTLE_VOIDED:
        card = luck.choice(NOT_FOUND)
    elif needed and step in WANTS_THEM_BACK:
        card = luck.choice(FOUND + NOT_FOUND)
    elif needed and step in {Step.REFUND_STARTED, Step.REFUND_SENT, Step.REFUND_RECORDED}:
        card, after = GOOD_CARD, "refund" if step is Step.REFUND_STARTED else luck.choice(("refund", "cancel"))
    return Wishes(
        quantities=tuple(luck.randint(1, 4) for _ in range(luck.randint(1, 3))),
        tip_minor=luck.choice((0, 0, 150, 333)),
        card=card,
        after=after,
        refund_minor=luck.choice((None, 500)) if after == "refund" else None,
        patience_s=luck.choice((10.0, 10.0, 0.3)),
        comes_back=luck.random() > LEAVING or (needed and step in WANTS_THEM_BACK),
    )
