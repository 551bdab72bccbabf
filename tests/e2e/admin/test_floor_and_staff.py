"""Tables with their codes, and the people who work at a venue."""

from typing import Any, Final
from uuid import uuid4
from xml.etree import ElementTree as ET

import httpx
import pytest

from domain.roster.events import Role
from tests.fixtures.answers import data_of, names, refused
from tests.fixtures.people import API, Json, Venue

STRONG: Final = "Better-Horse-1234"


@pytest.mark.contract("admin/tables", "session/open")
async def test_a_table_is_added_renamed_and_taken_off_the_floor(venue: Venue) -> None:
    added = data_of(await venue.ask(Role.FLOOR, "POST", "/tables", {"name": "Terrace 1", "code": "TERR1"}), 201)
    assert (added["name"], added["code"], added["active"]) == ("Terrace 1", "TERR1", True)
    renamed = data_of(await venue.ask(Role.FLOOR, "PATCH", "/tables/TERR1", {"name": "Terrasse"}))
    assert (renamed["id"], renamed["name"]) == (added["id"], "Terrasse")
    assert (await venue.guest("TERR1")).session["table"]["name"] == "Terrasse"
    data_of(await venue.ask(Role.FLOOR, "PATCH", "/tables/TERR1", {"active": False}))
    tables = data_of(await venue.ask(Role.KITCHEN, "GET", "/tables"))
    assert [(table["code"], table["active"]) for table in tables] == [
        ("T1", True),
        ("T2", True),
        ("T3", True),
        ("TERR1", False),
    ]
    data_of(await venue.ask(Role.FLOOR, "PATCH", "/tables/TERR1", {"active": True}))
    await venue.guest("TERR1")


@pytest.mark.contract("admin/tables")
async def test_a_table_without_a_code_is_given_one(venue: Venue) -> None:
    added = [data_of(await venue.ask(Role.FLOOR, "POST", "/tables", {"name": "Bar"}), 201) for _ in range(3)]
    assert len({table["code"] for table in added}) == 3
    await venue.guest(added[0]["code"])


@pytest.mark.contract("admin/tables", "session/rotated")
async def test_a_code_belongs_to_one_table_for_ever(venue: Venue) -> None:
    refused(await venue.ask(Role.FLOOR, "POST", "/tables", {"name": "x", "code": "T1"}), 409, "TABLE_CODE_TAKEN")
    new = data_of(await venue.ask(Role.FLOOR, "POST", "/tables/T1/rotate"))["code"]
    assert new != "T1"
    refused(await venue.ask(Role.FLOOR, "POST", "/tables", {"name": "x", "code": "T1"}), 409, "TABLE_CODE_TAKEN")
    refused(await venue.ask(Role.FLOOR, "POST", "/tables/T1/rotate"), 404, "TABLE_NOT_FOUND")


@pytest.mark.contract("admin/tables")
async def test_a_code_is_printed_as_a_picture_without_anything_that_runs(venue: Venue) -> None:
    answer = await venue.ask(Role.FLOOR, "GET", "/tables/T1/qr.svg")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert ET.fromstring(answer.text).tag.endswith("svg")  # noqa: S314 - the picture is our own
    assert "<script" not in answer.text
    refused(await venue.ask(Role.FLOOR, "GET", "/tables/T99/qr.svg"), 404, "TABLE_NOT_FOUND")


@pytest.mark.contract("admin/tables", "shapes/validation")
async def test_a_wrong_field_of_a_table_is_refused_by_name(venue: Venue, subtests: pytest.Subtests) -> None:
    no_text: tuple[Any, ...] = ("", " \t", 7, True, [], {}, "a\0b", "x" * 201)
    for field in ("name", "code"):
        for value in no_text:
            with subtests.test(field=field, value=str(value)[:30]):
                answer = await venue.ask(Role.FLOOR, "POST", "/tables", {"name": "x", "code": "NEW", field: value})
                assert names(refused(answer, 400, "VALIDATION_ERROR"), field)
    actives: tuple[Any, ...] = ("yes", 1, None, [])
    for value in actives:
        with subtests.test(active=value):
            answer = await venue.ask(Role.FLOOR, "PATCH", "/tables/T1", {"active": value})
            assert names(refused(answer, 400, "VALIDATION_ERROR"), "active")
    for code in ("T99", "%00", "🍤"):
        refused(await venue.ask(Role.FLOOR, "PATCH", f"/tables/{code}", {"name": "x"}), 404, "TABLE_NOT_FOUND")
    assert len(data_of(await venue.ask(Role.FLOOR, "GET", "/tables"))) == 3


