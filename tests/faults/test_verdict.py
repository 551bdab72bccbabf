"""The verdict is worth something only if it finds what is planted: one honest evening, and every lie about it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import pytest
from msgspec.structs import replace

from application.ports import Recorded
from domain.bill.events import PaymentDeclined, RefundApproved
from domain.bill.state import AttemptStatus, PaymentStatus
from domain.order.state import Status
from domain.shared.event import Event
from domain.shared.ids import bill_stream
from projections.order_row import OrderRow, followed
from tests.faults.evidence import Charge, Errand, Evidence, GivenBack, Heard, Line, Shown, What
from tests.faults.gathering import attempts_of, folded
from tests.faults.verdict import violations
from tests.unit.bill.examples import CARD, OPENED, OTHER_CARD, REFUND, TOTAL, approved, refund_started, started
from tests.unit.order.examples import CONFIRMED, ORDER_ID, PLACED, SESSION_ID

AT: Final = datetime(2026, 3, 14, 18, 30, tzinfo=UTC)
BACK: Final = 500
STORY: Final[tuple[tuple[UUID, Event], ...]] = (
    (ORDER_ID, PLACED),
    (bill_stream(ORDER_ID), OPENED),
    (bill_stream(ORDER_ID), started(payment_id=OTHER_CARD)),
    (bill_stream(ORDER_ID), PaymentDeclined(payment_id=OTHER_CARD, decline_code="insufficient_funds")),
    (bill_stream(ORDER_ID), started(payment_id=CARD)),
    (bill_stream(ORDER_ID), approved(CARD)),
    (ORDER_ID, CONFIRMED),
    (bill_stream(ORDER_ID), refund_started(BACK)),
    (bill_stream(ORDER_ID), RefundApproved(refund_id=REFUND, reference="R2")),
)
"""An order is placed, its first card declined, its second one charged, and a little of it given back."""


def history() -> list[Recorded]:
    versions: dict[UUID, int] = {}
    told = []
    for position, (stream, event) in enumerate(STORY, start=1):
        versions[stream] = versions.get(stream, 0) + 1
        told.append(
            Recorded(
                position=position,
                stream=stream,
                version=versions[stream],
                recorded_at=AT + timedelta(seconds=position),
                actor="guest:one",
                request_id="request",
                caused_by="command:Something",
                event=event,
            )
        )
    return told


def heard(body: dict[str, object], position: int, *, status: int = 200, code: str = "") -> Heard:
    return Heard(status=status, code=code, body=body, position=position, replayed=False)


def errand(what: What, *answers: Heard, amount_minor: int = 0, card: str = "", first_try: bool = True) -> Errand:
    return Errand(
        what=what,
        key=f"{what}-{card}",
        session_id=SESSION_ID,
        order_id=None if what is What.PLACE else ORDER_ID,
        amount_minor=amount_minor,
        card=card,
        first_try=first_try,
        answers=list(answers),
    )


def honest() -> Evidence:
    told = history()
    orders, bills = folded(told)
    row: OrderRow | None = None
    for recorded in told:
        row = followed(row, recorded)
    assert row is not None
    return Evidence(
        complaints=(),
        errands=(
            errand(
                What.PLACE, heard({"id": str(ORDER_ID), "total": TOTAL, "order_number": "#17"}, 2), amount_minor=TOTAL
            ),
            errand(
                What.PAY,
                heard({"payment_id": str(OTHER_CARD)}, 4, status=402, code="PAYMENT_DECLINED"),
                card="tok_declined",
            ),
            errand(
                What.PAY,
                heard({}, 0, status=503, code="PAYMENT_GATEWAY_UNAVAILABLE"),
                heard({"id": str(CARD)}, 7),
                card="tok_visa",
                first_try=False,
            ),
            errand(What.REFUND, heard({"parts": [{"id": str(REFUND)}]}, 9), amount_minor=BACK),
        ),
        lines=tuple(Line(position=each.position, stream=each.stream, version=each.version) for each in told),
        head=len(told),
        chain_holds=True,
        orders=orders,
        bills=bills,
        attempts=attempts_of(told),
        charges=(Charge(transaction_id=CARD, order=ORDER_ID, amount=TOTAL, live=True),),
        refunds=(GivenBack(transaction_id=REFUND, original=CARD, order=ORDER_ID, amount=BACK),),
        shown=Shown(
            listed={ORDER_ID: row},
            tickets=frozenset({ORDER_ID}),
            due=frozenset(),
            bookmarks={"order_list_v1": len(told)},
        ),
    )


def with_answer(k: int, *answers: Heard) -> Callable[[Evidence], Evidence]:
    """The same, but for what was answered to the kth errand."""

    def changed(evidence: Evidence) -> Evidence:
        errands = [replace(each) for each in evidence.errands]
        errands[k].answers = list(answers)
        return replace(evidence, errands=tuple(errands))

    return changed


def with_bill(**changes: object) -> Callable[[Evidence], Evidence]:
    return lambda evidence: replace(evidence, bills={ORDER_ID: replace(evidence.bills[ORDER_ID], **changes)})


def with_order(**changes: object) -> Callable[[Evidence], Evidence]:
    return lambda evidence: replace(evidence, orders={ORDER_ID: replace(evidence.orders[ORDER_ID], **changes)})


def with_row(**changes: object) -> Callable[[Evidence], Evidence]:
    def changed(evidence: Evidence) -> Evidence:
        row = replace(evidence.shown.listed[ORDER_ID], **changes)
        return replace(evidence, shown=replace(evidence.shown, listed={ORDER_ID: row}))

    return changed


def shows(**changes: object) -> Callable[[Evidence], Evidence]:
    return lambda evidence: replace(evidence, shown=replace(evidence.shown, **changes))


def has(**changes: object) -> Callable[[Evidence], Evidence]:
    return lambda evidence: replace(evidence, **changes)


def charged(times: int, *, live: bool = True) -> Callable[[Evidence], Evidence]:
    charge = Charge(transaction_id=CARD, order=ORDER_ID, amount=TOTAL, live=live)
    return lambda evidence: replace(evidence, charges=(charge,) * times)


def second_order(evidence: Evidence) -> Evidence:
    """The same key brought about another order."""
    other = UUID(int=77)
    orders = {**evidence.orders, other: replace(evidence.orders[ORDER_ID], order_id=other)}
    return replace(evidence, orders=orders, bills={**evidence.bills, other: evidence.bills[ORDER_ID]})


def an_open_payment(evidence: Evidence) -> Evidence:
    bill = evidence.bills[ORDER_ID]
    payments = (*bill.payments, replace(bill.payments[0], payment_id=UUID(int=88), status=AttemptStatus.UNKNOWN))
    return with_bill(payments=payments)(evidence)


PAID: Final = heard({"id": str(CARD)}, 7)
LIES: Final[dict[str, tuple[Callable[[Evidence], Evidence], str]]] = {
    "somebody never heard the end of it": (has(complaints=("Nobody told me.",)), "Nobody told me."),
    "an order that was told of is gone": (has(orders={}, bills={}), "is not in the ledger"),
    "the cart was empty": (with_answer(0, heard({}, 0, status=400, code="CART_EMPTY")), "400 CART_EMPTY"),
    "a failure of ours": (with_answer(0, heard({}, 0, status=500, code="INTERNAL_ERROR")), "500 INTERNAL_ERROR"),
    "another total was told": (
        with_answer(0, heard({"id": str(ORDER_ID), "total": 1, "order_number": "#17"}, 2)),
        "asked for 5097",
    ),
    "another number was told": (
        with_answer(0, heard({"id": str(ORDER_ID), "total": TOTAL, "order_number": "#18"}, 2)),
        "asked for 5097",
    ),
    "two answers to one key": (with_answer(2, PAID, heard({"id": str(CARD)}, 8)), "two different answers"),
    "a position beyond the end": (with_answer(2, heard({"id": str(CARD)}, 99)), "told position 99"),
    "a payment that the bill does not have": (
        with_answer(2, heard({"id": str(UUID(int=5))}, 7)),
        "approved, and the bill",
    ),
    "a payment that was never charged": (charged(0), "never charged it"),
    "paid and not confirmed": (with_order(status=Status.PENDING), "paid, and the order is not confirmed"),
    "a good card declined": (
        with_answer(2, heard({"payment_id": str(OTHER_CARD)}, 4, status=402, code="PAYMENT_DECLINED")),
        "though the card is good",
    ),
    "declined and charged": (
        has(charges=(Charge(transaction_id=OTHER_CARD, order=ORDER_ID, amount=TOTAL, live=True),)),
        "declined, and charged",
    ),
    "already paid at the first try": (
        with_answer(1, heard({}, 0, status=400, code="ORDER_ALREADY_PAID")),
        "before it had ever paid",
    ),
    "a refund that was not made": (has(refunds=()), "500 refunded, and the gateway gave back 0"),
    "a refund that the bill lost": (with_bill(refunds=()), "refunded, and the bill does not say so"),
    "two orders under one key": (second_order, "2 orders for fewer keys"),
    "two orders with one number": (second_order, "number 17 went to 2 orders"),
    "more given back than asked for": (
        lambda evidence: replace(evidence, errands=evidence.errands[:3]),
        "only 0 was asked for",
    ),
    "charged twice": (charged(2), "2 live charges"),
    "charged, and voided behind our back": (charged(1, live=False), "the gateway holds 0"),
    "a charge for no order": (
        has(charges=(Charge(transaction_id=CARD, order=UUID(int=6), amount=TOTAL, live=True),)),
        "which there is not",
    ),
    "cancelled and kept": (with_order(status=Status.CANCELLED), "is cancelled, and 4597 of it is kept"),
    "cooked and not paid": (with_bill(payments=()), "is confirmed, and 0 of 5097 was paid"),
    "an order without a bill": (has(bills={}), "has no bill"),
    "never settled": (an_open_payment, "never settled"),
    "settled too late": (
        lambda evidence: replace(
            evidence, attempts={CARD: replace(evidence.attempts[CARD], ended_at=AT + timedelta(seconds=60))}
        ),
        "took 0:00:55 to settle",
    ),
    "a gap": (
        lambda evidence: replace(evidence, lines=evidence.lines[:3] + evidence.lines[4:]),
        "positions have a gap",
    ),
    "a lost end": (lambda evidence: replace(evidence, lines=evidence.lines[:-1]), "positions have a gap"),
    "a version twice": (
        lambda evidence: replace(evidence, lines=(*evidence.lines[:-1], replace(evidence.lines[-1], version=1))),
        "has the versions",
    ),
    "a broken chain": (has(chain_holds=False), "the chain is broken"),
    "a read model that is behind": (shows(bookmarks={"order_list_v1": 3}), "order_list_v1 stands at 3"),
    "an order that is not listed": (shows(listed={}), "other orders than the ledger"),
    "a row with another status": (with_row(status=Status.READY), "as ready"),
    "a row with another number": (with_row(number=1), "the order list shows"),
    "a ticket that is missing": (shows(tickets=frozenset()), "other orders than those to be cooked"),
    "a ticket too many": (shows(tickets=frozenset({ORDER_ID, UUID(int=3)})), "other orders than those to be cooked"),
    "a reconciler that is not done": (shows(due=frozenset({ORDER_ID})), "still has 1 orders to look after"),
}


def test_an_honest_evening_is_left_in_peace() -> None:
    evidence = honest()
    assert violations(evidence, settled_within_s=12) == []
    assert evidence.shown.listed[ORDER_ID].payment_status is PaymentStatus.PARTIALLY_REFUNDED


@pytest.mark.parametrize("lie", LIES)
def test_every_planted_lie_is_found(lie: str) -> None:
    plant, expected = LIES[lie]
    found = violations(plant(honest()), settled_within_s=12)
    assert any(expected in violation for violation in found), found
