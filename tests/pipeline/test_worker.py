"""The worker over restarts: what was finished stays, what was not goes on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.resuming import Remembered, interrupted_after, process
from tests.support.waiting import until
from tests.support.working import Working, children
from webapp.config import Settings
from webapp.events import Status
from webapp.pipeline.journal import MOST_ATTEMPTS


def written(folder: Path) -> dict[str, int]:
    """The rungs' segments and the notes in a folder of storage, with the moment each was written.

    Sound and copy are no chunks: each is done in one pass, and again if that was interrupted.
    """
    return {
        path.relative_to(folder).as_posix(): path.stat().st_mtime_ns
        for pattern in ("hls/*/*p/s*.m4s", "runs/**/chunk-*.json")
        for path in folder.glob(pattern)
    }


async def test_a_run_goes_on_where_it_was_stopped_and_encodes_no_chunk_twice(
    settings: Settings, slow_video: Path
) -> None:
    async with Working.started(settings) as first:
        video_id = await first.upload(slow_video)
        await until(lambda: len(first.notes(video_id)) >= 2)
    assert not children()
    finished = {note.stem for note in first.notes(video_id)}
    before = written(first.folder(video_id))
    assert 2 <= len(finished) < 5
    async with Working.started(settings, with_worker=False) as idle:
        assert (await idle.run(video_id)).attempts == 0  # an orderly stop is no crash
    kept = {name: moment for name, moment in before.items() if chunk_of(name) in finished}

    async with Working.started(settings) as second:
        run = await second.ended(video_id)
        events = await second.events(video_id)
    assert run.status is Status.READY
    after = written(second.folder(video_id))
    assert {name: after[name] for name in kept} == kept
    assert len(after) > len(before)
    assert [event.progress for event in events] == sorted(event.progress for event in events)
    assert "Processing goes on after an interruption" in [event.message for event in events]


async def test_a_child_that_hangs_is_killed_and_its_chunk_done_again(
    settings: Settings, slow_video: Path
) -> None:
    impatient = settings.model_copy(update={"child_silence_s": 10.0})
    async with Working.started(impatient) as working:
        video_id = await working.upload(slow_video)
        await until(lambda: bool(working.scratch("*.chunk1/*/init.mp4")))
        hung = children()
        for child in hung:
            child.suspend()
        run = await working.ended(video_id)
        assert run.status is Status.READY
        assert not any(child.is_running() for child in hung)
    assert len(working.notes(video_id)) == 5


async def test_a_run_that_was_ready_when_its_worker_was_killed_stays_as_it_is(
    idle: Working, small_video: Path
) -> None:
    video_id = await idle.upload(small_video)
    await process(idle, video_id, 1, Remembered())
    before = written(idle.folder(video_id))
    await process(idle, video_id, 1, Remembered())  # the engine had not heard of the end
    assert (await idle.run(video_id)).status is Status.READY
    assert before and written(idle.folder(video_id)) == before
    assert idle.package(video_id).variants


async def test_what_nobody_watches_any_more_goes_once_a_later_run_is_ready(
    idle: Working, small_video: Path
) -> None:
    video_id = await idle.upload(small_video)
    for number in (1, 2, 3):
        await idle.control.process(video_id, again=True)
        await process(idle, video_id, number, Remembered())
    left = {name.split("/")[1] for name in written(idle.folder(video_id)) if name.startswith("hls/")}
    assert left == {"r2", "r3"}  # somebody may still be at the one before


async def test_what_an_earlier_worker_left_half_done_is_swept_away(settings: Settings) -> None:
    left = settings.scratch_dir / "some.1.chunk0"
    left.mkdir(parents=True)
    async with Working.started(settings):
        await until(lambda: not left.exists())


def chunk_of(name: str) -> str:
    """The note's name of the chunk that a segment, or a note, belongs to."""
    return f"chunk-{Path(name).stem.removeprefix('chunk-').removeprefix('s')}"


@pytest.mark.parametrize("number", [1, 2])
async def test_a_run_that_finishes_a_chunk_at_each_start_is_not_given_up(
    idle: Working, slow_video: Path, number: int
) -> None:
    video_id = await idle.upload(slow_video)
    if number == 2:
        await process(idle, video_id, 1, Remembered())
        await idle.control.process(video_id, again=True)
    steps = Remembered()

    def another_chunk() -> Callable[[], bool]:
        before = len(idle.notes(video_id, number))
        return lambda: len(idle.notes(video_id, number)) > before

    for _ in range(MOST_ATTEMPTS - 1):
        await interrupted_after(process(idle, video_id, number, steps), another_chunk())
        await interrupted_after(process(idle, video_id, number, steps), lambda: bool(children()))
    await process(idle, video_id, number, steps)
    assert (await idle.run(video_id)).status is Status.READY
