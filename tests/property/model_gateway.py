"""A gateway as a till: charges on their way, money in it, money given back. It obeys, and judges nothing.

Since it would give back more than it took if asked to, only the bill's own rules can keep the till right. It may even
charge after it was told to void, as no rule of ours can keep a stranger's word.
"""

from uuid import UUID


class ModelGateway:
    """The truth about one bill's money. Cash goes in the same till. Amounts are in minor units."""

    def __init__(self) -> None:
        """Begin with an empty till."""
        self.on_its_way: dict[UUID, int] = {}
        self.taken: dict[UUID, int] = {}
        self.returned: dict[UUID, tuple[UUID, int]] = {}

    def send(self, payment_id: UUID, amount_minor: int) -> None:
        """Ask for a charge, which arrives later or never."""
        self.on_its_way[payment_id] = amount_minor

    def charge(self, payment_id: UUID) -> None:
        """Let the charge arrive."""
        self.taken[payment_id] = self.on_its_way.pop(payment_id)

    def decline(self, payment_id: UUID) -> None:
        """Let the charge arrive, and fail for good."""
        del self.on_its_way[payment_id]

    def give_back(self, refund_id: UUID, payment_id: UUID, amount_minor: int) -> None:
        """Give money of a charge back. Doing it again under the same identifier changes nothing."""
        self.returned[refund_id] = (payment_id, amount_minor)

    def given_back_minor(self, payment_id: UUID) -> int:
        """How much of a charge was given back."""
        return sum(amount for charge, amount in self.returned.values() if charge == payment_id)

    def held_minor(self) -> int:
        """What is in the till."""
        return sum(self.taken.values()) - sum(amount for _, amount in self.returned.values())
