"""Runs one job of webapp.media in a child process of its own and passes on what it says."""

import asyncio
import os
import signal
import sys
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import msgspec

from ..config import Settings
from ..media.failures import Unprocessable
from ..media.limits import ADDRESS_SPACE_BYTES
from ..media.messages import Answer, Failed, Job, Limits, SourceJob
from .passing import Passing

ROOT = Path(__file__).parents[2]
# The answer about a track lists its segments, 90 bytes each: this is enough for three days.
LONGEST_LINE_BYTES = 4 * 1024 * 1024
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


class Children:
    """Starts children, and knows those that run, so that none outlives its parent's orderly end."""

    def __init__(
        self,
        silence_s: float,
        cpu_s: int,
        memory_bytes: int = ADDRESS_SPACE_BYTES,
        limits: Limits = Limits(),  # noqa: B008 - it is frozen
    ) -> None:
        """
        Args:
            silence_s: a child that says nothing for so long is killed.
            cpu_s: seconds of CPU after which the kernel ends a child.
            memory_bytes: of address space, beyond which a child gets no more.
            limits: what an upload may be like.
        """
        self._silence_s, self._limits = silence_s, limits
        self._confinement = (str(os.getpid()), str(cpu_s), str(memory_bytes))
        self._running: set[asyncio.subprocess.Process] = set()
        self._closing = False

    @property
    def longest_silence_s(self) -> float:
        return self._silence_s

    async def answers(self, job: Job, silence_s: float | None = None) -> AsyncGenerator[Answer]:
        """What the child says, line by line; leaving this early kills it.

        Args:
            silence_s: how long it may say nothing, if that is less than usual.

        Raises:
            Unprocessable: the child says that the job cannot be done.
            ChildCrashed, ChildStalled: it might be worth another try.
        """
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "webapp.media.worker", *self._confinement),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=ROOT,
            env=os.environ | KEEPING_MEMORY,
            limit=LONGEST_LINE_BYTES,
        )
        self._running.add(process)
        said: deque[bytes] = deque(maxlen=STDERR_LINES_KEPT)
        listening = asyncio.create_task(_keep_last_lines(process, said))
        try:
            assert process.stdin and process.stdout
            if isinstance(job, SourceJob):
                job = msgspec.structs.replace(job, limits=self._limits)
            process.stdin.write(msgspec.json.encode(job))
            process.stdin.close()
            # What does not end in a newline is the last breath of a child that died: its exit code decides.
            while (line := await _line(process.stdout, silence_s or self._silence_s)).endswith(b"\n"):
                answer = DECODER.decode(line)
                if isinstance(answer, Failed):
                    raise Unprocessable(answer.code, answer.detail)
                yield answer
            exit_code = await process.wait()
            if self._closing:
                await asyncio.Event().wait()  # until cancelled: this end says nothing about the job
            if exit_code or line:
                await listening
                raise ChildCrashed(exit_code, b"".join(said).decode(errors="replace"))
        finally:
            if process.returncode is None:
                process.kill()
            await asyncio.shield(process.wait())
            await listening
            self._running.discard(process)

    def kill(self) -> None:
        """Kills all that run. Whoever waits for an answer goes on waiting: this process is about to end."""
        self._closing = True
        for process in self._running:
            if process.returncode is None:
                process.kill()


def children_of(settings: Settings) -> Children:
    """Children as limited as settings say."""
    limits = Limits(
        pixels=settings.max_pixels,
        frame_rate=settings.max_frame_rate,
        duration_s=settings.max_duration_s,
        streams=settings.max_streams,
    )
    return Children(settings.child_silence_s, settings.child_cpu_s, settings.child_memory_bytes, limits)


async def last_answer(answers: AsyncGenerator[Answer]) -> Answer:
    """Reads to the end; the last line is what the job was for."""
    last: Answer | None = None
    async with aclosing(answers):
        async for answer in answers:
            last = answer
    if last is None:
        raise ChildCrashed(0, "it said nothing")
    return last


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
