"""What every endpoint works with: the house behind it, and the read models and books beside it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from msgspec import Struct
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from api.jobs import Jobs
from application.books import Books
from application.credentials import Claims
from application.house import House

Pool: TypeAlias = AsyncConnectionPool[Any]


class Knocks(Protocol):
    """Counts wrong log-ins of an e-mail from an address. Seconds to wait, or 0.0 for not at all."""

    async def wait_s(self, email: str, address: str) -> float:
        """Ask before a log-in is tried."""
        ...

    async def failed(self, email: str, address: str) -> float:
        """Count a wrong one; more than 0.0 says that it was one too many."""
        ...

    async def succeeded(self, email: str, address: str) -> None:
        """Forget the wrong ones."""
        ...


class StaffTokens(Protocol):
    """Staff's tokens, as the edge sees them: to be read, and to be tied to the page that holds them."""

    def read(self, token: str) -> Claims:
        """What an access token says. Raises InvalidToken or TokenExpired (application/errors.py)."""
        ...

    def csrf_token(self, login_id: UUID) -> str:
        """The word that only the page which logged in can send along with its cookies."""
        ...


class Front(Struct, frozen=True, kw_only=True):
    """The front of the house.

    `public_url` is what the tables' codes point to; empty: wherever the request came in.
    `missing_migrations` names what the database behind a connection still lacks.
    """

    house: House
    pool: Pool
    books: Books
    knocks: Knocks
    tokens: StaffTokens
    jobs: Jobs
    missing_migrations: Callable[[AsyncConnection[Any]], Awaitable[Sequence[str]]]
    public_url: str = ""


FrontOf: TypeAlias = NamedDependency[SkipValidation[Front]]
"""How an endpoint asks for it: `async def cart(request: Request, front: FrontOf)`."""

InPath: TypeAlias = FromPath[str]
"""A part of the path. Ids are read by the endpoint, since a malformed one answers like one that is not there."""
