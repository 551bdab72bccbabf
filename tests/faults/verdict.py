"""Was everybody told the truth, and did everything happen once? Each violation is a sentence.

Sums are made here anew from single payments and charges; the domain's own arithmetic is not asked for them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

from domain.bill.state import AttemptStatus, Bill
from domain.bill.view import payment_status
from domain.order.state import Status
from tests.faults.evidence import Errand, Evidence, Heard, What

TAKEN: Final = frozenset({AttemptStatus.APPROVED, AttemptStatus.STRAY})
OPEN: Final = frozenset({AttemptStatus.STARTED, AttemptStatus.UNKNOWN})
ON_THE_BOARD: Final = frozenset({Status.CONFIRMED, Status.PREPARING, Status.READY})

ASK_AGAIN: Final = frozenset({"SERVICE_UNAVAILABLE", "IDEMPOTENCY_IN_PROGRESS"})
ALLOWED: Final[Mapping[What, frozenset[str]]] = MappingProxyType(
    {
        What.PLACE: ASK_AGAIN,
        What.PAY: ASK_AGAIN
        | {"PAYMENT_GATEWAY_UNAVAILABLE", "PAYMENT_IN_PROGRESS", "PAYMENT_DECLINED", "ORDER_ALREADY_PAID"},
        What.REFUND: ASK_AGAIN | {"PAYMENT_GATEWAY_UNAVAILABLE"},
        What.CANCEL: ASK_AGAIN,
    }
)
"""The refusals that may be met on the way. All else, an empty cart above all, is a lie to somebody who asks again."""


def violations(evidence: Evidence, *, settled_within_s: float) -> list[str]:
    """Everything that is wrong; empty if all is well. `settled_within_s`: how long an attempt may stay open."""
    found = [*evidence.complaints, *_answers(evidence), *_once(evidence), *_money(evidence)]
    return [*found, *_settled(evidence, settled_within_s), *_history(evidence), *_shown(evidence)]


def _answers(evidence: Evidence) -> Iterator[str]:
    """Every acknowledged answer is true, and the same each time."""
    for errand in evidence.errands:
        name = f"{errand.what} {errand.key}"
        for heard in errand.answers:
            if heard.code and heard.code not in ALLOWED[errand.what]:
                yield f"{name} was answered {heard.status} {heard.code}."
            if heard.position > evidence.head:
                yield f"{name} was told position {heard.position}; the ledger ends at {evidence.head}."
        kept = [heard for heard in errand.answers if heard.kept]
        if len({(repr(_facts(heard)), heard.position) for heard in kept}) > 1:
            yield f"{name} was given two different answers."
        if kept:
            yield from (f"{name}: {wrong}" for wrong in _against_the_ledger(evidence, errand, kept[0]))
        if any(heard.code == "PAYMENT_DECLINED" for heard in errand.answers) and errand.card != "tok_declined":
            yield f"{name} was declined, though the card is good."
        if any(heard.code == "ORDER_ALREADY_PAID" for heard in errand.answers):
            if errand.first_try:
                yield f"{name} heard that the order is paid, before it had ever paid."
            elif not _paid(evidence.bills.get(_id(errand.order_id))):
                yield f"{name} heard that the order is paid, and it is not."


def _facts(heard: Heard) -> dict[str, object]:
    """An answer without what is new each time it is given."""
    return {name: value for name, value in heard.body.items() if name not in {"request_id", "instance"}}


def _against_the_ledger(evidence: Evidence, errand: Errand, heard: Heard) -> Iterator[str]:
    order_id = UUID(heard.body["id"]) if errand.what is What.PLACE else _id(errand.order_id)
    order, bill = evidence.orders.get(order_id), evidence.bills.get(order_id)
    if order is None or bill is None:
        yield f"order {order_id} is not in the ledger."
        return
    match errand.what:
        case What.PLACE:
            said = (heard.body["total"], heard.body["order_number"])
            if said != (order.quote.total_minor, f"#{order.number}") or errand.amount_minor != bill.total_minor:
                yield f"told {said}, asked for {errand.amount_minor}, and the bill is {bill.total_minor}."
            if order.session_id != errand.session_id:
                yield "the order is somebody else's."
        case What.PAY if heard.code:
            payment_id = UUID(heard.body["payment_id"])
            statuses = [payment.status for payment in bill.payments if payment.payment_id == payment_id]
            if statuses != [AttemptStatus.DECLINED] or payment_id in {each.transaction_id for each in evidence.charges}:
                yield "declined, and charged."
        case What.PAY:
            payment_id = UUID(heard.body["id"])
            payments = [payment for payment in bill.payments if payment.payment_id == payment_id]
            if [(each.status, each.amount_minor) for each in payments] != [(AttemptStatus.APPROVED, bill.total_minor)]:
                yield f"approved, and the bill says {[payment.status.value for payment in payments]}."
            if payment_id not in {charge.transaction_id for charge in evidence.charges}:
                yield "approved, and the gateway never charged it."
            if order.status is Status.PENDING:
                yield "paid, and the order is not confirmed."
        case What.REFUND:
            parts = {UUID(part["id"]) for part in heard.body["parts"]}
            if not parts <= {each.refund_id for each in bill.refunds if each.status is AttemptStatus.APPROVED}:
                yield "refunded, and the bill does not say so."
            given = sum(refund.amount for refund in evidence.refunds if refund.transaction_id in parts)
            if given != errand.amount_minor:
                yield f"{errand.amount_minor} refunded, and the gateway gave back {given}."
        case What.CANCEL:
            if order.status is not Status.CANCELLED:
                yield f"cancelled, and the order is {order.status}."


def _once(evidence: Evidence) -> Iterator[str]:
    """One order for a key, and none that nobody asked for; no more given back than was asked for."""
    wished = Counter(errand.session_id for errand in evidence.errands if errand.what is What.PLACE)
    placed = Counter(order.session_id for order in evidence.orders.values())
    for session_id, count in placed.items():
        if session_id is None or count > wished[session_id]:
            yield f"session {session_id} has {count} orders for fewer keys."
    numbers = Counter((order.business_day, order.number) for order in evidence.orders.values())
    yield from (f"number {number} went to {count} orders." for (_, number), count in numbers.items() if count > 1)
    for order_id, bill in evidence.bills.items():
        asked = sum(
            errand.amount_minor
            for errand in evidence.errands
            if errand.order_id == order_id and errand.what is What.REFUND
        )
        back = sum(refund.amount_minor for refund in bill.refunds if refund.status is AttemptStatus.APPROVED)
        strays = sum(payment.amount_minor for payment in bill.payments if payment.status is AttemptStatus.STRAY)
        if not bill.closed and back > asked + strays:
            yield f"{back} of order {order_id} went back, and only {asked} was asked for."


def _money(evidence: Evidence) -> Iterator[str]:
    """What the gateway holds is what the bills say, for each order and in all."""
    for order_id, bill in evidence.bills.items():
        live = [charge for charge in evidence.charges if charge.order == order_id and charge.live]
        if len(live) > 1:
            yield f"order {order_id} holds {len(live)} live charges."
        ids = {charge.transaction_id for charge in live}
        given = sum(refund.amount for refund in evidence.refunds if refund.original in ids)
        held = sum(charge.amount for charge in live) - given
        if held != _net_minor(bill):
            yield f"the gateway holds {held} of order {order_id}, and its bill says {_net_minor(bill)}."
        order = evidence.orders.get(order_id)
        if order is None:
            yield f"order {order_id} has a bill and no history."
        elif order.status is Status.CANCELLED and held:
            yield f"order {order_id} is cancelled, and {held} of it is kept."
        elif (order.status in ON_THE_BOARD) != (_paid(bill) and not bill.closed):
            yield f"order {order_id} is {order.status}, and {_taken_minor(bill)} of {bill.total_minor} was paid."
    yield from (
        f"the gateway charged {charge.amount} for order {charge.order}, which there is not."
        for charge in evidence.charges
        if charge.live and charge.order not in evidence.bills
    )
    yield from (f"order {order_id} has no bill." for order_id in evidence.orders if order_id not in evidence.bills)


def _settled(evidence: Evidence, settled_within_s: float) -> Iterator[str]:
    """Nothing stays in the air."""
    for order_id, bill in evidence.bills.items():
        if in_the_air(bill):
            yield f"something about order {order_id} was never settled."
    for attempt_id, attempt in evidence.attempts.items():
        took = None if attempt.ended_at is None else attempt.ended_at - attempt.started_at
        if took is None or took > timedelta(seconds=settled_within_s):
            yield f"attempt {attempt_id} took {took} to settle."


def _history(evidence: Evidence) -> Iterator[str]:
    """Positions and versions without a gap, and a chain that holds."""
    if [line.position for line in evidence.lines] != list(range(1, evidence.head + 1)):
        yield "positions have a gap, or the ledger's end is elsewhere."
    versions: dict[UUID, list[int]] = {}
    for line in evidence.lines:
        versions.setdefault(line.stream, []).append(line.version)
    for stream, found in versions.items():
        if found != list(range(1, len(found) + 1)):
            yield f"stream {stream} has the versions {found}."
    if not evidence.chain_holds:
        yield "the chain is broken."


def _shown(evidence: Evidence) -> Iterator[str]:
    """What is shown is what the ledger says."""
    shown = evidence.shown
    yield from (f"{name} stands at {at}." for name, at in shown.bookmarks.items() if at != evidence.head)
    if set(shown.listed) != set(evidence.orders):
        yield "the order list has other orders than the ledger."
    for order_id, row in shown.listed.items():
        order, bill = evidence.orders.get(order_id), evidence.bills.get(order_id)
        if order is None or bill is None:
            continue
        said = (row.status, row.payment_status, row.number, row.money.total_minor, row.quote)
        if said != (order.status, payment_status(bill), order.number, bill.total_minor, order.quote):
            yield f"the order list shows order {order_id} as {row.status}, {row.payment_status}."
    if shown.tickets != {order_id for order_id, order in evidence.orders.items() if order.status in ON_THE_BOARD}:
        yield "the kitchen board shows other orders than those to be cooked."
    if shown.due:
        yield f"the reconciler still has {len(shown.due)} orders to look after."


def in_the_air(bill: Bill) -> bool:
    """Whether nobody knows yet what becomes of one of its charges or refunds."""
    payments_open = any(payment.status in OPEN for payment in bill.payments)
    return payments_open or any(refund.status in OPEN for refund in bill.refunds)


def _taken_minor(bill: Bill) -> int:
    return sum(payment.amount_minor for payment in bill.payments if payment.status is AttemptStatus.APPROVED)


def _net_minor(bill: Bill) -> int:
    taken = sum(payment.amount_minor for payment in bill.payments if payment.status in TAKEN)
    return taken - sum(refund.amount_minor for refund in bill.refunds if refund.status is AttemptStatus.APPROVED)


def _paid(bill: Bill | None) -> bool:
    return bill is not None and _taken_minor(bill) >= bill.total_minor


def _id(order_id: UUID | None) -> UUID:
    return order_id or UUID(int=0)
