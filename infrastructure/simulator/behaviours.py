"""What each card token makes the simulator do. A behaviour is two things: what happens, and what is answered."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal

from msgspec import Struct

Operation = Literal["sale", "auth", "capture", "refund", "void", "look_up"]


class Reply(StrEnum):
    """How the answer leaves, whatever happened before."""

    NORMAL = "normal"
    ERROR = "error"  # HTTP 500
    GARBAGE = "garbage"  # HTTP 200 with broken JSON
    SILENCE = "silence"  # the connection stays open and nothing comes
    RESET = "reset"  # the connection is cut


class Behaviour(Struct, frozen=True, kw_only=True):
    """`done`: whether the operation is carried out; `iso_code` other than "00" declines it; `delay_s` comes first."""

    done: bool = True
    iso_code: str = "00"
    delay_s: float = 0.0
    reply: Reply = Reply.NORMAL


class Fault(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The next `times` calls of an operation behave like this, whatever their token. Kept in memory only.

    `iso_code` matters to sales, authorizations and refunds that are done.
    """

    operation: Operation
    times: int = 1
    done: bool = False
    iso_code: str = "00"
    delay_s: float = 0.0
    reply: Reply = Reply.ERROR


APPROVE: Final = Behaviour()
UNKNOWN_TOKEN: Final = Behaviour(iso_code="14")
FLAKY_TOKEN: Final = "tok_flaky"  # noqa: S105 - a token of the simulator's, worth nothing elsewhere.
FLAKY_FIRST_TIME: Final = Behaviour(done=False, reply=Reply.ERROR)

TOKENS: Final[Mapping[str, Behaviour]] = MappingProxyType(
    {
        "tok_visa": APPROVE,
        "tok_test_visa": APPROVE,
        "tok_declined": Behaviour(iso_code="51"),
        "tok_slow": Behaviour(delay_s=2.0),
        "tok_timeout": Behaviour(done=False, reply=Reply.SILENCE),
        "tok_timeout_charged": Behaviour(reply=Reply.SILENCE),
        "tok_error": Behaviour(done=False, reply=Reply.ERROR),
        "tok_garbage": Behaviour(reply=Reply.GARBAGE),
        FLAKY_TOKEN: APPROVE,
    }
)


def behaviour_of(token: str) -> Behaviour:
    """What a charge with this token does; a token that nobody issued is declined as no card at all."""
    return TOKENS.get(token, UNKNOWN_TOKEN)


class Faults:
    """Scripted misbehaviour, first in, first out for each operation."""

    def __init__(self) -> None:
        self._waiting: dict[Operation, list[Fault]] = {}

    def plan(self, fault: Fault) -> None:
        """Add to what the operation's next calls will meet."""
        self._waiting.setdefault(fault.operation, []).extend([fault] * fault.times)

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, operation: Operation) -> Behaviour | None:
        """The fault that this call meets, if one is planned."""
        waiting = self._waiting.get(operation)
        if not waiting:
            return None
        fault = waiting.pop(0)
        return Behaviour(done=fault.done, iso_code=fault.iso_code, delay_s=fault.delay_s, reply=fault.reply)
