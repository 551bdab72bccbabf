"""Whatever a gateway, a proxy or an enemy answers: the client never raises and never takes it for an approval."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json

from application.gateway import Approved, Declined, Doubt, Found, NotFound, Unknown, Voided
from infrastructure.gateway.judging import Response, judge_charge, judge_look_up, judge_refund, judge_void
from infrastructure.gateway.powertranz import Credentials, PowerTranz
from tests.integration.gateway.conftest import CREDENTIALS, Simulator, a_charge, a_refund

CHARGE = a_charge(
    transaction_id=UUID("11111111-2222-4333-8444-555555555555"), order_id=UUID("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee")
)
REFUND = a_refund(CHARGE, transaction_id=UUID("99999999-2222-4333-8444-555555555555"))
APPROVAL: dict[str, Any] = {
    "TransactionType": 2,
    "Approved": True,
    "IsoResponseCode": "00",
    "ResponseMessage": "Approved",
    "TransactionIdentifier": str(CHARGE.transaction_id),
    "TotalAmount": 12.99,
    "CurrencyCode": "044",
    "AuthorizationCode": "123456",
    "RRN": "000000000001",
    "OrderIdentifier": str(CHARGE.order_id),
}
MATTERS = [
    "TransactionType", "Approved", "IsoResponseCode", "TransactionIdentifier", "TotalAmount", "CurrencyCode",
    "OrderIdentifier",
]  # fmt: skip

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


def judged(body: bytes, status: int = 200) -> object:
    return judge_charge(CHARGE, Response(status=status, body=body))


def test_the_answer_that_all_these_tests_spoil_is_an_approval() -> None:
    assert judged(json.encode(APPROVAL)) == Approved(authorization_code="123456", rrn="000000000001", amount_minor=1299)


@given(name=st.sampled_from(MATTERS), value=anything)
def test_no_approval_survives_a_change_in_any_field_that_matters(name: str, value: object) -> None:
    if type(value) is type(APPROVAL[name]) and value == APPROVAL[name]:
        return
    assert not isinstance(judged(json.encode(APPROVAL | {name: value})), Approved)


@pytest.mark.parametrize("name", MATTERS)
def test_no_approval_survives_the_lack_of_a_field_that_matters(name: str) -> None:
    assert isinstance(judged(json.encode({key: APPROVAL[key] for key in APPROVAL if key != name})), Unknown)


@pytest.mark.parametrize(
    "spoiled",
    [
        {"Approved": "true"},
        {"Approved": 1},
        {"Approved": False},
        {"IsoResponseCode": "10"},
        {"IsoResponseCode": "0"},
        {"IsoResponseCode": 0},
        {"TotalAmount": 12.98},
        {"TotalAmount": 1299},
        {"TotalAmount": "sNaN"},
        {"TotalAmount": "Infinity"},
        {"TotalAmount": 12.990000001},
        {"CurrencyCode": "840"},
        {"TransactionIdentifier": str(REFUND.transaction_id)},
        {"TransactionIdentifier": "{" + str(CHARGE.transaction_id) + "}"},
        {"OrderIdentifier": str(CHARGE.transaction_id)},
        {"TransactionType": 1},
        {"AuthorizationCode": "x" * 1000},
        {"RRN": "a\nb"},
    ],
)
def test_an_approval_that_is_not_quite_ours_is_unknown(spoiled: dict[str, Any]) -> None:
    assert isinstance(judged(json.encode(APPROVAL | spoiled)), Unknown)


@given(cut=st.integers(min_value=0, max_value=len(json.encode(APPROVAL)) - 1))
def test_a_truncated_approval_is_unknown(cut: int) -> None:
    assert isinstance(judged(json.encode(APPROVAL)[:cut]), Unknown)


@given(status=st.integers(min_value=100, max_value=599).filter(lambda status: status != 200))
def test_an_approval_with_another_status_than_200_is_unknown(status: int) -> None:
    assert isinstance(judged(json.encode(APPROVAL), status), Unknown)


@given(
    body=st.binary()
    | anything.map(json.encode)
    | st.dictionaries(st.sampled_from(list(APPROVAL)), anything).map(json.encode)
)
def test_garbage_is_unknown_to_every_judge(body: bytes) -> None:
    for status in (200, 404):
        response = Response(status=status, body=body)
        assert isinstance(judge_charge(CHARGE, response), Unknown)
        assert isinstance(judge_refund(REFUND, response), Unknown)
        assert isinstance(judge_void(CHARGE.transaction_id, response), Unknown)
        assert isinstance(judge_look_up(CHARGE.transaction_id, response), Unknown)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>502</html>", b"null", b"NaN", b'{"TotalAmount": NaN}', b'{"TotalAmount": 1e999999999}', b"[" * 100_000,
        b'{"x":' * 100_000, b'{"ResponseMessage": "\\ud800"}', b"\xff\xfe{", b"",
    ],
)  # fmt: skip
def test_bodies_that_break_parsers_are_unknown(body: bytes) -> None:
    assert isinstance(judged(body), Unknown)


def test_an_amount_of_astronomical_size_is_unknown_and_costs_nothing() -> None:
    body = json.encode(APPROVAL).replace(b"12.99", b"1e999999999")
    assert judged(body) == Unknown(reason=Doubt.MISMATCH, detail="TotalAmount")
    assert isinstance(judge_look_up(CHARGE.transaction_id, Response(status=200, body=body)), Unknown)


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("51", "insufficient_funds"),
        ("54", "expired_card"),
        ("05", "do_not_honor"),
        ("14", "invalid_card"),
        ("43", "stolen_card"),
        ("N7", "incorrect_cvv"),
        ("Q9", "declined"),
    ],
)
def test_a_refusal_gets_a_word_of_ours(code: str, word: str) -> None:
    outcome = judged(json.encode(APPROVAL | {"Approved": False, "IsoResponseCode": code}))
    assert isinstance(outcome, Declined)
    assert outcome.decline_code == word


@pytest.mark.parametrize("code", ["00", "10", "09", "68", "94", "96", "", "SP4", "5\n", "\u0665\u0661"])
def test_a_refusal_with_a_code_in_doubt_is_unknown(code: str) -> None:
    assert isinstance(judged(json.encode(APPROVAL | {"Approved": False, "IsoResponseCode": code})), Unknown)


def test_a_message_with_a_card_number_or_line_breaks_is_made_harmless() -> None:
    refused = APPROVAL | {"Approved": False, "IsoResponseCode": "05"}
    told = judged(json.encode(refused | {"ResponseMessage": "Card 4111 1111 1111 1111 refused"}))
    broken = judged(json.encode(refused | {"ResponseMessage": "no\r\nX-Evil: 1\x00" + "x" * 1000}))
    assert isinstance(told, Declined)
    assert isinstance(broken, Declined)
    assert told.message == ""
    assert broken.message.startswith("noX-Evil: 1x")
    assert len(broken.message) <= 200


def test_a_failure_on_the_way_is_final_once_it_stands_in_the_record() -> None:
    record = APPROVAL | {"Approved": False, "IsoResponseCode": "96"}
    found = judge_look_up(CHARGE.transaction_id, Response(status=200, body=json.encode(record)))
    assert isinstance(found, Found)
    assert isinstance(found.outcome, Declined)


def test_not_found_needs_the_gateways_own_word_about_our_identifier() -> None:
    ours = {"Approved": False, "IsoResponseCode": "25", "TransactionIdentifier": str(CHARGE.transaction_id)}
    anothers = ours | {"TransactionIdentifier": str(REFUND.transaction_id)}

    def looked_up(body: object) -> object:
        return judge_look_up(CHARGE.transaction_id, Response(status=404, body=json.encode(body)))

    assert looked_up(ours) == NotFound()
    assert isinstance(looked_up(anothers), Unknown)
    assert isinstance(looked_up({}), Unknown)
    assert isinstance(looked_up(APPROVAL), Unknown)


def test_a_void_under_a_number_of_the_gateways_own_is_known_by_its_original() -> None:
    answer = {
        "TransactionType": 4,
        "Approved": True,
        "IsoResponseCode": "00",
        "TransactionIdentifier": str(REFUND.transaction_id),
        "OriginalTrxnIdentifier": str(CHARGE.transaction_id),
    }
    voided = judge_void(CHARGE.transaction_id, Response(status=200, body=json.encode(answer)))
    other = judge_void(REFUND.transaction_id, Response(status=200, body=json.encode(answer)))
    assert voided == Voided()
    assert isinstance(other, Unknown)


@asynccontextmanager
async def answering(answer: bytes, *, then: Callable[[asyncio.StreamWriter], None]) -> AsyncIterator[PowerTranz]:
    """A client whose gateway sends these very bytes to every request, and then does this to the connection."""

    async def answer_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        writer.write(answer)
        then(writer)

    server = await asyncio.start_server(answer_one, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        async with PowerTranz(f"http://127.0.0.1:{port}", CREDENTIALS, timeout_s=0.5) as gateway:
            yield gateway
    finally:
        server.close()


def close(writer: asyncio.StreamWriter) -> None:
    writer.close()


def cut(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


def with_length(body: bytes, status: str = "200 OK", length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\n\r\n".encode() + body


WIRE: dict[str, bytes] = {
    "nothing": b"",
    "not http": b"hello\r\n\r\n",
    "half a status line": b"HTTP/1.",
    "half a body": with_length(json.encode(APPROVAL)[:50], length=500),
    "all but the last byte": with_length(json.encode(APPROVAL), length=len(json.encode(APPROVAL)) + 1),
    "a huge body": with_length(b" " * 1_000_000),
    "an approval after a huge blank": with_length(b" " * 100_000 + json.encode(APPROVAL)),
    "a body said to be gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
    "a broken chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a header without end": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000,
    "header bytes out of place": b"HTTP/1.1 200 OK\r\n\x00\xff: \x01\r\nSet-Cookie: \xff\xff=;;;\r\n\r\n",
    "a negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
    "a redirect": with_length(b"", "302 Found\r\nLocation: http://127.0.0.1:1/api/sale"),
    "unauthorized": with_length(b"{}", "401 Unauthorized"),
    "only a 100": b"HTTP/1.1 100 Continue\r\n\r\n",
}


@pytest.mark.parametrize("name", WIRE)
@pytest.mark.parametrize("then", [close, cut])
async def test_bytes_that_are_no_proper_answer_are_unknown(
    name: str, then: Callable[[asyncio.StreamWriter], None]
) -> None:
    async with answering(WIRE[name], then=then) as gateway:
        assert isinstance(await gateway.charge(CHARGE), Unknown)
        assert isinstance(await gateway.look_up(CHARGE.transaction_id), Unknown)


async def test_an_approval_in_proper_http_is_one_even_from_a_bare_socket() -> None:
    async with answering(with_length(json.encode(APPROVAL)), then=close) as gateway:
        assert isinstance(await gateway.charge(CHARGE), Approved)


async def test_a_redirect_is_not_followed_and_takes_neither_password_nor_charge_along(simulator: Simulator) -> None:
    elsewhere = with_length(b"", f"307 Temporary Redirect\r\nLocation: {simulator.url}/api/sale")
    async with answering(elsewhere, then=close) as gateway:
        assert await gateway.charge(CHARGE) == Unknown(reason=Doubt.HTTP_STATUS, detail="307")
    assert await simulator.charges(CHARGE.order_id) == []


def test_neither_the_password_nor_a_token_shows_when_printed() -> None:
    assert "secret" not in f"{CREDENTIALS!r} {CREDENTIALS}"
    assert "tok_visa" not in f"{CHARGE!r} {CHARGE}"


@pytest.mark.parametrize("address", ["http://gateway.example", "ftp://127.0.0.1", "127.0.0.1:8001", ""])
def test_a_password_is_never_sent_in_clear_to_another_machine(address: str) -> None:
    with pytest.raises(ValueError, match="https"):
        PowerTranz(address, Credentials(powertranz_id="m", password="p"), timeout_s=1)
