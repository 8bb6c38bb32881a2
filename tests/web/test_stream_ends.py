"""A stream over a real connection ends when its story does, in every format."""

import pytest

from tests.support.site import Site
from tests.support.sse import EventStream
from webapp.events import EventType, Status


@pytest.mark.parametrize("format", ["status", "fragments"])
async def test_the_end_is_said_at_once(site: Site, format: str) -> None:
    video_id = await site.uploaded()
    await site.parts.control.process(video_id)
    async with site.client.stream("GET", f"/videos/{video_id}/{format}") as response:
        stream = EventStream(response.aiter_raw())
        first = await stream.message()
        async with site.parts.history.recording(video_id) as recorder:
            recorder.video.status = Status.CANCELLED
            recorder.record(EventType.STATUS, "Cancelled")
        last, done = await stream.rest()
    assert [first.seq + 1, first.seq + 1] == [last.seq, done.seq]
    assert done.event == "done"
