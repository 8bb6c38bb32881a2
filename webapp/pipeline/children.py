"""The children of this process."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

from ..config import Settings
from ..media.answers import Answer
from ..media.births import Birth
from ..media.jobs import Job, Limits
from ..media.limits import ADDRESS_SPACE_BYTES
from .child import Child, ChildCrashed, ChildStalled
from .nursery import Nursery


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
            cpu_s: seconds of CPU after which the kernel ends a child, for each of its jobs.
            memory_bytes: of address space, beyond which a child gets no more.
            limits: what an upload may be like.
        """
        self._silence_s, self._limits = silence_s, limits
        self._birth = Birth(cpu_s, memory_bytes)
        self._nursery = Nursery()
        self._running: set[Child] = set()
        self._closing = False

    @property
    def longest_silence_s(self) -> float:
        return self._silence_s

    async def answers(self, job: Job, silence_s: float | None = None) -> AsyncGenerator[Answer]:
        """What a child started for this job alone says, see `Child.answers`; leaving early kills it."""
        async with self.start() as child, aclosing(child.answers(job, silence_s, last=True)) as answers:
            async for answer in answers:
                yield answer

    def prepare(self) -> None:
        """Has the first child not wait longer than others; once is enough, and after `kill` too late."""
        if not self._closing:
            self._nursery.start()

    @asynccontextmanager
    async def start(self) -> AsyncIterator[Child]:
        """A child, which is killed at the end if it has not ended."""
        if self._closing:
            await _cancelled()
        try:
            child = await Child.start(self._nursery, self._birth, self._silence_s, self._limits)
        except (ChildCrashed, ChildStalled):
            if self._closing:  # and that is why
                await _cancelled()
            raise
        if self._closing:
            child.abandon()
        self._running.add(child)
        try:
            yield child
        finally:
            # Known until then, whoever still waits: asyncio itself holds nothing that waits for a reader.
            ending = child.end()
            ending.add_done_callback(lambda _: self._running.discard(child))
            await asyncio.shield(ending)

    def kill(self) -> None:
        """Abandons all that run: this process is about to end."""
        self._closing = True
        for child in self._running:
            child.abandon()
        self._nursery.close()


async def _cancelled() -> None:
    """This process is about to end, and cancels whoever waits for a child."""
    await asyncio.Event().wait()


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
