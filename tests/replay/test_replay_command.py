"""`comanda replay` on a real database: recorded ledgers put back byte for byte, and one that was played just now."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

import psycopg
import pytest

from cli.main import main
from cli.replaying import states
from cli.replaying.progress import Progress
from infrastructure.postgres import Server
from tests.replay.recording import known_ending, recorded_ledger
from tests.replay.test_streams import KNOWN_ENDS

Replay = Callable[..., str]

A_RECALLED_ORDER = """\
Conch House; times are those of UTC

Sunday, 22 November 2026
      10  {}  guest {}     order.placed.v1
                    #1 at Table T1: 1 × Conch Fritters; 12.99 BSD
                    → order #1 pending
      11  {}  guest {}     bill.opened.v1
                    a bill of 12.99 BSD
                    → order #1 pending, unpaid: 12.99 BSD due
      12  {}  guest {}     bill.payment-started.v1
                    the gateway is about to be asked for 12.99 BSD
                    → order #1 pending, processing: 12.99 BSD due
      13  {}  guest {}     order.confirmed.v1
                    the kitchen may begin
                    → order #1 confirmed, processing: 12.99 BSD due
      14  {}  guest {}     bill.payment-approved.v1
                    the card paid 12.99 BSD, authorization A1
                    → order #1 confirmed, paid: 12.99 BSD of 12.99 BSD paid
