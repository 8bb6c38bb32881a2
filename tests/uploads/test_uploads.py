"""Uploads: a file arrives whole, or leaves nothing but the reason."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from tests.support.content import content, pieces
from tests.support.desk import UPLOAD_LIMIT_BYTES, Desk
from tests.support.full_disk import break_disk, fill
from tests.support.waiting import until
from webapp.errors import Conflict, Invalid, NotFound, RushesError, TooLarge, Unavailable
from webapp.events import EventType, Status
from webapp.history import Recorder
from webapp.keys import original_key

from .interruption import assert_interrupted

LIMIT = UPLOAD_LIMIT_BYTES
FILE = b"not a video, but nobody looks at this point"


async def endless(*data: bytes) -> AsyncIterator[bytes]:
    """These pieces, and then a client that says nothing more."""
    for piece in data:
        yield piece
    await asyncio.Event().wait()


async def broken() -> AsyncIterator[bytes]:
    yield FILE
    raise Invalid("broken_form", "This form is incomplete or damaged.")


async def test_a_file_arrives_and_the_history_tells(desk: Desk) -> None:
    video = await desk.uploads.create("holiday.mp4", size=len(FILE), content_type="video/mp4")
    await desk.uploads.receive(video.id, pieces(FILE[:9], FILE[9:]), len(FILE))
    found = await desk.video(video.id)
    assert await content(desk.storage, original_key(video.id)) == FILE
    assert (found.title, found.filename, found.size_bytes) == ("holiday", "holiday.mp4", len(FILE))
    assert (found.status, found.error) == (Status.UPLOADED, None)
    assert found.uploaded_at
    events = await desk.events(video.id)
    assert [event.status.value for event in events] == ["created", "uploading", "uploaded"]
    assert [event.stage for event in events] == [None, "receive", "receive"]
    assert events[1].event_type is EventType.UPLOADING


async def test_a_long_upload_tells_how_far_it_is(desk: Desk) -> None:
    video = await desk.uploads.create("x.mp4")

    async def slowly() -> AsyncIterator[bytes]:
        while len(await desk.events(video.id)) < 3:
            yield b"x" * 100
            await asyncio.sleep(0.1)

    size = 100 * 200
    await desk.patient.receive(video.id, slowly(), None, about=size)
    told = (await desk.events(video.id))[2]
    assert (told.event_type, told.status, told.stage) == (EventType.UPLOADING, Status.UPLOADING, "receive")
    assert told.stage_progress and 0 < told.stage_progress < 100
    assert "of 20.0 kB" in told.message


async def test_a_file_is_taken_once(desk: Desk) -> None:
    video = await desk.uploads.create("x.mp4")
    await desk.uploads.receive(video.id, pieces(FILE), None)
    with pytest.raises(Conflict) as caught:
        await desk.uploads.receive(video.id, pieces(b"another file"), None)
    assert caught.value.code == "already_uploaded"
    assert await content(desk.storage, original_key(video.id)) == FILE
    assert (await desk.video(video.id)).status is Status.UPLOADED


async def test_two_cannot_upload_the_same_file_at_once(desk: Desk) -> None:
    video = await desk.uploads.create("x.mp4")
    desk.storage.gate.clear()
    first = asyncio.create_task(desk.uploads.receive(video.id, pieces(FILE), None))
    await desk.storage.waiting.wait()
    with pytest.raises(Conflict) as caught:
        await desk.uploads.receive(video.id, pieces(b"another file"), None)
    assert caught.value.code == "upload_running"
    desk.storage.gate.set()
    await first
    assert await content(desk.storage, original_key(video.id)) == FILE


async def test_nobody_uploads_to_a_video_that_does_not_exist(desk: Desk) -> None:
    with pytest.raises(NotFound):
        await desk.uploads.receive("nobody", pieces(FILE), None)
    assert desk.files() == []


async def stalled(desk: Desk, video_id: str) -> None:
    with pytest.raises(Invalid) as caught:
        await desk.uploads.receive(video_id, endless(FILE), None)
    assert caught.value.code == "upload_stalled"


async def cancelled(desk: Desk, video_id: str) -> None:
    receiving = asyncio.create_task(desk.patient.receive(video_id, endless(FILE), None))
    await until(lambda: desk.storage.taken > 0)
    receiving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await receiving


async def damaged(desk: Desk, video_id: str) -> None:
    with pytest.raises(Invalid):
        await desk.uploads.receive(video_id, broken(), None)


async def overflowed(desk: Desk, video_id: str) -> None:
    with pytest.raises(TooLarge):
        await desk.uploads.receive(video_id, pieces(b"x" * LIMIT, b"x"), None)


async def shortened(desk: Desk, video_id: str) -> None:
    with pytest.raises(Invalid):
        await desk.uploads.receive(video_id, pieces(FILE), None, announced=len(FILE) + 1)


async def cut_short(desk: Desk, video_id: str) -> None:
    """Of a request that said how long it is, and ended without a word."""
    with pytest.raises(Invalid):
        await desk.uploads.receive(video_id, pieces(FILE), len(FILE) + 1)


@pytest.mark.parametrize(
    ("interruption", "code"),
    [(each, "upload_interrupted") for each in (stalled, cancelled, damaged)]
    + [(overflowed, "too_large"), (shortened, "size_mismatch"), (cut_short, "size_mismatch")],
)
async def test_an_interrupted_upload_says_so_leaves_nothing_and_can_be_repeated(
    desk: Desk, interruption: Callable[[Desk, str], Awaitable[None]], code: str
) -> None:
    video = await desk.uploads.create("x.mp4")
    for _ in range(2):
        await interruption(desk, video.id)
        assert_interrupted(await desk.video(video.id), (await desk.events(video.id))[-1], code)
        assert desk.files() == []
    await desk.uploads.receive(video.id, pieces(FILE), None)
    found = await desk.video(video.id)
    assert (found.status, found.error) == (Status.UPLOADED, None)
    assert await content(desk.storage, original_key(video.id)) == FILE
    assert [event.error for event in await desk.events(video.id) if event.status is Status.UPLOADED] == [None]


@pytest.mark.parametrize(("trouble", "code"), [(fill, "no_space"), (break_disk, "storage_unavailable")])
async def test_trouble_with_the_disk_is_not_called_a_broken_upload(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    trouble: Callable[[pytest.MonkeyPatch, Path], None],
    code: str,
) -> None:
    video = await desk.uploads.create("x.mp4")
    trouble(monkeypatch, desk.folder / original_key(video.id))
    with pytest.raises(Unavailable) as caught:
        await desk.uploads.receive(video.id, pieces(FILE), None)
    found, event = await desk.video(video.id), (await desk.events(video.id))[-1]
    assert (caught.value.code, found.status, event.event_type) == (code, Status.FAILED, EventType.ERROR)
    for error in (found.error, event.error):
        assert error and (error.code, error.message) == (code, caught.value.message)
        assert "Nothing was kept" in error.hint
    assert desk.files() == []
    monkeypatch.undo()
    await desk.uploads.receive(video.id, pieces(FILE), None)
    assert (await desk.video(video.id)).status is Status.UPLOADED


async def test_what_would_be_too_large_is_refused_before_it_comes(desk: Desk) -> None:
    with pytest.raises(TooLarge, match="100"):
        await desk.uploads.create("x.mp4", size=LIMIT + 1)
    video = await desk.uploads.create("x.mp4")
    with pytest.raises(TooLarge):
        await desk.uploads.receive(video.id, pieces(b"x"), LIMIT + 1)
    assert (await desk.video(video.id)).status is Status.CREATED
    assert desk.files() == []
    await desk.uploads.receive(video.id, pieces(b"x" * LIMIT), LIMIT)


async def receive_while(
    desk: Desk, video_id: str, gate: asyncio.Event, change: Callable[[], Awaitable[None]]
) -> None:
    """Receives a file; while the disk makes it wait at `gate`, something else happens."""
    gate.clear()
    receiving = asyncio.create_task(desk.uploads.receive(video_id, pieces(FILE), None))
    await desk.storage.waiting.wait()
    await change()
    gate.set()
    await receiving


@pytest.mark.parametrize("moment", ["gate", "finish"])
async def test_a_video_that_is_deleted_while_its_file_arrives_leaves_nothing(desk: Desk, moment: str) -> None:
    video = await desk.uploads.create("x.mp4")

    async def delete() -> None:
        async with desk.station.history.recording(video.id) as recorder:
            await recorder.delete()
        await desk.storage.delete(f"videos/{video.id}/")

    with pytest.raises(RushesError):
        await receive_while(desk, video.id, getattr(desk.storage, moment), delete)
    assert desk.files() == []


async def test_an_upload_that_was_given_up_too_early_is_whole_in_the_end(desk: Desk) -> None:
    video = await desk.uploads.create("x.mp4")
    await receive_while(desk, video.id, desk.storage.gate, lambda: desk.interrupt(video.id))
    found = await desk.video(video.id)
    assert (found.status, found.error) == (Status.UPLOADED, None)


async def test_an_upload_that_was_given_up_too_early_is_said_to_go_on(desk: Desk) -> None:
    video = await desk.uploads.create("x.mp4")

    async def slowly() -> AsyncIterator[bytes]:
        yield FILE
        await desk.interrupt(video.id)
        while (await desk.video(video.id)).status is Status.FAILED:
            yield FILE
            await asyncio.sleep(0.05)

    await desk.patient.receive(video.id, slowly(), None)
    told = [(event.status, event.error) for event in await desk.events(video.id)][-2:]
    assert told == [(Status.UPLOADING, None), (Status.UPLOADED, None)]


async def test_interrupting_what_is_not_under_way_changes_nothing(desk: Desk) -> None:
    video = await desk.uploads.create("x.mp4")
    await desk.interrupt(video.id)
    await desk.interrupt("nobody")
    assert (await desk.video(video.id)).status is Status.CREATED
    assert len(await desk.events(video.id)) == 1


async def test_a_video_can_be_given_a_title(desk: Desk) -> None:
    video = await desk.uploads.create("my_file.mp4", title=" \r\nFirst ")
    assert video.title == "First"
    await desk.uploads.rename(video.id, "Second\0")
    assert (await desk.video(video.id)).title == "Second"
    await desk.uploads.rename(video.id, " ")
    assert (await desk.video(video.id)).title == "my file"


async def test_who_leaves_after_the_last_byte_has_uploaded_all_the_same(desk: Desk) -> None:
    video = await desk.uploads.create("x.mp4")
    desk.storage.finish.clear()
    receiving = asyncio.create_task(desk.uploads.receive(video.id, pieces(FILE), None))
    await desk.storage.waiting.wait()
    receiving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await receiving
    await desk.uploads.close()
    assert (await desk.video(video.id)).status is Status.UPLOADED
    assert await content(desk.storage, original_key(video.id)) == FILE


async def test_nothing_of_an_upload_that_broke_off_is_there_when_the_next_one_comes(desk: Desk) -> None:
    video = await desk.uploads.create("x.mp4")
    await cancelled(desk, video.id)
    for name in ("source/original", "hls/r1/180p/s00000.m4s", "runs/1/chunk-00000.json"):
        await desk.storage.put_bytes(f"videos/{video.id}/{name}", b"of another file")
    await desk.uploads.receive(video.id, pieces(FILE), None)
    assert desk.files() == ["original"]


async def test_what_follows_the_upload_begins_in_its_transaction(desk: Desk) -> None:
    video = await desk.uploads.create("x.mp4")

    async def then(recorder: Recorder) -> None:
        assert recorder.video.status is Status.UPLOADED
        raise Unavailable("database_away", "It is away.")

    with pytest.raises(Unavailable):
        await desk.uploads.receive(video.id, pieces(FILE), None, then=then)
    assert (await desk.video(video.id)).status is Status.UPLOADING  # which somebody comes back for
