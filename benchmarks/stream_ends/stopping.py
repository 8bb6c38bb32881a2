"""A server with many streams is told to stop."""

import os
import re
import select
import signal
import time
from dataclasses import dataclass

from benchmarks.streams.client import READ_BYTES, close_all, open_streams, settle
from benchmarks.streams.peers.controlled import Rushes

LAST_CHUNK = b"0\r\n\r\n"
RETRY = re.compile(rb"retry: (\d+)\n")
KEPT_BYTES = 256  # of what each client is told last
LONGEST_S = 60.0


@dataclass(frozen=True, slots=True)
class Stop:
    """
    Attributes:
        exit_s: from SIGTERM to the end of the process; None if that took too long.
        ended_s: from SIGTERM to the end of the last stream that ended.
        clean: streams that ended with HTTP's last chunk and a closed connection.
        retries_ms: what those were told to wait before they come back.
    """

    streams: int
    exit_s: float | None
    ended_s: float
    clean: int
    retries_ms: list[int]

    def __str__(self) -> str:
        exit = "still there" if self.exit_s is None else f"out after {self.exit_s:.2f} s"
        spread = f"{min(self.retries_ms):,} to {max(self.retries_ms):,} ms" if self.retries_ms else "none"
        return (
            f"{exit}; {self.clean:,} of {self.streams:,} ended clean, the last after {self.ended_s:.2f} s; "
            f"{len(self.retries_ms):,} told when to retry: {spread}, {len(set(self.retries_ms)):,} different"
        )


def stop_with_streams(count: int) -> Stop:
    with Rushes(videos=1) as server:
        streams, _ = open_streams(server.port, count)
        settle(streams)
        by_descriptor = {stream.fileno(): stream for stream in streams}
        last = dict.fromkeys(by_descriptor, b"")
        ended, ended_s, exit_s = set[int](), 0.0, None
        process = os.pidfd_open(server.pid)
        epoll = select.epoll()
        for descriptor in [process, *by_descriptor]:
            epoll.register(descriptor, select.EPOLLIN)
        began = time.monotonic()
        os.kill(server.pid, signal.SIGTERM)
        while (exit_s is None or len(last) > len(ended)) and time.monotonic() < began + LONGEST_S:
            for descriptor, _ in epoll.poll(0.1):
                if descriptor == process:
                    exit_s = time.monotonic() - began
                    epoll.unregister(process)
                    continue
                try:
                    data = by_descriptor[descriptor].recv(READ_BYTES)
                except ConnectionResetError:
                    data, last[descriptor] = b"", b""  # not clean, whatever was said
                if data:
                    last[descriptor] = (last[descriptor] + data)[-KEPT_BYTES:]
                else:
                    epoll.unregister(descriptor)
                    ended.add(descriptor)
                    ended_s = time.monotonic() - began
        epoll.close()
        os.close(process)
        close_all(streams)
    clean = [last[descriptor] for descriptor in ended if last[descriptor].endswith(LAST_CHUNK)]
    retries_ms = [int(ms) for text in clean for ms in RETRY.findall(text)[-1:]]
    return Stop(count, exit_s, ended_s, len(clean), retries_ms)
