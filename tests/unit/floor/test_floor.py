"""Tables come, are renamed, leave the floor, and change their codes."""

from uuid import UUID

import pytest
from msgspec.structs import replace

from domain.floor.commands import AddTable, ChangeTable, RotateCode
from domain.floor.decider import FLOOR, TABLES_MAX
from domain.floor.errors import FloorIsFull, TableCodeTaken, TableNotFound
from domain.floor.events import TableAdded, TableChanged, TableCodeRotated
from domain.floor.state import Table
from domain.shared.refusals import IdTaken, ValidationFailed
from tests.unit.given import given

WINDOW, TERRACE = UUID(int=1), UUID(int=2)
ADD_WINDOW = AddTable(table_id=WINDOW, code="T1", name="Window")
WINDOW_ADDED = TableAdded(table_id=WINDOW, code="T1", name="Window")
TERRACE_ADDED = TableAdded(table_id=TERRACE, code="T2", name="Terrace")
WINDOW_ROTATED = TableCodeRotated(table_id=WINDOW, code="X7")


def test_a_table_is_put_on_the_floor_and_found_by_its_code() -> None:
    floor = given(FLOOR).when(ADD_WINDOW).then(WINDOW_ADDED)
    assert floor.by_code("T1") == floor.by_id(WINDOW) == Table(table_id=WINDOW, code="T1", name="Window")


def test_two_tables_never_go_by_one_code() -> None:
    refusal = given(FLOOR, WINDOW_ADDED).when(replace(ADD_WINDOW, table_id=TERRACE)).refused(TableCodeTaken)
    assert refusal.code == "TABLE_CODE_TAKEN"


def test_a_table_that_left_the_floor_keeps_its_code() -> None:
    left = TableChanged(table_id=WINDOW, active=False)
    given(FLOOR, WINDOW_ADDED, left).when(replace(ADD_WINDOW, table_id=TERRACE)).refused(TableCodeTaken)


def test_two_tables_never_share_an_id() -> None:
    given(FLOOR, WINDOW_ADDED).when(replace(ADD_WINDOW, code="T2")).refused(IdTaken)


@pytest.mark.parametrize("code", ["", "T 1", "T/1", "Tisch-ä", "T1\n", "x" * 33])
def test_a_code_is_short_and_plain(code: str) -> None:
    for command in (replace(ADD_WINDOW, code=code), RotateCode(table_id=WINDOW, code=code)):
        refusal = given(FLOOR, WINDOW_ADDED).when(command).refused(ValidationFailed)
        assert refusal.details["field"] == "code"


@pytest.mark.parametrize("code", ["a", "T-1_b", "x" * 32])
def test_letters_digits_dashes_and_underscores_make_a_code(code: str) -> None:
    given(FLOOR).when(replace(ADD_WINDOW, code=code)).then(replace(WINDOW_ADDED, code=code))


def test_a_table_without_a_name_is_refused_at_any_time() -> None:
    given(FLOOR).when(replace(ADD_WINDOW, name="  ")).refused(ValidationFailed)
    given(FLOOR, WINDOW_ADDED).when(ChangeTable(table_id=WINDOW, name="")).refused(ValidationFailed)


def test_everything_wrong_with_a_table_is_said_at_once() -> None:
    refusal = given(FLOOR).when(AddTable(table_id=WINDOW, code="", name="")).refused(ValidationFailed)
    assert [fault["field"] for fault in refusal.details["errors"]] == ["code", "name"]


def test_a_floor_has_an_end() -> None:
    crowd = [TableAdded(table_id=UUID(int=n), code=f"C{n}", name="Chair") for n in range(10, 10 + TABLES_MAX)]
    given(FLOOR, *crowd).when(ADD_WINDOW).refused(FloorIsFull)
    given(FLOOR, *crowd[1:]).when(ADD_WINDOW).then(WINDOW_ADDED)


def test_a_table_is_renamed_and_the_others_are_not() -> None:
    floor = (
        given(FLOOR, WINDOW_ADDED, TERRACE_ADDED)
        .when(ChangeTable(table_id=WINDOW, name="Bay window", active=True))
        .then(TableChanged(table_id=WINDOW, name="Bay window"))
    )
    assert [table.name for table in floor.tables] == ["Bay window", "Terrace"]


def test_a_change_that_changes_nothing_is_none() -> None:
    given(FLOOR, WINDOW_ADDED).when(ChangeTable(table_id=WINDOW, name="Window", active=True)).then()
    given(FLOOR, WINDOW_ADDED).when(ChangeTable(table_id=WINDOW)).then()


def test_a_table_off_the_floor_is_not_found_by_its_code_until_it_is_back() -> None:
    gone = given(FLOOR, WINDOW_ADDED).when(ChangeTable(table_id=WINDOW, active=False))
    assert gone.then(TableChanged(table_id=WINDOW, active=False)).by_code("T1") is None
    back = given(FLOOR, WINDOW_ADDED, *gone.events).when(ChangeTable(table_id=WINDOW, active=True))
    assert back.then(TableChanged(table_id=WINDOW, active=True)).by_code("T1") is not None


def test_a_rotated_code_finds_nothing_any_more() -> None:
    floor = given(FLOOR, WINDOW_ADDED).when(RotateCode(table_id=WINDOW, code="X7")).then(WINDOW_ROTATED)
    assert floor.by_code("T1") is None
    assert floor.by_code("X7") == Table(table_id=WINDOW, code="X7", name="Window")


def test_a_code_once_given_up_is_never_given_out_again() -> None:
    past = given(FLOOR, WINDOW_ADDED, TERRACE_ADDED, WINDOW_ROTATED)
    past.when(AddTable(table_id=UUID(int=3), code="T1", name="Bar")).refused(TableCodeTaken)
    past.when(RotateCode(table_id=TERRACE, code="T1")).refused(TableCodeTaken)
    past.when(RotateCode(table_id=WINDOW, code="T1")).refused(TableCodeTaken)


def test_rotating_to_another_tables_code_is_refused() -> None:
    given(FLOOR, WINDOW_ADDED, TERRACE_ADDED).when(RotateCode(table_id=WINDOW, code="T2")).refused(TableCodeTaken)


def test_rotating_to_the_code_it_has_changes_nothing() -> None:
    given(FLOOR, WINDOW_ADDED).when(RotateCode(table_id=WINDOW, code="T1")).then()


def test_a_table_that_is_not_there_is_not_found() -> None:
    for command in (ChangeTable(table_id=TERRACE, name="Bar"), RotateCode(table_id=TERRACE, code="T9")):
        refusal = given(FLOOR, WINDOW_ADDED).when(command).refused(TableNotFound)
        assert refusal.code == "TABLE_NOT_FOUND"


def test_news_of_a_table_that_is_not_there_changes_nothing() -> None:
    strange = (TableChanged(table_id=TERRACE, name="Bar"), TableCodeRotated(table_id=TERRACE, code="T9"))
    assert given(FLOOR, WINDOW_ADDED, *strange).state == given(FLOOR, WINDOW_ADDED).state
