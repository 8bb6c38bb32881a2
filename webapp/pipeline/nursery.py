"""The process that this one's children are forked from: `media.nursery`."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

import msgspec

from ..media.births import Birth, Kill, Request

ROOT = Path(__file__).parents[2]
# The answer about a track lists its segments, 130 bytes each at the most: this is enough for four days.
LONGEST_LINE_BYTES = 8 * 1024 * 1024
# Have glibc keep what is freed (mallopt(3)): pictures handed back to the kernel and had anew, cleared,
# take up to 0.7 s of CPU a chunk. An arena for each thread would take 64 MB of address space.
KEEPING_MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 28),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 29),
    "MALLOC_ARENA_MAX": "1",
}
# Until a child that was killed has ended: its memory is freed by then, and what it last wrote is on the disk.
LONGEST_END_S = 60
REAPED_WITHIN_S = 5  # what reads a disk that hangs cannot be killed, and everything else waits for this
# It has ended (EPIPE), with something unread (ECONNRESET), or has long read nothing (EAGAIN).
UNABLE = (ConnectionError, BlockingIOError)


class Nursery:
    """Starts when it is first needed, and anew if it was killed; ends with `close`, or who holds it."""

    def __init__(self) -> None:
        self._ask: socket.socket | None = None
        self._end: Callable[[], object] | None = None

    def bear(self, birth: Birth, descriptors: Sequence[int]) -> None:
        """Asks for a child, which gets these descriptors."""
        try:
            _ask(self.start(), birth, descriptors)
        except UNABLE:
            self.close()
            _ask(self.start(), birth, descriptors)

    def kill(self, pid: int) -> None:
        """Asks for the end of its child; where it has ended itself, so has that."""
        if self._ask:
            try:
                _ask(self._ask, Kill(pid))
            except UNABLE:
                self.close()

    def close(self) -> None:
        """Ends it, and so its children."""
        self._ask = None
        if self._end:
            self._end()

    def start(self) -> socket.socket:
        """What to ask it by. It has imported everything a moment later, and requests wait for that.

        Where it runs already, the same.
        """
        if self._ask:
            return self._ask
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its:
            process = subprocess.Popen(  # noqa: S603 - a module of ours
                [sys.executable, "-m", "webapp.media.nursery", str(os.getpid())],
                stdin=its.fileno(),
                cwd=ROOT,
                env=os.environ | KEEPING_MEMORY,
            )
        ours.setblocking(False)
        self._ask, self._end = ours, weakref.finalize(self, _end, ours, process)
        return ours


def _ask(nursery: socket.socket, request: Request, descriptors: Sequence[int] = ()) -> None:
    socket.send_fds(nursery, [msgspec.json.encode(request)], descriptors)


def _end(ours: socket.socket, process: "subprocess.Popen[bytes]") -> None:
    ours.close()
    process.kill()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(REAPED_WITHIN_S)


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Process:
    """A child as its parent sees it.

    Attributes:
        answers: what it writes.
        complaints: its stderr.
    """

    def __init__(self, nursery: Nursery, pid: int, connections: Sequence[Connection]) -> None:
        """See `start`."""
        self._nursery, self._pid = nursery, pid
        (self.answers, self._jobs), (self.complaints, _), (report, _) = self._connections = connections
        self._end = asyncio.create_task(_exit_code(report))

    @classmethod
    async def start(cls, nursery: Nursery, birth: Birth) -> Self:
        """
        Raises:
            ConnectionError: it was not born: the nursery ended before, or has no room for it.
        """
        pairs = [socket.socketpair() for _ in range(3)]
        connections: list[Connection] = []
        try:
            nursery.bear(birth, [its.fileno() for _, its in pairs])
            for ours, its in pairs:
                its.close()
                connections.append(await asyncio.open_unix_connection(sock=ours, limit=LONGEST_LINE_BYTES))
            line = await connections[-1][0].readline()
            if not line:
                raise ConnectionError("there is no nursery, or no room in it")
        except BaseException:
            # A child that nobody asks for anything ends.
            for ours, its in pairs[len(connections) :]:
                ours.close()
                its.close()
            await _close(connections)
            raise
        return cls(nursery, int(line), connections)

    @property
    def ended(self) -> bool:
        return self._end.done()

    def ask(self, line: bytes, *, last: bool) -> None:
        """Writes to it, if it is still there; no more will come after the `last`."""
        self._jobs.write(line)
        if last:
            self._jobs.write_eof()

    def kill(self) -> None:
        if not self.ended:
            self._nursery.kill(self._pid)

    async def wait(self) -> int:
        """Its exit code, negative for a signal, once it has ended."""
        return await asyncio.shield(self._end)

    async def close(self) -> None:
        """Forgets it, once it has ended; a nursery that does not say so is ended, and all of its children."""
        try:
            async with asyncio.timeout(LONGEST_END_S):
                await self.wait()
        except TimeoutError:
            self._nursery.close()
            await self.wait()
        finally:
            await _close(self._connections)


async def _close(connections: Sequence[Connection]) -> None:
    for _, writer in connections:
        writer.close()
    for _, writer in connections:
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _exit_code(report: asyncio.StreamReader) -> int:
    # Of a nursery that was killed nothing comes, and its children are too.
    return int(await report.readline() or -signal.SIGKILL)
