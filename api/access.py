"""Who may call what: one table of every route, and nothing that is not in it can be called at all.

The guard reads it, the OpenAPI document shows it, and a test holds it against the routes that there are.
What a role may do *to an order* is finer than a route: see `MOVES`.
"""

from collections.abc import Mapping
from typing import Final, Literal

from msgspec import Struct

from domain.roster.events import Role


class Access(Struct, frozen=True, kw_only=True):
    """Anyone, a guest with a session, anyone of the staff, or staff with one of these roles at the venue named."""

    who: Literal["anyone", "guest", "staff", "role"]
    roles: frozenset[Role] = frozenset()


def _roles(*roles: Role) -> Access:
    return Access(who="role", roles=frozenset(roles))


ANYONE: Final = Access(who="anyone")
GUEST: Final = Access(who="guest")
STAFF: Final = Access(who="staff")
MANAGER: Final = _roles(Role.MANAGER)
FLOOR: Final = _roles(Role.MANAGER, Role.FLOOR)
KITCHEN: Final = _roles(Role.MANAGER, Role.KITCHEN)
WORKERS: Final = _roles(Role.MANAGER, Role.FLOOR, Role.KITCHEN)
READERS: Final = _roles(*Role)
AUDITORS: Final = _roles(Role.MANAGER, Role.AUDITOR)

_ADMIN: Final = "/admin/venues/{slug}"
_AUDIT: Final = "/audit/venues/{slug}"

ROUTES: Final[Mapping[str, Access]] = {
    "GET /venues/{slug}": ANYONE,
    "GET /venues/{slug}/menu": ANYONE,
    "POST /venues/{slug}/session": ANYONE,
    "DELETE /session": GUEST,
    "GET /cart": GUEST,
    "DELETE /cart": GUEST,
    "POST /cart/items": GUEST,
    "PATCH /cart/items/{line_id}": GUEST,
    "DELETE /cart/items/{line_id}": GUEST,
    "POST /orders": GUEST,
    "GET /orders": GUEST,
    "GET /orders/{order_id}": GUEST,
    "POST /orders/{order_id}/pay": GUEST,
    "POST /orders/{order_id}/cancel": GUEST,
    "POST /auth/login": ANYONE,
    "POST /auth/refresh": ANYONE,
    "POST /auth/logout": STAFF,
    "POST /auth/password": STAFF,
    "GET /auth/me": STAFF,
    f"GET {_ADMIN}/orders": READERS,
    f"GET {_ADMIN}/orders/{{order_id}}": READERS,
    f"PATCH {_ADMIN}/orders/{{order_id}}/status": WORKERS,
    f"PATCH {_ADMIN}/orders/{{order_id}}/items/{{line_id}}/status": WORKERS,
    f"POST {_ADMIN}/orders/{{order_id}}/recall": WORKERS,
    f"POST {_ADMIN}/orders/{{order_id}}/payments": FLOOR,
    f"POST {_ADMIN}/orders/{{order_id}}/refunds": FLOOR,
    f"GET {_ADMIN}/settings": READERS,
    f"PATCH {_ADMIN}/settings": MANAGER,
    f"POST {_ADMIN}/menu/categories": MANAGER,
    f"PATCH {_ADMIN}/menu/categories/{{category_id}}": MANAGER,
    f"DELETE {_ADMIN}/menu/categories/{{category_id}}": MANAGER,
    f"POST {_ADMIN}/menu/items": MANAGER,
    f"PATCH {_ADMIN}/menu/items/{{item_id}}": MANAGER,
    f"DELETE {_ADMIN}/menu/items/{{item_id}}": MANAGER,
    f"POST {_ADMIN}/menu/items/{{item_id}}/sold-out": KITCHEN,
    f"POST {_ADMIN}/menu/items/{{item_id}}/back": KITCHEN,
    f"POST {_ADMIN}/menu/option-groups": MANAGER,
    f"PATCH {_ADMIN}/menu/option-groups/{{group_id}}": MANAGER,
    f"DELETE {_ADMIN}/menu/option-groups/{{group_id}}": MANAGER,
    f"GET {_ADMIN}/tables": READERS,
    f"POST {_ADMIN}/tables": FLOOR,
    f"PATCH {_ADMIN}/tables/{{code}}": FLOOR,
    f"GET {_ADMIN}/tables/{{code}}/qr.svg": READERS,
    f"POST {_ADMIN}/tables/{{code}}/rotate": FLOOR,
    f"GET {_ADMIN}/staff": READERS,
    f"POST {_ADMIN}/staff": MANAGER,
    f"PATCH {_ADMIN}/staff/{{account_id}}": MANAGER,
    f"GET {_ADMIN}/kitchen": READERS,
    f"GET {_AUDIT}/events": AUDITORS,
    f"GET {_AUDIT}/orders/{{order_id}}/history": AUDITORS,
    f"GET {_AUDIT}/orders/{{order_id}}/payments": AUDITORS,
    f"GET {_AUDIT}/orders/{{order_id}}/state": AUDITORS,
    f"GET {_AUDIT}/verify": AUDITORS,
    f"GET {_AUDIT}/jobs/{{job_id}}": AUDITORS,
    "GET /health/live": ANYONE,
    "GET /health/ready": ANYONE,
    "GET /schema": ANYONE,
    "GET /schema/openapi.json": ANYONE,
}

MOVES: Final[Mapping[str, Access]] = {
    "pending": FLOOR,
    "confirmed": FLOOR,
    "preparing": WORKERS,
    "ready": WORKERS,
    "completed": WORKERS,
    "cancelled": FLOOR,
}
"""Who may move an order to that status."""
