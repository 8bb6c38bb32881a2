"""A video is deleted while people look at it: each of them is told, and no stream stays."""

import httpx
import pytest

from tests.support.site import Site
from tests.support.sse import EventStream
from tests.support.waiting import until
from webapp.events import Status

WORDS = "This video was deleted"


@pytest.fixture
async def video_id(site: Site) -> str:
    video_id = await site.uploaded(embed=["*"])
    await site.parts.control.process(video_id)
    return video_id


async def delete(site: Site, video_id: str) -> None:
    (await site.client.delete(f"/videos/{video_id}")).raise_for_status()
    await until(lambda: site.parts.hub.open_streams == 0)


@pytest.mark.parametrize(
    "path",
    ["videos/{}/fragments", "embed/{}/frame", "embed/{}/fragments"],
    ids=["page", "iframe", "elsewhere"],
)
async def test_the_last_fragment_says_that_it_was_deleted(site: Site, video_id: str, path: str) -> None:
    async with site.client.stream("GET", f"/{path.format(video_id)}") as response:
        stream = EventStream(response.aiter_raw())
        first = await stream.message()
        await delete(site, video_id)
        last, done = await stream.rest()
    assert WORDS not in first.data
    assert WORDS in last.data and video_id not in last.data
    assert (last.event, last.seq) == ("message", first.seq + 1)
    assert (done.event, done.seq) == ("done", last.seq)


async def test_the_last_event_says_that_it_was_deleted(site: Site, video_id: str) -> None:
    async with site.client.stream("GET", f"/videos/{video_id}/status") as response:
        stream = EventStream(response.aiter_raw())
        first = await stream.message()
        await delete(site, video_id)
        last, done = await stream.rest()
    told = last.json
    assert (told["deleted"], told["status"], told["message"]) == (True, "cancelled", WORDS)
    assert told["seq"] == last.seq == done.seq == first.seq + 1
    assert told["timestamp"] > first.json["timestamp"]
    assert "queuePosition" not in told


@pytest.mark.parametrize("status", [Status.CREATED, Status.UPLOADED])
async def test_also_where_nothing_was_being_processed(site: Site, status: Status) -> None:
    video_id = (await site.create())["videoId"] if status is Status.CREATED else await site.uploaded()
    async with site.client.stream("GET", f"/videos/{video_id}/status") as response:
        stream = EventStream(response.aiter_raw())
        await stream.message()
        await delete(site, video_id)
        last, _ = await stream.rest()
    assert last.json["deleted"]


@pytest.mark.parametrize("path", ["videos/{}/fragments", "embed/{}/frame"])
async def test_a_page_that_was_away_meanwhile_is_told_as_it_comes_back(
    site: Site, video_id: str, path: str
) -> None:
    await site.parts.control.delete(video_id)
    url = f"/{path.format(video_id)}"
    answer = await site.client.get(f"{url}?last_event_id=3", headers={"Last-Event-ID": "7"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/event-stream")
    assert answer.text.startswith("id: 8\n") and WORDS in answer.text
    assert answer.text.endswith('event: done\ndata: {"seq":8}\n\n')
    assert (await site.client.get(url)).status_code == httpx.codes.NOT_FOUND


async def test_nothing_is_marked_as_deleted_that_never_was(site: Site) -> None:
    answer = await site.client.delete("/videos/nothing")
    assert answer.status_code == httpx.codes.NOT_FOUND
    assert not await site.parts.storage.names("deleted/", 10)
