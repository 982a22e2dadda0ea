"""Who may come in, what others can see, and that no message reaches the file system."""

import os
import pickle
import stat
import sys
from pathlib import Path

import numpy as np
import pytest
import zmq

from helpers.homes import PATIENCE_S, SCRIPTED, Home, Wire, client, free_port
from scumble_protocol import messages as m
from scumble_protocol.client import Client
from scumble_protocol.endpoint import Connection, folders, read_connection
from scumble_protocol.errors import DaemonUnreachableError, ErrorCode, RemoteError
from scumble_protocol.images import Pictures
from scumble_protocol.jobs import Job, TextToImage

unix_only = pytest.mark.skipif(sys.platform == "win32", reason="modes of files are Unix's")


def mode(path: Path) -> int:
    """Return a file's permissions."""
    return stat.S_IMODE(path.stat().st_mode)


def ask_keys(house: Home, *arguments: str) -> str:
    """Run the `keys` command and return what it says."""
    process = house.launch((sys.executable, "-m", "scumble_daemon", "keys", *arguments))
    said = process.communicate(timeout=PATIENCE_S)[1].decode()
    assert process.returncode == 0, said
    return said


@unix_only
def test_folders_and_files_are_this_users_alone(house: Home) -> None:
    endpoint = house.start().endpoint
    assert mode(Path(endpoint.removeprefix("ipc://")).parent) == 0o700
    assert mode(folders().runtime) == 0o700
    assert mode(folders().connection_file) == 0o600
    assert mode(house.spool) == 0o700
    assert mode(house.spool / "pictures") == 0o700
    assert mode(house.spool / "inbox") == 0o700


@unix_only
def test_a_folder_too_deep_for_a_socket_gets_a_short_private_one(tmp_path: Path) -> None:
    with_long_path = Home(tmp_path / ("deep" * 30))
    try:
        endpoint = with_long_path.start().endpoint
        place = Path(endpoint.removeprefix("ipc://")).parent
        assert mode(place) == 0o700
        with client() as me:
            assert me.ping().session == me.welcome.session
    finally:
        with_long_path.stop()
        with_long_path.close()
    assert not list(place.iterdir())


@pytest.mark.parametrize(
    "address", ["tcp://0.0.0.0:0", "tcp://192.0.2.1:7801", "tcp://*:7801", "tcp://[::]:7801"]
)
def test_the_network_is_refused_without_keys(house: Home, address: str) -> None:
    house.settle(listen=(address,))
    said = house.refusal()
    assert "only with keys" in said or "no address" in said
    assert not folders().connection_file.exists()


@pytest.mark.parametrize("address", ["ipc:///tmp/elsewhere", "tcp://127.0.0.1", "udp://x:1", "x"])
def test_what_is_no_address_is_refused(house: Home, address: str) -> None:
    house.settle(listen=(address,))
    assert "no address" in house.refusal()


def test_loopback_needs_no_keys(house: Home) -> None:
    endpoint = f"tcp://127.0.0.1:{free_port()}"
    house.settle(listen=(endpoint,))
    house.start()
    with Wire(Connection(endpoint=endpoint)) as wire:
        assert isinstance(wire.hello(), m.Welcome)


@pytest.fixture(name="network")
def _network(house: Home) -> Connection:
    """A front that listens on the network, with this user's client key let in."""
    from scumble_daemon.front import keys

    keys.allow("me", keys.client_keys().public)
    port = free_port()
    house.settle(listen=(f"tcp://0.0.0.0:{port}",))
    house.start()
    return Connection(endpoint=f"tcp://127.0.0.1:{port}", server_key=keys.daemon_keys().public)


def test_a_client_with_the_right_key_paints_over_the_network(network: Connection) -> None:
    with Client.connect(network, client_id="far-away-client") as me:
        painted = me.submit(TextToImage(seed=1, width=16, height=8), Pictures()).result()
    assert painted.layers[0].pixels.shape == (8, 16, 3)


def test_a_client_with_a_wrong_key_gets_nothing(network: Connection) -> None:
    public, secret = zmq.curve_keypair()
    assert network.server_key is not None
    options = {
        "CURVE_SERVERKEY": network.server_key.encode(),
        "CURVE_PUBLICKEY": public,
        "CURVE_SECRETKEY": secret,
    }
    with Wire(network, **options) as wire:
        wire.say(m.Hello(request="h", client="an-intruder"))
        assert wire.hear(timeout_s=1) is None


