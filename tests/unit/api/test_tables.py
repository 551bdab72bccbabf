"""The edge's tables say what is so: every route has its row, and every refusal a status."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

import application
import domain
from api.access import MOVES, ROUTES
from api.app import framework
from api.callers import PREFIX
from api.meters import Meters
from api.openapi import PARAMETER
from api.problems import BY_CODE, PROBLEMS, problem_body, status_of
from domain.order.state import Status
from domain.roster.events import Role
from domain.shared.refusals import Conflicting, Missing, Refusal, Refused
from infrastructure.settings import Settings


@pytest.fixture(scope="module")
def app() -> Litestar:
    settings = Settings(database_url="postgresql://nobody@127.0.0.1:1/none", jwt_secret="s" * 32)
    return framework(settings, log=print, meters=Meters())


@pytest.fixture(scope="module")
def document(app: Litestar) -> Any:  # noqa: ANN401 - JSON
    return msgspec.json.decode(app.state["openapi_document"])


def template(path: str) -> str:
    return PARAMETER.sub(r"{\g<name>}", path).removeprefix(PREFIX)


def refusals(of: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for refusal in of.__subclasses__():
        yield refusal
        yield from refusals(refusal)


def test_every_route_has_a_row_and_every_row_a_route(app: Litestar) -> None:
    there = {
        f"{method} {template(route.path)}"
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods
        if method != "OPTIONS"
    }
    assert there == set(ROUTES)


def test_every_refusal_of_the_house_has_a_status() -> None:
    for package in (domain, application):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    codes = {refusal.code for refusal in refusals() if refusal not in {Missing, Refused, Conflicting}}
    assert codes - set(BY_CODE) == set()


def test_no_code_stands_in_the_table_twice() -> None:
    assert len(BY_CODE) == len(PROBLEMS)


def test_a_code_that_nobody_knows_is_our_own_mistake() -> None:
    assert status_of("SURPRISE") == 500


def test_details_never_overwrite_what_the_shape_says() -> None:
    body = msgspec.json.decode(problem_body("CART_EMPTY", "Empty.", "r1", details={"status": 200, "hint": "add"}))
    assert (body["status"], body["hint"], body["error"]) == (400, "add", "CART_EMPTY")


def test_the_kitchen_moves_orders_only_from_the_stove_to_the_pass() -> None:
    allowed = {status for status, access in MOVES.items() if Role.KITCHEN in access.roles}
    assert allowed == {"preparing", "ready", "completed"}
    assert set(MOVES) == set(Status) - {Status.NEW}


def test_an_auditor_may_call_nothing_that_changes_anything() -> None:
    changing = [
        route for route, access in ROUTES.items() if Role.AUDITOR in access.roles and not route.startswith("GET ")
    ]
    assert changing == []


def test_the_document_has_an_example_for_every_code(document: Any) -> None:  # noqa: ANN401 - JSON
    assert set(document["components"]["examples"]) == set(BY_CODE)
    assert document["openapi"].startswith("3.1")


def test_every_reference_in_the_document_leads_somewhere(document: Any) -> None:  # noqa: ANN401 - JSON
    def references(value: object) -> Iterator[str]:
        match value:
            case {"$ref": str(reference)}:
                yield reference
            case dict():
                for inner in value.values():
                    yield from references(inner)
            case list():
                for inner in value:
                    yield from references(inner)
            case _:
                pass

    for reference in set(references(document)):
        place = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
        assert place


def test_every_operation_of_the_document_has_a_name_of_its_own(document: Any) -> None:  # noqa: ANN401 - JSON
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names))
    assert all(operation["summary"] for path in document["paths"].values() for operation in path.values())


def test_the_page_loads_nothing_from_anywhere(app: Litestar) -> None:
    page: bytes = app.state["openapi_page"]
    assert b"http://" not in page
    assert b"https://" not in page
    assert b"<script" not in page
