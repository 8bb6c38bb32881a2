"""Streams as a whole: kept alive, ended in time, and leaving nothing behind."""

import asyncio
import gc
import weakref

import pytest

from tests.support.station import JSON, Station
from tests.support.waiting import until
from webapp.config import Settings
from webapp.errors import NotFound
from webapp.events import Status
from webapp.streams.direct import DirectSubscription, Line
from webapp.streams.formats import JsonFormat
from webapp.streams.replay import Cursor
from webapp.streams.topic import VideoTopic

MOST_SECONDS_AWAY_MS = 60_000


@pytest.fixture
def hasty(settings: Settings) -> Settings:
    """Keeps alive every 50 ms, and looks ten times as often whether it is time."""
    return settings.model_copy(update={"stream_keepalive_s": 0.05})


async def test_a_stream_says_first_how_long_to_stay_away(station: Station) -> None:
    video_id = await station.video()
    waits = set()
    for _ in range(10):
        async with station.watching(video_id) as stream:
            await stream.message()
            assert stream.parser.retry_ms and 0 < stream.parser.retry_ms < MOST_SECONDS_AWAY_MS
            waits.add(stream.parser.retry_ms)
    assert len(waits) > 1, "those who came together should not all come back together"


async def test_a_quiet_stream_is_kept_alive(hasty: Settings) -> None:
    async with Station(hasty) as station:
        video_id = await station.video()
        async with station.watching(video_id) as stream:
            await stream.message()
            for _ in range(3):
                await stream.comment()
            await station.tell(video_id)
            assert (await stream.message()).seq == 2


class Broken(asyncio.WriteTransport):
    """A connection that answers nothing but that it was cut."""

    aborted = False

    def abort(self) -> None:
        self.aborted = True


async def test_a_stream_that_cannot_be_looked_after_is_no_other_ones_trouble(hasty: Settings) -> None:
    async def receive() -> None:
        await asyncio.Event().wait()

    async with Station(hasty) as station:
        video_id = await station.video()
        broken = Broken()
        line = Line(broken, receive, lambda: None)
        stream = await station.hub.open(VideoTopic(video_id), JSON, Cursor(), line)
        assert isinstance(stream.subscription, DirectSubscription)
        stream.subscription.live = True
        async with station.watching(video_id) as other:
            await other.message()
            for _ in range(3):
                await other.comment()
        await until(lambda: broken.aborted)
        stream.close()


async def test_a_stream_that_has_lived_long_enough_ends_and_can_be_resumed(hasty: Settings) -> None:
    brief = hasty.model_copy(update={"stream_max_age_s": 0.1})
    async with Station(brief) as station:
        video_id = await station.video()
        seen, last_id = list[int](), 0
        for _ in range(4):
            async with station.watching(video_id, last_id) as stream:
                await station.tell(video_id)
                messages = await stream.rest()
                assert stream.parser.retry_ms
            assert [message.event for message in messages] == ["video_update"] * len(messages)
            seen += [message.seq for message in messages]
            last_id = seen[-1]
        await station.tell(video_id, 1, Status.READY)
        async with station.watching(video_id, last_id) as stream:
            seen += [message.seq for message in await stream.rest() if message.event != "done"]
    assert seen == list(range(1, 7))


async def test_closing_ends_all_streams_and_asks_to_come_back(station: Station) -> None:
    videos = [await station.video() for _ in range(3)]
    streams = [station.watching(video_id) for video_id in videos for _ in range(5)]
    opened = [await stream.__aenter__() for stream in streams]
    for stream in opened:
        await stream.message()
        stream.parser.retry_ms = None
    await station.hub.close()
    for stream in opened:
        assert await stream.rest() == []
        assert stream.parser.retry_ms and stream.parser.retry_ms < MOST_SECONDS_AWAY_MS
    await until(lambda: not station.tasks)


async def test_a_stream_that_comes_while_closing_is_sent_away_with_what_it_missed(station: Station) -> None:
    video_id = await station.video(events=3)
    await station.hub.close()
    async with station.watching(video_id, 1) as stream:
        assert [message.seq for message in await stream.rest()] == [2, 3]
        assert stream.parser.retry_ms


async def test_nothing_stays_when_clients_have_gone(station: Station) -> None:
    before = set(station.tasks)
    formats = [JsonFormat() for _ in range(20)]
    videos = [await station.video() for _ in range(3)]
    contexts = [
        station.watching(videos[number % 3], number % 2, format) for number, format in enumerate(formats)
    ]
    for context in contexts:
        await (await context.__aenter__()).read_chunk()
    assert station.hub.open_streams == len(contexts)
    for context in contexts:
        await context.__aexit__(None, None, None)
    assert station.hub.open_streams == 0
    await until(lambda: station.tasks == before)
    held = [weakref.ref(format) for format in formats]
    del formats, contexts, context
    gc.collect()
    assert [format() for format in held if format()] == []


async def test_nothing_stays_of_clients_that_go_at_any_moment(station: Station) -> None:
    before = set(station.tasks)
    video_id = await station.video()

    async def watch() -> None:
        async with station.watching(video_id, 0) as stream:
            await stream.rest()

    for steps in range(40):
        watching = asyncio.create_task(watch())
        for _ in range(steps):
            await asyncio.sleep(0)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    await until(lambda: station.tasks == before)


async def test_who_stays_is_not_disturbed_by_who_goes(station: Station) -> None:
    video_id = await station.video()
    async with station.watching(video_id) as staying:
        assert (await staying.message()).seq == 1
        for seq in range(2, 8):
            async with station.watching(video_id) as going:
                await going.message()
            await station.tell(video_id)
            assert (await staying.message()).seq == seq


async def test_streams_of_a_deleted_video_belong_to_somebody_until_they_have_ended(station: Station) -> None:
    """Also where somebody asks for it meanwhile, who is told that there is no such video."""
    video_id = await station.video()
    async with station.watching(video_id) as unread, station.watching(video_id) as read:
        await unread.message()
        await read.message()
        async with station.history.recording(video_id) as recorder:
            await recorder.delete()
        await read.rest()
        for last_id in (None, "0", "1", "9"):
            with pytest.raises(NotFound):
                await station.is_over(video_id, Cursor.parse(last_id))
        (subscription,) = station.hub.subscriptions
        await station.hub.close()
        assert subscription.closing
        drained = asyncio.create_task(station.hub.drained(within_s=60))
        await asyncio.sleep(0)
        assert not drained.done()
        await unread.rest()
        await drained
    assert station.hub.open_streams == 0


async def test_a_story_that_ends_leaves_nothing_open(station: Station) -> None:
    before = set(station.tasks)
    video_id = await station.video()
    async with station.watching(video_id) as one, station.watching(video_id, 0) as other:
        await one.message()
        await station.tell(video_id, 3, Status.CANCELLED)
        assert [message.seq for message in await one.rest()] == [2, 3, 4, 4]
        assert [message.seq for message in await other.rest()] == [1, 2, 3, 4, 4]
        await until(lambda: station.tasks == before)
