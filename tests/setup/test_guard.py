"""What a process sees of the make that started it."""

import signal

import pytest

from cli.guard import waits_for_its_children_to_end

# A GNU make that runs a recipe; one that was sent SIGINT and one that was sent SIGHUP while it did.
AT_WORK = ("make", 0x10000, 0x0, 0x1814207)
INTERRUPTED = ("make", 0x10002, 0x0, 0x1814205)
HUNG_UP = ("gmake", 0x10001, 0x0, 0x1814206)


def status(name: str, blocked: int, ignored: int, caught: int) -> str:
    """As /proc/PID/status has it, with a line of something else."""
    return f"Name:\t{name}\nUmask:\t0022\nSigBlk:\t{blocked:016x}\nSigIgn:\t{ignored:016x}\nSigCgt:\t{caught:016x}\n"


@pytest.mark.parametrize("make", [INTERRUPTED, HUNG_UP])
def test_a_make_that_was_told_to_end_is_recognized(make: tuple[str, int, int, int]) -> None:
    assert waits_for_its_children_to_end(status(*make))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(AT_WORK, id="a make at work"),
        pytest.param(("make", 0x10002, 0x0, 0x1814207), id="started with SIGINT blocked"),
        pytest.param(("make", 0x10002, 0x2, 0x1814205), id="started deaf to SIGINT"),
        pytest.param(("make", 0x10000, 0x0, 0x1814205), id="default, but not blocked"),
        pytest.param(("make", 1 << (signal.SIGTERM - 1), 0x0, 0x0), id="a signal that make passes on"),
        pytest.param(("bash", *INTERRUPTED[1:]), id="another parent"),
    ],
)
def test_anything_else_is_left_alone(other: tuple[str, int, int, int]) -> None:
    assert not waits_for_its_children_to_end(status(*other))


@pytest.mark.parametrize("text", ["", "Name:\tmake\n", "Name:\tmake\nSigBlk:\tx\nSigIgn:\ty\nSigCgt:\tz\n"])
def test_a_system_that_does_not_tell_is_no_reason_to_end(text: str) -> None:
    assert not waits_for_its_children_to_end(text)
