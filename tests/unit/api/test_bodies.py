"""What the edge makes of a body: a checked struct, or a sentence that names the field."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.bodies import Shape, decoded
from api.carts import DishWanted
from api.menu_editing import SoldOut
from api.orders import CardOffered, OrderWanted
from api.problems import Failure
from api.staff import Newcomer
from api.staff_orders import CashTaken, MoveWanted
from api.venue_settings import SettingsWanted
from tests.fixtures.strategies import HOSTILE_TEXTS, NOT_A_QUANTITY

ITEM = "6a1f0f0e-3f5b-5c0e-9d43-5d2f7a1c8e10"


def dish(**more: Any) -> bytes:  # noqa: ANN401 - JSON
    return msgspec.json.encode({"menu_item_id": ITEM, "quantity": 1, **more})


def refusal_of(raw: bytes) -> Failure:
    with pytest.raises(Failure) as refused:
        decoded(raw, DishWanted)
    assert refused.value.code == "VALIDATION_ERROR"
    return refused.value


def test_a_whole_body_is_a_struct() -> None:
    assert decoded(dish(quantity=3), DishWanted).quantity == 3


@pytest.mark.parametrize("quantity", [*NOT_A_QUANTITY, 10**9 + 1, "", "1", [1], {"a": 1}, float(2)])
def test_what_is_no_quantity_is_refused_by_name(quantity: Any) -> None:  # noqa: ANN401 - JSON
    raw = f'{{"menu_item_id": "{ITEM}", "quantity": '.encode() + msgspec.json.encode(quantity) + b"}"
    assert "quantity" in refusal_of(raw).message


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b"[]", "body"),
        (b"null", "body"),
        (b'"text"', "body"),
        (b"[" * 5_000, "body"),
        (dish()[:-1] + b',"x":' + b"[" * 5_000 + b"]" * 5_000 + b"}", "x"),
        (dish()[:-1] + b',"quantity":1e999}', "quantity"),
        (dish()[:-1] + b',"notes":"\xff"}', "body"),
        (dish()[:-1] + b',"notes":"\\ud800"}', "notes"),
        (dish()[:-1] + b',"options":["\\udc00"]}', "options[0]"),
        (dish()[:-1] + b',"notes":"a\\u0000b"}', "notes"),
        (dish()[:-1] + b"} {}", "body"),
        (dish(surprise=1), "surprise"),
        (dish(menu_item_id="not-an-id"), "menu_item_id"),
        (dish(menu_item_id=None), "menu_item_id"),
        (dish(notes="x" * 10_001), "notes"),
        (dish(options=["a"]), "options[0]"),
        (dish(options="a"), "options"),
        (dish(idempotency_key=" "), "idempotency_key"),
        (dish(idempotency_key="k" * 256), "idempotency_key"),
        (dish(idempotency_key=7), "idempotency_key"),
    ],
)
def test_a_broken_body_is_refused_and_the_field_is_named(raw: bytes, named: str) -> None:
    assert named in refusal_of(raw).message


def faults_of(raw: bytes, shape: type[Shape]) -> list[tuple[str, str]]:
    with pytest.raises(Failure) as refused:
        decoded(raw, shape)
    errors: Any = refused.value.details["errors"]
    assert refused.value.message == errors[0]["message"]
    return [(error["field"], error["message"]) for error in errors]


def test_every_wrong_missing_and_unknown_field_is_named_in_plain_words() -> None:
    raw = b'{"quantity": true, "options": ["a", "b"], "notes": "a\\u0000b", "idempotency_key": " ", "surprise": 1}'
    assert faults_of(raw, DishWanted) == [
        ("menu_item_id", "menu_item_id is required."),
        ("quantity", "quantity must be a whole number from 1 to 1000000000."),
        ("options[0]", "options[0] must be an id, which is a UUID."),
        ("options[1]", "options[1] must be an id, which is a UUID."),
        ("notes", "notes must be text without NUL characters."),
        ("idempotency_key", "idempotency_key must not be empty."),
        ("surprise", "surprise is not known here."),
    ]


def test_what_lies_deeper_is_named_by_its_path() -> None:
    raw = b'{"taxes": [{"name": "", "rate_ppm": "x"}, {"name": "VAT", "rate_ppm": 1, "x": 1}], "service_charge": 7}'
    assert faults_of(raw, SettingsWanted) == [
        ("taxes[0].name", "taxes[0].name must not be empty."),
        ("taxes[0].rate_ppm", "taxes[0].rate_ppm must be a whole number from 0 to 1000000."),
        ("taxes[1].x", "taxes[1].x is not known here."),
        ("service_charge", "service_charge must be an object."),
    ]


@pytest.mark.parametrize(
    ("shape", "field", "value", "sentence"),
    [
        (DishWanted, "notes", 7, "notes must be text."),
        (DishWanted, "notes", "x" * 10_001, "notes must have 10000 characters at most."),
        (DishWanted, "options", "a", "options must be a list."),
        (DishWanted, "options", [ITEM] * 101, "options must have 100 entries at most."),
        (Newcomer, "email", "nobody", "email must be an e-mail address."),
        (Newcomer, "email", "a@b.example\n", "email must be an e-mail address."),
        (Newcomer, "name", "", "name must not be empty."),
        (Newcomer, "role", "king", "role must be one of manager, floor, kitchen, auditor."),
        (
            MoveWanted,
            "status",
            "gone",
            "status must be one of pending, confirmed, preparing, ready, completed, cancelled.",
        ),
        (CashTaken, "method", "card", "method must be cash."),
        (CardOffered, "amount", 1.5, "amount must be a whole number from 1 to 1000000000."),
        (SoldOut, "until", "2026-01-01", "until must be a moment and its offset, such as 2026-11-22T12:00:00Z."),
        (SettingsWanted, "active", 1, "active must be true or false."),
        (SettingsWanted, "business_day_cutoff", "24:01", "business_day_cutoff must be a time of day as HH:MM."),
        (SettingsWanted, "tip_presets", [101.5], "tip_presets[0] must be a whole number from 0 to 100."),
    ],
)
def test_a_wrong_field_has_its_own_sentence(shape: type[Shape], field: str, value: object, sentence: str) -> None:
    raw = msgspec.json.encode({field: value})
    assert sentence in [message for _, message in faults_of(raw, shape)]


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity"])
def test_a_number_of_javascript_s_is_told_to_be_no_json(literal: str) -> None:
    raw = dish()[:-1] + f',"quantity":{literal}}}'.encode()
    assert faults_of(raw, DishWanted) == [("quantity", f"quantity is {literal}, which is not JSON.")]


def test_a_wrong_field_that_a_second_one_of_its_name_hides_is_refused_all_the_same() -> None:
    raw = b'{"quantity": 0, ' + dish()[1:]
    assert faults_of(raw, DishWanted) == [("quantity", "quantity is not right.")]


def test_no_more_than_a_hundred_faults_are_told_and_no_long_name_is_said_back() -> None:
    told = faults_of(dish(**{f"{n:03}" + "x" * 1_000: n for n in range(150)}), DishWanted)
    assert len(told) == 100
    assert max(len(field) for field, _ in told) == 200


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_a_strange_text_comes_through_unchanged(text: str) -> None:
    assert decoded(dish(notes=text), DishWanted).notes == text


def test_no_body_is_as_good_as_an_empty_object() -> None:
    assert decoded(b"{}", OrderWanted) == OrderWanted()


@given(raw=st.binary(max_size=200))
def test_no_bytes_whatsoever_raise_anything_but_a_failure(raw: bytes) -> None:
    with pytest.raises(Failure):
        decoded(raw, DishWanted)
