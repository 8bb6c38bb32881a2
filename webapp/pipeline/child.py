"""A process of webapp.media that does one job after another, and passes on what it says."""

import asyncio
import os
import signal
import sys
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Self

import msgspec

from ..media.answers import Answer, Chunk, Failed
from ..media.failures import Unprocessable
from ..media.jobs import Job, Limits, SourceJob
from .passing import Passing

ROOT = Path(__file__).parents[2]
# The answer about a track lists its segments, 130 bytes each at the most: this is enough for four days.
LONGEST_LINE_BYTES = 8 * 1024 * 1024
STDERR_LINES_KEPT = 20
# Have glibc keep what is freed (mallopt(3)): pictures handed back to the kernel and had anew, cleared,
# take up to 0.7 s of CPU a chunk. An arena for each thread would take 64 MB of address space.
KEEPING_MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 28),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 29),
    "MALLOC_ARENA_MAX": "1",
}
DECODER = msgspec.json.Decoder(Answer)


class ChildCrashed(Passing):
    """The child ended without an answer. `exit_code` is negative for a signal; `said` is its last stderr."""

    def __init__(self, exit_code: int, said: str) -> None:
        super().__init__(f"child ended with {exit_code}: {said}")
        self.exit_code, self.said = exit_code, said

    @property
    def out_of_time(self) -> bool:
        return self.exit_code == -signal.SIGXCPU


class ChildStalled(Passing):
    """The child said nothing for too long and was killed."""


class Child:
    def __init__(self, process: asyncio.subprocess.Process, silence_s: float, limits: Limits) -> None:
        """See `start`."""
        self._process, self._silence_s, self._limits = process, silence_s, limits
        self._said: deque[bytes] = deque(maxlen=STDERR_LINES_KEPT)
        self._listening = asyncio.create_task(_keep_last_lines(process, self._said))
        self._abandoned = False

    @classmethod
    async def start(cls, confinement: Sequence[str], silence_s: float, limits: Limits) -> Self:
        """
        Args:
            confinement: arguments of webapp.media.worker.
            silence_s: if it says nothing for so long, it is given up.
            limits: what an upload may be like.
        """
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "webapp.media.worker", *confinement),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=ROOT,
            env=os.environ | KEEPING_MEMORY,
            limit=LONGEST_LINE_BYTES,
        )
        return cls(process, silence_s, limits)

    async def answers(
        self, job: Job, silence_s: float | None = None, *, last: bool = False
    ) -> AsyncGenerator[Answer]:
        """What the child says, line by line.

        Args:
            silence_s: how long it may say nothing, if that is less than usual.
            last: whether this is the last job, after which it has to end well. After others it waits.

        Raises:
            Unprocessable: the child says that the job cannot be done.
            ChildCrashed, ChildStalled: it might be worth another try.
        """
        process = self._process
        assert process.stdin and process.stdout
        if isinstance(job, SourceJob):
            job = msgspec.structs.replace(job, limits=self._limits)
        process.stdin.write(msgspec.json.encode(job) + b"\n")
        if last:
            process.stdin.close()
        silence_s = silence_s or self._silence_s
        # What does not end in a newline is the last breath of a child that died: its exit code decides.
        while (line := await _line(process.stdout, silence_s)).endswith(b"\n"):
            answer = DECODER.decode(line)
            if isinstance(answer, Failed):
                raise Unprocessable(answer.code, answer.detail)
            yield answer
            if not last and isinstance(answer, Chunk):
                return
        exit_code = await process.wait()
        if self._abandoned:
            await asyncio.Event().wait()  # until cancelled: this end says nothing about the job
        if exit_code or line or not last:
            await self._listening
            raise ChildCrashed(exit_code, b"".join(self._said).decode(errors="replace"))

    def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()

    def abandon(self) -> None:
        """Kills it. Who waits for an answer goes on waiting: that it ended says nothing about its job."""
        self._abandoned = True
        self.kill()

    async def gone(self) -> None:
        """Waits for its end."""
        await asyncio.shield(self._process.wait())
        await self._listening


async def _line(stdout: asyncio.StreamReader, silence_s: float) -> bytes:
    try:
        async with asyncio.timeout(silence_s):
            return await stdout.readline()
    except TimeoutError as error:
        raise ChildStalled(f"no word for {silence_s} s") from error


async def _keep_last_lines(process: asyncio.subprocess.Process, said: deque[bytes]) -> None:
    assert process.stderr
    while piece := await process.stderr.read(4096):
        said.extend(piece.splitlines(keepends=True))
