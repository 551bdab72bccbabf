"""Every event that was ever written can still be read, and is still written the same way."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.shared.event import Event
from infrastructure.codec import Codec
from infrastructure.upcasters import UPCASTERS
from infrastructure.vocabulary import EVENT_TYPES
from tests.replay.examples import ALL, OLD_SHAPES
from tests.replay.examples.example import Example
from tests.replay.golden import GOLDEN
from tests.replay.once import SUMS, complaints, sums, write_once
from tests.replay.recording import agrees

CODEC = Codec(EVENT_TYPES)
WHAT_IT_READS_AS: dict[str, Event] = {**{example.file: example.event for example in ALL}, **OLD_SHAPES}


def tag_of(file: str) -> str:
    """`order.placed.v1.least.json` holds an `order.placed.v1`."""
    return ".".join(file.split(".")[:3])


def test_every_kind_of_event_has_a_golden_file_and_so_has_every_old_shape() -> None:
    tags = {str(event_type.__struct_config__.tag) for event_type in EVENT_TYPES} | set(UPCASTERS)
    assert {tag_of(file) for file in sums(GOLDEN)} == tags


def test_no_golden_file_has_changed_since_it_was_written() -> None:
    assert complaints(GOLDEN) == []


def test_every_golden_file_is_spoken_for() -> None:
    assert set(WHAT_IT_READS_AS) == set(sums(GOLDEN))


@pytest.mark.parametrize("file", sorted(WHAT_IT_READS_AS))
def test_a_golden_event_reads_as_it_always_did(file: str) -> None:
    assert CODEC.decode(tag_of(file), (GOLDEN / file).read_bytes()) == WHAT_IT_READS_AS[file]


@pytest.mark.parametrize("example", ALL, ids=lambda example: example.file)
def test_a_golden_event_is_written_with_the_same_bytes(example: Example) -> None:
    """But for fields that its kind has learnt since, which may only be new ones with a default."""
    stored = (GOLDEN / example.file).read_bytes()
    tag, written = CODEC.encode(CODEC.decode(example.tag, stored))
    assert tag == example.tag
    if written != stored:
        before, after = _raw(stored), _raw(written)
        assert before != after, "The same facts are written in another form."
        assert agrees(before, after)


@pytest.mark.parametrize("event_type", EVENT_TYPES, ids=lambda event_type: event_type.__name__)
def test_one_golden_file_of_each_kind_has_its_newest_shape(event_type: type[Event]) -> None:
    examples = [example for example in ALL if type(example.event) is event_type]
    assert any(CODEC.encode(example.event)[1] == (GOLDEN / example.file).read_bytes() for example in examples)


@pytest.mark.parametrize("event_type", EVENT_TYPES, ids=lambda event_type: event_type.__name__)
def test_every_optional_field_is_both_used_and_left_out(event_type: type[Event]) -> None:
    events = [example.event for example in ALL if type(example.event) is event_type]
    for field in msgspec.structs.fields(event_type):
        if field.required or field.default is msgspec.NODEFAULT:
            continue
        told = [getattr(event, field.name) for event in events]
        assert any(value != field.default for value in told), f"No example uses {field.name}."
        assert any(value == field.default for value in told), f"No example leaves {field.name} out."


def test_what_an_old_log_out_did_not_say_is_not_made_up() -> None:
    old = (GOLDEN / "account.logged-out.v1.json").read_bytes()
    new = (GOLDEN / "account.logged-out.v2.untold.json").read_bytes()
    assert "cause" not in _raw(old)
    assert CODEC.encode(CODEC.decode("account.logged-out.v1", old)) == ("account.logged-out.v2", new)


def test_a_changed_a_missing_and_a_smuggled_file_are_all_noticed(tmp_path: Path) -> None:
    for name in ("kept", "changed", "missing"):
        assert write_once(tmp_path, name, name.encode())
    (tmp_path / "changed").write_bytes(b"ch4nged")
    (tmp_path / "missing").unlink()
    (tmp_path / "smuggled").write_bytes(b"smuggled")
    assert complaints(tmp_path) == ["missing is gone.", "smuggled was put here by hand.", "changed was changed."]


def test_what_is_written_once_is_never_overwritten(tmp_path: Path) -> None:
    write_once(tmp_path, "event", b"first")
    before = (tmp_path / SUMS).read_bytes()
    assert not write_once(tmp_path, "event", b"second")
    assert ((tmp_path / "event").read_bytes(), (tmp_path / SUMS).read_bytes()) == (b"first", before)


def test_writing_what_is_missing_writes_nothing_where_nothing_is() -> None:
    before = (GOLDEN / SUMS).read_bytes()
    command = [sys.executable, "-m", "tests.replay.golden", "--write-missing"]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    assert told == "No golden file is missing.\n"
    assert (GOLDEN / SUMS).read_bytes() == before


def _raw(data: bytes) -> dict[str, Any]:
    return msgspec.json.decode(data, type=dict[str, Any])
