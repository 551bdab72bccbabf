"""The simulator over HTTP: PowerTranz's addresses, and its own under `/_simulator` for tests that want the truth.

No answer leaves before what it tells of is on the disk.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeVar
from uuid import UUID

from aiohttp import web
from msgspec import MsgspecError, Struct, json

from infrastructure.simulator import teller
from infrastructure.simulator.behaviours import (
    APPROVE,
    FLAKY_FIRST_TIME,
    FLAKY_TOKEN,
    Behaviour,
    Fault,
    Faults,
    Operation,
    Reply,
    behaviour_of,
)
from infrastructure.simulator.books import AUTH, SALE, Flaked, Transaction
from infrastructure.simulator.journal import Journal
from infrastructure.simulator.protocol import Answer, ChargeRequest, FollowUpRequest, RefundRequest, refusal
from infrastructure.simulator.teller import Repeat

BODY_BYTES_MAX: Final = 64 * 1024
SILENCE_S_MAX: Final = 120.0
"""Nobody is kept waiting for longer than this; any sensible client has gone by then."""
LISTENING_S: Final = 0.25
CREDENTIALS: Final = ("PowerTranz-PowerTranzId", "PowerTranz-PowerTranzPassword")

Asked = TypeVar("Asked")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Mode(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a repeated TransactionIdentifier meets."""

    repeat: Repeat


