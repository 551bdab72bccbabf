"""The whole system at once: guests, cooks and managers, two processes that may die, a gateway that may do anything.

Everything goes through the application layer, on the real ledger and with the real gateway client over HTTP. Within a
rule many things happen at the same time; between rules every order's money is held against the gateway's books, and
after closing time everything else is audited (tests/property/evening/audit.py).
"""

import secrets
from asyncio import Runner
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from os import getpid
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from application.requests import Answered, PlaceOrder
from application.steps import Step
from domain.order.state import LineStatus, Status
from domain.pricing.rules import PricingRules
from infrastructure.migrations import migrate
from infrastructure.postgres import postgres
from infrastructure.projecting.schemas import projection_schemas
from tests.fixtures.fakes import ProcessDied
from tests.fixtures.strategies import pricing_rules
from tests.property.evening import audit, cooking, ordering, paying
from tests.property.evening.venue import Evening, Placed, Seated
from tests.property.evening.world import Doom, World, open_world

T = TypeVar("T")

GUESTS_MAX: Final = 4
PICKS: Final = st.lists(st.tuples(st.integers(0, 2), st.sampled_from([1, 1, 2, 9, 10])), min_size=1, max_size=4)
CARDS: Final = st.sampled_from(["tok_visa", "tok_visa", "tok_declined", "tok_error", "tok_garbage"])
PORTIONS: Final = st.sampled_from([1, 1, 2, 3])
STATUSES: Final = st.sampled_from([status for status in Status if status is not Status.NEW])
FAULTS: Final = st.sampled_from(
    [
        ("refund", {"done": True, "reply": "garbage"}),
        ("refund", {"done": True, "iso_code": "05", "reply": "normal"}),
        ("look_up", {"reply": "reset"}),
        ("void", {"done": True, "reply": "garbage"}),
        ("void", {"done": False, "reply": "error"}),
    ]
)
REFUND_FAULTS: Final = st.lists(
    st.sampled_from([{"done": True, "reply": "garbage"}, {"done": False, "reply": "error"}]), max_size=1
)
PLACING: Final = st.sampled_from([Step.NUMBER_TAKEN, Step.PLACE_JUDGED, Step.PLACED])
PAYING: Final = st.sampled_from([Step.PAY_JUDGED, Step.PAY_STARTED, Step.PAY_CHARGED, Step.PAY_RECORDED])


