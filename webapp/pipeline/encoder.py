"""A child that encodes one chunk of a run after another."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing
from types import TracebackType
from typing import Self

from ..media.answers import Answer, Progress
from ..media.jobs import ChunkJob
from ..media.limits import MOST_JOBS, MOST_JOBS_AFTER_A_LONG_WAY
from .child import Child
from .children import Children

# A new child would decode all the way from the last keyframe; up to here that is nothing.
SHORT_WAY_FRAMES = 500

Source = Callable[[], AbstractAsyncContextManager[str]]


class Encoder:
    """Keeps its child where it can: that stands where the next chunk begins, and has its memory already.

    To be entered and left by one task. A child takes some hundred megabytes, also while it waits.
    """

    def __init__(self, children: Children, source: Source) -> None:
        self._children, self._source = children, source
        self._stack = AsyncExitStack()
        self._child: tuple[Child, str] | None = None
        self._jobs, self._way = 0, 0

    async def answers(self, job: Callable[[str], ChunkJob], silence_s: float) -> AsyncGenerator[Answer]:
        """What a child says to the job made for the source's path; if it fails, the next job has another."""
        if self._child is None or self._jobs == self._most_jobs:
            await self.rest()
            source = await self._stack.enter_async_context(self._source())
            self._child = await self._stack.enter_async_context(self._children.start()), source
        child, source = self._child
        self._jobs += 1
        done = False
        try:
            async with aclosing(child.answers(job(source), silence_s)) as answers:
                async for answer in answers:
                    if isinstance(answer, Progress):
                        self._way = max(self._way, answer.approached)
                    yield answer
            done = True
        finally:
            if not done:
                await self.rest()

    @property
    def has_child(self) -> bool:
        """Whether one waits for its next chunk."""
        return self._child is not None

    @property
    def _most_jobs(self) -> int:
        return MOST_JOBS if self._way <= SHORT_WAY_FRAMES else MOST_JOBS_AFTER_A_LONG_WAY

    async def rest(self) -> None:
        """Ends the child, if there is one."""
        self._child, self._jobs, self._way = None, 0, 0
        await self._stack.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.rest()
