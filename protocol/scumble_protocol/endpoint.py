"""Where a user's daemon is: the folders of Scumble and the connection file that tells clients."""

import contextlib
import os
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

import msgspec
import platformdirs
import psutil

from scumble_protocol.errors import DaemonUnreachableError
from scumble_protocol.files import PictureFolders

HOME_VARIABLE = "SCUMBLE_HOME"
"""Environment variable: one folder for everything, instead of the platform's several."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Where Scumble keeps what, for this user."""

    runtime: Path  # sockets and the connection file; gone at log-out
    config: Path  # settings, keys
    data: Path  # catalogue, models, spool
    log: Path

    @property
    def connection_file(self) -> Path:
        """The file that says where the daemon listens."""
        return self.runtime / "daemon.json"


def folders() -> Folders:
    """Return this user's folders, none of which need exist yet."""
    if home := os.environ.get(HOME_VARIABLE):
        root = Path(home).expanduser().absolute()
        return Folders(root / "run", root / "config", root / "data", root / "log")
    data = platformdirs.user_data_path("scumble", appauthor=False)
    return Folders(
        _runtime_folder(otherwise=data / "run"),
        platformdirs.user_config_path("scumble", appauthor=False),
        data,
        platformdirs.user_log_path("scumble", appauthor=False),
    )


def _runtime_folder(otherwise: Path) -> Path:
    """Return the platform's folder for sockets, or another where the session has none.

    platformdirs then falls back on one below /tmp, whose parent may be somebody else's, and warns.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        folder = platformdirs.user_runtime_path("scumble")
    return otherwise if folder.is_relative_to(tempfile.gettempdir()) else folder


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """What a client must know to reach a daemon."""

    endpoint: str  # such as "ipc:///run/user/1000/scumble/daemon.sock"
    server_key: str | None = None  # CURVE public key, Z85; None on this machine
    session: str = ""
    pid: int = 0
    protocol: str = ""
    pictures: PictureFolders | None = None  # where its pictures lie, for programs of this user


def write_connection(connection: Connection, file: Path) -> None:
    """Write a connection file for this user alone (mode 0600), whole or not at all."""
    make_private(file.parent)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=file.name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(msgspec.json.format(msgspec.json.encode(connection)))
        Path(name).replace(file)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def read_connection(file: Path) -> Connection:
    """Return what a connection file says.

    Raises DaemonUnreachableError where there is none or it cannot be understood.
    """
    try:
        return msgspec.json.decode(file.read_bytes(), type=Connection)
    except FileNotFoundError as error:
        raise DaemonUnreachableError(
            "No Scumble daemon is running for this user. Start one with `scumble daemon start`."
        ) from error
    except (OSError, msgspec.DecodeError) as error:
        raise DaemonUnreachableError(
            f"The file that says where the daemon is could not be read ({file}: {error}). "
            "Start the daemon again with `scumble daemon start`."
        ) from error


def is_alive(connection: Connection) -> bool:
    """Tell whether the process that wrote a connection file of this machine still runs."""
    if connection.pid <= 0:
        return False
    try:  # a daemon killed before the program that started it stays a zombie until that ends
        return psutil.Process(connection.pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def make_private(folder: Path) -> None:
    """Make a folder that only this user may enter (mode 0700), or make an existing one so."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
