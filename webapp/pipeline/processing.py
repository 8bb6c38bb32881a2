"""One run, from the upload to the published package: what is done when, and what the history says of it."""

import asyncio
from contextlib import nullcontext, suppress

import structlog

from ..errors import NoSpace
from ..events import StageName, Status
from ..media.answers import Audio, Chunk, Copied, Inspected, Subtitles
from ..media.facts import Copying, Facts, Obstacle, Track, Wanted
from ..media.failures import LIMITS, Unprocessable, code_of as limit_reached
from ..media.ladder import AUDIO_NAME
from ..media.timeline import ChunkSpan
from ..runs import Run, StageState, with_subtitles
from ..videos import Video
from . import describe
from .allowance import Allowance
from .child import ChildCrashed, ChildStalled
from .durable import Durable, reserving
from .encoder import Encoder
from .engine import Cancelled, GaveUp, Steps
from .handover import Handover
from .journal import Journal, RunOver
from .order import Order
from .pictures import Pictures
from .plan import Plan
from .progress import Progress
from .release import Release
from .together import together
from .work import Work

log = structlog.get_logger()
# The first chunk, which somebody waits for, keeps so many busy: with no more of them the others wait.
CORES_FOR_FIRST_CHUNK = 2
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
TIDY_PAUSES_S = (1.0, 2.0, 4.0, 8.0, 16.0)


