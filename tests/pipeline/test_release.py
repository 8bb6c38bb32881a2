import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from tests.support import hls
from tests.support.facts import chunk_of, facts, track
from tests.support.waiting import LONGEST_S, until
from tests.support.working import Working
from webapp.events import StageName, Status
from webapp.media.answers import Chunk, Copied, Quality
from webapp.media.facts import Facts
from webapp.media.failures import Unprocessable
from webapp.media.obstacles import Copying, Obstacle, ObstacleCode
from webapp.media.track_names import AUDIO_NAME, COPY_NAME, SKETCH_NAME
from webapp.media.wanted import WANTED_OF_NEW_RUNS
from webapp.pipeline.children import Children
from webapp.pipeline.handover import Handover
from webapp.pipeline.journal import Journal
from webapp.pipeline.plan import Plan
from webapp.pipeline.release import Release
from webapp.pipeline.slots import Slots
from webapp.pipeline.work import Work
from webapp.stages import StageState

SSIM = 0.9


@dataclass
class Publishing:
    """A run whose chunks are told to have been encoded, and what it publishes."""

    working: Working
    video_id: str
    plan: Plan
    number: int = 1

    @property
    def journal(self) -> Journal:
        return Journal(self.working.parts.history, self.video_id, self.number)

    async def release(self, handover: Handover | None = None) -> Release:
        """As a process makes it when it begins, or goes on with, the run."""
        scratch = self.working.settings.scratch_dir
        work = Work(self.working.parts.storage, Children(9, 9), Slots(1), scratch, self.video_id, self.number)
        run = await self.working.run(self.video_id, self.number)
        return Release(work, self.journal, self.plan, run, handover)

    @asynccontextmanager
    async def growing(self, handover: Handover | None = None) -> AsyncIterator[Release]:
        release = await self.release(handover)
        task = asyncio.create_task(release.grow())
        yield release
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    @property
    def listed(self) -> int:
        """How many segments of the picture a player would find."""
        package = self.working.package(self.video_id)
        try:
            counts = {len(package.media(variant.uri).segments) for variant in package.variants}
        except FileNotFoundError:
            return 0
        return min(counts)

    async def recorded(self) -> int:
        return (await self.working.run(self.video_id, self.number)).published_segments


@pytest.fixture
async def publishing(idle: Working) -> Publishing:
    video_id = await idle.upload(b"any")
    return Publishing(idle, video_id, Plan.of(facts(30)))


async def test_what_is_finished_is_published_and_recorded(publishing: Publishing) -> None:
    plan = publishing.plan
    async with publishing.growing() as release:
        release.audio_ended(AUDIO_NAME, None)
        release.chunk_encoded(1, chunk_of(plan, 1))
        release.chunk_encoded(0, chunk_of(plan, 0))
        await until(lambda: publishing.listed == 2)
        release.chunk_encoded(2, chunk_of(plan, 2))
        await until(lambda: publishing.listed == 3)
    assert await publishing.recorded() >= 2
    video = await publishing.working.video(publishing.video_id)
    assert video.playable and video.published_run == 1
    told = [event.message for event in await publishing.working.events(publishing.video_id)]
    assert sum("Can be watched" in message for message in told) == 1


async def test_a_resumed_run_goes_on_from_what_it_has_recorded(publishing: Publishing) -> None:
    plan = publishing.plan
    await publishing.journal.published(4)
    async with publishing.growing() as resumed:
        resumed.audio_ended(AUDIO_NAME, None)
        for number in range(3):
            resumed.chunk_encoded(number, chunk_of(plan, number))
        await asyncio.sleep(0.1)  # there is no word of nothing having happened
        assert publishing.listed == 0
        resumed.chunk_encoded(3, chunk_of(plan, 3))
        await until(lambda: publishing.listed == 4)


