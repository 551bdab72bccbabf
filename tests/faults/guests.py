"""Clients as they should be: they keep their key and ask again until they know, whatever happens to the house.

What a client gives up on, it gives up on knowingly: a card at which the gateway never answers is put away for another.
"""

import asyncio
from random import Random
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
from msgspec import Struct

from tests.faults.evidence import Errand, Heard, What

API: Final = "/api/v1"
TRIES_MAX: Final = 400
PAUSE_MAX_S: Final = 0.15
PATIENCE_MAX_S: Final = 10.0
ASK_AGAIN: Final = frozenset(
    {"SERVICE_UNAVAILABLE", "IDEMPOTENCY_IN_PROGRESS", "PAYMENT_IN_PROGRESS", "PAYMENT_GATEWAY_UNAVAILABLE"}
)
"""Answers after which the same request is put again."""

HOPELESS: Final = frozenset({"tok_timeout", "tok_error", "tok_slow"})
"""Cards at which the same key is of no use, however often it is tried."""

GOOD_CARD: Final = "tok_visa"


class GaveUp(Exception):
    """A client was told what cannot be, or asked as often as anybody could be asked to and still does not know."""


class Left(Exception):
    """The line broke, and the guest with it; nobody asks again."""


class Wishes(Struct, frozen=True, kw_only=True):
    """What one guest will do. `after` is the staff's part: "", "refund" (None: of all of it) or "cancel".

    `patience_s`: how long an answer is waited for before the line is dropped and the same is asked again.
    `comes_back`: False where nobody asks again after the line broke, or the gateway gave no answer, while paying or
    giving back; the house has to see to it alone.
    """

    quantities: tuple[int, ...]
    tip_minor: int = 0
    card: str = GOOD_CARD
    after: str = ""
    refund_minor: int | None = None
    patience_s: float = 10.0
    comes_back: bool = True


class Table(Struct, frozen=True, kw_only=True):
    """Where guests sit: a venue by its slug, its one dish, and the manager's headers."""

    slug: str
    item_id: UUID
    price_minor: int
    manager: dict[str, str]


