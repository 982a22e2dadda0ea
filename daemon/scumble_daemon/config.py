"""The daemon's settings: a TOML file of the user's, then the command line; frozen once read."""

import inspect
import re
from pathlib import Path
from typing import Annotated, Literal, get_args, get_type_hints

import msgspec

from scumble_protocol.endpoint import folders
from scumble_protocol.errors import ScumbleError
from scumble_protocol.images import MAX_SIDE

Count = Annotated[int, msgspec.Meta(ge=1)]
Bytes = Annotated[int, msgspec.Meta(ge=1 << 20)]
Seconds = Annotated[float, msgspec.Meta(gt=0)]
Choice = Literal["auto", "on", "off"]
Device = Annotated[str, msgspec.Meta(pattern=r"^(auto|cpu|mps|(cuda|xpu)(:\d+)?)$")]


class SettingsError(ScumbleError):
    """The settings cannot be used as they are written."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything about a daemon that its user may choose."""

    devices: Annotated[tuple[Device, ...], msgspec.Meta(min_length=1, max_length=16)] = ("auto",)
    """One worker for each: auto, cpu, mps, cuda, cuda:1, xpu."""
    listen: tuple[str, ...] = ()
    """Further addresses, such as "tcp://0.0.0.0:7801"; beyond this machine with keys only."""

    dtype: Literal["auto", "float32", "float16", "bfloat16"] = "auto"
    """The number format of weights; auto is 32 bits on a processor, else 16 as the family likes."""
    attention: Literal["auto", "native", "sliced", "xformers"] = "auto"
    """Torch's own, in slices (less memory, slower), or xFormers where that is installed."""
    vae_slicing: Choice = "auto"
    """Pictures of a batch decoded one by one, all but the same; auto is where memory is short."""
    vae_tiling: Choice = "auto"
    """Large pictures decoded in tiles, whose colours may differ a little; auto as above."""
    offload: Literal["auto", "off", "model", "sequential"] = "auto"
    """A model's parts, or its layers, on the device only while they run; auto as above."""
    channels_last: bool = False
    """Weights of convolutions laid out as tensor cores like them."""
    fused_qkv: bool = False
    """Query, key and value by one product: faster, more memory; off while a LoRA is worn."""
    compile: bool = False
    """Models compiled by torch at their first job, which takes minutes once and is faster after."""
    device_budget_bytes: Bytes | None = None
    """Weights on a device; nothing leaves 30 % of it for the painting itself."""
    host_budget_bytes: Bytes | None = None
    """Weights kept in host memory; nothing is half of it."""

    picture_side: Annotated[int, msgspec.Meta(ge=64, le=MAX_SIDE)] = 16_384
    """The longest side of a picture, in px."""
    picture_pixels: Count = 128 << 20
    """The most pixels of a picture."""
    message_bytes: Bytes = 1 << 30
    """The largest message, pictures included."""
    queued_jobs: Count = 64
    """Waiting jobs of one client."""
    queued_jobs_total: Count = 256
    """Waiting jobs of all clients together."""
    kept_results: Count = 1000
    """Results of one client that it has not acknowledged."""
    connections: Count = 1024
    """Connections remembered at once."""
    need_timeout_s: float = 120.0
    """How long a job waits for pictures that were asked for."""
    start_timeout_s: Seconds = 300.0
    """How long a worker may take until it is ready."""
    stop_timeout_s: float = 60.0
    """How long a worker may take to stop a job before it is ended."""

    spool_quota_bytes: Bytes = 20 << 30
    """Pictures of jobs and results on disk, together."""
    picture_cache_bytes: Annotated[int, msgspec.Meta(ge=0)] = 2 << 30
    """Pictures on disk that no job needs any more."""
    keep_results_days: Annotated[float, msgspec.Meta(ge=7)] = 14.0
    """How long results wait for their client; a week at least, as the protocol promises."""
    pickle_allowed: tuple[str, ...] = ()
    """Whole paths of files that may be unpickled, which can run any program: `.pt` embeddings."""


FLAGS = (
    "dtype",
    "attention",
    "vae_slicing",
    "vae_tiling",
    "offload",
    "channels_last",
    "fused_qkv",
    "compile",
)
"""Settings that the command line of `run` takes too, and passes on to its workers."""


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
    settings: Settings,
    devices: tuple[str, ...] = (),
    listen: tuple[str, ...] = (),
    **flags: str | bool | None,
) -> Settings:
    """Return settings with what the command line says put over them; None says nothing.

    Raises SettingsError where a value is none.
    """
    chosen = {"devices": devices or settings.devices, "listen": settings.listen + listen}
    said = {name: value for name, value in flags.items() if value is not None}
    values = {name: getattr(settings, name) for name in settings.__struct_fields__}
    try:
        return msgspec.convert(values | chosen | said, Settings)
    except msgspec.ValidationError as error:
        raise SettingsError(
            f"The daemon was not started: {error}. A device is auto, cpu, cuda, cuda:0, mps or xpu."
        ) from error


def choices_of(name: str) -> tuple[str, ...]:
    """Return the words that a setting takes; none for one that is on or off."""
    hint = get_type_hints(Settings)[name]
    return () if hint is bool else get_args(hint)


def meanings() -> dict[str, str]:
    """Return each setting's sentence, as it stands below it in this file; none without the file."""
    try:
        source = inspect.getsource(Settings)
    except OSError:
        return {}
    return dict(re.findall(r'^    (\w+): .*\n    """(.*)"""$', source, re.MULTILINE))
