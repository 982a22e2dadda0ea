import pytest

from scumble_daemon.front.clients import LOCAL, Clients, Peer
from scumble_daemon.front.records import Ledger
from scumble_protocol.errors import ErrorCode, RemoteError

HERE = Peer(0, b"here")
THERE = Peer(1, b"there")


@pytest.fixture(name="clients")
def _clients() -> Clients:
    """Room for two connections."""
    return Clients(Ledger(), 2)


def test_a_connection_speaks_for_the_client_it_named(clients: Clients) -> None:
    clients.greet(HERE, "a-client", LOCAL)
    assert clients.heard(HERE, LOCAL).client == "a-client"
    assert clients.present() == 1


def test_nothing_is_done_for_a_connection_that_said_no_hello(clients: Clients) -> None:
    with pytest.raises(RemoteError, match="hello") as caught:
        clients.heard(HERE, LOCAL)
    assert caught.value.code is ErrorCode.UNAUTHORIZED


def test_a_connection_whose_name_changed_hands_must_say_hello_again(clients: Clients) -> None:
    clients.greet(HERE, "a-client", "one key")
    with pytest.raises(RemoteError, match="hello"):
        clients.heard(HERE, "another key")
    with pytest.raises(RemoteError, match="hello"):
        clients.heard(HERE, "one key")


def test_a_client_that_is_connected_cannot_be_spoken_for_by_another_owner(
    clients: Clients,
) -> None:
    clients.greet(HERE, "a-client", LOCAL)
    with pytest.raises(RemoteError, match="somebody else"):
        clients.greet(THERE, "a-client", "a key")


def test_the_connection_longest_silent_is_forgotten_first(clients: Clients) -> None:
    clients.greet(HERE, "client-one", LOCAL)
    clients.greet(THERE, "client-two", LOCAL)
    clients.watch(THERE, "some-job-id")
    clients.heard(HERE, LOCAL)
    clients.greet(Peer(0, b"new"), "client-three", LOCAL)
    assert clients.heard(HERE, LOCAL).client == "client-one"
    assert clients.watchers("some-job-id") == ()
    with pytest.raises(RemoteError):
        clients.heard(THERE, LOCAL)
