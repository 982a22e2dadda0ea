"""The list of models worth having holds facts only."""

from pathlib import Path

import msgspec

from scumble_daemon.models.catalog import Catalogue, home_of
from scumble_daemon.models.families import FAMILIES
from scumble_daemon.models.recommended import recommendations
from scumble_protocol.messages import Download

LISTED = recommendations(())


def test_every_one_is_of_a_known_family_and_can_be_downloaded() -> None:
    for one in LISTED:
        assert one.family in FAMILIES
        assert one.licence
        assert one.good_for.endswith(".")
        assert home_of(one.source) == one.source
        msgspec.convert({"type": "download", "request": "r", "source": one.source}, Download)
    assert len({one.source for one in LISTED}) == len(LISTED)


def test_what_is_installed_is_told(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path)
    bundled = catalogue.get("miniature")
    here = msgspec.structs.replace(bundled, name="mine", source=LISTED[0].source)
    found = recommendations((bundled, here))
    assert [one.installed for one in found] == ["mine", *[""] * (len(found) - 1)]
