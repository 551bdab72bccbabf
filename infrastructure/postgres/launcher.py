"""Runs a PostgreSQL of our own for as long as anybody needs it, and not a second longer.

Any number of processes may ask for the same folder at once: one of them starts the server, all of them share it, and
the reaper (see reaper.py) stops it after the last one, however that one ended. Nothing is taken for granted: that a
server runs is known from logging in to it, never from a pid file; a start that was killed half-way is taken up or
cleared away by the next.

The order of locks: `start.lock` (one at a time starts or forgets), within it `holders.lock` shared, to the end of use.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from infrastructure.postgres import cluster, locks, reaper
from infrastructure.postgres.instance import Instance, instance_at
from infrastructure.postgres.places import Place, place_of, prepare
from infrastructure.postgres.server import PostgresUnavailable, Server

START_LOCK_TIMEOUT_S = 120.0  # a first start on a slow machine, with another waiting behind it
STOP_TIMEOUT_S = 8.0  # longer than the reaper takes when it must be rude
READY_TIMEOUT_S = 90.0  # recovery after a crash replays what was not yet on disk
START_TRIES = 3
POLL_S = 0.05


@contextlib.contextmanager
def postgres(
    folder: Path, *, keep: bool = True, durable: bool = True, environment: Mapping[str, str] = os.environ
) -> Iterator[Server]:
    """A running server whose data are in `folder`, shared with every other process that asks for the same.

    `keep=False` removes the data when the server stops; `durable=False` trades safety against power cuts for speed.
    If the environment has a DATABASE_URL nothing is started and that is the server; COMANDA_MIGRATE_URL then is the
    owner's log-in. Raises `PostgresUnavailable`, with a remedy.
    """
    given = environment.get("DATABASE_URL")
    if given:
        yield _given(given, environment.get("COMANDA_MIGRATE_URL") or given)
        return
    place = place_of(folder)
    prepare(place, folder)
    held: int | None = None
    try:
        with locks.exclusive(place.start_lock, timeout_s=START_LOCK_TIMEOUT_S):
            held = locks.share(place.holders_lock, timeout_s=STOP_TIMEOUT_S)
            # Once more: between the first time and the lock an earlier server's reaper may have removed the folder.
            prepare(place, folder)
            instance = _running(place, keep=keep, durable=durable)
        yield instance.server(place)
    finally:
        if held is not None:
            _let_go(place, held, keep=keep)


def forget(folder: Path) -> bool:
    """Remove the data of `folder`; says whether there were any. Raises `PostgresUnavailable` while they are in use."""
    place = place_of(folder)
    if not place.home.exists():
        return False
    with locks.exclusive(place.start_lock, timeout_s=START_LOCK_TIMEOUT_S):
        if not _has_ended(place):
            raise PostgresUnavailable("Its database is running: stop what uses it (make demo) first.")
        with contextlib.suppress(PostgresUnavailable):
            cluster.clear_leftovers(place)
            reaper.remove(instance_at(place).socket_folder)
        reaper.remove(str(place.home))
    return True


def _given(url: str, migrate_url: str) -> Server:
    role = cluster.role_of(url)
    return Server(dsn=migrate_url, app_dsn=url, admin_dsn=migrate_url, app_role=role)


def _running(place: Place, *, keep: bool, durable: bool) -> Instance:
    """The instance, logged in to once: found running, or started. The caller holds both locks."""
    instance = instance_at(place)
    if not _answers_soon(place, instance):
        instance = _start(place, instance, keep=keep, durable=durable)
    if locks.is_free(place.reaper_lock):
        _adopt(place, keep=keep)
    cluster.ensure_roles(instance)
    return instance


def _answers_soon(place: Place, instance: Instance) -> bool:
    """Whether a server that was started before us takes a log-in, once it has finished starting."""
    deadline = time.monotonic() + READY_TIMEOUT_S
    while True:
        if cluster.answers(place, instance):
            return True
        if cluster.postmaster(place) is None or time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)


def _start(place: Place, instance: Instance, *, keep: bool, durable: bool) -> Instance:
    programs = cluster.programs(place)
    cluster.clear_leftovers(place)
    cluster.create(place, instance, programs)
    for _ in range(START_TRIES):
        instance = instance.with_free_port(place)
        cluster.configure(place, instance, durable=durable)
        _reap(place, instance, keep=keep, command=[str(programs / "postgres"), "-D", str(place.data)])
        deadline = time.monotonic() + READY_TIMEOUT_S
        while not locks.is_free(place.reaper_lock) and time.monotonic() < deadline:
            if cluster.answers(place, instance):
                return instance
            time.sleep(POLL_S)
    raise PostgresUnavailable(f"PostgreSQL did not start. The end of its log {place.log}:\n{cluster.last_words(place)}")


def _adopt(place: Place, *, keep: bool) -> None:
    """Give a running server whose reaper was killed a new one."""
    found = cluster.postmaster(place)
    if found is not None:
        _reap(place, instance_at(place), keep=keep, postmaster=found)


def _reap(
    place: Place,
    instance: Instance,
    *,
    keep: bool,
    command: list[str] | None = None,
    postmaster: tuple[int, str] = (0, ""),
) -> None:
    task: reaper.Task = {
        "holders_lock": str(place.holders_lock),
        "reaper_lock": str(place.reaper_lock),
        "command": command or [],
        "log": str(place.log),
        "account": (place.account.uid, place.account.gid) if place.account else None,
        "pid": postmaster[0],
        "born": postmaster[1],
        "remove": [] if keep else [str(place.home), instance.socket_folder],
    }
    with place.log.open("ab") as log:
        # -I and -S: no site-packages, so that it depends on nothing that could be deleted while it runs.
        begun = subprocess.run(  # noqa: S603 - our own program.
            [sys.executable, "-I", "-S", reaper.__file__, json.dumps(task)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=False,
            timeout=READY_TIMEOUT_S,
            # A Ctrl-C that is meant for us must not end it half-way.
            start_new_session=True,
        )
    if begun.returncode != 0:
        raise PostgresUnavailable(f"The reaper did not start. The end of {place.log}:\n{cluster.last_words(place)}")


def _let_go(place: Place, held: int, *, keep: bool) -> None:
    """End our hold; if it was the last one, return only when the server is gone."""
    os.close(held)
    if _has_ended(place) and cluster.postmaster(place) is not None:
        # Someone killed the reaper, perhaps at this very moment. A new one finds nobody holding, and ends the server.
        with locks.exclusive(place.start_lock, timeout_s=START_LOCK_TIMEOUT_S):
            if locks.is_free(place.reaper_lock):
                _adopt(place, keep=keep)
        _has_ended(place)


def _has_ended(place: Place) -> bool:
    """Whether the server and its reaper are gone: waits for them if nobody holds the server any more."""
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while not locks.is_free(place.reaper_lock):
        somebody_holds_it = not locks.is_free(place.holders_lock) and locks.is_shared(place.holders_lock)
        if somebody_holds_it or time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return locks.is_free(place.holders_lock)
