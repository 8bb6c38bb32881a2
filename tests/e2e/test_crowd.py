"""Hundreds of clients at once: when the server stops, when they all go, and when some do not read."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.http import Address
from tests.support.readers import tell
from tests.support.server import Server
from tests.support.sse import EventStream
from tests.support.waiting import LONGEST_S, until
from tests.support.wire import Wire

CROWD, GOOD, STALLED = 300, 100, 10
EVENTS, LONG = 30, "x" * 20_000


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("crowd") / "data"


@pytest.fixture(scope="module")
def server(data_dir: Path) -> Iterator[Server]:
    with Server(data_dir, "--no-worker", RUSHES_STREAM_POLL_S="0.05") as server:
        yield server


@pytest.fixture
def running(server: Server) -> Server:
    """The server, started again if a test has stopped it."""
    return server if server.exit_code is None else server.start()


def new_video(server: Server) -> str:
    with server.client() as client:
        return str(client.post("/videos", json={"filename": "popular.mp4"}).json()["videoId"])


@asynccontextmanager
async def crowd(
    server: Server, video_id: str, count: int, receive_buffer: int | None = None
) -> AsyncIterator[list[EventStream]]:
    """So many clients that have been told the newest event."""
    address = Address("127.0.0.1", server.port)
    async with AsyncExitStack() as stack:
        wires = [await stack.enter_async_context(Wire.open(address, receive_buffer)) for _ in range(count)]
        await asyncio.gather(*(wire.ask(f"/videos/{video_id}/status") for wire in wires))
        streams = [wire.events() for wire in wires]
        await asyncio.gather(*(stream.message() for stream in streams))
        yield streams


async def counted(server: Server, name: str) -> float:
    """What /metrics says, over all labels."""
    async with httpx.AsyncClient(base_url=server.url, timeout=LONGEST_S) as client:
        families = text_string_to_metric_families((await client.get("/metrics")).text)
    return sum(sample.value for family in families for sample in family.samples if sample.name == name)


async def subscribers(server: Server) -> float:
    return await counted(server, "rushes_stream_subscribers")


async def test_a_server_that_stops_says_goodbye_to_everyone(running: Server) -> None:
    async with crowd(running, new_video(running), CROWD) as streams:
        assert await subscribers(running) == CROWD
        for stream in streams:
            stream.parser.retry_ms = None
        stopping = asyncio.create_task(asyncio.to_thread(running.stop))
        ends = await asyncio.gather(*(stream.rest() for stream in streams))  # each as HTTP ends a response
        await stopping
        assert ends == [[]] * CROWD
        waits = {stream.parser.retry_ms for stream in streams}
        assert None not in waits
        assert len(waits) > CROWD / 10, "they should not all come back at once"
    assert running.exit_code == 0
    assert "Traceback" not in running.log.read_text()


async def test_who_goes_is_forgotten_however_many_go_at_once(running: Server) -> None:
    async with crowd(running, new_video(running), CROWD):
        assert await subscribers(running) == CROWD
    left = CROWD

    async def look() -> None:
        nonlocal left
        left = round(await subscribers(running))

    await until(lambda: left == 0, look=look)


async def test_who_does_not_read_takes_nothing_from_who_does(running: Server, data_dir: Path) -> None:
    video_id = new_video(running)
    async with (
        crowd(running, video_id, STALLED, receive_buffer=4096),
        crowd(running, video_id, GOOD) as good,
    ):
        telling = asyncio.create_task(asyncio.to_thread(tell, data_dir, video_id, EVENTS, message=LONG))
        told = await asyncio.gather(*(stream.take(EVENTS) for stream in good))
        await telling
        for messages in told:
            assert [message.seq for message in messages] == list(range(2, EVENTS + 2))
        assert await counted(running, "rushes_stream_lagging_total") >= STALLED
