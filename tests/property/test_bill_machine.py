"""Cards that are charged, declined, lost sight of and charged too late, against a till that tells the truth.

Many bills live at once. A bill hears of the till only by news, late or never; in the end both must agree.
"""

from collections.abc import Iterator
from itertools import count
from typing import Final
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule

from domain.bill.allocation import spread
from domain.bill.commands import (
    BillCommand,
    CloseBill,
    OpenBill,
    ReceiveCash,
    RecordApproval,
    RecordDecline,
    RecordNotCharged,
    RecordRefundApproval,
    RecordRefundDecline,
    RecordRefundUnknown,
    RecordUnknown,
    StartPayment,
)
from domain.bill.errors import (
    AmountInvalid,
    BillAlreadyOpened,
    PaymentInProgress,
    PaymentNotFound,
    RefundExceedsPaid,
    RefundIdsMissing,
    TransactionIdTaken,
)
from domain.shared.refusals import Refusal
from tests.property.live_bill import INTENT, Charge, LiveBill, refund

BILLS_MAX: Final = 4
TOTALS: Final = st.sampled_from([5097, 5098, 1299, 1299, 99, 0])
PORTIONS: Final = st.sampled_from(["half", "a third", "a coin", "what is left", "a coin too many", "nothing"])
WHICH: Final = st.integers(0, 5)


