"""Uploads that browsers can play: watched as they are at once, until the whole ladder takes their place."""

import asyncio
import shutil
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import av
import pytest

from tests.support.repeating import repeated
from tests.support.resuming import Remembered, interrupted_after, process
from tests.support.video import VideoSpec, make_video
from tests.support.watcher import Watcher
from tests.support.working import Working
from webapp import words
from webapp.events import StageName, Status
from webapp.stages import Stage, StageState

RATE = 25


async def stage(working: Working, video_id: str, name: StageName = StageName.COPY) -> Stage:
    run = await working.run(video_id)
    return next(stage for stage in run.stages if stage.name is name)


def whole(working: Working, video_id: str, frames: int) -> bool:
    package = working.package(video_id)
    wanted = [(number, Fraction(number, RATE)) for number in range(frames)]
    return bool(package.variants) and all(
        [(shown.number, shown.second) for shown in package.frames(variant.uri)] == wanted
        for variant in package.variants
    )


@pytest.fixture
async def watched(working: Working, slow_video: Path) -> tuple[Working, str, Watcher]:
    video_id = await working.upload(slow_video)
    watcher = Watcher(working, video_id)
    ending = asyncio.create_task(working.ended(video_id))
    await watcher.until(ending.done)
    return working, video_id, watcher


async def test_the_copy_is_watched_until_the_whole_ladder_takes_its_place(
    watched: tuple[Working, str, Watcher],
) -> None:
    working, video_id, watcher = watched
    assert (await working.run(video_id)).status is Status.READY
    assert watcher.shown == [{"copy"}, {"360p", "144p"}]
    assert watcher.lengths["copy"] == sorted(watcher.lengths["copy"])
    assert watcher.kinds["copy"][-1] == "VOD"
    assert [watcher.lengths["360p"], watcher.kinds["360p"]] == [[5], ["VOD"]]
    assert whole(working, video_id, 500)
    copy = await stage(working, video_id)
    assert (copy.state, copy.detail) == (StageState.DONE, "H.264, AAC")
    # Somebody may still be at it.
    assert watcher.stored == watcher.lengths["copy"][-1]


async def test_the_wait_is_counted_from_the_last_byte(watched: tuple[Working, str, Watcher]) -> None:
    working, video_id, _ = watched
    video, run, document = (
        await working.video(video_id),
        await working.run(video_id),
        await working.document(video_id),
    )
    events = await working.events(video_id)
    first = next(event for event in events if event.playable)
    assert video.uploaded_at and run.playable_s
    waited_s = (first.timestamp - video.uploaded_at).total_seconds()
    assert run.playable_s == document["playableAfterSeconds"] == pytest.approx(waited_s, abs=0.5)
    waiting = words.waiting_of_it(run.waited_s)  # on a busy machine it may have
    assert first.message == f"Can be watched, {run.playable_s:.1f} s after its last byte came{waiting}"


async def test_processing_that_is_asked_for_again_is_no_wait_since_the_upload(
    idle: Working, small_video: Path
) -> None:
    video_id = await idle.upload(small_video)
    for number in (1, 2):
        await idle.control.process(video_id, again=True)
        await process(idle, video_id, number, Remembered())
    run = await idle.run(video_id)
    assert run.playable_s and run.finished_at
    assert run.playable_s == pytest.approx((run.finished_at - run.created_at).total_seconds(), abs=0.5)
    copy = await stage(idle, video_id)
    assert (copy.state, copy.detail) == (StageState.SKIPPED, "an earlier version can be watched")


async def test_what_cannot_be_copied_says_why_and_grows(working: Working, slow_444_video: Path) -> None:
    video_id = await working.upload(slow_444_video)
    await working.ended(video_id)
    copy = await stage(working, video_id)
    assert (copy.state, copy.detail) == (StageState.SKIPPED, "not 8-bit 4:2:0")
    assert "Not copied as it is: not 8-bit 4:2:0" in [
        event.message for event in await working.events(video_id)
    ]


async def test_sound_that_browsers_cannot_play_is_encoded_beside_the_copied_picture(
    working: Working, tmp_path: Path
) -> None:
    source = make_video(tmp_path / "a.mkv", VideoSpec(seconds=9, audio="ac3"))
    video_id = await working.upload(source)
    watcher = Watcher(working, video_id)
    await watcher.until(lambda: bool(watcher.shown))
    package = working.package(video_id)
    assert watcher.shown == [{"copy"}] and package.audio == "r1/audio/playlist.m3u8"
    assert (await working.ended(video_id)).status is Status.READY
    assert (await stage(working, video_id)).detail == "H.264, encoded sound"