class WholeHouse(RuleBasedStateMachine):
    """Whatever everybody does at once: no order is paid twice, nothing is done twice, and nothing is lost."""

    seats: Bundle[Seated] = Bundle("seats")
    orders: Bundle[Placed] = Bundle("orders")

    def __init__(self, runner: Runner, world: World) -> None:
        """Take the loop and the world; the venue opens with the first rule."""
        super().__init__()
        self.runner, self.world = runner, world
        self.seated = 0
        self.evening = Evening(world, PricingRules())

    @initialize(target=seats, pricing=pricing_rules())
    def open_the_doors(self, pricing: PricingRules) -> MultipleResults[Seated]:
        self.evening = Evening(self.world, pricing)
        self._run(self.evening.open())
        return multiple(self._seat("T1"), self._seat("T2"))

    @precondition(lambda self: self.seated < GUESTS_MAX)
    @rule(target=seats, code=st.sampled_from(["T1", "T2"]))
    def sit_down(self, code: str) -> Seated:
        return self._seat(code)

    @rule(seated=seats, picks=PICKS, copies=st.integers(1, 3))
    def fill_the_cart(self, seated: Seated, picks: list[tuple[int, int]], copies: int) -> None:
        self._run(ordering.fill(self.evening, seated, picks, copies))

    @rule(seated=seats, which=st.integers(0, 5), quantity=st.sampled_from([0, 1, 3, 9, 10]))
    def change_the_cart(self, seated: Seated, which: int, quantity: int) -> None:
        self._run(ordering.change(self.evening, seated, which, quantity))

    @rule(which=st.integers(0, 2), price=st.sampled_from([99, 500, 1299, 2499]))
    def print_another_menu(self, which: int, price: int) -> None:
        self._run(self.evening.reprice(which, price))

    @rule(
        target=orders, seated=seats, keys=st.integers(1, 3), copies=st.integers(1, 3), tip=st.sampled_from([0, 0, 150])
    )
    def place(self, seated: Seated, keys: int, copies: int, tip: int) -> MultipleResults[Placed]:
        return _if_any(self._run(ordering.place(self.evening, seated, keys, copies, tip)))

    @rule(target=orders, seated=seats, picks=PICKS, card=CARDS)
    def order_and_pay(self, seated: Seated, picks: list[tuple[int, int]], card: str) -> MultipleResults[Placed]:
        self.fill_the_cart(seated, picks, 1)
        placed = self._run(ordering.place(self.evening, seated, 1, 1, 0))
        if placed is not None:
            self.pay(placed, [card], 1, 1)
        return _if_any(placed)

    @rule(target=orders, seated=seats, which=st.integers(0, 2))
    def place_while_adding(self, seated: Seated, which: int) -> MultipleResults[Placed]:
        return _if_any(self._run(ordering.place_while_adding(self.evening, seated, which)))

    @rule(placed=orders, cards=st.lists(CARDS, min_size=1, max_size=3), copies=st.integers(1, 2), portion=PORTIONS)
    def pay(self, placed: Placed, cards: list[str], copies: int, portion: int) -> None:
        self._run(paying.pay(self.evening, placed, cards, copies, portion))

    @rule(placed=orders, card=CARDS, by_guest=st.booleans(), portion=PORTIONS)
    def pay_while_it_is_cancelled(self, placed: Placed, card: str, by_guest: bool, portion: int) -> None:  # noqa: FBT001 - a coin that hypothesis tosses
        rival = paying.cancelling(self.evening, placed, by_guest)
        self._run(paying.pay(self.evening, placed, [card], 1, portion, [rival]))

    @rule(placed=orders, again=CARDS)
    def pay_with_a_charge_that_comes_late(self, placed: Placed, again: str) -> None:
        self._run(self.world.be_late())
        self._run(paying.pay(self.evening, placed, ["tok_visa"], 1, 1))
        self._run(paying.pay(self.evening, placed, [again], 1, 1))

    @rule(placed=orders, amount=st.sampled_from([1, 500, 1299, 10**6]))
    def take_cash(self, placed: Placed, amount: int) -> None:
        self._run(paying.take_cash(self.evening, placed, amount))

    @rule(placed=orders, card=st.sampled_from(["tok_garbage", "tok_visa", "tok_declined"]))
    def insist_on_paying(self, placed: Placed, card: str) -> None:
        before = self._run(paying.look_at(self.evening, placed))
        request = paying.paying(self.evening, placed, card)
        self._run(paying.insist(self.evening, placed, request, card, before))

    @rule(placed=orders, amount=st.sampled_from([1, 500, 1299, 0, None]), copies=st.integers(1, 2), lost=REFUND_FAULTS)
    def refund(self, placed: Placed, amount: int | None, copies: int, lost: list[dict[str, Any]]) -> None:
        for fault in lost:
            self._run(self.world.misbehave("refund", **fault))
        self._run(paying.refund(self.evening, placed, amount, copies))

    @rule(placed=orders, by_guest=st.booleans())
    def cancel(self, placed: Placed, by_guest: bool) -> None:  # noqa: FBT001 - a coin that hypothesis tosses
        self._run(paying.cancel(self.evening, placed, by_guest))

    @rule(fault=FAULTS)
    def the_gateway_misbehaves(self, fault: tuple[str, dict[str, Any]]) -> None:
        self._run(self.world.misbehave(fault[0], **fault[1]))

    @rule(placed=orders)
    def look_after_what_is_open(self, placed: Placed) -> None:
        self._run(paying.reconcile(self.evening, placed))

    @rule(placed=orders, wanted=st.lists(STATUSES, min_size=1, max_size=3))
    def staff_move(self, placed: Placed, wanted: list[Status]) -> None:
        self._run(cooking.move(self.evening, placed, wanted))

    @rule(placed=orders, status=st.sampled_from([LineStatus.PREPARING, LineStatus.READY]))
    def cook(self, placed: Placed, status: LineStatus) -> None:
        self._run(cooking.move_lines(self.evening, placed, status))

    @rule(placed=orders)
    def recall(self, placed: Placed) -> None:
        self._run(cooking.recall(self.evening, placed))

    @rule(target=orders, seated=seats, step=PLACING)
    def a_process_dies_while_placing(self, seated: Seated, step: Step) -> MultipleResults[Placed]:
        return _if_any(self._run(self._place_and_die(seated, step)))

    @rule(placed=orders, step=PAYING, card=CARDS)
    def a_process_dies_while_paying(self, placed: Placed, step: Step, card: str) -> None:
        self._run(self._pay_and_die(placed, step, card))

    def teardown(self) -> None:
        """Close, and look at everything."""
        self._run(audit.close(self.evening))

    async def _place_and_die(self, seated: Seated, step: Step) -> Placed | None:
        """The guest asks again, of another process, and has one order for it."""
        request = self.evening.request(seated.actor, PlaceOrder(guest=seated.guest))
        if await self._die(request, step):
            answered = await self.evening.ask(request)
            if isinstance(answered, Answered):
                return await ordering.note_order(self.evening, seated, answered, 0)
        else:
            for line in seated.lines.values():
                line.unit_minor = line.offer.unit_minor
        await ordering.look_into_cart(self.evening, seated)
        return None

    async def _pay_and_die(self, placed: Placed, step: Step, card: str) -> None:
        """The guest insists with the same key, and is charged at most once for it; one card is never sure."""
        before = await paying.look_at(self.evening, placed)
        request = paying.paying(self.evening, placed, card)
        await self._die(request, step)
        if card != "tok_error":
            await paying.insist(self.evening, placed, request, card, before)

    async def _die(self, request: Any, step: Step) -> bool:  # noqa: ANN401
        """Ask a process that dies at this step. Whether it came so far."""
        doom = Doom(step)
        try:
            await self.evening.ask(request, self.world.house(doom=doom))
        except ProcessDied:
            return True
        return False

    def _seat(self, code: str) -> Seated:
        self.seated += 1
        return self._run(self.evening.seat(code))

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)


