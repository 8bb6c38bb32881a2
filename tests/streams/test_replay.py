"""What a client is told first: exactly what it missed, or honestly that this is not known."""

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests.support.sse import EventStream
from tests.support.station import Station
from webapp.errors import NotFound
from webapp.events import Status
from webapp.history import EventRow
from webapp.streams.replay import BATCH_ROWS, Cursor


async def prune(station: Station, video_id: str, before: int) -> None:
    """Forgets the oldest events, as somebody who tidies up would."""
    async with station.db.write() as session:
        await session.execute(
            sa.delete(EventRow).where(col(EventRow.video_id) == video_id, col(EventRow.seq) < before)
        )


async def seqs(stream: EventStream, count: int) -> list[int]:
    messages = await stream.take(count)
    for message in messages:
        assert message.event == "video_update"
        assert message.json["seq"] == message.seq
        assert message.json["message"] == f"event {message.seq}"
        assert "reset" not in message.json
    return [message.seq for message in messages]


async def test_who_says_nothing_gets_the_newest_and_what_follows(station: Station) -> None:
    video_id = await station.video(events=5)
    async with station.watching(video_id) as stream:
        assert await seqs(stream, 1) == [5]
        await station.tell(video_id, 3)
        assert await seqs(stream, 3) == [6, 7, 8]


@pytest.mark.parametrize(("last_id", "expected"), [(0, [1, 2, 3, 4, 5]), (2, [3, 4, 5]), (4, [5])])
async def test_who_says_where_it_is_gets_exactly_what_it_missed(
    station: Station, last_id: int, expected: list[int]
) -> None:
    video_id = await station.video(events=5)
    async with station.watching(video_id, last_id) as stream:
        assert await seqs(stream, len(expected)) == expected
        await station.tell(video_id)
        assert await seqs(stream, 1) == [6]


async def test_who_has_missed_nothing_hears_that_the_stream_is_open(station: Station) -> None:
    video_id = await station.video(events=5)
    async with station.watching(video_id, 5) as stream:
        await stream.comment()
        await station.tell(video_id)
        assert await seqs(stream, 1) == [6]


@pytest.mark.parametrize(
    "last_id",
    ["6", "123456789012345678", "abc", "-1", "1.0", "0x1", "²", "1 2", " 1", "1" * 5000, "1\0", "NaN", "٣"],
)
async def test_an_id_that_cannot_be_gets_one_snapshot_that_says_so(station: Station, last_id: str) -> None:
    video_id = await station.video(events=5)
    async with station.watching(video_id, last_id) as stream:
        snapshot = await stream.message()
        assert (snapshot.event, snapshot.seq) == ("video_update", 5)
        assert snapshot.json["reset"] is True
        assert snapshot.json["message"] == "event 5"
        await station.tell(video_id)
        assert await seqs(stream, 1) == [6]


async def test_what_was_pruned_is_no_silent_hole(station: Station) -> None:
    video_id = await station.video(events=9)
    await prune(station, video_id, before=5)
    for last_id in (1, 2, 3):
        async with station.watching(video_id, last_id) as stream:
            assert (await stream.message()).json["reset"] is True
            await station.tell(video_id)
            assert len(await seqs(stream, 1)) == 1


async def test_who_has_seen_all_that_was_pruned_misses_nothing(station: Station) -> None:
    video_id = await station.video(events=9)
    await prune(station, video_id, before=5)
    for last_id in (0, 4):
        async with station.watching(video_id, last_id) as stream:
            assert await seqs(stream, 5) == [5, 6, 7, 8, 9]


async def test_nothing_is_lost_between_the_rows_and_what_follows(station: Station) -> None:
    """Events that come while a stream is being opened are in one of the two, and not in both."""
    video_id = await station.video(events=3)
    for _ in range(20):
        async with station.watching(video_id, 0) as stream:
            first = await stream.message()
            assert first.seq == 1
            newest = await station.tell(video_id, 2)
            assert [message.seq for message in await stream.until_seq(newest)] == list(range(2, newest + 1))


@pytest.mark.parametrize("status", [Status.READY, Status.FAILED, Status.CANCELLED])
async def test_a_story_that_is_over_is_told_to_its_end(station: Station, status: Status) -> None:
    video_id = await station.video(status, events=3)
    async with station.watching(video_id, 1) as stream:
        assert await seqs(stream, 2) == [2, 3]
        done = await stream.message()
        assert (done.event, done.seq, done.json) == ("done", 3, {"seq": 3})
        assert await stream.next() is None


async def test_only_who_has_seen_the_end_has_nothing_more_to_hear(station: Station) -> None:
    over, running = await station.video(Status.READY, events=3), await station.video(events=3)
    for video_id in (over, running):
        for text in (None, "", "0", "2", "4", "abc"):
            assert not await station.is_over(video_id, Cursor.parse(text)), text
    assert await station.is_over(over, Cursor.parse("3"))
    assert not await station.is_over(running, Cursor.parse("3"))


async def test_a_new_run_is_told_to_who_saw_the_end_of_the_last(station: Station) -> None:
    video_id = await station.video(Status.FAILED, events=3)
    await station.tell(video_id, 1, Status.PROCESSING)
    async with station.watching(video_id, 3) as stream:
        assert await seqs(stream, 1) == [4]
        await station.tell(video_id, 1, Status.READY)
        assert [message.event for message in await stream.rest()] == ["video_update", "done"]


async def test_there_is_nothing_to_hear_of_a_video_that_does_not_exist(station: Station) -> None:
    with pytest.raises(NotFound):
        await station.is_over("nobody", Cursor())


@pytest.mark.parametrize("status", [Status.PROCESSING, Status.READY])
async def test_a_long_absence_is_made_up_for_in_parts(station: Station, status: Status) -> None:
    total = 2 * BATCH_ROWS + 7
    video_id = await station.video(status)
    await station.burst(video_id, total - 1)
    async with station.watching(video_id, 0) as stream:
        assert await seqs(stream, total) == list(range(1, total + 1))
        if status.terminal:
            assert [message.event for message in await stream.rest()] == ["done"]
        else:
            await station.tell(video_id)
            assert await seqs(stream, 1) == [total + 1]
