"""One stream for all videos, however many there are."""

from html.parser import HTMLParser

import pytest

from tests.support.site import Site
from tests.support.sse import EventStream, Message
from tests.support.waiting import until
from tests.support.wire import Wire, subscribers, tell
from webapp.events import EventType, Status

MANY = 30


async def newest_id(site: Site) -> int:
    async with Wire.open(site.address) as wire:
        await wire.ask("/videos/status")
        return (await wire.events().message()).seq


class Ids(HTMLParser):
    """The ids that a piece of a page has, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str | None] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links.append(dict(attributes).get("href"))


async def test_everything_that_happens_comes_by_one_stream(site: Site) -> None:
    async with Wire.open(site.address) as wire:
        await wire.ask("/videos/status?last_event_id=0")
        stream = wire.events()
        videos = [(await site.create())["videoId"] for _ in range(MANY)]
        for video_id in reversed(videos):
            await tell(site, video_id)
        messages = await stream.take(2 * MANY)
        assert [message.json["videoId"] for message in messages] == videos + videos[::-1]
        assert {message.event for message in messages} == {"video_update"}
        ids = [message.seq for message in messages]
        assert ids == sorted(set(ids))
        assert (subscribers(site, "direct"), site.parts.hub.open_streams) == (1, 1)


async def test_an_empty_library_can_be_watched(site: Site) -> None:
    for last in ("", "?last_event_id=0", "?last_event_id=5", "?last_event_id=x"):
        async with Wire.open(site.address) as wire, Wire.open(site.address) as tiles:
            await wire.ask(f"/videos/status{last}")
            await tiles.ask(f"/videos/fragments{last}")
            streams = [wire.events(), tiles.events()]
            for stream in streams:
                await stream.comment()
            video_id = (await site.create())["videoId"]
            event, tile = [await stream.message() for stream in streams]
            assert event.json["videoId"] == video_id
            assert Ids(tile.data).links == [f"/videos/{video_id}"]
            await site.parts.control.delete(video_id)


async def test_what_was_missed_of_any_video_is_told_by_id(site: Site) -> None:
    one, other = (await site.create())["videoId"], (await site.create())["videoId"]
    last = await newest_id(site)
    await tell(site, one, 2)
    await tell(site, other, 120)
    await tell(site, one, 1, Status.READY)
    async with Wire.open(site.address) as wire:
        await wire.ask("/videos/status", f"Last-Event-ID: {last}")
        stream = wire.events()
        missed = await stream.take(123)
        assert [message.json["videoId"] for message in missed] == [one] * 2 + [other] * 120 + [one]
        await tell(site, other, 1, Status.READY)
        assert (await stream.message()).json["status"] == "ready"  # and no end: other videos go on
    async with Wire.open(site.address) as wire:
        await wire.ask("/videos/status", f"Last-Event-ID: {missed[60].seq}")
        assert [message.seq for message in await wire.events().take(63)] == [
            message.seq for message in missed[61:]
        ] + [missed[-1].seq + 1]


@pytest.mark.parametrize("last", ["99999", "abc"])
async def test_an_id_that_cannot_be_is_answered_by_a_snapshot_that_says_so(site: Site, last: str) -> None:
    video_id = (await site.create())["videoId"]
    async with Wire.open(site.address) as wire:
        await wire.ask(f"/videos/status?last_event_id={last}")
        snapshot = await wire.events().message()
        assert (snapshot.json["videoId"], snapshot.json["reset"]) == (video_id, True)


async def tiles_until(stream: EventStream, video_id: str, words: str) -> list[Message]:
    """The tiles up to the one of that video that shows these words."""
    tiles = [await stream.message()]
    while not (Ids(tiles[-1].data).links == [f"/videos/{video_id}"] and words in tiles[-1].data):
        tiles.append(await stream.message())
    return tiles


async def test_tiles_show_each_video_as_it_is(site: Site) -> None:
    old = (await site.create(title="An old one"))["videoId"]
    async with Wire.open(site.address) as wire:
        await wire.ask(f"/videos/fragments?last_event_id={await newest_id(site)}")
        stream = wire.events()
        await stream.comment()
        new = (await site.create(title="A new one"))["videoId"]
        (tile,) = await tiles_until(stream, new, "A new one")
        assert tile.event == "new"
        async with site.parts.history.recording(old) as recorder:
            recorder.video.title, recorder.video.status = "A ready one", Status.READY
            recorder.record(EventType.STATUS, "Ready")
        tiles = await tiles_until(stream, old, "A ready one")
        assert tiles[-1].event == f"video-{old}"
        assert tiles[-1].seq == await newest_id(site)


async def test_many_events_of_a_video_are_one_tile_to_who_comes_back(site: Site) -> None:
    video_id = (await site.create(title="Busy"))["videoId"]
    await tell(site, video_id, 50)
    other = (await site.create(title="Other"))["videoId"]
    async with Wire.open(site.address) as wire:
        await wire.ask("/videos/fragments", "Last-Event-ID: 0")
        tiles = await tiles_until(wire.events(), other, "Other")
        assert [Ids(tile.data).links for tile in tiles] == [[f"/videos/{video_id}"], [f"/videos/{other}"]]
        assert [tile.event for tile in tiles] == ["new", "new"]


async def test_what_was_deleted_meanwhile_has_no_tile_and_stops_nothing(site: Site) -> None:
    kept, gone = (await site.create(title="Kept"))["videoId"], (await site.create(title="Gone"))["videoId"]
    async with Wire.open(site.address) as wire:
        await wire.ask("/videos/fragments?last_event_id=0")
        stream = wire.events()
        await tiles_until(stream, gone, "Gone")
        await site.parts.control.delete(gone)
        await tell(site, kept)
        assert len(await tiles_until(stream, kept, "Kept")) == 1
    async with Wire.open(site.address) as wire:
        await wire.ask("/videos/fragments?last_event_id=0")
        assert [Ids(tile.data).links for tile in await tiles_until(wire.events(), kept, "Kept")] == [
            [f"/videos/{kept}"]
        ]
    await until(lambda: site.parts.hub.open_streams == 0)


async def test_the_library_and_its_videos_are_watched_side_by_side(site: Site) -> None:
    video_id = (await site.create())["videoId"]
    async with Wire.open(site.address) as wire, Wire.open(site.address) as other:
        await wire.ask("/videos/status")
        await other.ask(f"/videos/{video_id}/status")
        library, video = wire.events(), other.events()
        await library.message()
        first = (await video.message()).seq
        await tell(site, video_id, 30)
        assert [message.json["seq"] for message in await library.take(30)] == list(
            range(first + 1, first + 31)
        )
        assert [message.seq for message in await video.take(30)] == list(range(first + 1, first + 31))
