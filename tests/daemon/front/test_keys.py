from pathlib import Path

import pytest

from scumble_daemon.front import keys
from scumble_protocol.endpoint import HOME_VARIABLE, folders


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep keys in a folder of the test's own."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))


def test_the_same_keys_are_found_again_and_daemon_and_client_have_their_own() -> None:
    assert keys.daemon_keys() == keys.daemon_keys()
    assert keys.daemon_keys().public != keys.client_keys().public


def test_a_client_is_let_in_by_name_and_forgotten_again() -> None:
    key = keys.client_keys().public
    keys.allow("studio", key)
    assert [(client.name, client.key) for client in keys.allowed_clients()] == [("studio", key)]
    keys.forget("studio")
    assert keys.allowed_clients() == ()


def test_a_new_key_takes_the_place_of_the_old_one() -> None:
    keys.allow("studio", keys.client_keys().public)
    keys.allow("studio", keys.daemon_keys().public)
    assert [client.key for client in keys.allowed_clients()] == [keys.daemon_keys().public]


@pytest.mark.parametrize("key", ["", "short", "x" * 41, "ü" * 40, " " * 40])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(keys.KeyNameError, match="no public key"):
        keys.allow("studio", key)


def test_a_name_that_nobody_has_cannot_be_forgotten() -> None:
    with pytest.raises(keys.KeyNameError, match="Nobody called"):
        keys.forget("nobody")


def test_a_list_that_cannot_be_read_lets_nobody_in() -> None:
    keys.allow("studio", keys.client_keys().public)
    (folders().config / "allowed-clients.json").write_text("rubbish")
    assert keys.allowed_clients() == ()
