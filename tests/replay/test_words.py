"""Every event has a sentence that people understand, and nothing that a guest types can play tricks with a terminal."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from cli.replaying.shown import Shown, printable
from cli.replaying.story import End, end_of
from cli.replaying.words import sentence
from domain.bill.decider import BILL
from domain.bill.events import PaymentApproved, PaymentStarted
from domain.cart.events import LineAddedToCart
from domain.venue.events import SettingsChanged
from infrastructure.vocabulary import decider_of
from tests.fixtures.strategies import HOSTILE_TEXTS
from tests.replay.examples import ALL
from tests.replay.examples.bill import INTENT
from tests.replay.examples.example import FRITTERS, LINE, PAYMENT, STARTERS, WORDS, Example

NASSAU = ZoneInfo("America/Nassau")
SHOWN = Shown(currency="BSD", zone=NASSAU)


@pytest.mark.parametrize("example", ALL, ids=lambda example: example.file)
def test_every_event_has_a_sentence_even_when_nothing_is_known_of_what_came_before(example: Example) -> None:
    told = sentence(example.event, decider_of(example.event).initial, SHOWN)
    assert told.isprintable()
    assert len(told.split()) > 1
    # Field by field is how settings are told, and what has no sentence of its own yet.
    if not isinstance(example.event, SettingsChanged):
        assert ": " not in told.partition(" ")[0]
        assert "_" not in told


def test_a_payment_is_told_with_what_was_asked_for() -> None:
    bill = BILL.evolve(BILL.initial, PaymentStarted(payment_id=PAYMENT, amount_minor=1_299, intent=INTENT))
    approved = PaymentApproved(payment_id=PAYMENT, authorization_code="123456", reference="42")
    assert sentence(approved, bill, SHOWN) == "the card paid 12.99 BSD, authorization 123456"


@pytest.mark.parametrize(
    ("currency", "amount_minor", "told"),
    [
        ("BSD", 1_299, "12.99 BSD"),
        ("BSD", 5, "0.05 BSD"),
        ("JPY", 1_299, "1299 JPY"),
        ("KWD", 1_299, "1.299 KWD"),
        ("BSD", -5, "-0.05 BSD"),
        ("", 7, "7"),
    ],
)
def test_money_has_the_decimals_of_its_currency(currency: str, amount_minor: int, told: str) -> None:
    assert Shown(currency=currency, zone=NASSAU).money(amount_minor) == told


@pytest.mark.parametrize("text", [*HOSTILE_TEXTS, "\x1b[2J\x1b[31mpaid\x1b[0m", "a\rb\x00c\x9bd"])
def test_no_name_and_no_note_moves_a_cursor_or_turns_the_text_around(text: str) -> None:
    event = LineAddedToCart(
        line_id=LINE,
        item_id=FRITTERS,
        category_id=STARTERS,
        name=text,
        quantity=1,
        unit_price_minor=1,
        notes=WORDS,
    )
    told = sentence(event, decider_of(event).initial, Shown(currency="BSD", zone=NASSAU, texts={WORDS: text}))
    assert told.isprintable()
    assert printable("Zoë’s 🍤") == "Zoë’s 🍤"


@pytest.mark.parametrize(
    ("until", "stops_at"),
    [
        (date(2026, 3, 7), "2026-03-08T04:59:59.999999+00:00"),
        # The clocks go forward on this day, so it ends an hour sooner.
        (date(2026, 3, 8), "2026-03-09T03:59:59.999999+00:00"),
        (datetime(2026, 3, 14, 20, 15), "2026-03-15T00:15:00+00:00"),  # noqa: DTZ001 - on the venue's clock
        (datetime(2026, 3, 14, 20, 15, tzinfo=UTC), "2026-03-14T20:15:00+00:00"),
    ],
)
def test_a_day_and_a_time_are_those_of_the_venue(until: date, stops_at: str) -> None:
    assert end_of(until, 9, NASSAU) == End(position=9, recorded_at=datetime.fromisoformat(stops_at))


def test_a_position_beyond_the_head_is_the_head() -> None:
    assert (end_of(12, 9, NASSAU), end_of(None, 9, NASSAU), end_of(3, 9, NASSAU)) == (
        End(position=9),
        End(position=9),
        End(position=3),
    )


def test_words_are_sealed_unless_asked_for_and_forgotten_where_the_key_is_gone() -> None:
    assert Shown(currency="", zone=NASSAU).words(WORDS) == " [sealed words]"
    assert Shown(currency="", zone=NASSAU, texts={WORDS: None}).words(WORDS) == " [forgotten words]"
    assert Shown(currency="", zone=NASSAU, texts={WORDS: "rare"}).words(WORDS) == " “rare”"
    assert Shown(currency="", zone=NASSAU, texts={}).words(None) == ""
