"""The PowerTranz client: one HTTP request for a call, bounded in time, in connections and in what it reads.

No POST is retried here: one that was cut off may have been carried out, so trying again is the application's decision,
after a look-up. (A look-up that meets a kept-alive connection just closing is sent once more; it changes nothing.)
"""

from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit
from uuid import UUID

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from msgspec import Struct

from application.gateway import Charge, Doubt, LookUp, Outcome, Refund, Unknown, VoidOutcome
from infrastructure.gateway.judging import Response, judge_charge, judge_look_up, judge_refund, judge_void
from infrastructure.gateway.wire import refund_body, sale_body, void_body

BODY_BYTES_MAX: Final = 64 * 1024
"""No answer of theirs is near this; a longer one is not read to its end."""

KEEP_ALIVE_S: Final = 15.0
"""Idle connections are closed before a server or proxy on the way would, so that few requests meet a closing one."""

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class Credentials(Struct, frozen=True, kw_only=True):
    """The merchant's name and password at the gateway. Shown nowhere: neither `str` nor `repr` tells them."""

    powertranz_id: str
    password: str

    def __repr__(self) -> str:
        return "Credentials(…)"


class PowerTranz:
    """Fulfils `application.gateway.Gateway`. Use as an async context manager, in the event loop that will call it.

    `base_url` has no trailing `/api`; https unless it is on this machine, since the headers carry a password.
    Raises ValueError for one that is neither.
    """

    def __init__(
        self, base_url: str, credentials: Credentials, *, timeout_s: float, connections_max: int = 100
    ) -> None:
        parts = urlsplit(base_url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise ValueError("The gateway's address must begin with https:// unless it is on this machine.")
        self._base_url = base_url.rstrip("/")
        self._headers = {
            "PowerTranz-PowerTranzId": credentials.powertranz_id,
            "PowerTranz-PowerTranzPassword": credentials.password,
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
        }
        self._timeout = ClientTimeout(total=timeout_s)
        self._connections_max = connections_max
        self._session: ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = ClientSession(
            connector=TCPConnector(limit=self._connections_max, keepalive_timeout=KEEP_ALIVE_S),
            headers=self._headers,
            timeout=self._timeout,
            # The gateway sets no cookie that matters, inflates nothing, and nothing in the environment redirects it.
            cookie_jar=DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def charge(self, charge: Charge) -> Outcome:
        response = await self._send("POST", "/api/sale", sale_body(charge))
        return response if isinstance(response, Unknown) else judge_charge(charge, response)

    async def look_up(self, transaction_id: UUID) -> LookUp:
        response = await self._send("GET", f"/api/transactions/{transaction_id}")
        return response if isinstance(response, Unknown) else judge_look_up(transaction_id, response)

    async def void(self, transaction_id: UUID) -> VoidOutcome:
        response = await self._send("POST", "/api/void", void_body(transaction_id))
        return response if isinstance(response, Unknown) else judge_void(transaction_id, response)

    async def refund(self, refund: Refund) -> Outcome:
        response = await self._send("POST", "/api/refund", refund_body(refund))
        return response if isinstance(response, Unknown) else judge_refund(refund, response)

    async def _send(self, method: str, path: str, body: bytes | None = None) -> Response | Unknown:
        """One request and its answer, read whole; whatever the network or the other side did wrong is `Unknown`."""
        if self._session is None:
            raise RuntimeError("Enter the client's context (`async with`) before calling it.")
        try:
            async with self._session.request(
                method, self._base_url + path, data=body, allow_redirects=False
            ) as response:
                read = await _read_bounded(response)
        except TimeoutError:
            return Unknown(reason=Doubt.TIMED_OUT)
        except (ClientError, OSError, ValueError) as error:
            # ValueError: aiohttp's parsers raise it for some malformed headers. The class's name says enough for a log.
            return Unknown(reason=Doubt.NO_CONNECTION, detail=type(error).__name__)
        if read is None:
            return Unknown(reason=Doubt.GARBAGE, detail="too long")
        return Response(status=response.status, body=read)


async def _read_bounded(response: ClientResponse) -> bytes | None:
    """The body, or None where it is longer than any answer could be."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > BODY_BYTES_MAX:
            response.close()
            return None
    return bytes(body)