def test_a_client_without_a_key_gets_nothing(network: Connection) -> None:
    with Wire(network) as wire:
        wire.say(m.Hello(request="h", client="an-intruder"))
        assert wire.hear(timeout_s=1) is None


def test_a_client_who_takes_another_for_the_daemon_sends_it_nothing(network: Connection) -> None:
    public, _ = zmq.curve_keypair()
    impostor = Connection(endpoint=network.endpoint, server_key=public.decode())
    with pytest.raises(DaemonUnreachableError):
        Client.connect(impostor, timeout_s=1)


def test_key_files_are_this_users_alone_and_a_forgotten_client_stays_out(
    house: Home, network: Connection
) -> None:
    assert mode(folders().config / "daemon-key.json") == 0o600
    assert mode(folders().config / "client-key.json") == 0o600
    assert mode(folders().config / "allowed-clients.json") == 0o600
    ask_keys(house, "forget", "me")
    with pytest.raises(DaemonUnreachableError):
        Client.connect(network, timeout_s=1)


def test_nobody_takes_a_client_id_that_belongs_to_another_user(network: Connection) -> None:
    with client("the-local-client") as owner:
        owner.submit(TextToImage(seed=1, width=16, height=8), Pictures()).result(acknowledge=False)
    with pytest.raises(RemoteError, match="belongs to somebody else") as caught:
        Client.connect(network, client_id="the-local-client")
    assert caught.value.code is ErrorCode.UNAUTHORIZED


def test_another_clients_job_is_neither_seen_nor_touched(front: Home) -> None:
    with client("the-owner") as owner:
        theirs = owner.submit(
            TextToImage(seed=1, width=16, height=8), Pictures(), job_id="a-secret"
        )
        theirs.result(acknowledge=False)
        with Wire(read_connection(folders().connection_file)) as wire:
            wire.hello("somebody-else")
            requests: list[m.AnyRequest] = [
                m.Results(request="r", job="a-secret"),
                m.Cancel(request="c", job="a-secret"),
                m.Ack(request="a", job="a-secret"),
                m.Reorder(request="o", job="a-secret", position=0),
                m.Submit(
                    request="s",
                    job=Job(id="a-secret", task=TextToImage(seed=1, width=16, height=8)),
                ),
            ]
            for request in requests:
                assert isinstance(wire.ask(request), m.Error)
            listed = wire.ask(m.Jobs(request="j"))
            assert isinstance(listed, m.JobList)
            assert listed.jobs == ()
        assert [status.job for status in owner.jobs()] == ["a-secret"]
    assert front.runs == ["a-secret"]


@unix_only
def test_no_path_in_a_message_reaches_the_file_system(front: Home, tmp_path: Path) -> None:
    trap = tmp_path / "model.safetensors"
    os.mkfifo(trap)  # whoever opens it waits forever
    with client() as me:
        for name in (str(trap), f"../../{trap.name}", f"file://{trap}"):
            with pytest.raises(RemoteError) as caught:
                me.submit(TextToImage(seed=1, width=8, height=8), Pictures(), model=name)
            assert caught.value.code is ErrorCode.UNKNOWN_MODEL
            with pytest.raises(RemoteError):
                me.load(name)
    assert front.runs == []


def test_pictures_are_kept_under_names_that_the_daemon_chooses(front: Home) -> None:
    pictures = Pictures()
    pictures.add(np.zeros((4, 4, 3), np.uint8))
    with client() as me:
        me.submit(TextToImage(seed=1, width=16, height=8), Pictures()).result(acknowledge=False)
    names = [path.name for path in (front.spool / "pictures").iterdir()]
    assert len(names) == 1
    assert names[0].endswith("-rgb8-16x8")


def test_a_pickled_checkpoint_is_refused_and_not_opened(house: Home, tmp_path: Path) -> None:
    trap = tmp_path / "model.ckpt"
    sprung = tmp_path / "sprung"
    trap.write_bytes(pickle.dumps(_Trap(str(sprung))))
    command = (sys.executable, "-m", "scumble_daemon", "models", "add", str(trap))
    assert "pickle" in house.refusal(command)
    assert not sprung.exists()


class _Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, file: str) -> None:
        self._file = file

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return open, (self._file, "w")


def test_a_daemon_takes_over_from_one_that_was_killed(front: Home) -> None:
    front.kill()
    assert folders().connection_file.exists()
    front.start(SCRIPTED)
    with client() as me:
        assert me.ping().session == me.welcome.session
