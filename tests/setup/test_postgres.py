"""The launcher, with real servers and real kills: nothing is left behind, and nothing that was committed is lost."""

import contextlib
import os
import shutil
import socket
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from infrastructure.postgres import PostgresUnavailable, forget, postgres
from infrastructure.postgres.places import place_of
from tests.setup.processes import begin, end, gone, holding, kill, lives, ready, reapers_of, value

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with a name that is easy to get wrong; forgotten afterwards."""
    folder = tmp_path / "it's a folder"
    yield folder
    assert gone(lambda: not reapers_of(place_of(folder)))
    forget(folder)


def test_a_server_is_there_for_as_long_as_it_is_held(folder: Path) -> None:
    with holding(folder) as holder:
        assert value(holder.dsn, "select current_user || ' of ' || current_database()") == "comanda_owner of comanda"
        assert value(holder.app_dsn, "select current_user") == "comanda_app"
        postmaster = holder.postmaster
        holder.let_go()
    assert not lives(postmaster)


def test_a_second_start_finds_the_data_and_the_port_of_the_first(folder: Path) -> None:
    with holding(folder) as first:
        value(first.dsn, "create table kept as select 42 as answer")
        first.let_go()
    with holding(folder) as second:
        assert second.dsn == first.dsn
        assert value(second.dsn, "select answer from kept") == 42


def test_a_port_that_was_taken_meanwhile_is_left_to_whoever_has_it(folder: Path) -> None:
    with holding(folder) as first:
        port = int(str(conninfo_to_dict(first.dsn)["port"]))
        first.let_go()
    with socket.create_server(("127.0.0.1", port)), holding(folder) as second:
        assert conninfo_to_dict(second.dsn)["port"] != str(port)
        assert value(second.dsn, "select 1") == 1


def test_six_processes_that_start_at_once_share_one_server(folder: Path) -> None:
    processes = [begin(folder) for _ in range(6)]
    try:
        with ThreadPoolExecutor(6) as threads:
            holders = list(threads.map(lambda process: ready(process, folder), processes))
        assert len({value(holder.admin_dsn, "select pg_postmaster_start_time()") for holder in holders}) == 1
        postmaster = holders[0].postmaster
        for holder in holders[1:]:
            holder.kill()
        assert value(holders[0].dsn, "select 1") == 1
        holders[0].kill()
        assert gone(lambda: not lives(postmaster))
    finally:
        for process in processes:
            end(process)


def test_kill_9_of_the_last_holder_stops_the_server(folder: Path) -> None:
    with holding(folder) as holder:
        postmaster = holder.postmaster
        holder.kill()
        assert gone(lambda: not lives(postmaster))
        assert gone(lambda: not reapers_of(holder.place))


def test_what_was_committed_before_kill_9_of_the_server_is_there_afterwards(folder: Path) -> None:
    with holding(folder) as holder:
        value(holder.dsn, "create table kept as select 42 as answer")
        kill(holder.postmaster)
        assert gone(lambda: not reapers_of(holder.place))
        with holding(folder) as second:
            assert value(second.dsn, "select answer from kept") == 42


def test_a_back_end_that_is_still_busy_after_kill_9_of_the_server_is_cleared_away(folder: Path) -> None:
    with holding(folder) as holder, contextlib.closing(psycopg.connect(holder.dsn)) as connection:
        busy = connection.info.backend_pid
        # It does not look up while it counts, so it does not notice that its postmaster is gone.
        connection.pgconn.send_query(b"do $$ begin loop end loop; end $$")
        kill(holder.postmaster)
        assert gone(lambda: not reapers_of(holder.place))
        assert lives(busy)
        with holding(folder) as second:
            assert value(second.dsn, "select 1") == 1
            assert not lives(busy)


def test_a_server_whose_reaper_was_killed_still_ends_with_its_last_holder(folder: Path) -> None:
    with holding(folder) as holder:
        postmaster = holder.postmaster
        kill(reapers_of(holder.place)[0])
        holder.let_go()
        assert gone(lambda: not lives(postmaster))


def test_a_server_whose_reaper_and_holder_were_killed_is_adopted_by_the_next_start(folder: Path) -> None:
    with holding(folder) as holder:
        postmaster = holder.postmaster
        kill(reapers_of(holder.place)[0])
        holder.kill()
    with holding(folder) as second:
        assert second.postmaster == postmaster
        second.kill()
        assert gone(lambda: not lives(postmaster))


def test_a_pid_file_that_names_someone_elses_process_does_not_prevent_a_start(folder: Path) -> None:
    with holding(folder) as holder:
        kill(holder.postmaster)
        assert gone(lambda: not reapers_of(holder.place))
    socket_folder = Path(pid_file_lines(holder.place.data / "postmaster.pid")[4])
    for lock_file in (holder.place.data / "postmaster.pid", *socket_folder.glob("*.lock")):
        lock_file.write_text("\n".join([str(os.getpid()), *pid_file_lines(lock_file)[1:]]))
    with holding(folder) as second:
        assert value(second.dsn, "select 1") == 1
    assert lives(os.getpid())


def pid_file_lines(path: Path) -> list[str]:
    return path.read_text().split("\n")


def test_a_start_that_was_killed_half_way_is_taken_up_by_the_next(folder: Path) -> None:
    place = place_of(folder)
    process = begin(folder)
    assert gone(lambda: (place.home / "data.new").exists() or place.data.exists())
    end(process)
    with holding(folder) as holder:
        assert value(holder.dsn, "select 1") == 1


def test_data_that_need_not_be_kept_are_removed_with_the_server(folder: Path) -> None:
    with holding(folder, keep=False) as holder:
        holder.kill()
        assert gone(lambda: not holder.place.home.exists())


def test_a_server_ends_even_if_its_data_were_deleted_under_it(folder: Path) -> None:
    with holding(folder) as holder:
        postmaster = holder.postmaster
        shutil.rmtree(holder.place.home)
        holder.kill()
        assert gone(lambda: not lives(postmaster))


def test_only_this_machine_and_only_with_a_password(folder: Path) -> None:
    with holding(folder) as holder:
        assert value(holder.admin_dsn, "show listen_addresses") == "127.0.0.1"
        assert value(holder.admin_dsn, "select bool_and(rolpassword like 'SCRAM%') from pg_authid where rolcanlogin")
        socket_folder = Path(str(value(holder.admin_dsn, "show unix_socket_directories")))
        assert stat.S_IMODE(socket_folder.stat().st_mode) == 0o700
        by_socket = make_conninfo(holder.dsn, host=str(socket_folder))
        assert value(by_socket, "select inet_server_addr()") is None
        for wrong in (make_conninfo(holder.dsn, password="guessed"), make_conninfo(by_socket, password="guessed")):
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(wrong)


def test_the_applications_role_may_use_the_database_and_change_nothing_of_its_shape(folder: Path) -> None:
    with holding(folder) as holder, pytest.raises(psycopg.errors.InsufficientPrivilege):
        value(holder.app_dsn, "create table mine (id int)")


def test_a_path_too_long_for_a_socket_gets_its_socket_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)
    with holding(folder, keep=False) as holder:
        assert value(holder.dsn, "select 1") == 1
        socket_folder = Path(str(value(holder.admin_dsn, "show unix_socket_directories")))
        holder.kill()
        assert gone(lambda: not socket_folder.exists())


def test_a_database_of_ones_own_is_empty_each_time(folder: Path) -> None:
    with postgres(folder, keep=False, environment={}) as server:
        mine = server.create_database("mine")
        value(mine.dsn, "create table there (id int)")
        again = server.create_database("mine")
        assert value(again.dsn, "select count(*) from pg_tables where schemaname = 'public'") == 0
        assert value(again.app_dsn, "select current_database()") == "mine"
        server.drop_database("mine")
        assert value(server.admin_dsn, "select count(*) from pg_database where datname = 'mine'") == 0


def test_an_explicit_database_url_wins_and_starts_nothing(folder: Path) -> None:
    given = {"DATABASE_URL": "postgresql://app:secret@db.example/comanda"}
    migrator = {"COMANDA_MIGRATE_URL": "postgresql://owner@db.example/comanda"}
    with postgres(folder, environment=given) as server:
        assert (server.app_dsn, server.dsn, server.app_role) == (given["DATABASE_URL"], given["DATABASE_URL"], "app")
        assert server.alive()
    with postgres(folder, environment={**given, **migrator}) as server:
        assert server.dsn == migrator["COMANDA_MIGRATE_URL"]
    assert not place_of(folder).home.exists()


def test_no_password_is_shown_where_a_server_is_printed(folder: Path) -> None:
    with postgres(folder, environment={"DATABASE_URL": "postgresql://app:secret@db.example/comanda"}) as server:
        assert "secret" not in repr(server) + str(server)


def test_data_in_use_are_not_forgotten(folder: Path) -> None:
    with holding(folder) as holder:
        with pytest.raises(PostgresUnavailable, match="running"):
            forget(folder)
        assert value(holder.dsn, "select 1") == 1
        holder.let_go()
        assert forget(folder)
        assert not holder.place.home.exists()


def test_data_of_another_major_version_are_refused_with_a_remedy(folder: Path) -> None:
    with holding(folder) as holder:
        holder.let_go()
    (holder.place.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(PostgresUnavailable, match="demo-reset"), postgres(folder, environment={}):
        pass
