"""What makes a video playable, while all slots are taken by others for long."""

import asyncio
from pathlib import Path

import pytest

from tests.support.resuming import Remembered, process
from tests.support.video import VideoSpec, make_video
from tests.support.waiting import until
from tests.support.working import Working
from webapp.events import Status
from webapp.pipeline import plan
from webapp.pipeline.slots import Slots
from webapp.videos import Video


async def playable_without_a_slot(idle: Working, source: Path) -> Video:
    """The video as soon as it can be watched; it is processed to its end then."""
    video_id, slots = await idle.upload(source), Slots(1)
    async with slots.take("another run"):
        processing = asyncio.create_task(process(idle, video_id, 1, Remembered(), slots=slots))
        video = await idle.video(video_id)

        async def look() -> None:
            nonlocal video
            video = await idle.video(video_id)

        await until(lambda: video.playable or processing.done(), look=look)
    await processing
    assert (await idle.run(video_id)).status is Status.READY
    return video


@pytest.mark.parametrize("longer_than", [0, plan.LONGER_THAN_FULL_HD])
async def test_what_has_to_be_encoded_waits_for_none(
    idle: Working, slow_444_video: Path, monkeypatch: pytest.MonkeyPatch, longer_than: float
) -> None:
    monkeypatch.setattr(plan, "LONGER_THAN_FULL_HD", longer_than)
    video = await playable_without_a_slot(idle, slow_444_video)
    assert video.playable and video.status is Status.PROCESSING


async def test_nor_does_sound_that_has_to_be(idle: Working, tmp_path: Path) -> None:
    source = make_video(tmp_path / "a.mkv", VideoSpec(seconds=9, audio="ac3"))
    video = await playable_without_a_slot(idle, source)
    assert video.playable and video.status is Status.PROCESSING
