"""A run is cancelled after the upload itself, copied, could be watched already."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.files import files_in
from tests.support.waiting import until
from tests.support.working import Working, children
from webapp.config import Settings
from webapp.events import StageName, Status
from webapp.stages import Stage, StageState

AS_UPLOADED = "This is the file as it was uploaded; other qualities were not made."


async def copied(working: Working, video_id: str) -> None:
    """Waits until the copy is there as a whole, and the ladder is being encoded."""
    stages: list[Stage] = []

    async def look() -> None:
        nonlocal stages
        stages = (await working.run(video_id)).stages

    def over() -> bool:
        done = any(stage.name is StageName.COPY and stage.state is StageState.DONE for stage in stages)
        return done and bool(working.scratch("*chunk*")) and bool(working.notes(video_id))

    await until(over, look=look)


def made(working: Working, video_id: str) -> set[str]:
    """Renditions and notes in storage."""
    folder = working.folder(video_id)
    found = [path.relative_to(folder) for path in files_in(folder)]
    return {path.parent.as_posix() if path.parts[0] == "hls" else path.as_posix() for path in found}


@pytest.fixture
async def cancelled(settings: Settings, slow_video: Path) -> AsyncIterator[tuple[Working, str]]:
    """Its worker has cleared away what goes."""
    async with Working.started(settings) as working:
        video_id = await working.upload(slow_video)
        await copied(working, video_id)
        await working.control.cancel(video_id)
        await until(lambda: not children() and not working.notes(video_id))
        yield working, video_id


async def test_the_copy_can_still_be_watched_and_the_ladder_is_gone(cancelled: tuple[Working, str]) -> None:
    working, video_id = cancelled
    video, last = await working.video(video_id), (await working.events(video_id))[-1]
    assert (video.status, video.published_run) == (Status.CANCELLED, 1)
    assert (last.status, last.playable) == (Status.CANCELLED, True)
    assert last.message == "Cancelled: it can be watched as it was uploaded"
    package = working.package(video_id)
    (variant,) = package.variants
    assert variant.uri == "r1/copy/playlist.m3u8" and package.media(variant.uri).ended
    assert [shown.number for shown in package.frames(variant.uri)] == list(range(500))
    assert {name for name in made(working, video_id) if name.startswith("hls/r")} == {
        "hls/r1/copy",
        "hls/r1/copy_audio",
    }


async def test_page_and_document_say_so(cancelled: tuple[Working, str]) -> None:
    working, video_id = cancelled
    page, document = await working.page(video_id), await working.document(video_id)
    assert 'id="load-player-1"' in page and AS_UPLOADED in page and "Process again" in page
    assert (document["status"], document["playable"]) == ("cancelled", True)
    assert document["links"]["playlist"].endswith("/hls/multivariant.m3u8")


async def test_a_later_run_takes_its_place_or_leaves_it(cancelled: tuple[Working, str]) -> None:
    working, video_id = cancelled
    package = working.package(video_id)
    await working.control.process(video_id)
    await until(lambda: bool(working.notes(video_id, run=2)))
    await working.control.cancel(video_id)
    await until(lambda: not working.notes(video_id, run=2))
    assert (await working.video(video_id)).published_run == 1
    assert [variant.uri for variant in package.variants] == ["r1/copy/playlist.m3u8"]
    await working.control.process(video_id)
    assert (await working.ended(video_id)).status is Status.READY
    assert all(variant.uri.startswith("r3/") for variant in package.variants)


async def test_deleting_leaves_nothing_of_it(cancelled: tuple[Working, str]) -> None:
    working, video_id = cancelled
    await working.control.delete(video_id)
    assert not files_in(working.folder(video_id))


async def test_deleting_what_is_just_being_cancelled_leaves_nothing(
    working: Working, slow_video: Path
) -> None:
    video_id = await working.upload(slow_video)
    await copied(working, video_id)
    await working.control.delete(video_id)
    await until(lambda: not children() and not working.scratch("*"))
    await until(lambda: not files_in(working.folder(video_id)))