class Simulator:
    """The journal, the faults that tests have planned, and the mode; its handlers are the addresses."""

    def __init__(self, journal: Journal, repeat: Repeat) -> None:
        self._journal = journal
        self._repeat = repeat
        self._faults = Faults()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/sale", self.sale),
            web.post("/api/auth", self.auth),
            web.post("/api/capture", self.capture),
            web.post("/api/refund", self.refund),
            web.post("/api/void", self.void),
            web.get("/api/transactions/{transaction_id}", self.look_up),
            web.get("/api/alive", self.alive),
            web.get("/_simulator/charges", self.charges),
            web.get("/_simulator/refunds", self.refunds),
            web.get("/_simulator/mode", self.mode),
            web.post("/_simulator/mode", self.change_mode),
            web.post("/_simulator/faults", self.plan_fault),
            web.delete("/_simulator/faults", self.clear_faults),
        ]

    async def sale(self, request: web.Request) -> web.StreamResponse:
        return await self._charge(request, "sale", SALE)

    async def auth(self, request: web.Request) -> web.StreamResponse:
        return await self._charge(request, "auth", AUTH)

    async def capture(self, request: web.Request) -> web.StreamResponse:
        asked = await _asked(request, FollowUpRequest)
        return await self._carry_out(
            request, self._behaviour("capture"), lambda _: teller.capture(self._journal, asked).encoded()
        )

    async def void(self, request: web.Request) -> web.StreamResponse:
        asked = await _asked(request, FollowUpRequest)
        return await self._carry_out(
            request, self._behaviour("void"), lambda _: teller.void(self._journal, asked).encoded()
        )

    async def refund(self, request: web.Request) -> web.StreamResponse:
        asked = await _asked(request, RefundRequest)
        return await self._carry_out(
            request,
            self._behaviour("refund"),
            lambda code: teller.refund(self._journal, asked, iso_code=code, repeat=self._repeat).encoded(),
        )

    async def look_up(self, request: web.Request) -> web.StreamResponse:
        transaction_id = request.match_info["transaction_id"].lower()
        answer: Answer | None = None

        def find(_: str) -> bytes:
            nonlocal answer
            answer = teller.look_up(self._journal, transaction_id)
            return (answer or refusal(teller.NOT_LOCATED, transaction_id)).encoded()

        response = await self._carry_out(request, self._behaviour("look_up"), find)
        if answer is None and response.status == web.HTTPOk.status_code:
            response.set_status(web.HTTPNotFound.status_code)
        return response

    async def alive(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({"Name": "PowerTranz simulator", "Alive": True})

    async def charges(self, request: web.Request) -> web.StreamResponse:
        """`?order=`: every charge of that order that went through, amounts in minor units; all orders' without it."""
        await self._journal.flushed()
        return _listed(self._journal.books.charges(request.query.get("order")), _charge_row)

    async def refunds(self, request: web.Request) -> web.StreamResponse:
        """`?order=`: every refund that went through."""
        await self._journal.flushed()
        return _listed(self._journal.books.refunds(request.query.get("order")), _refund_row)

    async def mode(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({"repeat": self._repeat.value})

    async def change_mode(self, request: web.Request) -> web.StreamResponse:
        self._repeat = (await _asked(request, Mode)).repeat
        return await self.mode(request)

    async def plan_fault(self, request: web.Request) -> web.StreamResponse:
        self._faults.plan(await _asked(request, Fault))
        return web.Response(status=web.HTTPNoContent.status_code)

    async def clear_faults(self, _: web.Request) -> web.StreamResponse:
        self._faults.clear()
        return web.Response(status=web.HTTPNoContent.status_code)

    async def _charge(self, request: web.Request, operation: Operation, kind: int) -> web.StreamResponse:
        asked = await _asked(request, ChargeRequest)
        return await self._carry_out(
            request,
            self._faults.take(operation) or self._behaviour_of_card(asked),
            lambda code: teller.charge(self._journal, asked, kind=kind, iso_code=code, repeat=self._repeat).encoded(),
        )

    def _behaviour_of_card(self, asked: ChargeRequest) -> Behaviour:
        if asked.source.token == FLAKY_TOKEN and asked.order_identifier not in self._journal.books.flaked:
            self._journal.add(Flaked(order=asked.order_identifier))
            return FLAKY_FIRST_TIME
        return behaviour_of(asked.source.token)

    def _behaviour(self, operation: Operation) -> Behaviour:
        return self._faults.take(operation) or APPROVE

    async def _carry_out(
        self, request: web.Request, behaviour: Behaviour, act: Callable[[str], bytes]
    ) -> web.StreamResponse:
        """Wait, act or not, and answer as the behaviour says; act before answering, as a real gateway would."""
        if behaviour.delay_s:
            await asyncio.sleep(behaviour.delay_s)
        body = act(behaviour.iso_code) if behaviour.done else b""
        await self._journal.flushed()
        match behaviour.reply:
            case Reply.NORMAL:
                return web.Response(body=body, content_type="application/json")
            case Reply.ERROR:
                return web.Response(status=web.HTTPInternalServerError.status_code, text="Internal error")
            case Reply.GARBAGE:
                return web.Response(body=b'{"TransactionType": 2, "Approved": tr', content_type="application/json")
            case Reply.SILENCE:
                await _keep_silent(request)
            case Reply.RESET:
                pass
        if request.transport is not None:
            request.transport.abort()
        return web.Response()


def make_app(journal: Journal, *, repeat: Repeat) -> web.Application:
    """The whole program but its socket."""
    app = web.Application(client_max_size=BODY_BYTES_MAX, middlewares=[_want_credentials])
    app.add_routes(Simulator(journal, repeat).routes())
    return app


@web.middleware
async def _want_credentials(request: web.Request, handler: Handler) -> web.StreamResponse:
    """PowerTranz's own addresses want a name and a password; the simulator takes any."""
    wanted = request.path.startswith("/api/") and request.path != "/api/alive"
    if wanted and not all(request.headers.get(name) for name in CREDENTIALS):
        return web.json_response({"Errors": [{"Code": "401", "Message": "Credentials are missing."}]}, status=401)
    return await handler(request)


async def _asked(request: web.Request, kind: type[Asked]) -> Asked:
    """The body as a request of this kind, or a 400 that does not repeat any of it."""
    try:
        return json.decode(await request.read(), type=kind)
    except (MsgspecError, ValueError, RecursionError):
        complaint = '{"Errors": [{"Code": "400", "Message": "The body is not a valid request."}]}'
        raise web.HTTPBadRequest(text=complaint, content_type="application/json") from None


async def _keep_silent(request: web.Request) -> None:
    """Until the client has gone, or for as long as anyone could want."""
    for _ in range(int(SILENCE_S_MAX / LISTENING_S)):
        if request.transport is None or request.transport.is_closing():
            return
        await asyncio.sleep(LISTENING_S)


def _listed(transactions: Iterable[Transaction], row: Callable[[Transaction], dict[str, object]]) -> web.Response:
    return web.Response(body=json.encode([row(each) for each in transactions]), content_type="application/json")


def _charge_row(charge: Transaction) -> dict[str, object]:
    attempt = charge.attempt
    return {
        "transaction_id": UUID(attempt.transaction_id),
        "order": attempt.order,
        "amount": attempt.amount_minor,
        "live": charge.live,
    }


def _refund_row(refund: Transaction) -> dict[str, object]:
    attempt = refund.attempt
    return {
        "transaction_id": UUID(attempt.transaction_id),
        "original": attempt.original_id,
        "order": attempt.order,
        "amount": attempt.amount_minor,
    }