class Processing:
    """
    Args:
        slots: how many children encode at a time.
        wanted: of renditions.
    """

    def __init__(
        self,
        work: Work,
        journal: Journal,
        steps: Steps,
        slots: int,
        progress_interval_s: float,
        max_output_bytes: int | None = None,
        wanted: Wanted = Wanted(),  # noqa: B008 - it is frozen
    ) -> None:
        self._work, self._journal = work, journal
        self._durable = reserving(steps)
        self._slots, self._wanted = slots, wanted
        self._interval_s = progress_interval_s
        self._allowance = Allowance(max_output_bytes)
        self._plan: Plan | None = None

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
        elif run.status is Status.PROCESSING:
            return  # it is not this process's any more
        elif run.status is Status.READY:
            await self._work.discard_before(run.replaces)
        elif run.status is Status.FAILED and run.copied:
            await self._work.discard_before(run.replaces)
            await self._work.discard_ladder(self._plan.beside_the_copy if self._plan else [])
        else:
            await self._work.discard(run.replaces)

    async def _process(self) -> None:
        run = await self._journal.begin()
        facts = await self._probe()
        plan = self._plan = Plan.of(facts)
        handover = await self._handed_over(plan)
        release = Release(self._work, self._journal, plan, run, handover)
        progress = Progress(self._journal, plan, self._interval_s)
        # Numbered here, in one go: which of them runs when is up to the cores.
        copy = self._durable("copy", Copied)
        pictures = Pictures(self._work, self._journal, facts, self._durable, release.opened)
        sounds = [self._durable(AUDIO_NAME, Audio)]
        chunks = [(span, self._durable(f"chunk {span.first}", Chunk)) for span in plan.chunks]
        sounds += [self._durable(name, Audio) for name in list(plan.sounds)[1:]]
        subtitles = self._durable("subtitles", Subtitles)
        inspection = self._durable("inspection", Inspected)
        await together(
            self._copy(facts, copy, release),
            self._audio(plan, sounds, release, progress),
            self._video(plan, chunks, release, progress),
            self._subtitles(facts, subtitles, release),
            pictures.poster(),
            pictures.previews(),
            beside=[release.grow(), progress.report()],
        )
        await self._journal.stage(StageName.PUBLISH, StageState.RUNNING)
        if release.at_once and plan.has_picture:  # nobody has seen it yet
            tracks = release.verified()
            await inspection(lambda: self._work.inspect(plan, tracks))
        await release.finish()

    async def _handed_over(self, plan: Plan) -> Handover | None:
        """What was published while the upload came, if that is still what this run would make."""
        handover = await Handover.read(self._work)
        if handover is None or handover.fits(plan):
            return handover
        log.warning("the upload is not what its beginning claimed")
        await self._journal.taken_back()
        await self._work.discard(0)
        return None

    async def _probe(self) -> Facts:
        await self._journal.stage(StageName.PROBE, StageState.RUNNING)
        facts = await self._durable("probe", Facts)(lambda: self._work.probe(self._wanted))

        def tell(video: Video, run: Run) -> None:
            video.duration_s = facts.duration_s
            if facts.picture:
                video.width, video.height = facts.picture.width, facts.picture.height
            if facts.subtitles or facts.other_subtitles:
                run.stages = with_subtitles(run.stages)

        words = describe.facts(facts)
        await self._journal.stage(StageName.PROBE, StageState.DONE, words, f"Inspected: {words}", tell)
        return facts

    async def _copy(self, facts: Facts, durable: Durable[Copied], release: Release) -> None:
        copying = facts.copying
        if isinstance(copying, Obstacle) or release.copy is None:
            reason = copying if isinstance(copying, Obstacle) else Obstacle(code="watched")
            await self._not_copied(facts, reason)
            return
        await self._journal.stage(StageName.COPY, StageState.RUNNING)

        def written(track: Track) -> None:
            self._allowance.spend(track)
            release.copy_written(track)

        try:
            copied = await durable(lambda: self._work.copy(facts, written))
        except (Unprocessable, GaveUp) as error:
            if failure_code(error) in LIMITS:
                raise
            log.warning("no copy", exc_info=error)
            copied = Copied(tracks=[], frames=0, obstacle=Obstacle(code="crashed"))
        self._allowance.spend(*copied.tracks)
        await release.copy_ended(copied)
        if copied.obstacle:
            await self._not_copied(facts, copied.obstacle)
            return
        words = describe.copied(facts, copying)
        await self._journal.stage(StageName.COPY, StageState.DONE, words, f"Copied as it is: {words}")

    async def _not_copied(self, facts: Facts, reason: Obstacle) -> None:
        words = describe.obstacle(reason, facts)
        # Of sound alone nobody expects it.
        message = f"Not copied as it is: {words}" if facts.picture else ""
        await self._journal.stage(StageName.COPY, StageState.SKIPPED, words, message)

    async def _audio(
        self, plan: Plan, durables: list[Durable[Audio]], release: Release, progress: Progress
    ) -> None:
        if not plan.has_audio:
            await self._journal.stage(StageName.AUDIO, StageState.SKIPPED, "no sound in the file")
            return
        if isinstance(plan.facts.copying, Copying) and plan.facts.copying.sound:
            await release.cleared.wait()
        words = describe.sounds(plan.facts.sounds)
        await self._journal.stage(StageName.AUDIO, StageState.RUNNING, words)
        encoded: list[Audio] = []
        # The main sound is needed to play at all. The others, one by one, leave cores to the picture.
        others = asyncio.Semaphore(1)

        async def encode(number: int, name: str, durable: Durable[Audio]) -> None:
            def written(track: Track) -> None:
                self._allowance.spend(track)
                release.audio_written(track)
                progress.audio(track)

            if number:
                await release.cleared.wait()
            try:
                async with others if number else nullcontext():
                    audio = await durable(lambda: self._work.audio(plan, written, number))
            except (Unprocessable, GaveUp) as error:
                if failure_code(error) in LIMITS or not (plan.has_picture or number):
                    raise
                log.warning("no sound", track=name, exc_info=error)
                audio = Audio(track=None)
            if audio.track:
                self._allowance.spend(audio.track)
            release.audio_ended(name, audio.track)
            progress.audio_ended(name)
            encoded.append(audio)

        tracks = zip(plan.sounds, durables, strict=True)
        await together(*(encode(number, *track) for number, track in enumerate(tracks)))
        message, details = describe.encoded_sounds(encoded)
        state = StageState.DONE if any(audio.track for audio in encoded) else StageState.SKIPPED
        await self._journal.stage(StageName.AUDIO, state, details, message)

    async def _subtitles(self, facts: Facts, durable: Durable[Subtitles], release: Release) -> None:
        if not facts.subtitles:
            if facts.other_subtitles:
                words = describe.subtitles(facts)
                message = f"Subtitles: {words}"
                await self._journal.stage(StageName.SUBTITLES, StageState.SKIPPED, words, message)
            return
        await release.cleared.wait()
        words = describe.subtitles(facts)
        await self._journal.stage(StageName.SUBTITLES, StageState.RUNNING, words)
        try:
            found = await durable(lambda: self._work.subtitles(facts))
        except (Unprocessable, GaveUp) as error:
            log.warning("no subtitles", exc_info=error)
            await self._journal.stage(StageName.SUBTITLES, StageState.SKIPPED, "they could not be read")
            return
        release.subtitles_stored(found.cues)
        words = describe.subtitles(facts, found.cues) or "nothing to read in them"
        message = f"Subtitles: {words}" + describe.damage(found.damaged)
        await self._journal.stage(StageName.SUBTITLES, StageState.DONE, words, message)

    async def _video(
        self,
        plan: Plan,
        chunks: list[tuple[ChunkSpan, Durable[Chunk]]],
        release: Release,
        progress: Progress,
    ) -> None:
        if not plan.has_picture:
            await self._journal.stage(StageName.VIDEO, StageState.SKIPPED, "no picture in the file")
            return
        await release.cleared.wait()
        words = describe.renditions(plan.rungs)
        await self._journal.stage(StageName.VIDEO, StageState.RUNNING, words, f"Encoding {words}")
        damaged = 0

        order = Order(len(chunks), self._slots)
        begun_well = asyncio.Event()

        async def encode(number: int, encoder: Encoder) -> None:
            nonlocal damaged
            span, durable = chunks[number]
            side_by_side = order.side_by_side(number)

            async def work() -> Chunk:
                chunk = await self._work.chunk(plan, span, encoder, progress.encoding(span), side_by_side)
                await self._journal.got_further()  # before its answer is kept, or a kill could come between
                return chunk

            if number and not release.at_once and self._slots <= CORES_FOR_FIRST_CHUNK:
                await begun_well.wait()
            chunk = await durable(work)
            begun_well.set()
            damaged += chunk.damaged
            self._allowance.spend(*chunk.tracks)
            progress.encoded(span)
            release.chunk_encoded(span.first, chunk)

        async def encode_some() -> None:
            done: int | None = None
            async with self._work.encoder() as encoder:
                while (done := order.next(done, growing=not release.at_once)) is not None:
                    await encode(done, encoder)

        await together(*(encode_some() for _ in range(self._slots)))
        damage = describe.damage(damaged)
        message = "Picture encoded" + damage
        await self._journal.stage(StageName.VIDEO, StageState.DONE, message=message)


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
        case OSError():
            return limit_reached(error) or "internal"
    return "internal"
