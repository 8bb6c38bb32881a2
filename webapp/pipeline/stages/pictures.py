"""The pictures of a run: its poster, its storyboard. None of them is worth failing for."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import structlog

from ...events import StageName
from ...media.answers import Poster, Preview, Still, Storyboard
from ...media.facts import Facts
from ...media.failures import Unprocessable
from ...runs import Run
from ...stages import StageState
from ...videos import Video
from ...words import clock
from ..durable import Reserve
from ..engine import GaveUp
from ..journal import Journal
from ..pieces import pictures
from ..work import Work

log = structlog.get_logger()


class Pictures:
    def __init__(
        self,
        work: Work,
        journal: Journal,
        facts: Facts,
        reserve: Reserve,
        opened: asyncio.Event,
        all_cores: asyncio.Event,
    ) -> None:
        """
        Args:
            opened: set once there is something to watch: that goes first.
            all_cores: set once nothing is watched while it is made as fast as it can be.
        """
        self._work, self._journal, self._facts = work, journal, facts
        self._opened, self._all_cores = opened, all_cores
        self._storyboard = reserve("storyboard", Storyboard)
        self._preview = reserve("preview", Preview)
        self._make_poster = self._waveform(reserve) if facts.picture is None else self._frame(reserve)

    async def poster(self) -> None:
        """Makes the poster, a frame or the waveform of sound alone, unless the owner has chosen one."""
        await self._opened.wait()
        if await self._has_one():
            return
        await self._journal.stage(StageName.POSTER, StageState.RUNNING)
        try:
            words = await self._make_poster()
        except (Unprocessable, GaveUp) as error:
            log.warning("no poster", exc_info=error)
            await self._journal.stage(StageName.POSTER, StageState.SKIPPED, "no picture to show")
            return
        if await self._has_one():  # by now
            return

        def tell(video: Video, run: Run) -> None:
            video.poster = True

        await self._journal.stage(StageName.POSTER, StageState.DONE, words, f"Poster made: {words}", tell)

    async def _has_one(self) -> bool:
        """Whether the owner has chosen the poster, which is then said."""
        if await self._journal.poster_wanted():
            return False
        await self._journal.stage(StageName.POSTER, StageState.SKIPPED, "chosen by the owner")
        return True

    async def previews(self) -> None:
        """Makes what shows at a glance what there is to see."""
        if self._facts.picture is None:
            await self._journal.stage(StageName.PREVIEWS, StageState.SKIPPED, "no picture in the file")
            return
        await self._opened.wait()
        await self._all_cores.wait()
        await self._journal.stage(StageName.PREVIEWS, StageState.RUNNING)
        try:
            board = await self._storyboard(lambda: pictures.storyboard(self._work, self._facts))
            await self._preview(lambda: pictures.preview(self._work, self._facts))
        except (Unprocessable, GaveUp) as error:
            log.warning("no previews", exc_info=error)
            await self._journal.stage(StageName.PREVIEWS, StageState.SKIPPED, "no picture to show")
            return

        def tell(video: Video, run: Run) -> None:
            video.storyboard, video.preview = msgspec.to_builtins(board), True

        words = f"{board.count} moment{'s' if board.count > 1 else ''}"
        message = f"Previews made of {words}"
        await self._journal.stage(StageName.PREVIEWS, StageState.DONE, words, message, tell)

    def _frame(self, reserve: Reserve) -> Callable[[], Awaitable[str]]:
        durable = reserve("poster", Poster)

        async def make() -> str:
            poster = await durable(lambda: pictures.poster(self._work, self._facts))
            return f"picture at {clock(poster.second)}"

        return make

    def _waveform(self, reserve: Reserve) -> Callable[[], Awaitable[str]]:
        durable = reserve("waveform", Still)

        async def make() -> str:
            await durable(lambda: pictures.waveform(self._work, self._facts))
            return "waveform"

        return make
