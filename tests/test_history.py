"""The history: numbered without a gap, true when it is read, and told only then."""

import asyncio
import json
import re
from contextlib import AbstractAsyncContextManager

import pytest
import sqlalchemy as sa
from hypothesis import given, strategies as st

from tests.support.station import DeafBroker, Station
from webapp.config import Settings
from webapp.errors import NotFound
from webapp.events import ErrorInfo, EventType, StageName, Status, VideoEvent
from webapp.history import EventRow, Recorder, events_after, kept_after, milestones, newest_event
from webapp.runs import Run
from webapp.videos import Video, get_video

ALWAYS = {"videoId", "eventType", "status", "message", "progress", "timestamp"}
SOMETIMES = {
    *("seq", "run", "stage", "stageProgress", "rendition", "etaSeconds", "speed"),
    *("playable", "queuePosition", "error", "reset"),
}
RFC3339_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


class Witness(DeafBroker):
    """A broker that looks, when it is told of news, whether they are there for everyone."""

    def __init__(self) -> None:
        self.station: Station | None = None
        self.woken: list[tuple[str, int]] = []
        self.found: list[int] = []

    async def wake(self, video_id: str, seq: int) -> None:
        assert self.station
        self.woken.append((video_id, seq))
        async with self.station.db.read() as session:
            newest = await newest_event(session, video_id)
        self.found.append(newest.seq if newest else 0)


async def fail(transaction: AbstractAsyncContextManager[Recorder]) -> None:
    async with transaction as recorder:
        recorder.video.status = Status.FAILED
        recorder.record(EventType.ERROR, "never happened")
        await recorder.session.flush()
        raise ZeroDivisionError


async def test_a_hundred_at_once_are_numbered_without_a_gap(station: Station) -> None:
    video_id = await station.video()

    async def tell() -> None:
        async with station.history.recording(video_id) as recorder:
            await asyncio.sleep(0)
            recorder.record(EventType.STATUS, f"event {recorder.video.seq + 1}")

    await asyncio.gather(*(tell() for _ in range(100)))
    rows = await station.rows(video_id)
    assert [row.seq for row in rows] == list(range(1, 102))
    assert [row.event.message for row in rows] == [f"event {number}" for number in range(1, 102)]
    assert [row.event.seq for row in rows] == [row.seq for row in rows]


async def test_two_processes_number_together(station: Station, settings: Settings) -> None:
    video_id = await station.video()
    async with Station(settings) as other:
        await asyncio.gather(*(each.tell(video_id, 10) for each in (station, other)))
    assert [row.seq for row in await station.rows(video_id)] == list(range(1, 22))


async def test_each_video_has_numbers_of_its_own(station: Station) -> None:
    one, two = await station.video(events=3), await station.video(events=2)
    assert [len(await station.rows(video_id)) for video_id in (one, two)] == [3, 2]
    assert (await station.rows(two))[-1].seq == 2


async def test_a_change_and_its_event_are_kept_together(station: Station) -> None:
    video_id = await station.video()
    async with station.history.recording(video_id) as recorder:
        recorder.video.status = Status.READY
        recorder.video.progress = 100
        recorder.record(EventType.STATUS, "Ready")
    async with station.db.read() as session:
        video, newest = await get_video(session, video_id), await newest_event(session, video_id)
    assert newest
    assert (video.status, video.progress, video.seq) == (Status.READY, 100, 2)
    assert (newest.event.status, newest.event.progress, newest.seq) == (Status.READY, 100, 2)


async def test_a_change_that_fails_takes_its_event_along_and_its_number(settings: Settings) -> None:
    witness = Witness()
    async with Station(settings, witness) as station:
        witness.station = station
        video_id = await station.video()
        with pytest.raises(ZeroDivisionError):
            await fail(station.history.recording(video_id))
        await station.tell(video_id)
        rows = await station.rows(video_id)
        async with station.db.read() as session:
            status = (await get_video(session, video_id)).status
    assert [(row.seq, row.event.message) for row in rows] == [(1, "event 1"), (2, "event 2")]
    assert status is Status.PROCESSING
    assert witness.woken == [(video_id, 1), (video_id, 2)]


async def test_watchers_are_woken_when_the_news_can_be_read(settings: Settings) -> None:
    witness = Witness()
    async with Station(settings, witness) as station:
        witness.station = station
        video_id = await station.video()
        await station.tell(video_id, 3)
        await station.burst(video_id, 4)
        async with station.history.recording(video_id) as recorder:
            await recorder.delete()
    assert witness.woken == [(video_id, seq) for seq in (1, 2, 3, 4, 8, 8)]
    assert witness.found == [1, 2, 3, 4, 8, 0]


async def test_nobody_is_woken_for_nothing(settings: Settings) -> None:
    witness = Witness()
    async with Station(settings, witness) as station:
        witness.station = station
        video_id = await station.video()
        async with station.history.recording(video_id):
            pass
    assert len(witness.woken) == 1


