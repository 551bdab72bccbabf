"""The faults: each a plausible slip of the hand in one rule, and the tests that are meant to notice it."""

from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[2]
CART: Final = "tests/property/test_cart_machine.py"
ORDER: Final = "tests/property/test_order_machine.py"
BILL: Final = "tests/property/test_bill_machine.py"
TOTALS: Final = "tests/property/test_totals.py"
CHOICES: Final = "tests/property/test_menu_choices.py"
HOURS: Final = "tests/property/test_opening_hours.py"
CARD_NUMBERS: Final = "tests/property/test_card_numbers_in_text.py"


class Fault(NamedTuple):
    """`old` stands exactly once in `file`; with `new` in its place, one of `tests` has to fail."""

    name: str
    file: PurePosixPath
    old: str
    new: str
    tests: tuple[str, ...]

    def place(self) -> Path:
        """The file in the tree that people work on, where nothing is ever planted."""
        return ROOT / self.file


def _in(file: str, *tests: str) -> "_Planter":
    return _Planter(PurePosixPath("domain", file), tests)


class _Planter(NamedTuple):
    file: PurePosixPath
    tests: tuple[str, ...]

    def fault(self, name: str, old: str, new: str) -> Fault:
        return Fault(name, self.file, old, new, self.tests)


def faults() -> tuple[Fault, ...]:
    """All of them, each under a name of its own."""
    return (*_of_carts(), *_of_orders(), *_of_bills(), *_of_totals(), *_of_the_rest())


def _of_carts() -> tuple[Fault, ...]:
    plant = _in("cart/decider.py", CART).fault
    return (
        plant(
            "a cart holds one line too many",
            "if len(cart.lines) >= command.lines_max:",
            "if len(cart.lines) > command.lines_max:",
        ),
        plant(
            "a line is added twice under one id",
            "if any(line.line_id == command.line_id for line in cart.lines):",
            "if any(line.line_id == command.item_id for line in cart.lines):",
        ),
        plant(
            "a changed quantity has no limit",
            "            line = _line(cart, line_id)\n            _require_quantity(quantity, quantity_max)\n",
            "            line = _line(cart, line_id)\n",
        ),
        plant(
            "one more than the limit is let through",
            "if quantity > quantity_max:",
            "if quantity > quantity_max + 1:",
        ),
        plant(
            "a repeated change is recorded again",
            "return () if line.quantity == quantity else (LineQuantityChanged(line_id=line_id, quantity=quantity),)",
            "return (LineQuantityChanged(line_id=line_id, quantity=quantity),)",
        ),
        plant(
            "changing one line changes all",
            "replace(line, quantity=quantity) if line.line_id == line_id else line for line in cart.lines",
            "replace(line, quantity=quantity) for line in cart.lines",
        ),
        plant(
            "a cart that changed since it was shown is ordered",
            "if shown is not None and shown != version:",
            "if shown is not None and shown > version:",
        ),
        plant(
            "ordering leaves the cart full",
            "return replace(cart, lines=(), order_ids=(*cart.order_ids, order_id))",
            "return replace(cart, order_ids=(*cart.order_ids, order_id))",
        ),
        plant(
            "a line that moved on the menu keeps its old taxes",
            "return replace(line, category_id=news.category_id, unit_price_minor=",
            "return replace(line, unit_price_minor=",
        ),
    )


