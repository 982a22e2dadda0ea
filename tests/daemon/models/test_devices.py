"""The choice of device and number format."""

import sys

import pytest
import torch

from scumble_daemon.models import devices
from scumble_daemon.models.devices import Device, open_device
from scumble_daemon.models.errors import ModelError


def test_the_cpu_is_always_there_and_computes_in_32_bits() -> None:
    device = open_device("cpu")
    assert device.is_host
    assert device.dtype_for("sdxl") is torch.float32
    assert device.memory_total_bytes > 1 << 28
    assert 0 < device.memory_used_bytes() <= device.memory_total_bytes
    assert device.peak_bytes() > 0


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is kept by Linux alone")
def test_the_peak_is_measured_anew_and_remembers_what_has_gone() -> None:
    device = open_device("cpu")
    device.reset_peak()
    before = device.peak_bytes()
    large = torch.ones(64 << 18)
    del large
    assert device.peak_bytes() > before + (32 << 20)
    device.reset_peak()
    assert device.peak_bytes() < before + (32 << 20)


def test_a_device_that_is_not_there_is_told() -> None:
    absent = "mps" if not torch.backends.mps.is_available() else "cuda:99"
    with pytest.raises(ModelError, match=absent):
        open_device(absent)


def test_a_chosen_number_format_holds_for_every_family() -> None:
    assert open_device("cpu", "bfloat16").dtype_for("sd15") is torch.bfloat16


def test_attention_is_torchs_own_unless_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert open_device("cpu").attention == "native"
    assert open_device("cpu", attention="sliced").attention == "sliced"
    monkeypatch.setattr(devices, "find_spec", lambda _name: None)
    with pytest.raises(ModelError, match="xFormers"):
        open_device("cpu", attention="xformers")


@pytest.mark.parametrize(
    ("family", "dtype"),
    [("sd15", torch.float16), ("sdxl", torch.float16), ("flux", torch.bfloat16)],
)
def test_accelerators_compute_in_16_bits(family: str, dtype: torch.dtype) -> None:
    assert Device(torch.device("mps"), "mps", 1).dtype_for(family) is dtype