async def test_a_video_that_cannot_be_made_leaves_nothing(station: Station) -> None:
    with pytest.raises(ZeroDivisionError):
        await fail(station.history.creating(Video(title="A title", filename="x")))
    async with station.db.read() as session:
        for table in (Video, EventRow):
            assert (await session.execute(sa.select(sa.func.count()).select_from(table))).scalar_one() == 0


async def test_a_video_that_does_not_exist_has_no_history(station: Station) -> None:
    with pytest.raises(NotFound):
        async with station.history.recording("nobody"):
            raise AssertionError("there is nothing to record on")


async def test_a_deleted_video_takes_its_history_along(station: Station) -> None:
    video_id, other = await station.video(events=5), await station.video(events=2)
    async with station.history.recording(video_id) as recorder:
        recorder.session.add(Run(video_id=video_id, number=1))
        await recorder.session.flush()
        await recorder.delete()
    assert [len(await station.rows(each)) for each in (video_id, other)] == [0, 2]
    with pytest.raises(NotFound):
        async with station.history.recording(video_id):
            pass


async def test_what_is_asked_of_the_rows(station: Station) -> None:
    video_id = await station.video(events=3)
    async with station.history.recording(video_id) as recorder:
        for number in range(4, 8):
            recorder.record(EventType.TRANSCODING, f"{number}", milestone=number % 2 == 0)
    async with station.db.read() as session:
        assert [row.seq for row in await events_after(session, video_id, 4, 2)] == [5, 6]
        assert [row.seq for row in await milestones(session, video_id, 3)] == [6, 4, 3]
        assert await kept_after(session, video_id, 4) == 3
        assert await kept_after(session, "nobody", 0) == 0
        assert await newest_event(session, "nobody") is None


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("kind", EventType)
async def test_every_event_has_the_six_fields_in_their_form(
    station: Station, kind: EventType, status: Status
) -> None:
    video_id = await station.video()
    async with station.history.recording(video_id) as recorder:
        recorder.video.status = status
        recorder.record(kind, "Something happened")
    wire = json.loads((await station.rows(video_id))[-1].data)
    assert wire.keys() >= ALWAYS and wire.keys() <= ALWAYS | SOMETIMES
    assert (wire["videoId"], wire["eventType"], wire["status"]) == (video_id, kind.value, status.value)
    assert wire["progress"] == 0 and wire["message"] == "Something happened" and wire["seq"] == 2
    assert RFC3339_UTC.fullmatch(wire["timestamp"])
    assert None not in wire.values()


async def test_an_event_tells_all_that_is_known(station: Station) -> None:
    video_id = await station.video()
    why = ErrorInfo(code="crashed", message="It crashed.", hint="Try again.")
    async with station.history.recording(video_id) as recorder:
        video = recorder.video
        video.run, video.progress, video.published_run = 2, 75, 1
        video.failure = why.model_dump()
        run = Run(video_id=video_id, number=2, eta_s=12, speed=3.5)
        recorder.record(
            EventType.TRANSCODING,
            "Transcoding video to HLS format",
            run=run,
            stage=StageName.VIDEO,
            stage_progress=80,
            queue_position=1,
            rendition="720p",
        )
    wire = json.loads((await station.rows(video_id))[-1].data)
    assert wire.keys() == ALWAYS | SOMETIMES - {"reset"}
    where = {"seq": 2, "run": 2, "stage": "video", "stageProgress": 80, "rendition": "720p"}
    how = {"etaSeconds": 12, "speed": 3.5, "playable": True, "queuePosition": 1}
    error = {"code": "crashed", "message": "It crashed.", "hint": "Try again."}
    assert {name: wire[name] for name in wire.keys() - ALWAYS} == where | how | {"error": error}


@given(st.text(), st.integers(0, 100))
def test_an_event_survives_the_wire(message: str, progress: int) -> None:
    fields = {"videoId": "a", "eventType": "video_status_update", "status": "ready", "seq": 1}
    moment = {"timestamp": "2024-01-01T12:00:00.123Z"}
    event = VideoEvent.model_validate({**fields, **moment, "message": message, "progress": progress})
    text = event.to_json()
    assert VideoEvent.model_validate_json(text) == event
    assert "\n" not in text and "\r" not in text
    assert json.loads(text)["timestamp"] == "2024-01-01T12:00:00.123Z"


@pytest.mark.parametrize("progress", [-1, 101, 1000])
async def test_a_percent_is_a_percent(station: Station, progress: int) -> None:
    video_id = await station.video()

    async def overdo() -> None:
        async with station.history.recording(video_id) as recorder:
            recorder.video.progress = progress
            recorder.record(EventType.STATUS, "more than everything")

    with pytest.raises(ValueError, match="progress"):
        await overdo()
    assert len(await station.rows(video_id)) == 1
