"""Where the API is put together: the one place that knows both the endpoints and what stands behind them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final, cast

import structlog
from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.types import ASGIApp

from api import (
    audit,
    auth,
    carts,
    floor,
    guests,
    health,
    kitchen,
    menu_editing,
    orders,
    schema,
    staff,
    staff_orders,
    venue_settings,
)
from api.callers import PREFIX, admit
from api.edge import BODY_BYTES_MAX, Deadlines, edge
from api.failures import handlers
from api.front import Front
from api.jobs import Jobs
from api.meters import Meters, told_to_operators
from api.openapi import document
from application.steps import Steps
from infrastructure.books import LedgerBooks
from infrastructure.furnishing import furnished
from infrastructure.limits import FailedLogIns, LogInLimits, RequestRate
from infrastructure.migrations.pending import pending_migrations
from infrastructure.settings import Settings, settings_from
from infrastructure.tokens import access_tokens

ENDPOINTS: Final = (
    *guests.ROUTES,
    *carts.ROUTES,
    *orders.ROUTES,
    *auth.ROUTES,
    *staff_orders.ROUTES,
    *venue_settings.ROUTES,
    *menu_editing.ROUTES,
    *floor.ROUTES,
    *staff.ROUTES,
    *kitchen.ROUTES,
    *audit.ROUTES,
)
BESIDE: Final = (*health.ROUTES, *schema.ROUTES)
"""What operators and readers find at the root, and under the prefix as well."""

GATEWAY_TRIES: Final = 3
"""A pay may ask the gateway that often: to look up what became of the last charge, to void it, to charge."""

Log = Callable[..., Any]


def from_environment() -> ASGIApp:
    """The API as the environment's settings want it."""
    return create_app(settings_from())


def create_app(settings: Settings, *, steps: Steps | None = None) -> ASGIApp:
    """The API behind its edge. It opens no connection before the server starts it."""
    meters = Meters()
    log = meters.reading(structlog.get_logger().info)
    return behind_edge(framework(settings, log=log, meters=meters, steps=steps), settings, log=log)


def behind_edge(app: Litestar, settings: Settings, *, log: Log) -> ASGIApp:
    """Put what every request passes in front of the framework."""
    return edge(
        cast("ASGIApp", app),
        admit=RequestRate(settings.requests_per_s_max),
        deadlines=Deadlines(gateway_s=GATEWAY_TRIES * settings.gateway_timeout_s + 1),
        log=log,
    )


def framework(settings: Settings, *, log: Log, meters: Meters, steps: Steps | None = None) -> Litestar:
    """Every endpoint, its guard and its failures. `app.state["front"]` is there while its lifespan lasts."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with front_of_house(settings, steps=steps) as front:
            app.state["front"] = front
            with told_to_operators(meters, front.pool, settings.operators_port, log):
                yield

    app = Litestar(
        [Router(PREFIX, route_handlers=[*ENDPOINTS, *BESIDE]), *BESIDE],
        lifespan=[lifespan],
        guards=[admit],
        dependencies={"front": Provide(_front, sync_to_thread=False)},
        exception_handlers=cast("Any", handlers(log)),
        request_max_body_size=BODY_BYTES_MAX,
        openapi_config=None,
        logging_config=None,
    )
    app.state[schema.DOCUMENT] = document(app, version=_version())
    app.state[schema.PAGE] = schema.page_of(app.state[schema.DOCUMENT])
    return app


@asynccontextmanager
async def front_of_house(settings: Settings, *, steps: Steps | None = None) -> AsyncIterator[Front]:
    """The house and all that the endpoints use beside it, for as long as the block lasts."""
    jobs = Jobs()
    async with furnished(settings, steps=steps) as furniture:
        limits = LogInLimits(
            per_pair=settings.login_failures_max,
            per_address=settings.login_failures_per_address_max,
            window_s=settings.login_window_s,
        )
        try:
            yield Front(
                house=furniture.house,
                pool=furniture.pool,
                books=LedgerBooks(furniture.ledger),
                knocks=FailedLogIns(furniture.pool, furniture.limits, limits),
                tokens=access_tokens(settings, furniture.house.clock),
                jobs=jobs,
                missing_migrations=pending_migrations,
                public_url=settings.public_url,
            )
        finally:
            await jobs.stop()


def _front(state: State) -> Front:
    return cast("Front", state["front"])


def _version() -> str:
    try:
        return version("comanda")
    except PackageNotFoundError:
        # Run from a checkout that was never installed.
        return "0.0.0"
