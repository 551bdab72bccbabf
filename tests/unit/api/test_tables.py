"""The edge's tables say what is so: every route has its row, and every refusal a status."""

import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from shutil import which
from subprocess import run
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
from api.problems import BY_CODE, PROBLEMS, headers_of, problem_body, status_of
from api.sentences import EMAIL, NO_NUL, NOT_BLANK, TIME_OF_DAY
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


def found_under(name: str, value: object) -> Iterator[object]:
    """Whatever stands under that name, however deep."""
    match value:
        case dict():
            for key, inner in value.items():
                if key == name:
                    yield inner
                yield from found_under(name, inner)
        case list():
            for inner in value:
                yield from found_under(name, inner)
        case _:
            pass


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


def test_the_document_has_an_example_for_every_code_that_a_client_can_bring_about(
    document: Any,  # noqa: ANN401 - JSON
) -> None:
    published = {problem.code for problem in PROBLEMS if problem.published}
    assert set(document["components"]["examples"]) == published
    assert set(document["components"]["schemas"]["Problem"]["properties"]["error"]["enum"]) == published
    assert {"ID_TAKEN", "ACCOUNT_EXISTS"}.isdisjoint(published)
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


def test_every_pattern_of_the_document_is_one_for_ecma_262_too(document: Any) -> None:  # noqa: ANN401 - JSON
    patterns = {pattern for pattern in found_under("pattern", document) if isinstance(pattern, str)}
    assert patterns == {NO_NUL, NOT_BLANK, EMAIL, TIME_OF_DAY}
    assert not [pattern for pattern in patterns if re.search(r"\\[AZz]|\(\?P|\(\?<!|\(\?[aiLmsux]", pattern)]
    assert all(re.search(pattern, "abc") for pattern in (NO_NUL, NOT_BLANK))
    assert all(re.search(pattern, "abc\n") and not re.search(pattern, "a\0") for pattern in (NO_NUL, NOT_BLANK))
    assert not re.search(NOT_BLANK, " \n")


@pytest.mark.skipif(which("node") is None, reason="needs node, to ask another language")
def test_every_pattern_of_the_document_means_the_same_to_javascript(document: Any) -> None:  # noqa: ANN401 - JSON
    patterns = sorted({pattern for pattern in found_under("pattern", document) if isinstance(pattern, str)})
    texts = ["abc", "", " ", "a\n", "a\0", "\0", "a@b", "a@b\n", "a b@c", "09:30", "24:00", "24:01", "09:30\n"]
    program = "const [p, t] = JSON.parse(process.argv[1]);"
    program += "console.log(JSON.stringify(p.map(p => t.map(t => new RegExp(p, 'u').test(t)))))"
    asked = msgspec.json.encode([patterns, texts]).decode()
    said = run([str(which("node")), "-e", program, asked], check=True, capture_output=True, timeout=30).stdout
    assert msgspec.json.decode(said) == [[bool(re.search(each, text)) for text in texts] for each in patterns]


def test_bounds_that_a_rule_judges_are_told_like_any_other(document: Any) -> None:  # noqa: ANN401 - JSON
    shapes = document["components"]["schemas"]
    assert shapes["CardOffered"]["properties"]["amount"]["anyOf"][0]["minimum"] == 1
    assert shapes["SettingsWanted"]["properties"]["session_ttl_seconds"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 604_800,
    }
    assert "whole day" in shapes["Span"]["description"]


def operation(document: Any, route: str) -> Any:  # noqa: ANN401 - JSON
    method, _, path = route.partition(" ")
    return document["paths"][path if path.startswith("/schema") else PREFIX + path][method.lower()]


def test_a_replay_is_told_of_wherever_a_key_is_taken(document: Any) -> None:  # noqa: ANN401 - JSON
    placing = operation(document, "POST /orders")
    assert "Idempotent-Replayed" in placing["responses"]["200"]["headers"]
    assert "Idempotent-Replayed" not in placing["responses"]["201"]["headers"]
    assert [each["name"] for each in placing["parameters"]] == ["Idempotency-Key", "X-Idempotency-Key"]
    assert "Idempotent-Replayed" in operation(document, "DELETE /cart")["responses"]["200"]["headers"]
    for route in ("POST /auth/login", "POST /venues/{slug}/session"):
        assert "Idempotency-Key" not in str(operation(document, route)["parameters"])


def test_what_an_answer_is_beside_a_success_is_described(document: Any) -> None:  # noqa: ANN401 - JSON
    assert operation(document, "GET /venues/{slug}/menu")["responses"]["304"]["headers"].keys() >= {"ETag"}
    assert "Retry-After" in operation(document, "GET /audit/venues/{slug}/verify")["responses"]["202"]["headers"]
    assert "Retry-After" in operation(document, "POST /orders")["responses"]["409"]["headers"]
    assert [each["name"] for each in operation(document, "GET /orders")["parameters"]] == ["after", "cursor", "limit"]
    refunds = operation(document, "POST /admin/venues/{slug}/orders/{order_id}/refunds")
    assert "402" not in refunds["responses"]
    assert "Ledger-Position" not in operation(document, "POST /auth/login")["responses"]["200"]["headers"]


@pytest.mark.parametrize(
    ("route", "media_type"),
    [
        ("GET /schema", "text/html"),
        ("GET /schema/openapi.json", "application/json"),
        ("GET /admin/venues/{slug}/tables/{code}/qr.svg", "image/svg+xml"),
    ],
)
def test_an_answer_that_is_no_data_has_its_media_type(
    document: Any,  # noqa: ANN401 - JSON
    route: str,
    media_type: str,
) -> None:
    assert list(operation(document, route)["responses"]["200"]["content"]) == [media_type]


def test_examples_say_what_clients_may_read(document: Any) -> None:  # noqa: ANN401 - JSON
    examples = {code: each["value"] for code, each in document["components"]["examples"].items()}
    assert examples["PRICE_CHANGED"].keys() >= {"old_total", "new_total", "cart_version"}
    assert examples["PAYMENT_DECLINED"]["decline_code"] == "insufficient_funds"
    assert examples["VALIDATION_ERROR"]["errors"][0]["message"] == examples["VALIDATION_ERROR"]["message"]
    for code in ("IDEMPOTENCY_IN_PROGRESS", "PAYMENT_GATEWAY_UNAVAILABLE", "RATE_LIMITED"):
        assert str(examples[code]["retry_after_s"]) == headers_of(code, status_of(code), examples[code])["Retry-After"]


def test_when_to_come_back_is_the_same_in_header_and_body() -> None:
    assert headers_of("PAYMENT_GATEWAY_UNAVAILABLE", 503, {"retry_after_s": 7})["Retry-After"] == "7"
    assert headers_of("SERVICE_UNAVAILABLE", 503)["Retry-After"] == "1"
    assert "Retry-After" not in headers_of("CART_EMPTY", 400)


def test_the_page_shows_a_body_field_by_field(app: Litestar) -> None:
    page = app.state["openapi_page"].decode()
    assert '<a href="#shape-DishWanted">DishWanted</a>' in page
    assert 'id="shape-DishWanted"' in page
    assert "<td><code>quantity</code></td><td>needed; integer, from 1, to 1000000000</td>" in page
    assert set(re.findall(r'href="#shape-(\w+)"', page)) <= set(re.findall(r'id="shape-(\w+)"', page))


def test_the_page_loads_nothing_from_anywhere(app: Litestar) -> None:
    page: bytes = app.state["openapi_page"]
    assert b"http://" not in page
    assert b"https://" not in page
    assert b"<script" not in page
