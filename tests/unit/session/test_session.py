"""A guest sits down, stays a while, and leaves."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec.structs import replace

from domain.session.commands import CloseSession, OpenSession
from domain.session.decider import SESSION
from domain.session.errors import SessionInvalid
from domain.session.events import SessionClosed, SessionOpened
from domain.shared.refusals import IdTaken
from tests.unit.given import given

GUEST, TABLE = UUID(int=1), UUID(int=2)
NOON = datetime(2025, 7, 1, 12, tzinfo=UTC)
HASH = bytes(32)

SIT_DOWN = OpenSession(session_id=GUEST, table_id=TABLE, table_code="T1", token_hash=HASH, at=NOON, ttl_s=60)
SAT_DOWN = SessionOpened(
    session_id=GUEST,
    table_id=TABLE,
    table_code="T1",
    token_hash=HASH,
    opened_at=NOON,
    expires_at=NOON + timedelta(seconds=60),
)
LEFT = SessionClosed(session_id=GUEST)


def test_a_guest_sits_down_for_as_long_as_the_venue_says() -> None:
    session = given(SESSION).when(SIT_DOWN).then(SAT_DOWN)
    assert (session.session_id, session.table_id, session.table_code, session.token_hash) == (GUEST, TABLE, "T1", HASH)


def test_a_session_ends_at_its_last_second_and_not_before() -> None:
    session = given(SESSION, SAT_DOWN).state
    assert session.live(NOON)
    assert session.live(NOON + timedelta(seconds=59))
    assert not session.live(NOON + timedelta(seconds=60))


def test_a_session_that_was_never_opened_is_not_live() -> None:
    assert not given(SESSION).state.live(NOON)


def test_a_session_is_opened_once() -> None:
    given(SESSION, SAT_DOWN).when(replace(SIT_DOWN, token_hash=b"\x01" * 32)).refused(IdTaken)


def test_a_guest_who_leaves_is_gone_at_once() -> None:
    session = given(SESSION, SAT_DOWN).when(CloseSession(session_id=GUEST)).then(LEFT)
    assert not session.live(NOON)


def test_leaving_twice_is_leaving() -> None:
    given(SESSION, SAT_DOWN, LEFT).when(CloseSession(session_id=GUEST)).then()


def test_nobody_can_leave_who_never_came() -> None:
    refusal = given(SESSION).when(CloseSession(session_id=GUEST)).refused(SessionInvalid)
    assert refusal.code == "SESSION_INVALID"


def test_news_of_leaving_before_coming_does_no_harm() -> None:
    assert not given(SESSION, LEFT).state.live(NOON)
