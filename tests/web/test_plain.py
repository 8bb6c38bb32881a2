"""The page that is live without scripts is a stream like any other: bounded, and cut off if not read."""

import socket

import pytest

from tests.support.http import connection
from tests.support.site import HTML, Site
from tests.support.waiting import until
from tests.support.wire import Wire, measured
from tests.web.test_slow_readers import SMALL_BUFFER, opened
from webapp.config import Settings
from webapp.events import EventType, Status
from webapp.streams import feed
from webapp.web import plain
from webapp.web.streaming import TRANSPORT

ACCEPT = f"Accept: {HTML['Accept']}"


async def working(site: Site) -> str:
    """A video that is being processed; nobody does it."""
    video_id = await site.uploaded()
    await site.parts.control.process(video_id)
    return video_id


async def tell(site: Site, video_id: str, status: Status = Status.PROCESSING) -> None:
    async with site.parts.history.recording(video_id) as recorder:
        recorder.video.status = status
        recorder.record(EventType.TRANSCODING, "on it goes")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """States follow one another without a pause, as many as there are."""
    monkeypatch.setattr(plain, "PAUSE_S", 0)
    monkeypatch.setattr(plain, "MOST_STATES", 100_000)
    monkeypatch.setattr(feed, "SLOW_PAUSE_S", 0)


@pytest.mark.usefixtures("at_once")
async def test_who_does_not_read_it_is_cut_off(settings: Settings) -> None:
    async with opened(settings, stream_stall_s=0.3, stream_send_buffer_bytes=4096) as site:
        video_id = await working(site)
        async with Wire.open(site.address, SMALL_BUFFER) as stalled:
            await stalled.ask(f"/embed/{video_id}/plain", ACCEPT)

            await until(lambda: site.parts.hub.open_streams == 1)

            async def more() -> None:
                for _ in range(10):
                    await tell(site, video_id)

            await until(lambda: site.parts.hub.open_streams == 0, look=more)
            assert measured(site, "rushes_stream_cut_off_total") == 1
            assert not (await stalled.reader.read(-1)).endswith(b"0\r\n\r\n")  # an end, and no clean one


@pytest.mark.usefixtures("at_once")
async def test_what_follows_it_has_the_whole_connection_to_itself(site: Site) -> None:
    video_id = await working(site)

    def limits() -> list[int]:
        names = (socket.TCP_NOTSENT_LOWAT, socket.TCP_USER_TIMEOUT)
        kernel_side = writer.get_extra_info("socket")
        return [kernel_side.getsockopt(socket.IPPROTO_TCP, name) for name in names]

    async with connection(site.address) as (_, writer):
        states = plain.states(site.parts, video_id, "", {TRANSPORT: writer.transport})
        await anext(states)
        assert all(limits())
        await tell(site, video_id, Status.CANCELLED)
        assert len([state async for state in states]) == 1
        assert limits() == [0, 0]
