"""Models in memory: lent, kept, moved out and dropped, least recently used first."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from helpers import small_models
from scumble_daemon.models.cache import ModelCache
from scumble_daemon.models.catalog import Catalogue, Entry
from scumble_daemon.models.devices import Device, open_device
from scumble_daemon.models.errors import ModelError
from scumble_daemon.models.loaded import Loaded
from scumble_daemon.models.loader import load
from scumble_daemon.models.memory import sentences_of

KIND = "sd15"


class Apart(Device):
    """The CPU as a device whose memory is not the host's."""

    @property
    def is_host(self) -> bool:
        return False


@dataclass
class Shelf:
    """Entries over one small model, and a loader that counts."""

    catalogue: Catalogue
    loads: list[str]
    byte_count: int

    def entry(self, name: str) -> Entry:
        return self.catalogue.get(name)

    def load(self, entry: Entry, device: Device) -> Loaded:
        self.loads.append(entry.name)
        return load(entry, device)

    def cache(self, device_room: float, host_room: float, *, apart: bool = True) -> ModelCache:
        """Return a cache with room for so many models in each place."""
        cpu = open_device("cpu")
        device = (
            Apart(cpu.place, cpu.title, cpu.memory_total_bytes, torch.float32) if apart else cpu
        )
        return ModelCache(
            device,
            self.load,
            device_budget_bytes=int(device_room * self.byte_count),
            host_budget_bytes=int(host_room * self.byte_count),
        )


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    catalogue = Catalogue(tmp_path, Path("/nonexistent"))
    for name in "abc":
        catalogue.add(str(small_models.folder(KIND)), name)
    size = load(catalogue.get("a"), open_device("cpu")).byte_count
    return Shelf(catalogue, [], size)


def use(cache: ModelCache, shelf: Shelf, names: str) -> None:
    for name in names:
        with cache.lease(shelf.entry(name)):
            pass


def test_a_model_is_loaded_once(shelf: Shelf) -> None:
    use(shelf.cache(3.5, 0.5), shelf, "aaab")
    assert shelf.loads == ["a", "b"]


def test_the_least_recently_used_moves_to_the_host(shelf: Shelf) -> None:
    cache = shelf.cache(2.5, 5)
    use(cache, shelf, "abac")
    assert cache.names_on_device == ("a", "c")
    assert cache.names_on_host == ("b",)
    use(cache, shelf, "b")
    assert cache.names_on_device == ("c", "b")
    assert shelf.loads == ["a", "b", "c"]


def test_the_least_recently_used_leaves_the_host_last(shelf: Shelf) -> None:
    cache = shelf.cache(1.5, 1.5)
    use(cache, shelf, "abc")
    assert (cache.names_on_device, cache.names_on_host) == (("c",), ("b",))
    use(cache, shelf, "a")
    assert shelf.loads == ["a", "b", "c", "a"]


def test_where_device_and_host_are_one_nothing_is_kept_twice(shelf: Shelf) -> None:
    cache = shelf.cache(9, 2.5, apart=False)
    use(cache, shelf, "abc")
    assert (cache.names_on_device, cache.names_on_host) == (("b", "c"), ())


def test_a_lent_model_stays_whatever_the_budget(shelf: Shelf) -> None:
    cache = shelf.cache(1.5, 0.5)
    with cache.lease(shelf.entry("a")) as lent:
        use(cache, shelf, "b")
        cache.drop()
        cache.free_idle()
        assert cache.names_on_device == ("a",)
        assert lent.components["unet"] is not None


def test_idle_models_are_moved_out_when_asked(shelf: Shelf) -> None:
    cache = shelf.cache(5, 5)
    use(cache, shelf, "ab")
    with cache.lease(shelf.entry("a")):
        assert cache.free_idle()
        assert (cache.names_on_device, cache.names_on_host) == (("a",), ("b",))
        assert not cache.free_idle()


def test_one_model_or_all_are_dropped(shelf: Shelf) -> None:
    cache = shelf.cache(5, 5)
    use(cache, shelf, "abc")
    cache.drop("b")
    assert cache.names_on_device == ("a", "c")
    cache.drop()
    assert not cache.names_on_device


def test_a_model_whose_files_changed_is_loaded_anew(tmp_path: Path, shelf: Shelf) -> None:
    copied = tmp_path / "copied"
    small_models.build(KIND).save_pretrained(copied)
    shelf.catalogue.add(str(copied), "d")
    cache = shelf.cache(5, 5)
    use(cache, shelf, "d")
    index = copied / "model_index.json"
    index.write_bytes(index.read_bytes() + b"\n")
    use(cache, shelf, "d")
    assert shelf.loads == ["d", "d"]


def test_a_model_that_cannot_be_loaded_leaves_the_others(tmp_path: Path, shelf: Shelf) -> None:
    copied = tmp_path / "copied"
    small_models.build(KIND).save_pretrained(copied)
    shelf.catalogue.add(str(copied), "d")
    (copied / "vae" / "config.json").unlink()
    cache = shelf.cache(5, 5)
    use(cache, shelf, "a")
    with pytest.raises(ModelError):
        use(cache, shelf, "d")
    assert cache.names_on_device == ("a",)


def test_a_model_larger_than_the_device_is_brought_there_by_parts(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    offloads: list[bool] = []
    monkeypatch.setattr(
        Loaded, "offload", lambda _self, _place, *, sequential: offloads.append(sequential)
    )
    cache = shelf.cache(0.5, 5)
    with cache.lease(shelf.entry("a")) as model:
        assert offloads == [False]
        assert sentences_of(model)
    use(cache, shelf, "a")
    assert offloads == [False]


def test_a_device_that_is_fuller_than_thought_is_cleared_first(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = shelf.cache(9, 9)
    use(cache, shelf, "a")
    full = [True]
    original = Loaded.to

    def to(self: Loaded, place: torch.device) -> None:
        if self.entry.name == "b" and full:
            full.clear()
            raise torch.OutOfMemoryError("CUDA out of memory")
        original(self, place)

    monkeypatch.setattr(Loaded, "to", to)
    use(cache, shelf, "b")
    assert (cache.names_on_device, cache.names_on_host) == (("b",), ("a",))
