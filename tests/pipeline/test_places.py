"""Who waits in the queue is told how many are before them, live."""

import pytest

from tests.support.waiting import until
from tests.support.working import Working
from webapp.pipeline.journal import Journal
from webapp.streams.replay import Cursor
from webapp.streams.stream import Told
from webapp.streams.topic import VideoTopic
from webapp.words import FARTHEST_PLACE


async def queued(idle: Working, count: int) -> list[str]:
    return [await idle.upload(b"any") for _ in range(count)]


async def places(idle: Working, video_id: str) -> list[int | None]:
    """Those that it was told, in order."""
    return [event.queue_position for event in await idle.events(video_id) if event.queue_position]


async def begin(idle: Working, video_id: str) -> None:
    await Journal(idle.parts.history, video_id, 1).begin()


async def test_who_waits_moves_up_as_others_start_or_give_up(idle: Working) -> None:
    first, second, third, last = await queued(idle, 4)
    await begin(idle, first)
    await idle.control.cancel(second)
    await begin(idle, first)  # again, after an interruption
    await idle.control.delete(third)
    assert await places(idle, last) == [4, 3, 2, 1]
    assert (await idle.document(last))["queuePosition"] == 1
    await begin(idle, last)
    assert "queuePosition" not in await idle.document(last)
    assert await places(idle, first) == [1]


async def test_page_and_stream_say_how_many_are_before_it(idle: Working) -> None:
    first, _, third = await queued(idle, 3)
    assert "2 videos are before it" in await idle.page(third)
    format = idle.parts.fragment_format
    stream = await idle.parts.hub.open(VideoTopic(third), format, Cursor())
    told: list[bytes] = []

    async def look() -> None:
        step = await anext(steps)
        if isinstance(step, Told):
            told.extend(frame.data for frame in step.frames)

    steps = stream.steps()
    try:
        await look()
        assert b"2 videos are before it" in told[-1]
        await begin(idle, first)
        await until(lambda: b"1 video is before it" in told[-1], look=look)
    finally:
        await steps.aclose()
        stream.close()
    assert "1 video is before it" in await idle.page(third)


async def test_whoever_is_far_back_is_told_as_little_as_is_true(idle: Working) -> None:
    videos = await queued(idle, FARTHEST_PLACE + 3)
    last = videos[-1]
    assert f"{FARTHEST_PLACE} videos or more are before it" in await idle.page(last)
    for left, video_id in enumerate(videos[:3], start=1):
        await begin(idle, video_id)
        assert (await idle.document(last))["queuePosition"] == len(videos) - left
    assert await places(idle, last) == [FARTHEST_PLACE + 3, FARTHEST_PLACE]
    assert f"{FARTHEST_PLACE - 1} videos are before it" in await idle.page(last)


@pytest.mark.parametrize("running", [0, 3])
async def test_who_is_next_is_told_so(idle: Working, running: int) -> None:
    *others, last = await queued(idle, running + 1)
    for video_id in others:
        await begin(idle, video_id)
    assert "it is next" in await idle.page(last)
