"""The socket that the web side listens on."""

import math
import resource
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from webapp.config import Settings
from webapp.errors import Unavailable
from webapp.listener import allow_many_connections, listen

SECONDS = 10
TCP = socket.IPPROTO_TCP
MEBIBYTE = 1024 * 1024
PAUSE_S = 2.5  # the kernel gave up after 0.6


@contextmanager
def listening(settings: Settings, **changes: object) -> Iterator[socket.socket]:
    with listen(settings.model_copy(update={"port": 0, **changes})) as listener:
        yield listener


@contextmanager
def accepted(listener: socket.socket, host: str) -> Iterator[socket.socket]:
    """The server's side of a connection to that host."""
    listener.settimeout(SECONDS)
    with socket.create_connection((host, listener.getsockname()[1]), timeout=SECONDS):
        connection, _ = listener.accept()
        with connection:
            yield connection


def test_a_peer_that_vanishes_is_noticed_in_the_time_that_is_set(settings: Settings) -> None:
    with listening(settings, stream_vanished_s=20) as listener, accepted(listener, "127.0.0.1") as connection:
        assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        idle_s = connection.getsockopt(TCP, socket.TCP_KEEPIDLE)
        every_s, probes = (
            connection.getsockopt(TCP, name) for name in (socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
        )
        assert 0 < idle_s < idle_s + every_s * probes == 20


@pytest.mark.parametrize("vanished_s", [0.1, 1, 7.5, 3600, 1e9, math.inf])
def test_any_time_can_be_set(settings: Settings, vanished_s: float) -> None:
    with listening(settings, stream_vanished_s=vanished_s) as listener:
        assert listener.getsockopt(TCP, socket.TCP_KEEPIDLE) >= 1
        assert listener.getsockopt(TCP, socket.TCP_KEEPCNT) >= 1


def test_a_client_that_is_there_and_does_not_read_is_not_taken_for_one_that_vanished(
    settings: Settings,
) -> None:
    """As a player does that is paused: its window is full, and it says so whenever it is asked."""
    sent = 4 * MEBIBYTE
    with (
        listening(settings, stream_vanished_s=0.5) as listener,
        socket.create_connection(listener.getsockname(), timeout=SECONDS) as client,
    ):
        connection, _ = listener.accept()
        with connection, ThreadPoolExecutor(1) as pool:
            sending = pool.submit(connection.sendall, b"x" * sent)
            time.sleep(PAUSE_S)
            received = 0
            while received < sent:
                data = client.recv(MEBIBYTE)
                assert data, "it was cut off"
                received += len(data)
            sending.result()


def test_small_events_do_not_wait_for_more(settings: Settings) -> None:
    with listening(settings) as listener, accepted(listener, "127.0.0.1") as connection:
        assert connection.getsockopt(TCP, socket.TCP_NODELAY)


def test_a_crowd_that_comes_at_once_is_let_in(settings: Settings) -> None:
    """More than the 128 that would fit by default, and nobody accepts them yet."""
    with listening(settings) as listener:
        waiting = [socket.create_connection(listener.getsockname(), timeout=SECONDS) for _ in range(300)]
        for client in waiting:
            client.close()


@pytest.mark.parametrize(
    ("host", "reached_by"),
    [
        ("127.0.0.1", ["127.0.0.1"]),
        ("0.0.0.0", ["127.0.0.1"]),
        ("::1", ["::1"]),
        ("::", ["::1", "127.0.0.1"]),
        ("localhost", ["127.0.0.1"]),
    ],
)
def test_it_is_reached_by(settings: Settings, host: str, reached_by: list[str]) -> None:
    with listening(settings, host=host) as listener:
        for address in reached_by:
            with accepted(listener, address):
                pass


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_where_somebody_listens_already_it_says_so(settings: Settings, host: str) -> None:
    with (
        listening(settings, host=host) as listener,
        pytest.raises(Unavailable, match=rf"{host} port \d+: .+\.") as refused,
    ):
        listen(settings.model_copy(update={"host": host, "port": listener.getsockname()[1]}))
    assert refused.value.code == "cannot_listen"


def test_where_it_cannot_listen_it_says_so(settings: Settings) -> None:
    elsewhere = "203.0.113.7"  # documentation's (RFC 5737), and no machine's
    with pytest.raises(Unavailable, match=f"Cannot listen on {elsewhere}"):
        listen(settings.model_copy(update={"host": elsewhere, "port": 0}))


def test_every_connection_that_the_system_allows_is_taken() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, hard), hard))
    try:
        allow_many_connections()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == hard
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
