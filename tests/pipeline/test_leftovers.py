"""What stays in storage once a run is over, by how it ended."""

import pytest

from tests.support.files import files_in
from tests.support.working import Working
from webapp.events import StageName
from webapp.keys import RunKeys
from webapp.pipeline.children import Children
from webapp.pipeline.journal import Journal
from webapp.pipeline.leftovers import tidy_up
from webapp.pipeline.publication import Publication
from webapp.pipeline.slots import Slots
from webapp.pipeline.work import Work
from webapp.stages import StageState

UPLOAD = "source/original"


class ThirdRun:
    """Of a video that has two, both of them complete; it replaces the second."""

    def __init__(self, working: Working, video_id: str) -> None:
        self.working, self.video_id = working, video_id
        self.journal = self._journal(3)

    async def begin(self) -> None:
        for number in (1, 2, 3):
            await self.working.control.process(self.video_id, again=True)
            await self._store(number)
            if number < 3:
                await self._journal(number).ready([])

    async def fourth_instead(self) -> None:
        """The third came to nothing, and nobody tidied up."""
        await self.journal.fail("internal")
        await self.working.control.process(self.video_id)
        await self._store(4)
        self.journal = self._journal(4)

    async def tidy_up(self, number: int = 3) -> set[str]:
        """What is there afterwards."""
        work = Work(
            self.working.parts.storage,
            Children(9, 9),
            Slots(1),
            self.working.settings.scratch_dir,
            self.video_id,
            run=number,
        )
        await tidy_up(work, self.journal)
        folder = self.working.folder(self.video_id)
        return {path.relative_to(folder).as_posix() for path in files_in(folder)}

    async def started_from(self) -> str:
        return self.working.package(self.video_id).read("multivariant.m3u8").decode()

    def _journal(self, number: int) -> Journal:
        return Journal(self.working.parts.history, self.video_id, number)

    async def _store(self, number: int) -> None:
        storage, keys = self.working.parts.storage, RunKeys(self.video_id, number)
        for key in (keys.file("720p", "init.mp4"), keys.file("copy", "init.mp4"), keys.chunk(0)):
            await storage.put_bytes(key, b"any")
        publication = Publication(storage, self.video_id, number)
        await publication.put_original(keys.address("copy", "playlist.m3u8").encode(), ended=True)
        await publication.put(keys.address("720p", "playlist.m3u8").encode(), ended=True)


@pytest.fixture
async def run(idle: Working) -> ThirdRun:
    run = ThirdRun(idle, await idle.upload(b"any", process=False))
    await run.begin()
    return run


def made_by(*runs: int) -> set[str]:
    found = {UPLOAD, "hls/multivariant.m3u8"}
    for run in runs:
        found |= {f"hls/r{run}/720p/init.mp4", f"hls/r{run}/copy/init.mp4", f"runs/{run}/chunk-00000.json"}
        found |= {f"runs/{run}/original.m3u8", f"runs/{run}/multivariant.m3u8"}
    return found


async def test_a_run_that_is_ready_leaves_the_one_it_replaced_to_who_still_watches_it(run: ThirdRun) -> None:
    await run.journal.ready([])
    assert await run.tidy_up() == made_by(2, 3)
    assert "r3/720p" in await run.started_from()


async def test_it_removes_what_a_run_in_between_has_left(run: ThirdRun) -> None:
    await run.fourth_instead()
    await run.journal.ready([])
    assert await run.tidy_up(4) == made_by(2, 4)


async def test_a_run_that_failed_leaves_what_was_there_before(run: ThirdRun) -> None:
    await run.journal.fail("internal")
    assert await run.tidy_up() == made_by(1, 2)
    assert "r2/720p" in await run.started_from()


async def test_a_run_that_failed_after_its_copy_leaves_that(run: ThirdRun) -> None:
    await run.journal.stage(StageName.COPY, StageState.DONE)
    await run.journal.fail("internal")
    ladder = {"hls/r3/720p/init.mp4", "runs/3/chunk-00000.json"}
    assert await run.tidy_up() == made_by(2, 3) - ladder
    assert "r3/copy" in await run.started_from()


async def test_so_does_one_whose_worker_was_killed_before_it_could_tidy_up(run: ThirdRun) -> None:
    await run.journal.stage(StageName.COPY, StageState.DONE)
    await run.fourth_instead()
    await run.journal.ready([])
    ladder = {"hls/r3/720p/init.mp4", "runs/3/chunk-00000.json"}
    assert await run.tidy_up(4) == made_by(3, 4) - ladder
    assert "r4/720p" in await run.started_from()


async def test_the_sound_that_goes_with_the_copy_stays_too(run: ThirdRun) -> None:
    storage, keys = run.working.parts.storage, RunKeys(run.video_id, 3)
    names = ("copy", "audio", "audio_1", "text", "1080p")
    for name in names:
        await storage.put_bytes(keys.file(name, "playlist.m3u8"), b"any")
    text = "\n".join(keys.address(name, "playlist.m3u8") for name in ("audio", "copy"))
    await Publication(storage, run.video_id, 3).put_original(text.encode(), ended=True)
    await run.journal.stage(StageName.COPY, StageState.DONE)
    await run.journal.fail("internal")
    found = await run.tidy_up()
    assert {name for name in names if f"hls/r3/{name}/playlist.m3u8" in found} == {"copy", "audio"}


async def test_a_run_that_goes_on_elsewhere_loses_nothing(run: ThirdRun) -> None:
    assert await run.tidy_up() == made_by(1, 2, 3)


async def test_of_a_video_that_was_deleted_nothing_is_left(run: ThirdRun) -> None:
    async with run.working.parts.history.recording(run.video_id) as recorder:
        await recorder.delete()
    assert not await run.tidy_up()