class BillMachine(RuleBasedStateMachine):
    """Whatever the gateway does, no guest pays twice and nobody is given back more than they paid."""

    bills: Bundle[LiveBill] = Bundle("bills")

    def __init__(self) -> None:
        """Open the tills."""
        super().__init__()
        self.ids = (UUID(int=number) for number in count(1))
        self.all: list[LiveBill] = []

    @precondition(lambda self: len(self.all) < BILLS_MAX)
    @rule(target=bills, total_minor=TOTALS)
    def open_a_bill(self, total_minor: int) -> LiveBill:
        live = LiveBill(total_minor)
        opened = OpenBill(order_id=next(self.ids), session_id=next(self.ids), total_minor=total_minor, currency="BSD")
        assert live.wish(opened) is None
        assert live.wish(opened) is BillAlreadyOpened
        self.all.append(live)
        return live

    @rule(live=bills, portion=PORTIONS)
    def hold_out_a_card(self, live: LiveBill, portion: str) -> None:
        payment_id, due_minor = next(self.ids), live.due()
        amount_minor = _portion(portion, due_minor)
        expected = live.why_not_pay(amount_minor)
        assert live.wish(StartPayment(payment_id=payment_id, amount_minor=amount_minor, intent=INTENT)) is expected
        if expected is None:
            live.charges[payment_id] = Charge(due_minor if amount_minor is None else amount_minor, "started")
            live.till.send(payment_id, live.charges[payment_id].amount_minor)

    @rule(live=bills, portion=PORTIONS)
    def hold_out_cash(self, live: LiveBill, portion: str) -> None:
        payment_id, amount_minor = next(self.ids), _portion(portion, live.due()) or live.due()
        expected = live.why_not_pay(amount_minor)
        assert live.wish(ReceiveCash(payment_id=payment_id, amount_minor=amount_minor)) is expected
        if expected is None:
            live.charges[payment_id] = Charge(amount_minor, "approved", cash=True)
            live.till.taken[payment_id] = amount_minor

    @rule(live=bills)
    def use_an_identifier_twice(self, live: LiveBill) -> None:
        for taken in [*live.charges, *live.returns]:
            wish = StartPayment(payment_id=taken, amount_minor=None, intent=INTENT)
            assert live.wish(wish) is (live.why_not_pay(None) or TransactionIdTaken)
            assert live.wish(refund(taken, next(iter(live.charges)), 1)) is TransactionIdTaken

    @rule(live=bills, answer=st.sampled_from(["approved", "declined", "unknown", "charged but unknown"]))
    def the_gateway_answers(self, live: LiveBill, answer: str) -> None:
        attempt = live.open_id()
        if attempt is None:
            return
        on_its_way = attempt in live.till.on_its_way
        if on_its_way and answer in {"approved", "charged but unknown"}:
            live.till.charge(attempt)
        if on_its_way and answer == "approved":
            self._approved(live, attempt)
        elif on_its_way and answer == "declined":
            live.till.decline(attempt)
            assert live.wish(RecordDecline(payment_id=attempt, decline_code="no")) is None
            live.charges[attempt].word = "declined"
        else:
            assert live.wish(RecordUnknown(payment_id=attempt, reason="timed_out")) is None
            live.charges[attempt].word = "unknown"

    @rule(live=bills)
    def somebody_looks_it_up(self, live: LiveBill) -> None:
        self._settle_charge(live)

    @rule(live=bills)
    def a_charge_thought_dead_arrives(self, live: LiveBill) -> None:
        for charge_id in [one for one in live.till.on_its_way if one != live.open_id()]:
            live.till.charge(charge_id)
            self._approved(live, charge_id)

    @rule(live=bills, portion=PORTIONS, wanted_back=PORTIONS)
    def a_card_pays_and_wants_some_of_it_back(self, live: LiveBill, portion: str, wanted_back: str) -> None:
        self.hold_out_a_card(live, portion)
        self.the_gateway_answers(live, "approved")
        self.staff_pick_a_payment_to_give_back(live, -1, wanted_back)

    @rule(live=bills, portion=PORTIONS)
    def a_card_is_given_up_and_pays_after_all(self, live: LiveBill, portion: str) -> None:
        self.hold_out_a_card(live, portion)
        self.the_gateway_answers(live, "unknown")
        self.somebody_looks_it_up(live)
        self.a_charge_thought_dead_arrives(live)

    @rule(live=bills)
    def old_news_comes_again(self, live: LiveBill) -> None:
        for charge_id, charge in live.charges.items():
            if charge_id != live.open_id():
                assert live.wish(RecordDecline(payment_id=charge_id, decline_code="no")) is None
                assert live.wish(RecordUnknown(payment_id=charge_id, reason="timed_out")) is None
                assert live.wish(RecordNotCharged(payment_id=charge_id)) is None
                if charge.word in {"approved", "stray"}:
                    self._approved(live, charge_id)
        for refund_id, mark in live.returns.items():
            if mark.word in {"approved", "declined"}:
                assert live.wish(RecordRefundDecline(refund_id=refund_id, decline_code="no")) is None
                assert live.wish(RecordRefundUnknown(refund_id=refund_id, reason="timed_out")) is None

    @rule(live=bills, portion=PORTIONS)
    def staff_give_money_back(self, live: LiveBill, portion: str) -> None:
        amount_minor = _portion(portion, live.paid())
        expected = list(_newest_first(live, amount_minor))
        enough = bool(expected) if amount_minor is None else 0 < amount_minor == sum(minor for _, minor in expected)
        try:
            shares = spread(live.bill, amount_minor)
        except (AmountInvalid, RefundExceedsPaid) as refusal:
            assert not enough
            assert isinstance(refusal, AmountInvalid) is (amount_minor == 0)  # noqa: PT017 - differs from step to step
            return
        assert enough
        assert list(shares) == expected
        for payment_id, share_minor in shares:
            self._refund(live, payment_id, share_minor)

    @rule(live=bills, which=WHICH, portion=PORTIONS)
    def staff_pick_a_payment_to_give_back(self, live: LiveBill, which: int, portion: str) -> None:
        if not live.charges:
            assert live.wish(refund(next(self.ids), next(self.ids), 1)) is PaymentNotFound
            return
        payment_id = list(live.charges)[which % len(live.charges)]
        left_minor = live.left(payment_id)
        amount_minor = _portion(portion, left_minor)
        wanted_minor = left_minor if amount_minor is None else amount_minor
        reason: type[Refusal] | None = RefundExceedsPaid if wanted_minor > left_minor else None
        self._refund(live, payment_id, wanted_minor, AmountInvalid if wanted_minor < 1 else reason)

    @rule(live=bills, outcome=st.sampled_from(["approved", "declined", "lost", "given back but lost"]))
    def the_gateway_hears_of_a_refund(self, live: LiveBill, outcome: str) -> None:
        for refund_id in live.open_refunds()[:1]:
            if outcome in {"approved", "given back but lost"}:
                self._hand_back(live, refund_id)
            if outcome == "approved":
                news, word = _refunded(refund_id), "approved"
            elif outcome == "declined" and refund_id not in live.till.returned:
                news, word = RecordRefundDecline(refund_id=refund_id, decline_code="no"), "declined"
            else:
                news, word = RecordRefundUnknown(refund_id=refund_id, reason="timed_out"), "unknown"
            assert live.wish(news) is None
            live.returns[refund_id].word = word

    @rule(live=bills, mood=st.sampled_from(["second thoughts", "second thoughts", "determined", "an id too few"]))
    def the_order_is_cancelled(self, live: LiveBill, mood: str) -> None:
        if mood == "second thoughts":
            return
        owed = [one for one in live.charges if live.left(one)]
        refund_ids = [next(self.ids) for _ in owed]
        reason: type[Refusal] | None = None
        if mood == "an id too few" and refund_ids:
            refund_ids, reason = refund_ids[1:], RefundIdsMissing
        reason = None if live.closed else PaymentInProgress if live.open_id() else reason
        assert live.wish(CloseBill(order_id=next(self.ids), refund_ids=tuple(refund_ids), intent=INTENT)) is reason
        if reason is None and not live.closed:
            live.closed = True
            for refund_id, payment_id in zip(refund_ids, owed, strict=True):
                live.give_back(refund_id, payment_id, live.left(payment_id))

    @invariant()
    def every_bill_says_what_the_marks_say_and_stored_history_tells_the_same_story(self) -> None:
        for live in self.all:
            live.agree()

    @invariant()
    def no_bill_is_paid_twice_and_nobody_gets_back_more_than_they_paid(self) -> None:
        for live in self.all:
            doubtful = live.open_id()
            may_come_minor = live.charges[doubtful].amount_minor if doubtful else 0
            assert live.paid() + may_come_minor <= live.total_minor
            assert all(live.till.given_back_minor(one) <= taken for one, taken in live.till.taken.items())

    @invariant()
    def the_bill_and_the_till_differ_only_by_what_is_open(self) -> None:
        for live in self.all:
            known = {one for one, charge in live.charges.items() if charge.word in {"approved", "stray"}}
            assert known <= live.till.taken.keys() <= known | {live.open_id()}

    def teardown(self) -> None:
        """When the last doubt is gone and the strays are back, the bill and the till agree to the last coin."""
        for live in self.all:
            self._settle_charge(live)
            for charge_id, charge in live.charges.items():
                if live.left(charge_id) and (live.closed or charge.word == "stray"):
                    self._refund(live, charge_id, live.left(charge_id))
            for refund_id in live.open_refunds():
                self._hand_back(live, refund_id)
                assert live.wish(_refunded(refund_id)) is None
                live.returns[refund_id].word = "approved"
            live.agree()
            assert live.paid() - live.back() == live.till.held_minor()
            assert not live.closed or (live.status(), live.till.held_minor()) in {("refunded", 0), ("unpaid", 0)}

    def _approved(self, live: LiveBill, charge_id: UUID) -> None:
        """Hear of an approval, for the first time or again: it counts if it was awaited, else it is a stray."""
        assert live.wish(RecordApproval(payment_id=charge_id, authorization_code="A", reference="R")) is None
        words = {"started": "approved", "unknown": "approved", "approved": "approved"}
        live.charges[charge_id].word = words.get(live.charges[charge_id].word, "stray")

    def _settle_charge(self, live: LiveBill) -> None:
        """Look the open attempt up: it was charged, or it was not and is voided (which the gateway may forget)."""
        attempt = live.open_id()
        if attempt in live.till.taken:
            self._approved(live, attempt)
        elif attempt is not None:
            assert live.wish(RecordNotCharged(payment_id=attempt)) is None
            live.charges[attempt].word = "not_charged"

    def _refund(self, live: LiveBill, payment_id: UUID, amount_minor: int, reason: type[Refusal] | None = None) -> None:
        refund_id = next(self.ids)
        assert live.wish(refund(refund_id, payment_id, amount_minor)) is reason
        if reason is None:
            live.give_back(refund_id, payment_id, amount_minor)

    def _hand_back(self, live: LiveBill, refund_id: UUID) -> None:
        live.till.give_back(refund_id, live.returns[refund_id].payment_id, live.returns[refund_id].amount_minor)


def _refunded(refund_id: UUID) -> BillCommand:
    return RecordRefundApproval(refund_id=refund_id, reference="R")


def _portion(portion: str, whole_minor: int) -> int | None:
    """An amount in minor units by its name; None where none is named, which means all that is left."""
    match portion:
        case "half":
            return whole_minor // 2
        case "a third":
            return whole_minor // 3
        case "a coin":
            return 1
        case "a coin too many":
            return whole_minor + 1
        case "nothing":
            return 0
        case _:
            return None


def _newest_first(live: LiveBill, amount_minor: int | None) -> Iterator[tuple[UUID, int]]:
    """Out of which charges an amount should come; all that is left, strays too, where no amount is named."""
    for charge_id in reversed(live.charges):
        left_minor = live.left(charge_id)
        if amount_minor is None:
            share_minor = left_minor
        else:
            share_minor = min(left_minor, amount_minor) if live.charges[charge_id].word == "approved" else 0
            amount_minor -= share_minor
        if share_minor:
            yield charge_id, share_minor


TestBills = BillMachine.TestCase
