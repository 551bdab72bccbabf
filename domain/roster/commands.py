"""Wishes about a venue's roster."""

from uuid import UUID

from domain.roster.events import Role
from domain.shared.event import Command


class GrantRole(Command, frozen=True, kw_only=True):
    """Give somebody a role; it replaces the one they had."""

    account_id: UUID
    role: Role


class WithdrawRole(Command, frozen=True, kw_only=True):
    """Take somebody's role away."""

    account_id: UUID


RosterCommand = GrantRole | WithdrawRole
