"""The simulator as a program: what it has answered it still knows after kill −9, and two never share a file."""

import asyncio
import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from application.gateway import Approved, Found, Unknown
from infrastructure.gateway.powertranz import PowerTranz
from infrastructure.simulator.books import Attempted
from infrastructure.simulator.journal import DataFileBroken, Journal
from tests.integration.gateway.conftest import CREDENTIALS, a_charge

ROOT = Path(__file__).parents[3]


@contextmanager
def running(data: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The program and its address; whatever happens it's gone afterwards."""
    command = [sys.executable, "-m", "infrastructure.simulator", "--port", "0", "--data", str(data), *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().split()[-1]
        finally:
            process.kill()


async def test_charges_survive_kill_9(tmp_path: Path) -> None:
    data = tmp_path / "charges.ndjson"
    charges = [a_charge() for _ in range(20)]
    lost = a_charge("tok_timeout_charged")

    with running(data) as (process, url):
        async with PowerTranz(url, CREDENTIALS, timeout_s=0.5) as gateway:
            outcomes = await asyncio.gather(*(gateway.charge(charge) for charge in charges))
            assert isinstance(await gateway.charge(lost), Unknown)
            process.kill()
            process.wait(5)
    with running(data) as (_, url):
        async with PowerTranz(url, CREDENTIALS, timeout_s=2) as gateway:
            found = [await gateway.look_up(charge.transaction_id) for charge in [*charges, lost]]

    assert all(isinstance(outcome, Approved) for outcome in outcomes)
    assert [each.outcome for each in found[:-1] if isinstance(each, Found)] == outcomes
    assert isinstance(found[-1], Found)


async def test_what_was_told_while_being_killed_is_what_it_remembers(tmp_path: Path) -> None:
    data = tmp_path / "charges.ndjson"
    told: set[str] = set()

    async def charge_on(gateway: PowerTranz) -> None:
        for _ in range(2000):
            charge = a_charge()
            if not isinstance(await gateway.charge(charge), Approved):
                return
            told.add(str(charge.transaction_id))

    with running(data) as (process, url):
        async with PowerTranz(url, CREDENTIALS, timeout_s=2) as gateway:
            tasks = [asyncio.create_task(charge_on(gateway)) for _ in range(8)]
            await asyncio.sleep(0.5)
            process.kill()
            await asyncio.gather(*tasks)
    with running(data) as (_, url):
        async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
            remembered = {row["transaction_id"] for row in (await http.get("/_simulator/charges")).json()}

    assert len(told) > 20
    assert told <= remembered
    assert len(remembered - told) <= 8


async def test_it_stops_on_sigterm_though_a_guest_is_kept_waiting(tmp_path: Path) -> None:
    with running(tmp_path / "charges.ndjson") as (process, url):
        async with PowerTranz(url, CREDENTIALS, timeout_s=10) as gateway:
            waiting = asyncio.create_task(gateway.charge(a_charge("tok_timeout")))
            await asyncio.sleep(0.3)
            assert not waiting.done()
            process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(process.wait, 5) == 0
            assert isinstance(await waiting, Unknown)


async def test_once_the_disk_fails_nothing_is_promised_any_more(
    gateway: PowerTranz, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disk_is_full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", disk_is_full)
        assert isinstance(await gateway.charge(a_charge()), Unknown)
    assert isinstance(await gateway.charge(a_charge()), Unknown)


def test_a_second_simulator_on_the_same_file_refuses_to_start(tmp_path: Path) -> None:
    data = tmp_path / "charges.ndjson"
    with running(data):
        command = [sys.executable, "-m", "infrastructure.simulator", "--port", "0", "--data", str(data)]
        second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=10, check=False)
    assert second.returncode == 2
    assert "Another simulator is using" in second.stderr


def test_the_repeat_mode_can_be_given_at_start(tmp_path: Path) -> None:
    with running(tmp_path / "charges.ndjson", "--repeat", "replay") as (_, url):
        assert httpx.get(f"{url}/_simulator/mode", trust_env=False).json() == {"repeat": "replay"}


async def test_a_torn_last_line_is_cut_off_and_a_broken_one_inside_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "charges.ndjson"
    async with Journal(data) as journal:
        journal.add(Attempted(kind=2, transaction_id="t", order="o", amount_minor=1, currency="BSD", iso_code="00"))
        await journal.flushed()
    whole = data.read_bytes()

    data.write_bytes(whole + b'{"type":"att')
    async with Journal(data) as journal:
        assert [each.attempt.order for each in journal.books.charges(None)] == ["o"]
    assert data.read_bytes() == whole

    data.write_bytes(b"{}\n" + whole)
    with pytest.raises(DataFileBroken):
        Journal(data)
