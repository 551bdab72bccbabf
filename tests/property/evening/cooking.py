"""What staff do with orders, several of them at once."""

from collections.abc import Sequence
from itertools import pairwise, permutations
from typing import Final

from application.requests import Answered, MoveLine, MoveOrder, Recall
from domain.bill.errors import PaymentInProgress
from domain.order.errors import InvalidStatusTransition
from domain.order.state import LineStatus, Status
from tests.property.evening.paying import look_at
from tests.property.evening.venue import STAFF, Evening, Placed

NEXT: Final = {
    "pending": {"confirmed", "cancelled"},
    "confirmed": {"preparing", "cancelled"},
    "preparing": {"ready"},
    "ready": {"completed"},
    "completed": set[str](),
    "cancelled": set[str](),
}


async def move(evening: Evening, placed: Placed, wanted: Sequence[Status]) -> None:
    """Several want different things of one order at the same time: what is done is a way that the order may go."""
    before = await look_at(evening, placed)
    requests = [evening.request(STAFF, MoveOrder(order_id=placed.order_id, status=status)) for status in wanted]
    results = await evening.at_once(requests)
    done = [status.value for status, each in zip(wanted, results, strict=True) if isinstance(each, Answered)]
    for each in results:
        assert isinstance(each, Answered | InvalidStatusTransition | PaymentInProgress), each
    after = await look_at(evening, placed)
    assert any(
        way[-1] == after.status and all(then in NEXT[now] for now, then in pairwise(way))
        for way in ((before.status.value, *each) for each in permutations(done))
    ), f"{before.status} to {after.status} by {done}"
    in_doubt = any(one.status in {"started", "unknown"} for one in before.payments)
    possible = {status.value for status in wanted} & NEXT[before.status] - ({"cancelled"} if in_doubt else set())
    assert bool(done) is bool(possible)


async def move_lines(evening: Evening, placed: Placed, status: LineStatus) -> None:
    """Two cooks report every line at the same time: each line moves once, and takes the order along."""
    before = await look_at(evening, placed)
    wishes = [MoveLine(order_id=placed.order_id, line_id=line.id, status=status) for line in before.items]
    requests = [evening.request(STAFF, wish) for wish in wishes]
    others = [evening.request(STAFF, wish) for wish in wishes]
    results = await evening.at_once([*requests, *others])
    ripe = "confirmed" if status is LineStatus.PREPARING else "preparing"
    moved = 0
    for index, line in enumerate(before.items):
        answers = (results[index], results[index + len(wishes)])
        moves = line.status == ripe and before.status in {"confirmed", "preparing"}
        assert sum(isinstance(each, Answered) for each in answers) == moves
        assert all(isinstance(each, Answered | InvalidStatusTransition) for each in answers)
        moved += moves
    after = await look_at(evening, placed)
    lines = {line.status.value for line in after.items}
    if moved:
        assert after.status == ("ready" if lines == {"ready"} else "preparing")
    else:
        assert after.status == before.status


async def recall(evening: Evening, placed: Placed) -> None:
    """Two call a ready order back: one does, the other hears that it is not ready."""
    before = await look_at(evening, placed)
    results = await evening.at_once([evening.request(STAFF, Recall(order_id=placed.order_id)) for _ in range(2)])
    assert sum(isinstance(each, Answered) for each in results) == (before.status == "ready")
    assert all(isinstance(each, Answered | InvalidStatusTransition) for each in results), results
    after = await look_at(evening, placed)
    assert after.status == ("preparing" if before.status == "ready" else before.status)
