"""Whatever is sent to whatever call: 400 and the field's name, 413 where it is too much, and never a 5xx."""

import json
from collections.abc import AsyncIterator
from typing import Any, Final

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.e2e.edges.operations import Operation, operations, wrong_values
from tests.fixtures.answers import data_of, names, refused
from tests.fixtures.people import Guest

JSON: Final = {"Content-Type": "application/json"}
LIMIT: Final = 262_144

BROKEN: Final = (
    b"{",
    b"}",
    b"nonsense",
    b"{'quantity': 1}",
    b'{"quantity": 1,}',
    b"{} {}",
    b"NaN",
    b"\0",
    b"[" * 5_000,
    b'{"a":' * 5_000,
    b'{"quantity": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    b'{"quantity": 1e999}',
    b'{"surprise": -1e999}',
    b'"\xff\xfe"',
    b'{"\xff": 1}',
    b'{"notes": "\xed\xa0\x80"}',
    b'{"notes": "\\ud800"}',
    b'{"\\ud800": 1}',
    b'{"surprise": "\\u0000"}',
    b'{"notes": "\0"}',
    "{}".encode("utf-16"),
    b"\xef\xbb\xbf{}",
    b"null",
    b"true",
    b"7",
    b'"x"',
    b"[]",
    b"[{}]",
)


@pytest.fixture
async def described(client: httpx.AsyncClient) -> list[Operation]:
    """All calls that the API says it has."""
    return list(operations((await client.get("/schema/openapi.json")).json()))


@pytest.fixture
async def with_body(described: list[Operation]) -> list[Operation]:
    """Those that take a body."""
    found = [each for each in described if each.properties]
    assert len(found) > 20
    return found


@pytest.fixture(autouse=True)
async def nothing_happens(guest: Guest) -> AsyncIterator[None]:
    """Of all that is refused nothing stands in the ledger."""
    before = data_of(await guest.venue.audited("/verify"))
    yield
    assert data_of(await guest.venue.audited("/verify")) == before


@pytest.mark.contract("shapes/validation", "shapes/no-leak", "shapes/problem")
async def test_a_broken_body_is_a_400_everywhere(
    guest: Guest, with_body: list[Operation], subtests: pytest.Subtests
) -> None:
    for operation in with_body:
        with subtests.test(operation.name):
            for raw in BROKEN:
                answer = await operation.made(guest, content=raw, headers=JSON)
                problem = refused(answer, 400, "VALIDATION_ERROR")
                assert problem["message"], raw[:40]


@pytest.mark.contract("shapes/validation", "shapes/integers", "shapes/malformed-id")
async def test_a_field_of_the_wrong_type_is_a_400_with_its_name_everywhere(
    guest: Guest, with_body: list[Operation], subtests: pytest.Subtests
) -> None:
    tried = 0
    for operation in with_body:
        with subtests.test(operation.name):
            for field, schema in operation.properties.items():
                for value in wrong_values(schema):
                    tried += 1
                    answer = await operation.made(guest, json={**operation.body(), field: value})
                    assert names(refused(answer, 400, "VALIDATION_ERROR"), field), value
    assert tried > 500


@pytest.mark.contract("shapes/validation")
async def test_a_field_that_is_missing_or_unknown_is_a_400_with_its_name_everywhere(
    guest: Guest, with_body: list[Operation], subtests: pytest.Subtests
) -> None:
    for operation in with_body:
        with subtests.test(operation.name):
            for field in operation.required:
                body = {name: value for name, value in operation.body().items() if name != field}
                assert names(refused(await operation.made(guest, json=body), 400, "VALIDATION_ERROR"), field)
            body = {**operation.body(), "surprise": 1}
            assert names(refused(await operation.made(guest, json=body), 400, "VALIDATION_ERROR"), "surprise")


@pytest.mark.contract("shapes/validation")
async def test_half_a_character_is_a_400_with_its_field_everywhere(
    guest: Guest, with_body: list[Operation], subtests: pytest.Subtests
) -> None:
    for operation in with_body:
        texts = [field for field, schema in operation.properties.items() if "string" in json.dumps(schema)]
        with subtests.test(operation.name):
            for field in texts:
                raw = json.dumps({**operation.body(), field: "a\ud800b"}).encode()
                answer = await operation.made(guest, content=raw, headers=JSON)
                assert names(refused(answer, 400, "VALIDATION_ERROR"), field)


@pytest.mark.contract("limits/body")
async def test_a_body_that_is_too_long_is_a_413_announced_or_in_chunks(
    guest: Guest, with_body: list[Operation], subtests: pytest.Subtests
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(LIMIT // 1024):
            yield b" " * 1024
        yield b" "

    for operation in with_body:
        with subtests.test(operation.name):
            refused(await operation.made(guest, content=b" " * (LIMIT + 1), headers=JSON), 413, "PAYLOAD_TOO_LARGE")
            refused(await operation.made(guest, content=chunks(), headers=JSON), 413, "PAYLOAD_TOO_LARGE")


@pytest.mark.contract("limits/body")
async def test_a_body_of_just_256_kib_is_read(guest: Guest) -> None:
    raw = b'{"surprise": 1}'.ljust(LIMIT)
    answer = await guest.client.post("/api/v1/cart/items", content=raw, headers={**JSON, **guest.headers})
    refused(answer, 400, "VALIDATION_ERROR")


@pytest.mark.contract("shapes/validation")
async def test_a_body_of_another_kind_is_a_415_everywhere(
    guest: Guest, with_body: list[Operation], subtests: pytest.Subtests
) -> None:
    for operation in with_body:
        with subtests.test(operation.name):
            for kind in ("text/plain", "application/xml", "multipart/form-data; boundary=x"):
                answer = await operation.made(guest, content=b"{}", headers={"Content-Type": kind})
                refused(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


ANYTHING: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(["x", 1, ""]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)


@pytest.mark.contract("shapes/no-leak")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_whatever_is_sent_nothing_breaks(guest: Guest, with_body: list[Operation], data: st.DataObject) -> None:
    operation = data.draw(st.sampled_from(with_body))
    field: Any = data.draw(st.sampled_from(sorted(operation.properties)))
    body = {**operation.body(), field: data.draw(ANYTHING), "surprise": 1}
    refused(await operation.made(guest, content=json.dumps(body).encode(), headers=JSON), 400, "VALIDATION_ERROR")
