"""From what the house says to what goes over the wire: `{"data": …}`, and where in the ledger it stands."""

from collections.abc import Mapping
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

import msgspec
from litestar import Request, Response
from msgspec import UNSET, Raw, Struct, UnsetType

from api.front import Front
from api.problems import PROBLEM_JSON, headers_of, problem_body
from application.handlers import answer
from application.reads import Read
from application.requests import Answered, AnyWish, ClientKey, Told
from application.requests import Request as Asked

JSON: Final = "application/json"
POSITION: Final = "Ledger-Position"
REPLAYED: Final = "Idempotent-Replayed"
REFUSED_FROM: Final = 400

_encoder: Final = msgspec.json.Encoder()
_told: Final = msgspec.json.Decoder(Told)


class Caller(Protocol):
    """Who is calling, as far as the ledger wants to know."""

    @property
    def venue_id(self) -> UUID:
        """In whose ledger it will stand."""
        ...

    @property
    def actor(self) -> str:
        """How it will be told there who it was."""
        ...


C = TypeVar("C", bound=Caller)


class Meta(Struct, frozen=True, kw_only=True):
    """What a list says about itself. `next_cursor` is opaque; None: that was all."""

    next_cursor: str | None


class Envelope(Struct, frozen=True, kw_only=True):
    """Every success."""

    data: Any
    meta: Meta | UnsetType = UNSET


async def told(
    front: Front, request: Request[C, Any, Any], wish: AnyWish, *, key: ClientKey | None = None
) -> Response[bytes]:
    """Put a wish to the house, as the caller whom the guard let in, and tell the answer."""
    return await told_as(front, request, request.user, wish, key=key)


async def told_as(
    front: Front, request: Request[Any, Any, Any], caller: Caller, wish: AnyWish, *, key: ClientKey | None = None
) -> Response[bytes]:
    """The same where no guard knows who is calling."""
    request_id = request.headers["x-request-id"]
    asked = Asked(venue_id=caller.venue_id, actor=caller.actor, request_id=request_id, wish=wish, key=key)
    return answer_of(await answer(front.house, asked), request_id)


def answer_of(answered: Answered, request_id: str) -> Response[bytes]:
    """A command's answer; a refusal that is a fact (a declined card) is a problem like any other."""
    headers = {POSITION: str(answered.position)} if answered.position else {}
    if answered.replayed:
        headers[REPLAYED] = "true"
    if answered.status < REFUSED_FROM:
        return json_response(b'{"data":' + answered.body + b"}", status=answered.status, headers=headers)
    refusal = _told.decode(answered.body)
    body = problem_body(refusal.code, refusal.message, request_id, status=answered.status, details=refusal.details)
    headers |= headers_of(refusal.code, answered.status, refusal.details)
    return Response(body, media_type=PROBLEM_JSON, status_code=answered.status, headers=headers)


def shown(read: Read[Any], *, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    """A read from the ledger itself."""
    return data_response(read.data, position=read.position, headers=headers)


def data_response(
    data: object,
    *,
    position: int | None = None,
    next_cursor: str | UnsetType | None = UNSET,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """Anything that msgspec can encode, as `data`; a list says where it goes on."""
    meta = UNSET if next_cursor is UNSET else Meta(next_cursor=next_cursor)
    lines = dict(headers or {})
    if position is not None:
        lines[POSITION] = str(position)
    return json_response(_encoder.encode(Envelope(data=data, meta=meta)), status=status, headers=lines)


def raw_response(body: bytes, *, position: int, headers: Mapping[str, str]) -> Response[bytes]:
    """Data that was encoded before."""
    return data_response(Raw(body), position=position, headers=headers)


def json_response(body: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    """JSON bytes as they are."""
    return Response(body, media_type=JSON, status_code=status, headers=dict(headers or {}))
