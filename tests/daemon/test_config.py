from pathlib import Path

import pytest

from scumble_daemon.config import (
    Settings,
    SettingsError,
    choices_of,
    load_settings,
    meanings,
    with_choices,
)


def test_without_a_file_there_are_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "missing.toml") == Settings()


def test_a_file_says_what_differs(tmp_path: Path) -> None:
    file = tmp_path / "daemon.toml"
    file.write_text('devices = ["cuda:0", "cuda:1"]\nqueued_jobs = 3\n')
    settings = load_settings(file)
    assert settings.devices == ("cuda:0", "cuda:1")
    assert settings.queued_jobs == 3
    assert settings.picture_side == Settings().picture_side


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("queued_jbos = 3", "queued_jbos"),
        ("queued_jobs = 0", "queued_jobs"),
        ('queued_jobs = "many"', "queued_jobs"),
        ("queued_jobs = x\n", "line 1"),
        ('devices = ["gpu"]', "devices"),
        ("devices = []", "devices"),
    ],
)
def test_a_mistake_is_refused_and_named(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "daemon.toml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=named):
        load_settings(file)


def test_the_command_line_goes_over_the_file() -> None:
    settings = with_choices(Settings(listen=("tcp://127.0.0.1:1",)), ("cpu",), ("tcp://[::1]:2",))
    assert settings.devices == ("cpu",)
    assert settings.listen == ("tcp://127.0.0.1:1", "tcp://[::1]:2")


def test_a_device_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError, match="A device is auto"):
        with_choices(Settings(), ("toaster",))


def test_what_is_about_memory_and_speed_may_be_said_for_one_run() -> None:
    chosen = with_choices(
        Settings(vae_tiling="on"), (), (), offload="sequential", compile=True, vae_tiling=None
    )
    assert (chosen.offload, chosen.compile, chosen.vae_tiling) == ("sequential", True, "on")
    with pytest.raises(SettingsError, match="offload"):
        with_choices(Settings(), (), (), offload="everything")


def test_every_setting_says_what_it_is() -> None:
    assert meanings().keys() == set(Settings.__struct_fields__)
    assert choices_of("offload") == ("auto", "off", "model", "sequential")
    assert choices_of("compile") == ()
