"""Which models are in memory: held by lease, moved out and dropped least recently used first."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
import torch

from scumble_daemon.models.catalog import Entry, identity_of
from scumble_daemon.models.devices import Device
from scumble_daemon.models.loaded import Loaded
from scumble_daemon.models.memory import CHOSEN_OFFLOADING, OFFLOADING, free, is_out_of_memory, take

DEVICE_SHARE = 0.7
"""Of a device's memory that weights may fill; the rest is for the painting itself."""
HOST_SHARE = 0.5
HOST = torch.device("cpu")


class ModelCache:
    """Models on one device and, as room allows, waiting in host memory.

    Used by one thread. A model is lent by a lease and never moved or dropped while one is open.
    Where the device is the host itself there is one place, with the host's budget.
    """

    def __init__(
        self,
        device: Device,
        load: Callable[[Entry, Device], Loaded],
        *,
        device_budget_bytes: int | None = None,
        host_budget_bytes: int | None = None,
    ) -> None:
        self._device = device
        self._load = load
        total = int(psutil.virtual_memory().total)
        on_device = int(device.memory_total_bytes * DEVICE_SHARE)
        self._device_budget_bytes = device_budget_bytes or on_device
        self._host_budget_bytes = host_budget_bytes or int(total * HOST_SHARE)
        if device.is_host:
            self._device_budget_bytes = self._host_budget_bytes
        self._on_device: OrderedDict[str, Loaded] = OrderedDict()  # least recently used first
        self._on_host: OrderedDict[str, Loaded] = OrderedDict()
        self._leases: dict[str, int] = {}

    @contextmanager
    def lease(self, entry: Entry) -> Iterator[Loaded]:
        """Lend a model on the device for the time of a `with`, loading it where it is not there.

        Raises ModelError where it cannot be loaded.
        """
        model = self._brought(entry)
        self._leases[entry.name] = self._leases.get(entry.name, 0) + 1
        try:
            yield model
        finally:
            self._leases[entry.name] -= 1
            self._make_room(0)

    def drop(self, name: str | None = None) -> None:
        """Forget an idle model, or all of them without a name."""
        for place in (self._on_device, self._on_host):
            for known in tuple(place):
                if name in (None, known) and not self._leases.get(known):
                    place.pop(known).discard()
        free(self._device)

    def free_idle(self) -> bool:
        """Move every model that is not lent off the device; tell whether there was any."""
        idle = [name for name in self._on_device if not self._leases.get(name)]
        for name in idle:
            self._move_out(name)
        free(self._device)
        return bool(idle)

    @property
    def names_on_device(self) -> tuple[str, ...]:
        """Models on the device, least recently used first."""
        return tuple(self._on_device)

    @property
    def names_on_host(self) -> tuple[str, ...]:
        """Models waiting in host memory, least recently used first."""
        return tuple(self._on_host)

    def _brought(self, entry: Entry) -> Loaded:
        self._forget_if_changed(entry)
        if entry.name in self._on_device:
            self._on_device.move_to_end(entry.name)
            return self._on_device[entry.name]
        model = self._on_host.pop(entry.name, None)
        if model is None:
            self._make_room(entry.size_bytes)
            model = self._load(entry, self._device)
        self._make_room(model.byte_count)
        self._place(model)
        self._on_device[entry.name] = model
        return model

    def _place(self, model: Loaded) -> None:
        """Bring a model to the device; by parts, as they are needed, where it does not fit.

        Where memory runs out short of the budget, idle models are moved out first.
        """
        chosen = CHOSEN_OFFLOADING.get(self._device.performance.offload)
        if chosen is not None and not model.is_offloaded:
            take(chosen, model, self._device)
        elif not self._device.is_host and model.byte_count > self._device_budget_bytes:
            take(OFFLOADING, model, self._device)
        try:
            model.to(self._device.place)
            return
        except (RuntimeError, MemoryError) as error:
            if self._device.is_host or not is_out_of_memory(error):
                raise
        model.to(HOST)
        if not self.free_idle():
            take(OFFLOADING, model, self._device)
        model.to(self._device.place)

    def _forget_if_changed(self, entry: Entry) -> None:
        for place in (self._on_device, self._on_host):
            known = place.get(entry.name)
            if known is not None and known.identity != identity_of(entry):
                place.pop(entry.name).discard()

    def _make_room(self, needed_bytes: int) -> None:
        while self._bytes(self._on_device) + needed_bytes > self._device_budget_bytes:
            idle = next((name for name in self._on_device if not self._leases.get(name)), None)
            if idle is None:
                return
            self._move_out(idle)
            free(self._device)

    def _move_out(self, name: str) -> None:
        model = self._on_device.pop(name)
        if self._device.is_host or model.byte_count > self._host_budget_bytes:
            model.discard()
            return
        model.to(HOST)
        self._on_host[name] = model
        while self._bytes(self._on_host) > self._host_budget_bytes:
            self._on_host.popitem(last=False)[1].discard()

    @staticmethod
    def _bytes(place: OrderedDict[str, Loaded]) -> int:
        return sum(model.byte_count for model in place.values())
