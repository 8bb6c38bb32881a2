"""One run, from the upload to the published package: what is done when, and what the history says of it."""

import asyncio
import errno
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

import msgspec
import structlog

from ..errors import NoSpace
from ..events import StageName, Status
from ..media.failures import Unprocessable
from ..media.messages import Audio, Chunk, Facts, Message, Poster
from ..media.timeline import ChunkSpan
from ..runs import Run, StageState
from ..videos import Video
from ..words import clock
from . import describe
from .child import ChildCrashed, ChildStalled
from .engine import Cancelled, GaveUp, Steps
from .journal import Journal, RunOver
from .plan import Plan
from .progress import Progress
from .release import Release
from .together import together
from .work import Work

log = structlog.get_logger()
M = TypeVar("M", bound=Message)
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
TIDY_PAUSES_S = (1.0, 2.0, 4.0, 8.0, 16.0)
Durable = Callable[[Callable[[], Awaitable[M]]], Coroutine[Any, Any, M]]


class Processing:
    """
    Args:
        chunks_ahead: how many chunks may be on their way at a time; one more than there are slots keeps
            every slot busy.
    """

    def __init__(
        self, work: Work, journal: Journal, steps: Steps, chunks_ahead: int, progress_interval_s: float
    ) -> None:
        self._work, self._journal, self._steps = work, journal, steps
        self._window = asyncio.Semaphore(chunks_ahead)
        self._interval_s = progress_interval_s

    async def run(self) -> None:
        """Ends with the run's row telling how it went; raises only if this process is to stop."""
        try:
            await self._process()
        except (RunOver, Cancelled):
            log.info("run was over already")
        except Exception as error:
            code = failure_code(error)
            log.warning("run failed", code=code, exc_info=error)
            await self._fail(code)
        await self._tidied()

    async def _fail(self, code: str) -> None:
        """Tries until it is written down: what brought the run down may keep the database from writing."""
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                with suppress(RunOver):
                    await self._journal.fail(code)
                return
            except Exception as error:
                log.error("failure could not be recorded", code=code, exc_info=error)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def _tidied(self) -> None:
        """Tries a few times. How the run went is settled, and what is left behind does not change it."""
        for pause_s in TIDY_PAUSES_S:
            try:
                await self._tidy()
                return
            except Exception as error:
                log.warning("not tidied up yet", exc_info=error)
            await asyncio.sleep(pause_s)
        log.error("left something behind in storage")

    async def _tidy(self) -> None:
        """Leaves in storage what belongs there, whoever ended the run, and also if it had ended before."""
        run = await self._journal.read()
        if run is None:
            await self._work.discard_all()
        elif run.status is Status.READY:
            await self._work.discard_before(run.replaces)
        else:
            await self._work.discard(run.replaces)

    async def _process(self) -> None:
        run = await self._journal.begin()
        facts = await self._probe()
        plan = Plan.of(facts)
        release = Release(self._work, self._journal, plan, run)
        progress = Progress(self._journal, plan, self._interval_s)
        # Numbered here, in one go: which of them runs when is up to the cores.
        poster = self._durable("poster", Poster)
        audio = self._durable("audio", Audio)
        chunks = [(span, self._durable(f"chunk {span.first}", Chunk)) for span in plan.chunks]
        await together(
            self._poster(facts, poster),
            self._audio(plan, audio, release, progress),
            self._video(plan, chunks, release, progress),
            beside=[release.grow(), progress.report()],
        )
        await self._journal.stage(StageName.PUBLISH, StageState.RUNNING)
        await release.finish()

    async def _probe(self) -> Facts:
        await self._journal.stage(StageName.PROBE, StageState.RUNNING)
        facts = await self._durable("probe", Facts)(self._work.probe)

        def tell(video: Video, run: Run) -> None:
            video.duration_s = facts.duration_s
            video.width, video.height = facts.video.width, facts.video.height

        words = describe.facts(facts)
        await self._journal.stage(StageName.PROBE, StageState.DONE, words, f"Inspected: {words}", tell)
        return facts

    async def _poster(self, facts: Facts, durable: Durable[Poster]) -> None:
        await self._journal.stage(StageName.POSTER, StageState.RUNNING)
        try:
            poster = await durable(lambda: self._work.poster(facts))
        except (Unprocessable, GaveUp) as error:
            log.warning("no poster", exc_info=error)
            await self._journal.stage(StageName.POSTER, StageState.SKIPPED, "no picture to show")
            return

        def tell(video: Video, run: Run) -> None:
            video.poster = True

        words = f"picture at {clock(poster.second)}"
        await self._journal.stage(StageName.POSTER, StageState.DONE, words, f"Poster made: {words}", tell)

    async def _audio(self, plan: Plan, durable: Durable[Audio], release: Release, progress: Progress) -> None:
        if not plan.has_audio:
            await self._journal.stage(StageName.AUDIO, StageState.SKIPPED, "no sound in the file")
            release.audio_ended(None)
            return
        await self._journal.stage(StageName.AUDIO, StageState.RUNNING, describe.sound(plan.facts.audio))

        def written(track: Any) -> None:
            release.audio_written(track)
            progress.audio(track)

        try:
            audio = await durable(lambda: self._work.audio(plan, written))
        except (Unprocessable, GaveUp) as error:
            log.warning("no sound", exc_info=error)
            audio = Audio(track=None)
        release.audio_ended(audio.track)
        progress.audio_ended()
        if audio.track is None:
            words = "the sound could not be decoded"
            await self._journal.stage(StageName.AUDIO, StageState.SKIPPED, words, words.capitalize())
            return
        damage = describe.damage(audio.damaged)
        await self._journal.stage(StageName.AUDIO, StageState.DONE, damage, "Sound encoded" + damage)

    async def _video(
        self,
        plan: Plan,
        chunks: list[tuple[ChunkSpan, Durable[Chunk]]],
        release: Release,
        progress: Progress,
    ) -> None:
        words = describe.renditions(plan.rungs)
        await self._journal.stage(StageName.VIDEO, StageState.RUNNING, words, f"Encoding {words}")
        damaged = 0

        async def encode(span: ChunkSpan, durable: Durable[Chunk]) -> None:
            nonlocal damaged

            async def work() -> Chunk:
                chunk = await self._work.chunk(plan, span, progress.encoding(span))
                await self._journal.got_further()  # before its answer is kept, or a kill could come between
                return chunk

            async with self._window:
                chunk = await durable(work)
            damaged += chunk.damaged
            progress.encoded(span)
            release.chunk_encoded(span.first, chunk.tracks)

        await together(*(encode(span, durable) for span, durable in chunks))
        damage = describe.damage(damaged)
        message = "Picture encoded" + damage
        await self._journal.stage(StageName.VIDEO, StageState.DONE, message=message)

    def _durable(self, name: str, kind: type[M]) -> Durable[M]:
        """The run's next step: a function whose answer is kept, and not asked for again."""
        run = self._steps.reserve(name)

        async def durable(function: Callable[[], Awaitable[M]]) -> M:
            async def step() -> Any:
                try:
                    return {"answer": msgspec.to_builtins(await function())}
                except Unprocessable as failure:  # an outcome like any other, so it is kept as well
                    return {"failed": [failure.code, failure.detail]}

            outcome = await run(step)
            if "failed" in outcome:
                raise Unprocessable(*outcome["failed"])
            return msgspec.convert(outcome["answer"], kind)

        return durable


def failure_code(error: BaseException | None) -> str:
    """Which of FAILURES an exception amounts to."""
    match error:
        case Unprocessable(code=code):
            return code
        case NoSpace():
            return "no_space"
        case GaveUp(__cause__=cause):
            return "crashed" if failure_code(cause) == "internal" else failure_code(cause)
        case ChildStalled():
            return "stalled"
        case ChildCrashed(out_of_time=True):
            return "too_demanding"
        case ChildCrashed():
            return "crashed"
        case OSError(errno=errno.ENOSPC):
            return "no_space"
    return "internal"
