"""Who works here: one role each, and never a venue that has lost its last manager."""

from typing import Final, assert_never, get_args
from uuid import UUID

from domain.roster.commands import GrantRole, RosterCommand, WithdrawRole
from domain.roster.errors import LastManager, StaffNotFound
from domain.roster.events import Role, RoleGranted, RoleWithdrawn, RosterEvent
from domain.roster.state import Roster
from domain.shared.event import Decider


def decide(roster: Roster, command: RosterCommand) -> tuple[RosterEvent, ...]:
    """Judge a wish."""
    match command:
        case GrantRole(account_id=account_id, role=role):
            if roster.roles.get(account_id) is role:
                return ()
            _require_another_manager(roster, account_id)
            return (RoleGranted(account_id=account_id, role=role),)
        case WithdrawRole(account_id=account_id):
            if account_id not in roster.roles:
                raise StaffNotFound("Nobody of that id works here.")
            _require_another_manager(roster, account_id)
            return (RoleWithdrawn(account_id=account_id),)
        case _:
            assert_never(command)


def evolve(roster: Roster, event: RosterEvent) -> Roster:
    """Take the roster one fact further, whatever came before."""
    match event:
        case RoleGranted(account_id=account_id, role=role):
            return Roster(roles={**roster.roles, account_id: role})
        case RoleWithdrawn(account_id=account_id):
            return Roster(roles={other: role for other, role in roster.roles.items() if other != account_id})
        case _:
            assert_never(event)


def _require_another_manager(roster: Roster, account_id: UUID) -> None:
    """Refuse to change the role of the only manager that the venue has."""
    managers = {staff for staff, role in roster.roles.items() if role is Role.MANAGER}
    if managers == {account_id}:
        raise LastManager("The venue's last manager must stay one; make somebody else a manager first.")


ROSTER: Final = Decider(name="roster", initial=Roster(), decide=decide, evolve=evolve, events=get_args(RosterEvent))