async def test_sound_that_breaks_off_does_not_bring_the_picture_down(idle: Working) -> None:
    copyable = msgspec.structs.replace(facts(30), copying=Copying(sound=False, average_bps=1_000_000))
    plan = Plan.of(copyable)
    publishing = Publishing(idle, await idle.upload(b"any"), plan)
    copied = Copied(tracks=[track(COPY_NAME, plan, 0, len(plan.chunks))], frames=30 * 25)
    async with publishing.growing() as release:
        release.audio_written(track(AUDIO_NAME, plan, 0, 3))
        release.audio_ended(AUDIO_NAME, None)
        await release.copy_ended(copied)
        for number in range(len(plan.chunks)):
            release.chunk_encoded(number, chunk_of(plan, number))
        assert len(release.verified()) == len(plan.rungs)


LADDER_TOOK_OVER = 'id="ladder"'


@pytest.fixture
async def copying(idle: Working) -> Publishing:
    copyable = facts(30, audio=False, copying=Copying(sound=False, average_bps=1_000_000))
    return Publishing(idle, await idle.upload(b"any"), Plan.of(copyable))


async def test_who_watches_a_copy_that_breaks_off_is_told_once_the_ladder_takes_its_place(
    copying: Publishing,
) -> None:
    working, video_id, plan = copying.working, copying.video_id, copying.plan
    copied = track(COPY_NAME, plan, 0, 2)
    async with copying.growing() as release:
        release.stand_in_written(copied)
        await asyncio.wait_for(release.opened.wait(), LONGEST_S)
        refused = Copied(tracks=[copied], frames=1, obstacle=Obstacle(code=ObstacleCode.CHANGES))
        await release.copy_ended(refused)
        await copying.journal.stage(StageName.COPY, StageState.SKIPPED)
    async with copying.growing() as resumed:  # which knows by the row alone that it was watched
        await resumed.copy_ended(refused)
        resumed.chunk_encoded(0, chunk_of(plan, 0))
        await asyncio.sleep(0.1)  # it does not go as far yet
        assert LADDER_TOOK_OVER not in await working.page(video_id)
        for number in (1, 2):
            resumed.chunk_encoded(number, chunk_of(plan, number))
        await asyncio.wait_for(resumed.opened.wait(), LONGEST_S)
    assert LADDER_TOOK_OVER in await working.page(video_id)
    told = [event.message for event in await working.events(video_id)]
    assert told.count("Other qualities can be watched, as far as they are encoded") == 1
    await _complete(copying)
    assert LADDER_TOOK_OVER in await working.page(video_id)


async def test_a_copy_that_nobody_could_watch_is_not_replaced(copying: Publishing) -> None:
    async with copying.growing() as release:
        refused = Copied(tracks=[], frames=0, obstacle=Obstacle(code=ObstacleCode.START))
        await release.copy_ended(refused)
        release.chunk_encoded(0, chunk_of(copying.plan, 0))
        await until(lambda: copying.listed == 1)
    assert LADDER_TOOK_OVER not in await copying.working.page(copying.video_id)


async def test_a_copy_that_was_watched_before_the_run_began_is_replaced_as_well(copying: Publishing) -> None:
    plan = copying.plan
    copied = track(COPY_NAME, plan, 0, 2)
    handover = Handover(facts=plan.facts, tracks=[copied])
    async with copying.working.parts.history.recording(copying.video_id) as recorder:
        recorder.video.published_run = 1
    async with copying.growing(handover) as release:
        await release.copy_ended(Copied(tracks=[], frames=0, obstacle=Obstacle(code=ObstacleCode.CRASHED)))
        for number in range(3):
            release.chunk_encoded(number, chunk_of(plan, number))
        await asyncio.wait_for(release.opened.wait(), LONGEST_S)
    assert LADDER_TOOK_OVER in await copying.working.page(copying.video_id)


def sketched() -> Facts:
    """Of a video that takes long to encode, and cannot be copied."""
    return msgspec.structs.replace(facts(30, width=1920, height=1080, rate=60), wanted=WANTED_OF_NEW_RUNS)