"""


@pytest.fixture
def replay(shelf: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Replay:
    """Type the command; what it printed."""
    monkeypatch.setenv("DATABASE_URL", shelf.app_dsn)
    monkeypatch.setenv("COMANDA_JWT_SECRET", "s" * 32)

    def typed(*arguments: str, status: int = 0) -> str:
        assert main(["replay", *arguments]) == status
        printed = capsys.readouterr()
        return printed.out if status == 0 else printed.err

    return typed


def told(printed: str) -> list[dict[str, Any]]:
    """What `--json` printed."""
    return [json.loads(line) for line in printed.splitlines()]


def test_an_order_is_told_from_its_placing_on(replay: Replay) -> None:
    printed = replay("--venue", "recalled", "--order", "1", "--until", "14")
    lines = [entry for entry in recorded_ledger("recalled") if 10 <= entry.position <= 14]
    blanks = [blank for entry in lines for blank in (f"{entry.recorded_at:%H:%M:%S}", entry.actor[6:14])]
    assert printed == A_RECALLED_ORDER.format(*blanks)


def test_an_order_is_found_by_its_id_and_by_its_number(replay: Replay) -> None:
    order_id = str(known_ending("recalled").orders[0].order_id)
    by_id = replay("--venue", "recalled", "--order", order_id)
    assert by_id == replay("--venue", "recalled", "--order", "#1")
    assert "the order went back to the stove" in by_id
    assert "went into the cart" not in by_id


def test_a_number_that_was_called_out_on_two_days_is_the_later_order_or_the_one_by_then(
    two_days: tuple[str, UUID, UUID], replay: Replay
) -> None:
    venue, first, second = two_days
    latest = told(replay("--venue", venue, "--order", "1", "--json"))
    assert latest[0]["data"]["order_id"] == str(second)
    until = str(latest[0]["position"] - 1)
    by_then = told(replay("--venue", venue, "--order", "1", "--json", "--until", until))
    assert by_then[0]["data"]["order_id"] == str(first)


@pytest.mark.parametrize("story", sorted(KNOWN_ENDS))
def test_a_whole_ledger_is_told_event_by_event_with_its_stored_bytes(story: str, replay: Replay) -> None:
    entries, lines = recorded_ledger(story), told(replay("--venue", story, "--json"))
    assert [(line["position"], line["type"], line["version"]) for line in lines] == [
        (entry.position, entry.tag, entry.version) for entry in entries
    ]
    assert [line["data"] for line in lines] == [json.loads(entry.data) for entry in entries]
    assert all(line["stream"].endswith(f":{entry.stream}") for line, entry in zip(lines, entries, strict=True))
    assert all(line["says"] for line in lines)


@pytest.mark.parametrize("story", [story for story, ends in KNOWN_ENDS.items() if ends])
def test_what_orders_came_to_is_told_below_their_last_events(story: str, replay: Replay) -> None:
    for end in known_ending(story).orders:
        last = told(replay("--venue", story, "--order", str(end.order_id), "--json"))[-1]["standing"]
        assert last.startswith(f"order #{end.number} {end.status}, {end.payment_status.replace('_', ' ')}")


def test_streams_that_were_let_go_are_read_again_and_tell_the_same(
    replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = replay("--venue", "partial-payments")
    monkeypatch.setattr(states.States.__init__, "__defaults__", (1,))
    assert replay("--venue", "partial-payments") == before


def test_it_stops_after_a_position(replay: Replay) -> None:
    assert [line["position"] for line in told(replay("--venue", "recalled", "--json", "--until", "5"))] == [
        1,
        2,
        3,
        4,
        5,
    ]


def test_it_stops_after_a_time_that_is_on_the_venues_own_clock_unless_it_says_otherwise(replay: Replay) -> None:
    moment = recorded_ledger("paid-and-served")[9].recorded_at
    in_time = sum(entry.recorded_at <= moment for entry in recorded_ledger("paid-and-served"))
    # Nassau is five hours behind UTC in November.
    on_the_wall = moment.replace(hour=moment.hour - 5, tzinfo=None)
    for until in (moment.isoformat(), on_the_wall.isoformat(sep=" ")):
        assert len(told(replay("--venue", "paid-and-served", "--json", "--until", until))) == in_time


def test_a_day_is_told_to_its_end(replay: Replay) -> None:
    assert told(replay("--venue", "recalled", "--json", "--until", "2026-11-21")) == []
    assert len(told(replay("--venue", "recalled", "--json", "--until", "2026-11-22"))) == 22


def test_a_page_without_events_says_so(replay: Replay) -> None:
    assert replay("--venue", "recalled", "--until", "0") == "Nothing had happened by then.\n"


def test_notes_stay_sealed_unless_they_are_asked_for(live: str, replay: Replay) -> None:
    sealed, opened = replay("--venue", live), replay("--venue", live, "--with-notes")
    assert "no onions" not in sealed
    assert "birthday" not in sealed
    assert sealed.count("[sealed words]") == 5
    assert "2 × Conch Fritters at 12.99 BSD went into the cart “no onions 🧅, please”" in opened
    assert "5.00 BSD of it a tip “It is Zoë’s birthday”" in opened


def test_what_was_forgotten_stays_forgotten(replay: Replay) -> None:
    assert "[forgotten words]" in replay("--venue", "paid-and-served", "--with-notes")


def test_an_old_shape_is_told_under_its_old_name_in_todays_words(replay: Replay) -> None:
    lines = told(replay("--venue", "house", "--json"))
    old = [line for line in lines if line["type"] == "account.logged-out.v1"]
    assert len(old) == 2
    assert all(line["says"].endswith("is over") and "cause" not in line["data"] for line in old)


def test_reading_records_nothing(shelf: Server, replay: Replay) -> None:
    def heads() -> list[tuple[Any, ...]]:
        with psycopg.connect(shelf.dsn) as connection:
            return connection.execute("select venue_id, position, hash from heads order by venue_id").fetchall()

    before = heads()
    replay("--venue", "recalled", "--with-notes")
    assert heads() == before


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--venue", "no-such\x1bplace"], "nothing ever happened in a venue"),
        (["--venue", "recalled", "--order", "9"], "there is no order #9"),
        (["--venue", "recalled", "--order", "1", "--until", "3"], "there is no order #1"),
        (["--venue", "recalled", "--order", "00000000-0000-4000-8000-000000000000"], "there is no order 00000000"),
    ],
)
def test_what_is_not_there_is_said_to_be_missing(arguments: list[str], complaint: str, replay: Replay) -> None:
    printed = replay(*arguments, status=1)
    assert complaint in printed
    assert "\x1b" not in printed


def test_a_session_is_no_order(replay: Replay) -> None:
    session = next(entry for entry in recorded_ledger("recalled") if entry.tag == "session.opened.v1").stream
    assert "there is no order" in replay("--venue", "recalled", "--order", str(session), status=1)


@pytest.mark.parametrize(
    "arguments",
    [[], ["--venue", "recalled", "--order", "first"], ["--venue", "recalled", "--until", "yesterday"]],
)
def test_what_is_not_understood_is_refused_with_a_hint(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["replay", *arguments])
    assert refused.value.code == 2
    assert "usage: comanda replay" in capsys.readouterr().err


def test_help_teaches_by_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["replay", "--help"])
    printed = capsys.readouterr().out
    for example in ("--order 42", "--until 2026-03-14", "--json", "--venue house", "docs/events.md"):
        assert example in printed


def test_whoever_has_read_enough_may_leave(shelf: Server) -> None:
    """As in `comanda replay … | head -1`: the pipe is closed before anything was written to it."""
    environment = {**os.environ, "DATABASE_URL": shelf.app_dsn, "COMANDA_JWT_SECRET": "s" * 32}
    command = [sys.executable, "-m", "cli.main", "replay", "--venue", "partial-payments", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=30) == 0


def test_a_database_that_is_not_there_is_said_to_be_missing(monkeypatch: pytest.MonkeyPatch, replay: Replay) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    monkeypatch.setenv("COMANDA_DATABASE_TIMEOUT_S", "0.2")
    assert "the database cannot be reached" in replay("--venue", "recalled", status=1)


def test_a_long_replay_says_how_far_it_is_and_cleans_up() -> None:
    terminal, ticks = io.StringIO(), count()
    with Progress(terminal, total=80_000, visible=True, clock_s=lambda: float(next(ticks))) as progress:
        progress.reached(12_000)
        progress.reached(24_000)
    assert terminal.getvalue() == f"\r12,000 of 80,000 events\r24,000 of 80,000 events\r{' ' * 23}\r"


def test_progress_is_not_mixed_into_what_is_read() -> None:
    stream = io.StringIO()
    with Progress(stream, total=1, visible=False, clock_s=lambda: datetime.now(UTC).timestamp()) as progress:
        progress.reached(1)
    assert stream.getvalue() == ""
