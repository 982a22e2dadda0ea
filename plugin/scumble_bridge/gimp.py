"""GIMP's plug-in: one folder with a script of the same name, which GIMP finds by itself."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from scumble_bridge.payload import (
    copy_package,
    move_into_place,
    package_folder,
    remove,
    write_record,
)
from scumble_bridge.places import Place

NAME = "scumble"


class Gimp:
    """How the plug-in gets into GIMP and out again."""

    where = "Start GIMP again; the commands are under Filters ▸ Scumble."

    def own_folder(self, place: Place) -> Path:
        """Return the folder that is all ours."""
        return place.plugins / NAME

    def install(self, place: Place, fresh: Path) -> None:
        """Put the plug-in in place, made in an empty folder beside it first."""
        made = fresh / NAME
        made.mkdir()
        for package in ("scumble_host", "scumble_gimp"):
            copy_package(package, made / package)
        script = made / f"{NAME}.py"
        shutil.copyfile(package_folder("scumble_gimp") / "script.py", script)
        script.chmod(0o755)
        write_record(place, made)
        move_into_place(made, self.own_folder(place))

    def uninstall(self, place: Place) -> bool:
        """Remove the plug-in; tell whether there was one."""
        return remove(self.own_folder(place))

    def remarks(self, place: Place) -> Iterator[str]:
        """Yield what keeps the plug-in from working."""
        if not (self.own_folder(place) / f"{NAME}.py").is_file():
            yield f"  {NAME}.py is missing; run: scumble bridge install gimp"
