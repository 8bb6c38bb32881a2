"""The connection behind a request, where it can be had.

Reaches into the objects of Hypercorn 0.18, which is pinned for that; tests/web/test_connection.py fails when
they change. Where they are not as expected (HTTP/2, HTTP/1.0, another server) streams take the ordinary path.
"""

import asyncio
import socket
from contextlib import suppress

from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.protocol.h11 import H11Protocol
from hypercorn.protocol.http_stream import HTTPStream
from hypercorn.protocol.ws_stream import WSStream

from ..streams.direct import FULL_BYTES, WAKE, Line
from .body import Receive, Scope, Send

LONGEST_MS = 2**31 - 1  # that the kernel takes


def transport_of(send: Send) -> asyncio.WriteTransport | None:
    """The connection that a request came by and that nothing else goes over, or None."""
    owner = getattr(send, "__self__", None)
    for kind in ((HTTPStream, WSStream), (H11Protocol,), (TCPServer,)):
        if not isinstance(owner, kind):
            return None
        if isinstance(owner, TCPServer):
            return owner.writer.transport
        owner = getattr(owner.send, "__self__", None)
    return None


def line_of(scope: Scope, receive: Receive, send: Send) -> Line | None:
    """The way to write to the client of this request directly, or None."""
    if scope.get("http_version") != "1.1" or scope.get("method") != "GET":
        return None
    transport, inbox = transport_of(send), getattr(receive, "__self__", None)
    if transport is None or not isinstance(inbox, asyncio.Queue):
        return None
    message = {"type": WAKE}

    def wake() -> None:
        with suppress(asyncio.QueueFull):  # a body nobody asked for: then that wakes
            inbox.put_nowait(message)

    return Line(transport, receive, wake)


def make_frugal(transport: asyncio.WriteTransport, unsent_bytes: int, silent_s: float) -> None:
    """Bounds what a client that does not read costs: in the kernel by this, in the process by FULL_BYTES.

    Args:
        silent_s: a client that confirms nothing for so long is given up; else it is tried for a quarter of an
            hour. The kernel ends one that is there and does not read in the same time.
    """
    _bound(transport, FULL_BYTES, unsent_bytes, silent_s)


def make_generous(transport: asyncio.WriteTransport) -> None:
    """Undoes that: the next request on the connection may be for a segment of a video."""
    _bound(transport, None, 0, 0)


def _bound(
    transport: asyncio.WriteTransport, waiting_bytes: int | None, unsent_bytes: int, silent_s: float
) -> None:
    """Unlike a fixed SO_SNDBUF this leaves what is under way to the kernel, and can be undone (tcp(7))."""
    if transport.is_closing():
        return  # uvloop takes no word about a connection that is gone
    transport.set_write_buffer_limits(high=waiting_bytes)
    kernel_side: socket.socket | None = transport.get_extra_info("socket")
    if kernel_side is None:
        return
    with suppress(OSError):  # closed meanwhile
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):
            kernel_side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, unsent_bytes)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
            silent_ms = round(min(silent_s * 1000, LONGEST_MS))
            kernel_side.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, silent_ms)