def newcomer(venue: Venue, **other: Any) -> Json:  # noqa: ANN401 - JSON
    return {"email": f"new@{venue.slug}.example", "name": "Nia New", "password": STRONG, "role": "floor", **other}


@pytest.mark.contract("admin/staff", "auth/login")
async def test_somebody_is_hired_and_logs_in(client: httpx.AsyncClient, venue: Venue) -> None:
    hired = data_of(await venue.ask(Role.MANAGER, "POST", "/staff", newcomer(venue)), 201)
    assert (hired["email"], hired["name"], hired["role"]) == (f"new@{venue.slug}.example", "Nia New", "floor")
    body = {"email": f"NEW@{venue.slug}.example", "password": STRONG}
    login = data_of(await client.post(f"{API}/auth/login", json=body))
    assert login["user"]["roles"] == [{"venue": venue.slug, "role": "floor"}]
    headers = {"Authorization": f"Bearer {login['access_token']}"}
    data_of(await client.get(f"{venue.admin}/orders", headers=headers))
    staff = data_of(await venue.ask(Role.MANAGER, "GET", "/staff"))
    assert sorted(each["role"] for each in staff) == ["auditor", "floor", "floor", "kitchen", "manager"]


@pytest.mark.contract("admin/staff")
async def test_somebody_gets_another_role_with_the_next_call(venue: Venue) -> None:
    staff = data_of(await venue.ask(Role.MANAGER, "GET", "/staff"))
    [cook] = [each for each in staff if each["role"] == "kitchen"]
    data_of(await venue.ask(Role.MANAGER, "PATCH", f"/staff/{cook['id']}", {"role": "auditor"}))
    headers = await venue.headers(Role.KITCHEN)
    data_of(await venue.client.get(f"{venue.audit}/events", headers=headers))
    me = data_of(await venue.client.get(f"{API}/auth/me", headers=headers))
    assert me["roles"] == [{"venue": venue.slug, "role": "auditor"}]


@pytest.mark.contract("admin/staff")
async def test_a_venue_keeps_a_manager(venue: Venue) -> None:
    staff = data_of(await venue.ask(Role.MANAGER, "GET", "/staff"))
    [manager] = [each for each in staff if each["role"] == "manager"]
    for role in (None, "floor"):
        answer = await venue.ask(Role.MANAGER, "PATCH", f"/staff/{manager['id']}", {"role": role})
        refused(answer, 409, "LAST_MANAGER")


@pytest.mark.contract("admin/staff", "shapes/malformed-id")
async def test_nobody_who_does_not_work_here_gets_a_role(venue: Venue) -> None:
    for account in (str(uuid4()), "nonsense", "%00"):
        answer = await venue.ask(Role.MANAGER, "PATCH", f"/staff/{account}", {"role": "floor"})
        refused(answer, 404, "STAFF_NOT_FOUND")


@pytest.mark.contract("admin/staff", "shapes/validation")
async def test_a_wrong_field_of_a_newcomer_is_refused_by_name(venue: Venue, subtests: pytest.Subtests) -> None:
    wrong: dict[str, tuple[Any, ...]] = {
        "email": ("", "nobody", "a@", "@b", "a b@c", "a@b\0", 7, None, True, [], "x" * 300 + "@y"),
        "name": ("", "  ", 7, None, True, [], "a\0b", "x" * 201),
        "password": ("", "short", "x" * 201, 7, None, [], "a\0" + STRONG),
        "role": ("", "owner", "Manager", 7, None, True, []),
        "surprise": (1,),
    }
    for field, values in wrong.items():
        for value in values:
            with subtests.test(field=field, value=str(value)[:30]):
                answer = await venue.ask(Role.MANAGER, "POST", "/staff", newcomer(venue, **{field: value}))
                problem = refused(answer, 400, "VALIDATION_ERROR")
                assert names(problem, field)
                assert STRONG not in answer.text
    assert len(data_of(await venue.ask(Role.MANAGER, "GET", "/staff"))) == 4