def _of_orders() -> tuple[Fault, ...]:
    plant = _in("order/decider.py", ORDER).fault
    return (
        _in("order/moves.py", ORDER).fault(
            "staff cancel what is being cooked",
            "Status.PREPARING: frozenset({Status.READY}),",
            "Status.PREPARING: frozenset({Status.READY, Status.CANCELLED}),",
        ),
        _in("order/moves.py", ORDER).fault(
            "a pending order is cooked before it is confirmed",
            "Status.PENDING: frozenset({Status.CONFIRMED, Status.CANCELLED}),",
            "Status.PENDING: frozenset({Status.CONFIRMED, Status.PREPARING, Status.CANCELLED}),",
        ),
        plant(
            "a guest cancels a confirmed order",
            "elif order.status is not Status.PENDING:",
            "elif order.status not in {Status.PENDING, Status.CONFIRMED}:",
        ),
        plant(
            "an order is ready with its first ready line",
            "if _lines_other_than(order, LineStatus.READY) != (command.line_id,):",
            "if command.line_id not in _lines_other_than(order, LineStatus.READY):",
        ),
        plant(
            "the first line on the stove does not take the order along",
            "    if order.status is Status.PREPARING:\n        return (started,)",
            "    if order.status is not Status.PENDING:\n        return (started,)",
        ),
        plant(
            "a recalled order keeps its lines ready",
            "return replace(order, status=Status.PREPARING, progress=(LineStatus.PREPARING,) * len(order.lines))",
            "return replace(order, status=Status.PREPARING)",
        ),
        plant(
            "a completed order is recalled",
            "if order.status is not Status.READY:",
            "if order.status not in {Status.READY, Status.COMPLETED}:",
        ),
        plant(
            "the lines of a pending order move",
            "if order.status not in {Status.CONFIRMED, Status.PREPARING}:",
            "if order.status not in {Status.PENDING, Status.CONFIRMED, Status.PREPARING}:",
        ),
        plant(
            "an order is placed over a cancelled one",
            "    if order.status is not Status.NEW:\n        raise OrderIdTaken",
            "    if order.status not in {Status.NEW, Status.CANCELLED}:\n        raise OrderIdTaken",
        ),
        plant(
            "a free order waits for a payment",
            "if command.quote.total_minor > 0:",
            "if command.quote.total_minor >= 0:",
        ),
    )


def _of_bills() -> tuple[Fault, ...]:
    view, paying = _in("bill/view.py", BILL).fault, _in("bill/paying.py", BILL).fault
    news, refunding = _in("bill/news.py", BILL).fault, _in("bill/refunding.py", BILL).fault
    return (
        view(
            "an unknown charge lets a second one through",
            "return attempt.status in {AttemptStatus.STARTED, AttemptStatus.UNKNOWN}",
            "return attempt.status is AttemptStatus.STARTED",
        ),
        view(
            "a declined refund can never be repeated",
            "if refund.payment_id == payment.payment_id and refund.status is not AttemptStatus.DECLINED",
            "if refund.payment_id == payment.payment_id",
        ),
        view(
            "a refund under way is given a second time",
            "if refund.payment_id == payment.payment_id and refund.status is not AttemptStatus.DECLINED",
            "if refund.payment_id == payment.payment_id and refund.status is AttemptStatus.APPROVED",
        ),
        view(
            "what was given back falls due again",
            "return max(0, bill.total_minor - paid)",
            "return max(0, bill.total_minor - paid + refunded_minor(bill))",
        ),
        view(
            "a stray charge counts as paid",
            "for payment in bill.payments if payment.status is AttemptStatus.APPROVED)",
            "for payment in bill.payments if payment.status in {AttemptStatus.APPROVED, AttemptStatus.STRAY})",
        ),
        paying(
            "the second part of a payment may be the whole bill",
            "if not 1 <= amount_minor <= due:",
            "if not 1 <= amount_minor <= bill.total_minor:",
        ),
        paying(
            "a charge goes by the identifier of a refund",
            "if payment_of(bill, transaction_id) is not None or refund_of(bill, transaction_id) is not None:",
            "if payment_of(bill, transaction_id) is not None:",
        ),
        paying(
            "a cancelled order is paid",
            '    if bill.closed:\n        raise OrderNotPayable("The order was cancelled.")\n',
            "",
        ),
        news(
            "a charge thought dead counts when it arrives",
            "if payment.status in OPEN and not bill.closed:",
            "if not bill.closed:",
        ),
        news(
            "an approval told twice is a stray",
            "if payment.status in {AttemptStatus.APPROVED, AttemptStatus.STRAY}:",
            "if payment.status is AttemptStatus.STRAY:",
        ),
        news(
            "a decline told late undoes an approval",
            "                return ()\n            return (PaymentDeclined(",
            "                pass\n            return (PaymentDeclined(",
        ),
        refunding(
            "a bill closes while a card is being charged",
            "        return ()\n    require_no_open_attempt(bill)\n",
            "        return ()\n",
        ),
        refunding(
            "closing gives back one payment only",
            "payments, refund_ids = holding(bill), ",
            "payments, refund_ids = holding(bill)[:1], ",
        ),
        refunding(
            "one coin too many is given back",
            "if command.amount_minor > refundable:",
            "if command.amount_minor > refundable + 1:",
        ),
        _in("bill/allocation.py", BILL).fault(
            "a guest's refund comes out of a stray charge",
            "if payment.status is AttemptStatus.APPROVED and share_minor > 0:",
            "if share_minor > 0:",
        ),
    )


