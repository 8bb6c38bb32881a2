"""The connection behind a request, where it can be had.

Reaches into the objects of Hypercorn 0.18, which is pinned for that; tests/web/test_connection.py fails when
they change. Where they are not as expected (HTTP/2, HTTP/1.0, another server) streams take the ordinary path.
"""

import asyncio
import socket
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
    return Line(server.writer.transport, receive, lambda: inbox.put_nowait(message))


def make_frugal(line: Line, send_buffer_bytes: int) -> None:
    """Bounds what a client that does not read costs: in the kernel by this, in the process by FULL_BYTES."""
    line.transport.set_write_buffer_limits(high=FULL_BYTES)
    kernel_side: socket.socket | None = line.transport.get_extra_info("socket")
    if kernel_side is not None:
        kernel_side.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer_bytes)


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
