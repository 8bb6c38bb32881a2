"""Clients that know more than this process has read: from another one, or from the rows."""

from collections.abc import AsyncIterator

import pytest

from tests.support.station import DeafBroker, Station
from webapp.config import Settings
from webapp.events import Status
from webapp.streams.formats import FragmentFormat
from webapp.streams.replay import Cursor

NEVER_S = 3600.0


@pytest.fixture
async def deaf(settings: Settings) -> AsyncIterator[Station]:
    """What happens is in its rows, and nobody tells it so."""
    rare = settings.model_copy(update={"stream_poll_s": NEVER_S})
    async with Station(rare, DeafBroker()) as station:
        yield station


async def looked_at(station: Station, video_id: str) -> None:
    """Who asks for everything has the rows read, and tells the process thereby that there is news."""
    async with station.watching(video_id, 0) as stream:
        await stream.message()


async def state(video_id: str) -> str:
    return "the state"


async def test_nobody_is_told_less_than_it_knows(deaf: Station) -> None:
    video_id = await deaf.video(events=3)
    async with deaf.watching(video_id) as behind:
        assert (await behind.message()).seq == 3
        await deaf.tell(video_id, 2)
        async with deaf.watching(video_id, 4) as ahead, deaf.watching(video_id, 5) as further:
            message = await ahead.message()
            assert (message.seq, "reset" in message.json) == (5, False)
            await further.comment()
            # That it came tells the process that there is news.
            assert [message.seq for message in await behind.take(2)] == [4, 5]
            await deaf.tell(video_id)
            await looked_at(deaf, video_id)
            for stream in (behind, ahead, further):
                assert (await stream.message()).seq == 6


async def test_an_id_that_is_in_no_row_either_gets_the_newest_that_is(deaf: Station) -> None:
    video_id = await deaf.video(events=3)
    async with deaf.watching(video_id) as behind:
        await behind.message()
        await deaf.tell(video_id, 2)
        async with deaf.watching(video_id, 9) as lost:
            message = await lost.message()
            assert (message.seq, message.json["reset"]) == (5, True)


async def test_a_snapshot_is_not_followed_by_an_older_one(deaf: Station) -> None:
    format = FragmentFormat(state)
    video_id = await deaf.video(events=3)
    async with deaf.watching(video_id, None, format) as behind:
        assert (await behind.message()).seq == 3
        await deaf.tell(video_id, 2)
        async with deaf.watching(video_id, 5, format) as ahead:
            assert (await ahead.message()).seq == 5
            assert (await behind.message()).seq == 5
            await deaf.tell(video_id, 1, Status.READY)
            await looked_at(deaf, video_id)
            for stream in (ahead, behind):
                assert [message.seq for message in await stream.rest()] == [6, 6]


@pytest.mark.parametrize("last_id", [None, 0, 3, 4, "what"])
async def test_a_run_that_began_after_the_end_is_no_end(deaf: Station, last_id: str | int | None) -> None:
    video_id = await deaf.video(events=2)
    async with deaf.watching(video_id) as behind:
        assert (await behind.message()).seq == 2
        await deaf.tell(video_id, 1, Status.READY)
        async with deaf.watching(video_id, 0) as told:
            assert (await told.rest())[-1].event == "done"
        await deaf.tell(video_id, 1, Status.PROCESSING)
        if last_id in (3, 4):
            assert not await deaf.is_over(video_id, Cursor(int(last_id)))
        async with deaf.watching(video_id, last_id) as newcomer:
            messages = [] if last_id == 4 else await newcomer.until_seq(4)
            assert {message.event for message in messages} <= {"video_update"}
            await deaf.tell(video_id, 1, Status.READY)
            await looked_at(deaf, video_id)
            assert [message.seq for message in await newcomer.rest()] == [5, 5]
            assert [message.seq for message in await behind.rest()] == [3, 4, 5, 5]