class Guest:
    """Somebody at a table, with the staff who see to them.

    `errands` tells all that was asked for and answered; `complaint` why they gave up, if they did.
    """

    def __init__(self, client: httpx.AsyncClient, table: Table, wishes: Wishes, luck: Random) -> None:
        """Nobody has sat down yet."""
        self.errands: list[Errand] = []
        self.complaint = ""
        self._client = client
        self._table = table
        self._wishes = wishes
        self._luck = luck
        self._headers: dict[str, str] = {}
        self._again: list[tuple[Errand, str, str, dict[str, Any], dict[str, str]]] = []

    async def dine(self) -> None:
        """Sit down, order, pay; then the staff do their part."""
        try:
            await self._dine()
        except GaveUp as gave_up:
            self.complaint = str(gave_up)
        except Left:
            return

    async def ask_again(self) -> None:
        """Put everything once more under the same keys that was answered for good."""
        for errand, method, path, body, headers in self._again:
            if errand.kept:
                errand.answers.append(await self._heard(method, path, body, headers))

    async def _dine(self) -> None:
        opened = await self._until_done("POST", f"/venues/{self._table.slug}/session", {"table_short_code": "T1"}, {})
        session_id, self._headers = UUID(opened["id"]), {"X-Session-Token": opened["token"]}
        for quantity in self._wishes.quantities:
            added = {"menu_item_id": str(self._table.item_id), "quantity": quantity}
            await self._until_done("POST", "/cart/items", added, {**self._headers, "Idempotency-Key": str(uuid4())})
        order_id, total_minor = await self._place(session_id)
        if await self._pay(session_id, order_id):
            await self._staffs_part(session_id, order_id, total_minor)

    async def _place(self, session_id: UUID) -> tuple[UUID, int]:
        total_minor = sum(self._wishes.quantities) * self._table.price_minor + self._wishes.tip_minor
        errand = Errand(what=What.PLACE, key=str(uuid4()), session_id=session_id, amount_minor=total_minor)
        body = {"tip": self._wishes.tip_minor, "idempotency_key": errand.key}
        heard = await self._run(errand, "POST", "/orders", body, self._headers)
        if heard.code:
            raise GaveUp(f"Placing was answered {heard.status} {heard.code}.")
        return UUID(heard.body["id"]), total_minor

    async def _pay(self, session_id: UUID, order_id: UUID) -> bool:
        """Pay with one's card, and with a good one if that does not help. Whether it is paid."""
        card, first_try = self._wishes.card, True
        while True:
            errand = Errand(
                what=What.PAY,
                key=str(uuid4()),
                session_id=session_id,
                order_id=order_id,
                card=card,
                first_try=first_try,
            )
            body = {"card_token": card, "idempotency_key": errand.key}
            heard = await self._run(errand, "POST", f"/orders/{order_id}/pay", body, self._headers)
            if not heard.code or heard.code == "ORDER_ALREADY_PAID":
                return True
            if not self._wishes.comes_back:
                return False
            if card == GOOD_CARD:
                raise GaveUp(f"Paying was answered {heard.status} {heard.code}.")
            card, first_try = GOOD_CARD, False

    async def _staffs_part(self, session_id: UUID, order_id: UUID, total_minor: int) -> None:
        orders = f"/admin/venues/{self._table.slug}/orders/{order_id}"
        key = str(uuid4())
        match self._wishes.after:
            case "refund":
                amount = self._wishes.refund_minor or total_minor
                errand = Errand(
                    what=What.REFUND, key=key, session_id=session_id, order_id=order_id, amount_minor=amount
                )
                body = {"reason": "It was cold.", "idempotency_key": key, "amount": amount}
                await self._run(errand, "POST", f"{orders}/refunds", body, self._table.manager)
            case "cancel":
                errand = Errand(what=What.CANCEL, key=key, session_id=session_id, order_id=order_id)
                headers = {**self._table.manager, "Idempotency-Key": key}
                await self._run(
                    errand, "PATCH", f"{orders}/status", {"status": "cancelled", "reason": "No gas."}, headers
                )
            case _:
                return

    async def _run(
        self, errand: Errand, method: str, path: str, body: dict[str, Any], headers: dict[str, str]
    ) -> Heard:
        """Ask until an answer is final, or the card is put away; every answer is kept in the errand."""
        self.errands.append(errand)
        self._again.append((errand, method, path, body, headers))
        leaves = not self._wishes.comes_back and errand.what is not What.PLACE
        for _ in range(TRIES_MAX):
            heard = await self._heard(method, path, body, headers, leaves=leaves)
            errand.answers.append(heard)
            if heard.code not in ASK_AGAIN:
                return heard
            if heard.code == "PAYMENT_GATEWAY_UNAVAILABLE" and (leaves or errand.card in HOPELESS):
                return heard
            await self._pause()
        raise GaveUp(f"{errand.what} under {errand.key} was never answered for good.")

    async def _until_done(self, method: str, path: str, body: dict[str, Any], headers: dict[str, str]) -> Any:  # noqa: ANN401 - JSON
        for _ in range(TRIES_MAX):
            heard = await self._heard(method, path, body, headers)
            if not heard.code:
                return heard.body
            if heard.status != 503:
                raise GaveUp(f"{method} {path} was answered {heard.status} {heard.code}.")
            await self._pause()
        raise GaveUp(f"{method} {path} was never done.")

    async def _heard(
        self, method: str, path: str, body: dict[str, Any], headers: dict[str, str], *, leaves: bool = False
    ) -> Heard:
        """An answer, asked for until the house is there to give one, unless one `leaves` when the line breaks."""
        patience_s = self._wishes.patience_s
        for _ in range(TRIES_MAX):
            try:
                response = await self._client.request(
                    method, API + path, json=body, headers=headers, timeout=patience_s
                )
            except httpx.TimeoutException:
                # Who never waits long enough never hears anything; and a second request beside the first is the test.
                patience_s = min(2 * patience_s, PATIENCE_MAX_S)
                continue
            except httpx.TransportError:
                if leaves:
                    raise Left from None
                await self._pause()
                continue
            said = response.json()
            return Heard(
                status=response.status_code,
                code="" if response.is_success else said["error"],
                body=said["data"] if response.is_success else said,
                position=int(response.headers.get("Ledger-Position", 0)),
                replayed=response.headers.get("Idempotent-Replayed") == "true",
            )
        raise GaveUp(f"{method} {path} was never answered at all.")

    async def _pause(self) -> None:
        await asyncio.sleep(self._luck.uniform(0.01, PAUSE_MAX_S))
