"""`scumble bridge install`, `uninstall` and `status`: what is done to which host, in sentences."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scumble_bridge.gimp import Gimp
from scumble_bridge.krita import Krita
from scumble_bridge.payload import InstallError
from scumble_bridge.places import HOSTS, Host, Machine, Place, find
from scumble_host.record import Record, RecordError, read_record
from scumble_protocol.version import PACKAGE

_NAMES: dict[Host, str] = {"gimp": "GIMP 3", "krita": "Krita"}
_KINDS: dict[Host, Gimp | Krita] = {"gimp": Gimp(), "krita": Krita()}


def run(action: str, which: str, machine: Machine | None = None) -> Iterator[str]:
    """Do an action for one host or all and yield what to tell the person.

    Raises InstallError where a host that was named is not there.
    """
    hosts = [host for host in HOSTS if which in (host, "all")]
    machine = machine or Machine.this()
    places = [place for host in hosts for place in find(host, machine)]
    if not places:
        names = " nor ".join(_NAMES[host] for host in hosts)
        raise InstallError(
            f"Neither a folder nor a program of {names} was found for this user, so nothing was "
            "done. Start the program once, then try again."
        )
    work = {"install": _install, "uninstall": _uninstall, "status": _status}[action]
    for place in places:
        yield from work(place)
    for host in hosts:
        if which == "all" and not any(place.host == host for place in places):
            yield f"{_NAMES[host]} was not found."


def _install(place: Place) -> Iterator[str]:
    before = _record_of(place)
    place.plugins.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".scumble-", dir=place.plugins) as fresh:
            _KINDS[place.host].install(place, Path(fresh))
    except OSError as error:
        raise InstallError(f"{place.title}: the plug-in was not installed: {error}.") from error
    done = "installed" if before is None else f"upgraded from {before.version}"
    yield f"{place.title}: plug-in {PACKAGE} {done} in {place.plugins}."
    yield f"  It starts the bridge with {_installed(place).command[0]}."
    if place.flatpak:
        yield (
            "  Flatpak keeps programs apart; allow this one to start Scumble with: "
            f"flatpak override --user --talk-name=org.freedesktop.Flatpak {place.flatpak}"
        )
    yield f"  {_KINDS[place.host].where}"
    yield f"  Undo it with: scumble bridge uninstall {place.host}"


def _uninstall(place: Place) -> Iterator[str]:
    try:
        removed = _KINDS[place.host].uninstall(place)
    except OSError as error:
        raise InstallError(f"{place.title}: the plug-in was not removed: {error}.") from error
    what = "the plug-in was removed" if removed else "there was no plug-in"
    yield f"{place.title}: {what} ({place.plugins})."


def _status(place: Place) -> Iterator[str]:
    installed = _record_of(place)
    if installed is None:
        yield f"{place.title}: not installed. Install it with: scumble bridge install {place.host}"
        return
    yield f"{place.title}: plug-in {installed.version} in {place.plugins}."
    if installed.version != PACKAGE:
        yield f"  This Scumble is {PACKAGE}; run: scumble bridge install {place.host}"
    if shutil.which(installed.command[0]) is None:
        yield (
            f"  It would start {installed.command[0]}, which is not there; run: "
            f"scumble bridge install {place.host}"
        )
    yield from _KINDS[place.host].remarks(place)


def _installed(place: Place) -> Record:
    return read_record(_KINDS[place.host].own_folder(place))


def _record_of(place: Place) -> Record | None:
    try:
        return _installed(place)
    except RecordError:
        return None
