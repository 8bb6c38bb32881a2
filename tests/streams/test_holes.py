"""Events that are pruned before everybody has been told of them: nobody takes the rest for the whole."""

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests.support.sse import EventStream
from tests.support.station import Station
from webapp.events import EventType, Status
from webapp.history import EventRow
from webapp.streams.replay import BATCH_ROWS


async def prune(station: Station, video_id: str, *seqs: int) -> None:
    async with station.db.write() as session:
        pruned = (col(EventRow.video_id) == video_id, col(EventRow.seq).in_(seqs))
        await session.execute(sa.delete(EventRow).where(*pruned))


async def told(stream: EventStream, upto: int) -> list[tuple[int, bool]]:
    """Numbers of the events up to that one, and whether they say that something before is missing."""
    return [(message.seq, "reset" in message.json) for message in await stream.until_seq(upto)]


async def test_who_fell_behind_is_told_of_a_hole(station: Station) -> None:
    video_id = await station.video()
    async with station.watching(video_id) as slow, station.watching(video_id) as quick:
        assert (await slow.message()).seq == 1
        await station.burst(video_id, 59)
        await quick.until_seq(60)
        await prune(station, video_id, *range(1, 20), 22, 25)
        assert await told(slow, 60) == [
            (seq, seq in (20, 23, 26)) for seq in range(20, 61) if seq not in (22, 25)
        ]
        await station.tell(video_id)
        assert await told(slow, 61) == [(61, False)]


async def test_who_is_live_is_told_of_a_hole(station: Station) -> None:
    video_id = await station.video()
    async with station.watching(video_id) as stream:
        assert (await stream.message()).seq == 1
        async with station.history.recording(video_id) as recorder:
            recorder.video.seq += 3  # written, and pruned again before the stream looked
            recorder.record(EventType.STATUS, "event 5")
        assert await told(stream, 5) == [(5, True)]
        async with station.watching(video_id) as newcomer:
            assert await told(newcomer, 5) == [(5, False)]


async def test_what_is_pruned_during_a_long_replay_is_told(station: Station) -> None:
    video_id = await station.video()
    newest = 3 * BATCH_ROWS
    await station.burst(video_id, newest - 1)
    async with station.watching(video_id, 1) as stream:
        assert (await stream.message()).seq == 2
        await prune(station, video_id, *range(1, 2 * BATCH_ROWS))
        assert await told(stream, newest) == [
            *((seq, False) for seq in range(3, BATCH_ROWS + 2)),
            *((seq, seq == 2 * BATCH_ROWS) for seq in range(2 * BATCH_ROWS, newest + 1)),
        ]


async def test_who_asks_for_what_is_kept_is_not_told_of_what_is_not(station: Station) -> None:
    video_id = await station.video()
    newest = 2 * BATCH_ROWS
    await station.burst(video_id, newest - 1)
    gone = {1, 2, 50, newest - 10}
    await prune(station, video_id, *gone)
    async with station.watching(video_id, 0) as stream:
        assert await told(stream, newest) == [(seq, False) for seq in range(1, newest + 1) if seq not in gone]


@pytest.mark.parametrize("last_id", [0, 1])
async def test_the_end_comes_where_all_before_it_is_pruned(station: Station, last_id: int) -> None:
    video_id = await station.video(Status.READY, events=9)
    await prune(station, video_id, *range(1, 9))
    async with station.watching(video_id, last_id) as stream:
        last, done = await stream.rest()
        assert (last.seq, "reset" in last.json, done.event) == (9, last_id > 0, "done")