async def test_a_copy_that_meets_an_obstacle_gives_way_to_the_ladder(
    working: Working, tmp_path: Path
) -> None:
    times = [*range(201), *range(600, 650)]
    spec = VideoSpec(times=times, time_base=Fraction(1, RATE), audio=None, options={"preset": "ultrafast"})
    video_id = await working.upload(make_video(tmp_path / "a.mkv", spec))
    watcher = Watcher(working, video_id)
    ending = asyncio.create_task(working.ended(video_id))
    await watcher.until(ending.done)
    assert ending.result().status is Status.READY
    assert watcher.shown[-1] == {"180p", "144p"}
    copy = await stage(working, video_id)
    assert copy.state is StageState.SKIPPED and copy.detail.startswith("keyframes are ")
    assert watcher.lengths["180p"] == sorted(watcher.lengths["180p"])
    # Who began with the copy, which may be refused before anybody can, is told.
    assert ('id="ladder"' in await working.page(video_id)) is ({"copy"} in watcher.shown)


async def test_a_ladder_that_is_not_the_whole_video_is_never_shown(idle: Working, slow_video: Path) -> None:
    video_id = await idle.upload(slow_video)
    steps = Remembered()
    await interrupted_after(process(idle, video_id, 1, steps), lambda: len(idle.notes(video_id)) > 1)
    rung = idle.folder(video_id) / "hls/r1/144p"
    shutil.copyfile(rung / "s00001.m4s", rung / "s00000.m4s")  # a disk that mixes up files
    watcher = Watcher(idle, video_id)
    processing = asyncio.create_task(process(idle, video_id, 1, steps))
    await watcher.until(processing.done)
    await processing
    run, video = await idle.run(video_id), await idle.video(video_id)
    assert run.status is video.status is Status.FAILED
    assert video.error and video.error.code == "output_mismatch"
    assert watcher.shown == [{"copy"}]
    assert video.playable and whole(idle, video_id, 500)
    assert not list((idle.folder(video_id) / "hls").glob("r1/*p"))
    await idle.control.process(video_id)
    await process(idle, video_id, 2, Remembered())
    assert (await idle.run(video_id)).status is Status.READY
    assert whole(idle, video_id, 500)


async def test_a_copy_that_is_killed_goes_on_and_no_list_gets_shorter(
    idle: Working, small_video: Path, tmp_path: Path
) -> None:
    video_id = await idle.upload(repeated(small_video, tmp_path / "long.mp4", times=150))
    watcher, steps = Watcher(idle, video_id), Remembered()
    for count in (20, 60, 100):
        await interrupted_after(process(idle, video_id, 1, steps), watcher.sees(1, stored=count))
        assert not watcher.ended
    await interrupted_after(process(idle, video_id, 1, steps), lambda: watcher.sees(150)() and watcher.ended)
    lengths = watcher.lengths["copy"]
    assert lengths == sorted(lengths) and lengths[-1] == watcher.stored
    assert watcher.kinds["copy"] == ["EVENT", "VOD"] and watcher.shown == [{"copy"}]
    assert pictures(idle, video_id) == [Fraction(number, RATE) for number in range(150 * 225)]


def pictures(working: Working, video_id: str) -> list[Fraction]:
    """When each picture is shown, without decoding them."""
    package = working.package(video_id)
    media = package.media(package.variants[0].uri)
    data = b"".join(package.read(name) for name in [media.init, *media.segments])
    with av.open(BytesIO(data), "r") as container:
        packets = list(container.demux(video=0))
    return sorted(packet.pts * packet.time_base for packet in packets if packet.pts is not None)


async def test_a_resumed_run_waits_for_nothing_that_is_copied_already(
    idle: Working, slow_video: Path
) -> None:
    video_id, steps = await idle.upload(slow_video), Remembered()
    watcher = Watcher(idle, video_id)
    await interrupted_after(
        process(idle, video_id, 1, steps),
        lambda: watcher.sees(1)() and watcher.ended and len(idle.notes(video_id)) > 0,
    )
    copied = idle.folder(video_id) / "hls/r1/copy"
    before = {path: path.stat().st_mtime_ns for path in copied.glob("s*.m4s")}
    await process(idle, video_id, 1, steps)
    assert (await idle.run(video_id)).status is Status.READY
    assert before == {path: path.stat().st_mtime_ns for path in copied.glob("s*.m4s")}
