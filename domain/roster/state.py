"""The roster as its history leaves it."""

from collections.abc import Mapping
from uuid import UUID

from msgspec import Struct

from domain.roster.events import Role


class Roster(Struct, frozen=True, kw_only=True):
    """Who has which role at the venue. The mapping is never changed, only replaced."""

    roles: Mapping[UUID, Role] = {}
