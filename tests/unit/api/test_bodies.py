"""What the edge makes of a body: a checked struct, or a sentence that names the field."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.bodies import decoded
from api.carts import DishWanted
from api.orders import OrderWanted
from api.problems import Failure
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


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_a_strange_text_comes_through_unchanged(text: str) -> None:
    assert decoded(dish(notes=text), DishWanted).notes == text


def test_no_body_is_as_good_as_an_empty_object() -> None:
    assert decoded(b"{}", OrderWanted) == OrderWanted()


@given(raw=st.binary(max_size=200))
def test_no_bytes_whatsoever_raise_anything_but_a_failure(raw: bytes) -> None:
    with pytest.raises(Failure):
        decoded(raw, DishWanted)
