"""What streams carry: every event as JSON, or the newest state as a fragment."""

import pytest

from tests.support.station import Station
from webapp.events import Status
from webapp.streams.formats import FragmentFormat


class Page:
    """Renders a video's number of events, in lines, and counts how often."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.rendered = 0
        self.format = FragmentFormat(self.render)

    async def render(self, video_id: str) -> str:
        self.rendered += 1
        return f"<h1>{video_id}</h1>\n  <p>{len(await self.station.rows(video_id))}</p>\r\n\n<hr>\n"

    def expected(self, video_id: str, events: int) -> str:
        return f"<h1>{video_id}</h1>\n  <p>{events}</p>\n\n<hr>\n"


@pytest.fixture
def page(station: Station) -> Page:
    return Page(station)


@pytest.mark.parametrize("last_id", [None, 0, 1, 3, 99, "abc"])
async def test_the_first_fragment_is_a_full_snapshot_whatever_the_client_has_seen(
    station: Station, page: Page, last_id: str | int | None
) -> None:
    video_id = await station.video(events=3)
    async with station.watching(video_id, last_id, page.format) as stream:
        first = await stream.message()
        assert (first.event, first.seq) == ("message", 3)
        assert first.data == page.expected(video_id, 3)
        await station.tell(video_id)
        second = await stream.message()
        assert (second.event, second.seq, second.data) == ("message", 4, page.expected(video_id, 4))


async def test_a_slow_reader_gets_the_newest_state_and_not_all_on_the_way(
    station: Station, page: Page
) -> None:
    video_id = await station.video()
    async with station.watching(video_id, 1, page.format) as slow, station.watching(video_id, 1) as quick:
        await slow.message()
        await quick.comment()
        await station.tell(video_id, 30)
        await quick.until_seq(31)
        fragments = await slow.until_seq(31)
        assert len(fragments) < 10
        assert fragments[-1].data == page.expected(video_id, 31)
        await station.tell(video_id, 1, Status.READY)
        rest = await slow.rest()
    assert [(message.event, message.seq) for message in rest] == [("message", 32), ("done", 32)]
    assert rest[0].data == page.expected(video_id, 32)


async def test_a_fragment_is_rendered_once_for_all_who_watch(station: Station, page: Page) -> None:
    video_id = await station.video()
    contexts = [station.watching(video_id, None, page.format) for _ in range(30)]
    streams = [await context.__aenter__() for context in contexts]
    for stream in streams:
        await stream.message()
    opened = page.rendered
    await station.tell(video_id)
    for stream in streams:
        assert (await stream.message()).data == page.expected(video_id, 2)
    for context in contexts:
        await context.__aexit__(None, None, None)
    assert page.rendered == opened + 1


async def test_an_event_is_sent_as_it_was_recorded(station: Station) -> None:
    video_id = await station.video(events=3)
    async with station.watching(video_id, 0) as stream:
        sent = [message.data for message in await stream.take(3)]
    assert sent == [row.data for row in await station.rows(video_id)]


async def test_a_snapshot_for_who_is_lost_is_the_newest_event_but_for_the_mark(station: Station) -> None:
    video_id = await station.video(events=3)
    async with station.watching(video_id, 99) as stream:
        snapshot = (await stream.message()).json
    assert snapshot.pop("reset") is True
    async with station.watching(video_id, 2) as stream:
        assert (await stream.message()).json == snapshot
