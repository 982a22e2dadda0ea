"""The daemon's settings: a TOML file of the user's, then the command line; frozen once read."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from scumble_protocol.endpoint import folders
from scumble_protocol.errors import ScumbleError
from scumble_protocol.images import MAX_SIDE

Count = Annotated[int, msgspec.Meta(ge=1)]
Bytes = Annotated[int, msgspec.Meta(ge=1 << 20)]
Seconds = Annotated[float, msgspec.Meta(gt=0)]
Device = Annotated[str, msgspec.Meta(pattern=r"^(auto|cpu|mps|(cuda|xpu)(:\d+)?)$")]


class SettingsError(ScumbleError):
    """The settings cannot be used as they are written."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything about a daemon that its user may choose."""

    devices: Annotated[tuple[Device, ...], msgspec.Meta(min_length=1, max_length=16)] = ("auto",)
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = "auto"
    attention: Literal["auto", "native", "sliced", "xformers"] = "auto"
    listen: tuple[str, ...] = ()  # further endpoints, such as "tcp://0.0.0.0:7801"

    picture_side: Annotated[int, msgspec.Meta(ge=64, le=MAX_SIDE)] = 16_384  # px
    picture_pixels: Count = 128 << 20
    message_bytes: Bytes = 1 << 30
    queued_jobs: Count = 64  # of one client
    queued_jobs_total: Count = 256
    kept_results: Count = 1000  # of one client, until it acknowledges them
    connections: Count = 1024  # remembered at once
    need_timeout_s: float = 120.0  # how long a submit waits for pictures that were asked for
    start_timeout_s: Seconds = 300.0  # how long a worker may take until it is ready
    stop_timeout_s: float = 60.0  # how long a worker may take to stop a job before it is ended

    spool_quota_bytes: Bytes = 20 << 30  # pictures of jobs and results together
    picture_cache_bytes: Annotated[int, msgspec.Meta(ge=0)] = 2 << 30  # of those no job needs
    keep_results_days: Annotated[float, msgspec.Meta(ge=7)] = 14.0  # as PROTOCOL.md promises

    device_budget_bytes: Bytes | None = None  # weights on the device; None is worked out there
    host_budget_bytes: Bytes | None = None  # weights kept in host memory
    pickle_allowed: tuple[str, ...] = ()  # files that may be unpickled, by their whole path


def settings_file() -> Path:
    """Return where this user's settings are looked for."""
    return folders().config / "daemon.toml"


def spool_folder() -> Path:
    """Return where jobs, results and their pictures are kept."""
    return folders().data / "spool"


def picture_folder() -> Path:
    """Return where front and workers share pictures."""
    return spool_folder() / "pictures"


def inbox_folder() -> Path:
    """Return where programs of this user lay pictures down for the front to take."""
    return spool_folder() / "inbox"


def model_folder() -> Path:
    """Return where the catalogue of this user's models is kept."""
    return folders().data


def load_settings(file: Path | None = None) -> Settings:
    """Return the settings of a file, this user's own without one; the defaults where it is missing.

    Raises SettingsError where the file cannot be understood, naming the line or the field.
    """
    path = file or settings_file()
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Settings)
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The settings in {path} cannot be used: {error}. The daemon was not started; mend the "
            "file, or move it away to have the defaults."
        ) from error


def with_choices(
    settings: Settings, devices: tuple[str, ...] = (), listen: tuple[str, ...] = ()
) -> Settings:
    """Return settings with what the command line says put over them.

    Raises SettingsError where a value is none.
    """
    chosen = {"devices": devices or settings.devices, "listen": settings.listen + listen}
    values = {name: getattr(settings, name) for name in settings.__struct_fields__}
    try:
        return msgspec.convert(values | chosen, Settings)
    except msgspec.ValidationError as error:
        raise SettingsError(
            f"The daemon was not started: {error}. A device is auto, cpu, cuda, cuda:0, mps or xpu."
        ) from error
