"""The simulator's books: entries that are only ever added, and what they add up to.

An entry is a fact; the books are its fold and are rebuilt from the file at every start.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

AUTH: Final = 1
SALE: Final = 2
CAPTURE: Final = 3
VOID: Final = 4
REFUND: Final = 5

APPROVED: Final = "00"


class Attempted(Struct, frozen=True, kw_only=True, tag="attempted"):
    """A sale, an authorization or a refund was judged; `iso_code` "00" means that it went through."""

    kind: int
    transaction_id: str
    order: str
    amount_minor: int
    currency: str
    iso_code: str
    original_id: str | None = None


class Captured(Struct, frozen=True, kw_only=True, tag="captured"):
    transaction_id: str


class Voided(Struct, frozen=True, kw_only=True, tag="voided"):
    transaction_id: str


class Barred(Struct, frozen=True, kw_only=True, tag="barred"):
    """Something unknown was voided: whatever arrives late under this identifier is refused."""

    transaction_id: str


class Flaked(Struct, frozen=True, kw_only=True, tag="flaked"):
    """The order met its one failure by `tok_flaky`."""

    order: str


Entry = Attempted | Captured | Voided | Barred | Flaked


class Transaction(Struct, kw_only=True):
    """One attempt and what became of it since. `number` counts all attempts from 1 on."""

    number: int
    attempt: Attempted
    captured: bool
    voided: bool = False
    refunded_minor: int = 0

    @property
    def approved(self) -> bool:
        return self.attempt.iso_code == APPROVED

    @property
    def live(self) -> bool:
        """Money of the guest's is kept: captured, not voided, not fully refunded."""
        return self.captured and not self.voided and self.refunded_minor < self.attempt.amount_minor

    @property
    def refundable_minor(self) -> int:
        return self.attempt.amount_minor - self.refunded_minor if self.live else 0


class Books:
    """Every transaction, by identifier and by order. An identifier has several where repeats are charged again."""

    def __init__(self) -> None:
        self.barred: set[str] = set()
        self.flaked: set[str] = set()
        self._by_id: dict[str, list[Transaction]] = {}
        self._by_order: dict[str, list[Transaction]] = {}
        self._count = 0

    def first(self, transaction_id: str) -> Transaction | None:
        """What was first attempted under an identifier."""
        return next(iter(self._by_id.get(transaction_id, ())), None)

    def last(self, transaction_id: str) -> Transaction:
        """What was last attempted under an identifier. KeyError where nothing was."""
        return self._by_id[transaction_id][-1]

    def charge(self, transaction_id: str) -> Transaction | None:
        """The approved charge under an identifier, one with money left in it rather than another."""
        charges = self._charges(transaction_id)
        return max(charges, key=lambda charge: charge.refundable_minor, default=None)

    def charges(self, order: str | None) -> Iterator[Transaction]:
        """All approved charges of an order, or of all orders, in the order they were made."""
        return (each for each in self._of(order) if each.approved and each.attempt.kind != REFUND)

    def refunds(self, order: str | None) -> Iterator[Transaction]:
        """All refunds that went through."""
        return (each for each in self._of(order) if each.approved and each.attempt.kind == REFUND)

    def apply(self, entry: Entry) -> None:
        """Take in one fact; never refuses."""
        match entry:
            case Attempted():
                self._attempted(entry)
            case Captured(transaction_id=transaction_id):
                for charge in self._charges(transaction_id):
                    charge.captured = True
            case Voided(transaction_id=transaction_id):
                for charge in self._charges(transaction_id):
                    charge.voided = True
            case Barred(transaction_id=transaction_id):
                self.barred.add(transaction_id)
            case Flaked(order=order):
                self.flaked.add(order)

    def _attempted(self, attempt: Attempted) -> None:
        self._count += 1
        approved = attempt.iso_code == APPROVED
        if attempt.kind == REFUND and approved and (charge := self.charge(attempt.original_id or "")):
            charge.refunded_minor += attempt.amount_minor
        transaction = Transaction(number=self._count, attempt=attempt, captured=approved and attempt.kind == SALE)
        self._by_id.setdefault(attempt.transaction_id, []).append(transaction)
        self._by_order.setdefault(attempt.order, []).append(transaction)

    def _charges(self, transaction_id: str) -> list[Transaction]:
        attempts = self._by_id.get(transaction_id, ())
        return [each for each in attempts if each.approved and each.attempt.kind != REFUND]

    def _of(self, order: str | None) -> Iterable[Transaction]:
        if order is not None:
            return self._by_order.get(order, ())
        return (each for attempts in self._by_order.values() for each in attempts)
