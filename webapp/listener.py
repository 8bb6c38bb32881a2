"""The socket that the web side listens on, made by us for what the kernel does by default and should not."""

import math
import resource
import socket

from .config import Settings
from .errors import Unavailable

# A burst of viewers must not be turned away by the kernel: with 100, 600 of 3,000 were left outside.
BACKLOG = 4096
KEEPALIVE_PROBES_S = 5
LONGEST_IDLE_S, MOST_PROBES = 32_767, 127  # the kernel takes no more


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
    """A silent peer that is gone without a word (no power, no network) is noticed in about this time.

    Probes ask whether it is there, which a client that only does not read answers (tcp(7)). TCP_USER_TIMEOUT
    is for streams alone (web/connection.py): it would end a download that is paused.
    """
    idle_s = max(1, round(min(within_s / 2, LONGEST_IDLE_S)))
    every_s = min(KEEPALIVE_PROBES_S, idle_s)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_KEEPIDLE"):  # Linux
        probes = max(1, math.ceil(min((within_s - idle_s) / every_s, MOST_PROBES)))
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, idle_s)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, every_s)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, probes)


def allow_many_connections() -> None:
    """Takes as many file descriptors as the system lets us have: each connection is one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
