"""What is handed to many at once: a client that fails is nobody else's trouble, and misses nothing itself."""

import asyncio
from collections.abc import Sequence

import pytest

from tests.support.station import JSON, Station
from webapp.history import KeptEvent
from webapp.streams.direct import DirectSubscription, Line
from webapp.streams.feed import Feed
from webapp.streams.formats import Frame
from webapp.streams.metrics import Metrics
from webapp.streams.subscription import Batch, Subscription

CAPACITY = 10
FAR_OFF = 1e12


class Connection(asyncio.WriteTransport):
    """A connection whose bytes stay here, or one that fails."""

    def __init__(self, fails: bool = False) -> None:
        super().__init__()
        self.fails, self.aborted, self.written = fails, False, b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self.fails:
            raise RuntimeError("unable to perform operation")
        self.written += data

    def is_closing(self) -> bool:
        return self.aborted

    def get_write_buffer_size(self) -> int:
        return 0

    def abort(self) -> None:
        self.aborted = True


async def nothing() -> None:
    await asyncio.Event().wait()


async def no_rows(after: int) -> Sequence[KeptEvent]:
    return []


def direct(connection: Connection, cursor: int = 1) -> DirectSubscription:
    """A client that is up to date, and whose task sleeps."""
    subscription = DirectSubscription(JSON, CAPACITY, FAR_OFF, Line(connection, nothing, lambda: None))
    subscription.cursor, subscription.lagging, subscription.live = cursor, False, True
    return subscription


def ordinary(cursor: int = 1) -> Subscription:
    subscription = Subscription(JSON, CAPACITY, FAR_OFF)
    subscription.cursor, subscription.lagging = cursor, False
    return subscription


def frames(*seqs: int) -> list[Frame]:
    return [Frame(seq, b"event %d\n" % seq) for seq in seqs]


async def test_a_client_that_fails_is_cut_off_and_the_others_are_told(station: Station) -> None:
    video_id = await station.video(events=3)
    _, *rows = await station.rows(video_id)
    good, bad = [Connection() for _ in range(20)], Connection(fails=True)
    buffered = ordinary()
    feed = Feed(video_id, JSON, 1, no_rows, Metrics())
    feed.subscriptions.update([*map(direct, good), direct(bad), buffered])
    for row in rows:
        await feed.take_in([row])
    assert bad.aborted
    assert not any(connection.aborted for connection in good)
    assert {connection.written.count(b"video_update") for connection in good} == {2}
    assert [frame.seq for frame in buffered.take()] == [2, 3]


@pytest.mark.parametrize("waiting", [[], [2]])
def test_who_was_passed_over_catches_up_from_the_rows(waiting: list[int]) -> None:
    subscription = ordinary()
    if waiting:
        subscription.offer(Batch(1, frames(*waiting)))
    subscription.offer(Batch(3, frames(4)))
    assert subscription.lagging
    assert subscription.take() == []


def test_who_has_not_read_yet_was_not_passed_over() -> None:
    subscription = ordinary()
    for seq in (2, 3, 4):
        subscription.offer(Batch(seq - 1, frames(seq)))
    assert not subscription.lagging
    assert [frame.seq for frame in subscription.take()] == [2, 3, 4]


def test_who_is_written_to_directly_gets_nothing_past_a_hole() -> None:
    connection = Connection()
    subscription = direct(connection)
    subscription.offer(Batch(3, frames(4)))
    assert subscription.lagging
    assert connection.written == b""
