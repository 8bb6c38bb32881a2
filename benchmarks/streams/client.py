"""Opens many event streams from one process: raw sockets and epoll."""

import select
import socket
import time
from contextlib import suppress

REQUEST = (
    "GET {} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
    "Accept-Encoding: gzip, deflate, br\r\nCookie: session=abcdefabcdef\r\n\r\n"
)
LOOPBACK = "127.0.0.1"
OPENING_AT_ONCE = 256
OPEN_WITHIN_S = 120.0
READ_BYTES = 16 * 1024
IDLE_S = 1.0


def connection_to(port: int, receive_buffer: int | None = None, host: str = LOOPBACK) -> socket.socket:
    """A socket that begins to connect; `receive_buffer` limits the bytes the kernel takes unread."""
    connection = socket.socket()
    if receive_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.setblocking(False)
    connection.connect_ex((host, port))
    return connection


def open_streams(
    port: int, count: int, videos: int = 1, receive_buffer: int | None = None, host: str = LOOPBACK
) -> tuple[list[socket.socket], float]:
    """Streams, the n-th of the video n modulo `videos`, each after the head of its response has arrived;
    and the seconds that took. Never more than a few hundred are being opened.

    Raises:
        SystemExit: the server refuses one, or is too slow.
    """
    epoll, opening, streams = select.epoll(), dict[int, tuple[socket.socket, int]](), list[socket.socket]()
    began, started = time.monotonic(), 0
    while len(streams) < count:
        while started < count and len(opening) < OPENING_AT_ONCE:
            connection = connection_to(port, receive_buffer, host)
            opening[connection.fileno()] = (connection, started % videos)
            epoll.register(connection.fileno(), select.EPOLLOUT)
            started += 1
        if time.monotonic() - began > OPEN_WITHIN_S:
            raise SystemExit(f"only {len(streams)} of {count} streams opened in {OPEN_WITHIN_S:.0f} s")
        for descriptor, event in epoll.poll(1):
            connection, video = opening[descriptor]
            if event & select.EPOLLOUT:
                connection.send(REQUEST.format(f"/videos/v{video}/status").encode())
                epoll.modify(descriptor, select.EPOLLIN)
                continue
            try:
                head = connection.recv(READ_BYTES)
            except ConnectionResetError:
                head = b""
            if b" 200" not in head[:16]:
                raise SystemExit(f"a stream was refused: {head[:200]!r}")
            epoll.unregister(descriptor)
            streams.append(opening.pop(descriptor)[0])
    epoll.close()
    return streams, time.monotonic() - began


def settle(streams: list[socket.socket]) -> None:
    """Reads until nothing more comes for a while."""
    read_on(streams, IDLE_S)


def read_on(streams: list[socket.socket], idle_s: float) -> None:
    """Reads until nothing has come for `idle_s`, or all streams have ended."""
    epoll = select.epoll()
    by_descriptor = {stream.fileno(): stream for stream in streams}
    for descriptor in by_descriptor:
        epoll.register(descriptor, select.EPOLLIN)
    while by_descriptor and (ready := epoll.poll(idle_s)):
        for descriptor, _ in ready:
            if not by_descriptor[descriptor].recv(READ_BYTES):
                epoll.unregister(descriptor)
                del by_descriptor[descriptor]
    epoll.close()


def close_all(streams: list[socket.socket]) -> None:
    for stream in streams:
        with suppress(OSError):
            stream.close()
