"""The socket that the web side listens on, made by us for what the kernel does by default and should not."""

import resource
import socket

from .config import Settings
from .errors import Unavailable

# A burst of viewers must not be turned away by the kernel: with 100, 600 of 3,000 were left outside.
BACKLOG = 4096
KEEPALIVE_PROBES_S = 5


def listen(settings: Settings) -> socket.socket:
    """A socket that listens where settings say. Its options are those of the connections it accepts.

    Raises:
        Unavailable: somebody else listens there already.
    """
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        listener = socket.create_server(
            (settings.host, settings.port),
            family=family,
            backlog=BACKLOG,
            dualstack_ipv6=settings.host == "::" and socket.has_dualstack_ipv6(),  # "everywhere" is IPv4, too
        )
    except OSError as error:
        raise Unavailable(
            "cannot_listen",
            f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}.",
            "Set PORT or HOST to something else.",
        ) from error
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    _notice_the_vanished(listener, settings.stream_vanished_s)
    return listener


def _notice_the_vanished(listener: socket.socket, within_s: float) -> None:
    """A peer that is gone without a word (no power, no network) is noticed in about this time.

    When nothing is sent, probes tell; when something is, the kernel gives up on it (tcp(7)). Without this a
    vanished client holds its stream for a quarter of an hour.
    """
    idle_s = max(1, round(within_s / 2))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, idle_s)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, min(KEEPALIVE_PROBES_S, idle_s))
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(within_s * 1000))


def allow_many_connections() -> None:
    """Takes as many file descriptors as the system lets us have: each connection is one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
