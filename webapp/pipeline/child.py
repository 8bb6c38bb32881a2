"""A process of webapp.media that does one job after another, and passes on what it says."""

import asyncio
import signal
from collections import deque
from collections.abc import AsyncGenerator
from typing import Self

import msgspec

from ..media.answers import Answer, Chunk, Failed
from ..media.births import Birth
from ..media.failures import Unprocessable
from ..media.jobs import Job, Limits, SourceJob
from .nursery import Nursery, Process
from .passing import Passing

STDERR_LINES_KEPT = 20
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
    def __init__(self, process: Process, silence_s: float, limits: Limits) -> None:
        """See `start`."""
        self._process, self._silence_s, self._limits = process, silence_s, limits
        self._said: deque[bytes] = deque(maxlen=STDERR_LINES_KEPT)
        self._listening = asyncio.create_task(_keep_last_lines(process.complaints, self._said))
        self._abandoned = False
        self._ending: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, nursery: Nursery, birth: Birth, silence_s: float, limits: Limits) -> Self:
        """
        Args:
            silence_s: if it says nothing for so long, it is given up.
            limits: what an upload may be like.

        Raises:
            ChildCrashed, ChildStalled: it was not born.
        """
        try:
            async with asyncio.timeout(silence_s):
                process = await Process.start(nursery, birth)
        except ConnectionError as error:
            raise ChildCrashed(-signal.SIGKILL, str(error)) from error
        except TimeoutError as error:
            nursery.close()  # it hangs
            raise ChildStalled(f"no word for {silence_s} s, not even of its birth") from error
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
        if isinstance(job, SourceJob):
            job = msgspec.structs.replace(job, limits=self._limits)
        process.ask(msgspec.json.encode(job) + b"\n", last=last)
        silence_s = silence_s or self._silence_s
        # What does not end in a newline is the last breath of a child that died: its exit code decides.
        while (line := await _line(process.answers, silence_s)).endswith(b"\n"):
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
        self._process.kill()

    def abandon(self) -> None:
        """Who waits for an answer goes on waiting when it is killed: that end says nothing about its job."""
        self._abandoned = True

    def end(self) -> "asyncio.Task[None]":
        """Kills it, if it has not ended; done when it is gone, and the same each time."""
        self.kill()
        if self._ending is None:
            self._ending = asyncio.create_task(self._gone())
        return self._ending

    async def _gone(self) -> None:
        await self._process.close()
        await self._listening


async def _line(answers: asyncio.StreamReader, silence_s: float) -> bytes:
    try:
        async with asyncio.timeout(silence_s):
            return await answers.readline()
    except TimeoutError as error:
        raise ChildStalled(f"no word for {silence_s} s") from error
    except ConnectionError:  # it was gone before it was asked (EPIPE), or before it read that (ECONNRESET)
        return b""


async def _keep_last_lines(complaints: asyncio.StreamReader, said: deque[bytes]) -> None:
    while piece := await complaints.read(4096):
        said.extend(piece.splitlines(keepends=True))
