"""The connection behind a request, where it can be had.

Reaches into the objects of Hypercorn 0.18, which is pinned for that; tests/web/test_connection.py fails when
they change. Where they are not as expected (HTTP/2, HTTP/1.0, another server) streams take the ordinary path.
"""

import asyncio
import socket
from contextlib import suppress
from typing import Any

from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.protocol.h11 import H11Protocol
from hypercorn.protocol.http_stream import HTTPStream

from ..streams.direct import FULL_BYTES, WAKE, Line
from .body import Receive, Scope, Send


def line_of(scope: Scope, receive: Receive, send: Send) -> Line | None:
    """The way to write to the client of this request directly, or None."""
    if scope.get("http_version") != "1.1" or scope.get("method") != "GET":
        return None
    server, inbox = _tcp_server(send), getattr(receive, "__self__", None)
    if server is None or not isinstance(inbox, asyncio.Queue):
        return None
    message = {"type": WAKE}

    def wake() -> None:
        with suppress(asyncio.QueueFull):  # a body nobody asked for: then that wakes
            inbox.put_nowait(message)

    return Line(server.writer.transport, receive, wake)


def make_frugal(line: Line, unsent_bytes: int) -> None:
    """Bounds what a client that does not read costs: in the kernel by this, in the process by FULL_BYTES."""
    line.transport.set_write_buffer_limits(high=FULL_BYTES)
    _bound_kernel_side(line, unsent_bytes)


def make_generous(line: Line) -> None:
    """Undoes that: the next request on the connection may be for a segment of a video."""
    line.transport.set_write_buffer_limits()
    _bound_kernel_side(line, 0)


def _bound_kernel_side(line: Line, unsent_bytes: int) -> None:
    """Unlike a fixed SO_SNDBUF this leaves what is under way to the kernel, and can be undone (tcp(7))."""
    kernel_side: socket.socket | None = line.transport.get_extra_info("socket")
    if kernel_side is not None and hasattr(socket, "TCP_NOTSENT_LOWAT"):
        with suppress(OSError):  # closed meanwhile
            kernel_side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, unsent_bytes)


def _tcp_server(send: Any) -> TCPServer | None:
    owners: list[type[object]] = [HTTPStream, H11Protocol, TCPServer]
    for owner in owners:
        found = getattr(send, "__self__", None)
        if not isinstance(found, owner):
            return None
        if isinstance(found, TCPServer):
            return found
        send = getattr(found, "send", None)
    return None
