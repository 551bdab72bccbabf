"""What one instance has to remember from start to start: its passwords, its port and where its socket is."""

import os
import secrets
import socket
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from infrastructure.postgres.places import Place, socket_folder
from infrastructure.postgres.server import APP_ROLE, OWNER_ROLE, PostgresUnavailable, Server

ADMIN_ROLE = "postgres"
DATABASE = "comanda"


class Instance(Struct, frozen=True, kw_only=True):
    """`port` listens on the loopback only; passwords are random, 192 bits each."""

    port: int
    socket_folder: str
    admin_password: str
    owner_password: str
    app_password: str

    def __repr__(self) -> str:
        return f"Instance(port={self.port})"

    def dsn(self, role: str, password: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}:{password}@127.0.0.1:{self.port}/{database}"

    def admin_dsn(self, database: str = DATABASE) -> str:
        return self.dsn(ADMIN_ROLE, self.admin_password, database)

    def server(self, place: Place) -> Server:
        return Server(
            dsn=self.dsn(OWNER_ROLE, self.owner_password),
            app_dsn=self.dsn(APP_ROLE, self.app_password),
            admin_dsn=self.admin_dsn(),
            app_role=APP_ROLE,
            reaper_lock=place.reaper_lock,
        )

    def with_free_port(self, place: Place) -> "Instance":
        """The same, on the port it had if that is free, else on another; remembered before it is used."""
        instance = replace(self, port=_free_port(self.port))
        if not Path(instance.socket_folder).is_dir():
            # A folder in the temporary one may have been swept away since.
            instance = replace(instance, socket_folder=str(socket_folder(place)))
        _save(place, instance)
        return instance


def instance_at(place: Place) -> Instance:
    """What is remembered at `place`, or, at a place without data, new passwords, which are remembered from now on."""
    path = _path(place)
    try:
        return msgspec.json.decode(path.read_bytes(), type=Instance)
    except FileNotFoundError:
        if place.data.exists():
            raise PostgresUnavailable(_lost(place)) from None
    except msgspec.MsgspecError as broken:
        raise PostgresUnavailable(_lost(place)) from broken
    instance = Instance(
        port=0,
        socket_folder=str(socket_folder(place)),
        admin_password=secrets.token_hex(24),
        owner_password=secrets.token_hex(24),
        app_password=secrets.token_hex(24),
    )
    _save(place, instance)
    return instance


def _path(place: Place) -> Path:
    return place.home / "instance.json"


def _lost(place: Place) -> str:
    return f"{_path(place)} holds the database's passwords and cannot be read any more. make demo-reset begins anew."


def _save(place: Place, instance: Instance) -> None:
    unfinished = place.home / "instance.new"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(instance))
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(_path(place))


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as trial:
            # As PostgreSQL itself does, so that a port whose last connections linger counts as free.
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
            free: int = trial.getsockname()[1]
            return free
    raise PostgresUnavailable("No TCP port is free on 127.0.0.1.")
