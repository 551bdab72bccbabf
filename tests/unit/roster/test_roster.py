"""One role each, and always a manager."""

from uuid import UUID

import pytest

from domain.roster.commands import GrantRole, WithdrawRole
from domain.roster.decider import ROSTER
from domain.roster.errors import LastManager, StaffNotFound
from domain.roster.events import Role, RoleGranted, RoleWithdrawn
from tests.unit.given import given

ANNA = UUID(int=1)
BERT = UUID(int=2)
ANNA_MANAGES = RoleGranted(account_id=ANNA, role=Role.MANAGER)
BERT_MANAGES = RoleGranted(account_id=BERT, role=Role.MANAGER)
BERT_COOKS = RoleGranted(account_id=BERT, role=Role.KITCHEN)


@pytest.mark.parametrize("role", Role)
def test_any_role_can_be_granted(role: Role) -> None:
    roster = given(ROSTER).when(GrantRole(account_id=ANNA, role=role)).then(RoleGranted(account_id=ANNA, role=role))
    assert roster.roles == {ANNA: role}


def test_a_new_role_replaces_the_old_one() -> None:
    roster = given(ROSTER, ANNA_MANAGES, BERT_COOKS).when(GrantRole(account_id=BERT, role=Role.FLOOR)).state
    assert roster.roles == {ANNA: Role.MANAGER, BERT: Role.FLOOR}


def test_granting_the_same_role_again_changes_nothing() -> None:
    given(ROSTER, ANNA_MANAGES).when(GrantRole(account_id=ANNA, role=Role.MANAGER)).then()


def test_a_role_can_be_withdrawn() -> None:
    history = given(ROSTER, ANNA_MANAGES, BERT_COOKS)
    assert history.when(WithdrawRole(account_id=BERT)).then(RoleWithdrawn(account_id=BERT)).roles == {
        ANNA: Role.MANAGER
    }


def test_who_has_no_role_cannot_lose_one() -> None:
    given(ROSTER, ANNA_MANAGES).when(WithdrawRole(account_id=BERT)).refused(StaffNotFound)
    given(ROSTER, ANNA_MANAGES, BERT_COOKS, RoleWithdrawn(account_id=BERT)).when(WithdrawRole(account_id=BERT)).refused(
        StaffNotFound
    )


def test_the_last_manager_can_neither_leave_nor_be_demoted() -> None:
    history = given(ROSTER, ANNA_MANAGES, BERT_COOKS)
    history.when(WithdrawRole(account_id=ANNA)).refused(LastManager)
    history.when(GrantRole(account_id=ANNA, role=Role.FLOOR)).refused(LastManager)


def test_one_of_two_managers_can_leave_or_be_demoted() -> None:
    history = given(ROSTER, ANNA_MANAGES, BERT_MANAGES)
    history.when(WithdrawRole(account_id=ANNA)).then(RoleWithdrawn(account_id=ANNA))
    history.when(GrantRole(account_id=ANNA, role=Role.FLOOR)).then(RoleGranted(account_id=ANNA, role=Role.FLOOR))


def test_a_withdrawal_that_was_recorded_for_nobody_changes_nothing() -> None:
    assert given(ROSTER, ANNA_MANAGES, RoleWithdrawn(account_id=BERT)).state.roles == {ANNA: Role.MANAGER}