def _of_totals() -> tuple[Fault, ...]:
    plant = _in("pricing/calculate.py", TOTALS).fault
    return (
        _in("shared/money.py", TOTALS).fault(
            "half a coin is rounded down",
            "scaled = 2 * abs(amount_minor) * numerator + denominator",
            "scaled = 2 * abs(amount_minor) * numerator + denominator - 1",
        ),
        plant(
            "an added tax thins an included one",
            "gross_ppm = PPM + sum(tax.rate_ppm for tax in taxes if tax.included)",
            "gross_ppm = PPM + sum(tax.rate_ppm for tax in taxes)",
        ),
        plant(
            "a subtotal that just reaches it goes without service charge",
            "if charge is None or subtotal_minor < charge.from_subtotal_minor:",
            "if charge is None or subtotal_minor <= charge.from_subtotal_minor:",
        ),
        plant(
            "a tax on some dishes falls on all",
            "return not tax.category_ids or category_id in tax.category_ids",
            "return not tax.category_ids or category_id is not None",
        ),
        plant(
            "a discount loses coins between the lines",
            "return [after - before for before, after in pairwise(reached)]",
            "return [amount_minor * total // whole for total in totals]",
        ),
        plant(
            "an included tax is asked for twice",
            "total_minor=subtotal_minor - discount_minor + tax_minor - tax_included_minor + charge_minor + tip_minor,",
            "total_minor=subtotal_minor - discount_minor + tax_minor + charge_minor + tip_minor,",
        ),
    )


def _of_the_rest() -> tuple[Fault, ...]:
    choice = _in("menu/choice.py", CHOICES).fault
    return (
        choice(
            "a group's least number of choices is not asked for",
            "if not group.choices_min <= count <= group.choices_max:",
            "if count > group.choices_max:",
        ),
        choice(
            "options are free",
            "unit_price_minor=item.price_minor + sum(option.price_minor for option in options),",
            "unit_price_minor=item.price_minor,",
        ),
        _in("menu/state.py", CHOICES).fault(
            "a dish that is sold out until five is missing at five",
            "at >= self.sold_out_until)",
            "at > self.sold_out_until)",
        ),
        _in("venue/calendar.py", HOURS).fault(
            "a venue is still open in the minute in which it closes",
            "and span.opens_minute <= minute < span.closes_minute",
            "and span.opens_minute <= minute <= span.closes_minute",
        ),
        _in("shared/card_numbers.py", CARD_NUMBERS).fault(
            "dashes hide a card number",
            'category(between) in {"Zs", "Pd"}',
            'category(between) in {"Zs"}',
        ),
        _in("session/state.py", "tests/unit/session").fault(
            "a session lasts a moment too long",
            "at < self.expires_at",
            "at <= self.expires_at",
        ),
        _in("floor/decider.py", "tests/unit/floor").fault(
            "a code that was given up is given out again",
            "if code in floor.retired_codes or any(",
            "if any(",
        ),
        _in("roster/decider.py", "tests/unit/roster").fault(
            "the last manager is demoted",
            "            _require_another_manager(roster, account_id)\n            return (RoleGranted(",
            "            return (RoleGranted(",
        ),
        _in("account/decider.py", "tests/unit/account").fault(
            "a changed password leaves old log-ins good",
            "            return replace(account, logins=())",
            "            return account",
        ),
        _in("numbering/decider.py", "tests/unit/numbering").fault(
            "two blocks share an order number",
            "max(numbering.next_number, first + count)",
            "max(numbering.next_number, first + count - 1)",
        ),
    )
