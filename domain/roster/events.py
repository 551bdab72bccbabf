"""What can have happened to a venue's roster."""

from enum import StrEnum
from uuid import UUID

from domain.shared.event import Event


class Role(StrEnum):
    """What one may do at a venue (contract.md, Staff)."""

    MANAGER = "manager"
    FLOOR = "floor"
    KITCHEN = "kitchen"
    AUDITOR = "auditor"


class RoleGranted(Event, frozen=True, kw_only=True, tag="roster.role-granted.v1"):
    """The account has this role here, and no other."""

    account_id: UUID
    role: Role


class RoleWithdrawn(Event, frozen=True, kw_only=True, tag="roster.role-withdrawn.v1"):
    """The account has no role here any more."""

    account_id: UUID


RosterEvent = RoleGranted | RoleWithdrawn