def _if_any(placed: Placed | None) -> MultipleResults[Placed]:
    return multiple(placed) if placed is not None else multiple()


@pytest.fixture(scope="module")
def dsn() -> Iterator[str]:
    """A database with every read model, as the application's own role sees it."""
    with postgres(Path(".comanda/tests"), keep=False) as server:
        name = f"evening_{getpid()}_{secrets.token_hex(4)}"
        database = server.create_database(name)
        migrate(database.dsn, app_role=database.app_role, extra_steps=[projection_schemas()])
        yield database.app_dsn
        server.drop_database(name)


@pytest.mark.slow
def test_whatever_everybody_does_at_once_the_books_agree_at_closing_time(dsn: str, tmp_path: Path) -> None:
    with Runner() as runner:
        stack = AsyncExitStack()
        world = runner.run(stack.enter_async_context(open_world(dsn, tmp_path)))
        try:
            run_state_machine_as_test(_tonight(runner, world), settings=_sized())
        finally:
            runner.run(stack.aclose())


def _tonight(runner: Runner, world: World) -> type[WholeHouse]:
    """The machine with its world, in the form in which hypothesis wants it."""

    class Tonight(WholeHouse):
        def __init__(self) -> None:
            super().__init__(runner, world)

    return Tonight


def _sized() -> settings:
    """An evening takes a hundred times as long as a machine of pure functions, so there are fewer of them.

    What happens at once never happens in quite the same way again, so a failure is told as it was, and not shrunk.
    """
    profile = settings.default or settings()
    return settings(
        max_examples=max(1, profile.max_examples // 8),
        stateful_step_count=30,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        report_multiple_bugs=False,
    )