async def test_a_sketch_has_the_cores_until_it_is_there_and_is_watched_until_the_ladder_is(
    idle: Working,
) -> None:
    plan = Plan.of(sketched())
    publishing = Publishing(idle, await idle.upload(b"any"), plan)
    async with publishing.growing() as release:
        assert release.sketching and release.at_once and not release.awaited.is_set()
        release.audio_ended(AUDIO_NAME, None)
        release.stand_in_written(track(SKETCH_NAME, plan, 0, 1))
        await release.cleared.wait()
        assert not release.all_cores.is_set()
        await release.sketch_ended(track(SKETCH_NAME, plan, 0, len(plan.chunks)))
        assert release.all_cores.is_set()
        for number in range(len(plan.chunks)):
            release.chunk_encoded(number, chunk_of(plan, number))
        assert len(release.verified()) == len(plan.rungs)
        package = idle.package(publishing.video_id)
        (variant,) = package.variants
        assert variant.uri == "r1/sketch/playlist.m3u8" and package.media(variant.uri).ended


async def test_where_no_sketch_can_be_made_the_ladder_is_watched_as_it_grows(idle: Working) -> None:
    publishing = Publishing(idle, await idle.upload(b"any"), Plan.of(sketched()))
    async with publishing.growing() as release:
        release.audio_ended(AUDIO_NAME, None)
        release.sketch_failed()
        assert release.awaited.is_set()
        assert release.all_cores.is_set() and release.cleared.is_set() and not release.at_once
        release.chunk_encoded(0, chunk_of(publishing.plan, 0))
        await until(lambda: publishing.listed == 1)


async def test_a_run_that_replaces_another_publishes_nothing_before_it_is_complete(
    publishing: Publishing,
) -> None:
    await _complete(publishing)
    await publishing.working.control.process(publishing.video_id, again=True)
    publishing.number = 2
    async with publishing.growing() as release:
        release.audio_ended(AUDIO_NAME, None)
        release.chunk_encoded(0, chunk_of(publishing.plan, 0))
        await asyncio.sleep(0.1)
        assert _folders(publishing) == {"r1"}
    assert (await publishing.working.video(publishing.video_id)).published_run == 1
    await _complete(publishing)
    assert _folders(publishing) == {"r2"}
    assert (await publishing.working.video(publishing.video_id)).published_run == 2


async def test_the_end_is_a_complete_list_and_a_run_that_is_ready(publishing: Publishing) -> None:
    await _complete(publishing)
    package = publishing.working.package(publishing.video_id)
    for variant in package.variants:
        media = package.media(variant.uri)
        assert (media.kind, media.ended, len(media.segments)) == ("VOD", True, len(publishing.plan.chunks))
    run = await publishing.working.run(publishing.video_id)
    assert (run.status, run.progress) == (Status.READY, 100)
    assert [(rendition.name, rendition.ssim) for rendition in run.renditions] == [
        (rung.name, SSIM) for rung in publishing.plan.rungs
    ]


async def test_a_package_without_any_picture_is_not_published(publishing: Publishing) -> None:
    release = await publishing.release()
    release.audio_ended(AUDIO_NAME, None)
    nothing = [track(rung.name, publishing.plan, 0, 0) for rung in publishing.plan.rungs]
    release.chunk_encoded(0, Chunk(tracks=nothing, frames=0))
    with pytest.raises(Unprocessable) as caught:
        await release.finish()
    assert caught.value.code == "undecodable"
    assert publishing.listed == 0


async def _complete(publishing: Publishing) -> None:
    release = await publishing.release()
    release.audio_ended(AUDIO_NAME, None)
    quality = [Quality(SSIM, 1)] * len(publishing.plan.rungs)
    for span in publishing.plan.chunks:
        chunk = chunk_of(publishing.plan, span.first)
        release.chunk_encoded(span.first, msgspec.structs.replace(chunk, quality=quality))
    await release.finish()


def _folders(publishing: Publishing) -> set[str]:
    """The runs that the multivariant playlist leads to."""
    package: hls.Package = publishing.working.package(publishing.video_id)
    return {Path(uri).parts[0] for uri in package.renditions}
