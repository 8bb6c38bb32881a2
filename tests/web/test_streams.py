"""What a client is told first, over HTTP, and who is told nothing."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests.support.site import HTML, JSON, Site
from tests.support.waiting import until
from tests.support.wire import Wire, subscribers, tell
from webapp.app import Installation
from webapp.config import Settings
from webapp.events import Status
from webapp.history import EventRow

MOST = 3


@pytest.fixture
async def video_id(site: Site) -> str:
    """Its events are 1 to 9."""
    video_id = await site.uploaded()
    async with site.parts.history.recording(video_id) as recorder:
        recorder.video.status = Status.PROCESSING
    while await tell(site, video_id) < 9:
        pass
    return video_id


async def first(site: Site, target: str, *headers: str) -> tuple[int, bool]:
    """The number of the first event, and whether it is marked as a reset."""
    async with Wire.open(site.address) as wire:
        await wire.ask(target, *headers)
        message = await wire.events().message()
        return message.seq, message.json.get("reset", False)


@pytest.mark.parametrize(
    ("query", "header", "expected"),
    [
        ("", None, (9, False)),
        ("?last_event_id=4", None, (5, False)),
        ("", "4", (5, False)),
        ("?last_event_id=4", "7", (8, False)),
        ("?last_event_id=4", "", (5, False)),
        ("?last_event_id=4", "abc", (9, True)),
        ("?last_event_id=0", None, (1, False)),
        ("?last_event_id=10", None, (9, True)),
        ("?last_event_id=x", None, (9, True)),
        ("?last_event_id=%00", None, (9, True)),
        ("?last_event_id=", None, (9, False)),
        ("?other=4", None, (9, False)),
    ],
)
async def test_the_header_says_where_the_client_is_else_the_query(
    site: Site, video_id: str, query: str, header: str | None, expected: tuple[int, bool]
) -> None:
    headers = [] if header is None else [f"Last-Event-ID: {header}"]
    assert await first(site, f"/videos/{video_id}/status{query}", *headers) == expected


async def test_what_is_pruned_is_said_and_not_left_out(site: Site, video_id: str) -> None:
    async with site.parts.db.write() as session:
        gone = (col(EventRow.video_id) == video_id, col(EventRow.seq) < 5)
        await session.execute(sa.delete(EventRow).where(*gone))
    for last, expected in ((2, (9, True)), (4, (5, False)), (0, (5, False))):
        assert await first(site, f"/videos/{video_id}/status?last_event_id={last}") == expected


async def test_who_has_seen_the_end_has_nothing_to_come_back_for(site: Site, video_id: str) -> None:
    end = await tell(site, video_id, 1, Status.CANCELLED)
    for target in ("status", "fragments"):
        for method in ("GET", "HEAD"):
            url = f"/videos/{video_id}/{target}"
            answer = await site.client.request(method, url, headers={"Last-Event-ID": str(end)})
            assert (answer.status_code, answer.content) == (204, b"")
        again = await site.client.get(url, headers={"Last-Event-ID": str(end - 1)})
        assert (again.status_code, "event: done" in again.text) == (200, True)
    assert site.parts.hub.open_streams == 0


@pytest.mark.parametrize("accept", ["application/json", "application/json, text/event-stream;q=0.5"])
async def test_who_prefers_json_gets_the_newest_event_alone(site: Site, video_id: str, accept: str) -> None:
    answer = await site.client.get(f"/videos/{video_id}/status", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.headers["Cache-Control"] == "no-store"
    assert (answer.json()["seq"], answer.json()["videoId"]) == (9, video_id)


@pytest.mark.parametrize("accept", ["text/event-stream", "*/*", "text/event-stream, application/json"])
async def test_everybody_else_gets_a_stream(site: Site, video_id: str, accept: str) -> None:
    assert await first(site, f"/videos/{video_id}/status", f"Accept: {accept}") == (9, False)


@pytest.mark.parametrize("path", ["status", "fragments"])
@pytest.mark.parametrize("video", ["nothing", "library", "-"])
async def test_what_does_not_exist_is_a_problem_and_no_stream(site: Site, path: str, video: str) -> None:
    async with Wire.open(site.address) as library:
        await library.ask("/videos/status")  # what all videos have in common is no video
        answer = await site.client.get(f"/videos/{video}/{path}", headers={"Accept": "text/event-stream"})
        assert answer.status_code == 404
        assert answer.json()["code"] == "video_not_found"
    await until(lambda: site.parts.hub.open_streams == 0)


async def test_a_fragment_stream_begins_with_all_there_is_to_see(site: Site, video_id: str) -> None:
    page = await site.page(f"/videos/{video_id}")
    for last in ("", "?last_event_id=9", "?last_event_id=3", "?last_event_id=77"):
        async with Wire.open(site.address) as wire:
            await wire.ask(f"/videos/{video_id}/fragments{last}")
            snapshot = await wire.events().message()
            assert (snapshot.event, snapshot.seq) == ("message", 9)
            assert snapshot.data.strip() in page


async def test_every_stream_says_first_when_to_come_back(site: Site, video_id: str) -> None:
    for target in (f"/videos/{video_id}/status", f"/videos/{video_id}/fragments", "/videos/status"):
        async with Wire.open(site.address) as wire:
            await wire.ask(target)
            stream = wire.events()
            await stream.message()
            assert stream.parser.retry_ms and 1000 <= stream.parser.retry_ms <= 5000


@pytest.fixture
async def full(settings: Settings) -> AsyncIterator[Site]:
    """It has room for three streams."""
    limits = {"stream_max_total": MOST, "stream_stall_s": 0.2}
    installation = Installation(settings.model_copy(update=limits), with_worker=False)
    await installation.start()
    async with Site.open(installation) as site:
        yield site
    await installation.close()


@pytest.mark.parametrize("accept", [JSON, HTML, {"Accept": "text/event-stream"}])
async def test_too_many_are_told_when_to_come_back(full: Site, accept: dict[str, str]) -> None:
    video_id = await full.uploaded()
    wires = [Wire.open(full.address) for _ in range(MOST)]
    targets = (f"/videos/{video_id}/status", f"/videos/{video_id}/fragments", "/videos/fragments")
    for wire, target in zip(wires, targets, strict=True):
        await (await wire.__aenter__()).ask(target)
    for target in targets:
        for method in ("GET", "HEAD"):
            if "json" in accept["Accept"] and target.endswith("status"):
                continue  # no stream
            answer = await full.client.request(method, target, headers=accept)
            assert answer.status_code == 503
            assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert full.parts.hub.open_streams == MOST
    assert (await full.client.get(f"/videos/{video_id}")).status_code == 200
    for wire in wires:
        await wire.__aexit__(None, None, None)
    await until(lambda: full.parts.hub.open_streams == 0)


async def test_a_place_is_free_again_however_a_stream_ended(full: Site) -> None:
    video_id = await full.uploaded()

    async def ends() -> None:
        await tell(full, video_id, 1, Status.CANCELLED)
        async with Wire.open(full.address) as wire:
            await wire.ask(f"/videos/{video_id}/status")
            await wire.events().rest()
        await tell(full, video_id, 1, Status.PROCESSING)

    async def goes(version: str = "1.1") -> None:
        async with Wire.open(full.address) as wire:
            await wire.ask(f"/videos/{video_id}/fragments", version=version)

    async def goes_with_http_1_0() -> None:
        await goes("1.0")

    async def does_not_wait_for_an_answer() -> None:
        async with Wire.open(full.address) as wire:
            wire.writer.write(f"GET /videos/{video_id}/status HTTP/1.1\r\nHost: here\r\n\r\n".encode())
            await asyncio.sleep(0)

    async def asks_for_the_head() -> None:
        await full.client.head(f"/videos/{video_id}/status")

    async def asks_for_nothing() -> None:
        await full.client.get("/videos/nothing/status")

    async def has_seen_it() -> None:
        end = await tell(full, video_id, 1, Status.CANCELLED)
        await full.client.get(f"/videos/{video_id}/status", headers={"Last-Event-ID": str(end)})

    async def stalls(version: str = "1.1") -> None:
        async with Wire.open(full.address, 4096) as wire:
            await wire.ask(f"/videos/{video_id}/status", version=version)
            await tell(full, video_id, 20, message="x" * 20_000)
            await until(lambda: full.parts.hub.open_streams == 0)

    async def stalls_with_http_1_0() -> None:
        await stalls("1.0")

    for way in (
        ends,
        goes,
        goes_with_http_1_0,
        does_not_wait_for_an_answer,
        asks_for_the_head,
        asks_for_nothing,
        stalls,
        stalls_with_http_1_0,
        has_seen_it,
    ):
        for _ in range(MOST + 1):
            await way()
            await until(lambda: full.parts.hub.open_streams == 0)
        assert subscribers(full, "direct") == subscribers(full, "ordinary") == 0, way
    wires = [Wire.open(full.address) for _ in range(MOST)]
    for wire in wires:
        assert (await (await wire.__aenter__()).ask("/videos/status")).status_code == 200
    for wire in wires:
        await wire.__aexit__(None, None, None)
