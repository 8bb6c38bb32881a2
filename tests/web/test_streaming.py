"""Streams over real connections: who is written to directly, and that everybody gets the same."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, Event, ResponseReceived, StreamEnded

from tests.support.http import PATIENCE_S, connection
from tests.support.site import Site
from tests.support.sse import EventStream
from tests.support.waiting import until
from tests.support.wire import Wire, subscribers, tell
from webapp.events import Status
from webapp.streams.direct import DirectSubscription


@pytest.fixture
async def video_id(site: Site) -> str:
    """Two events are in its past."""
    return str(await site.uploaded())


async def forgotten(site: Site) -> None:
    await until(lambda: site.parts.hub.open_streams == 0)
    assert subscribers(site, "direct") == subscribers(site, "ordinary") == 0


@pytest.mark.parametrize(("version", "path"), [("1.1", "direct"), ("1.0", "ordinary")])
@pytest.mark.parametrize("format", ["status", "fragments"])
async def test_every_version_gets_the_same_events(
    site: Site, video_id: str, version: str, path: str, format: str
) -> None:
    async with Wire.open(site.address) as wire:
        await wire.ask(f"/videos/{video_id}/{format}", version=version)
        assert (wire.response.status_code, wire.header["content-type"]) == (200, "text/event-stream")
        assert wire.header["cache-control"] == "no-store, no-transform"
        assert wire.header["x-accel-buffering"] == "no"
        stream = wire.events()
        first = (await stream.message()).seq
        assert subscribers(site, path) == 1
        for seq in range(first + 1, first + 5):
            await tell(site, video_id)
            assert (await stream.message()).seq == seq
        await tell(site, video_id, 1, Status.CANCELLED)
        last, done = await stream.rest()
        assert (last.seq, done.seq, done.event) == (first + 5, first + 5, "done")
    await forgotten(site)


async def test_head_says_what_get_would_and_opens_nothing(site: Site, video_id: str) -> None:
    async with Wire.open(site.address) as wire:
        for target in (f"/videos/{video_id}/status", f"/videos/{video_id}/fragments", "/videos/status"):
            await wire.ask(target, method="HEAD")
            assert (wire.response.status_code, wire.header["content-type"]) == (200, "text/event-stream")
            assert "content-length" not in wire.header
            assert await wire.events().rest() == []
            assert site.parts.hub.open_streams == 0


async def test_streams_follow_one_another_on_a_connection(site: Site, video_id: str) -> None:
    async with Wire.open(site.address) as wire:
        for _ in range(3):
            await site.parts.control.process(video_id)
            await wire.ask(f"/videos/{video_id}/status")
            stream = wire.events()
            await stream.message()
            await tell(site, video_id, 3, Status.CANCELLED)
            assert [message.event for message in await stream.rest()] == ["video_update"] * 3 + ["done"]
            await wire.ask("/healthz")
            assert wire.response.status_code == 200
            async for _ in wire.pieces():
                pass
    await forgotten(site)


async def test_what_follows_a_stream_has_the_whole_connection_to_itself(site: Site, video_id: str) -> None:
    def limits() -> list[int]:
        kernel_side = line.transport.get_extra_info("socket")
        names = (socket.TCP_NOTSENT_LOWAT, socket.TCP_USER_TIMEOUT)
        return [kernel_side.getsockopt(socket.IPPROTO_TCP, name) for name in names]

    async with Wire.open(site.address) as wire:
        await wire.ask(f"/videos/{video_id}/status")
        stream = wire.events()
        await stream.message()
        (subscription,) = site.parts.hub.subscriptions
        assert isinstance(subscription, DirectSubscription)
        line = subscription.line
        settings = site.parts.settings
        silent_ms = round(max(settings.stream_stall_s, settings.stream_vanished_s) * 1000)
        assert limits() == [settings.stream_send_buffer_bytes, silent_ms]
        await tell(site, video_id, 1, Status.CANCELLED)
        await stream.rest()
        await forgotten(site)
        assert limits() == [0, 0]


@pytest.mark.parametrize("length", ["Content-Length: 11", "Transfer-Encoding: chunked"])
async def test_a_body_that_nobody_asked_for_does_no_harm(site: Site, video_id: str, length: str) -> None:
    body = b"hello world" if "Length" in length else b"b\r\nhello world\r\n0\r\n\r\n"
    async with Wire.open(site.address) as wire:
        for _ in range(2):
            await site.parts.control.process(video_id)
            await wire.ask(f"/videos/{video_id}/status", length, body=body)
            stream = wire.events()
            await stream.message()
            await tell(site, video_id, 1, Status.CANCELLED)
            assert [message.event for message in await stream.rest()] == ["video_update", "done"]


async def test_a_body_without_an_end_keeps_nobody_from_being_told(site: Site, video_id: str) -> None:
    """Its pieces come where wake-ups do; there must be room for both."""
    async with Wire.open(site.address) as nuisance, Wire.open(site.address) as other:
        for wire in (nuisance, other):
            await wire.ask(f"/videos/{video_id}/status", "Transfer-Encoding: chunked")
        noisy, quiet = nuisance.events(), other.events()
        first = (await noisy.message()).seq
        await quiet.message()
        for seq in range(first + 1, first + 20):
            nuisance.writer.write(b"1\r\nx\r\n" * 500)
            await tell(site, video_id)
            assert (await quiet.message()).seq == seq
        nuisance.writer.write(b"1\r\nx\r\n" * 5000)
        await site.parts.hub.close()
        assert [message.seq for message in await noisy.rest()] == list(range(first + 1, first + 20))
        assert await quiet.rest() == []


async def test_a_request_that_does_not_wait_is_answered_after_the_stream(site: Site, video_id: str) -> None:
    async with Wire.open(site.address) as wire:
        wire.writer.write(f"GET /videos/{video_id}/status HTTP/1.1\r\nHost: here\r\n\r\n".encode())
        await wire.ask("/healthz")
        stream = wire.events()
        await stream.message()
        await tell(site, video_id, 1, Status.CANCELLED)
        assert [message.event for message in await stream.rest()] == ["video_update", "done"]
        await wire.answer()
        assert (wire.response.status_code, [piece async for piece in wire.pieces()]) == (200, [b"ok\n"])


async def test_a_client_that_goes_is_forgotten_also_where_its_next_request_waits(
    site: Site, video_id: str
) -> None:
    """While one waits, Hypercorn does not read the connection, and nobody says that it is closed."""
    async with Wire.open(site.address) as wire:
        await wire.ask(f"/videos/{video_id}/status", body=b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n")
        await wire.events().message()
    await until(lambda: site.parts.hub.open_streams == 0, look=lambda: tell_one(site, video_id))


async def tell_one(site: Site, video_id: str) -> None:
    await tell(site, video_id)


@pytest.mark.parametrize("target", ["status", "fragments"])
async def test_a_client_that_goes_at_any_moment_is_forgotten(site: Site, video_id: str, target: str) -> None:
    request = f"GET /videos/{video_id}/{target} HTTP/1.1\r\nHost: here\r\n\r\n".encode()
    for turns in range(0, 60, 4):
        async with connection(site.address) as (_, writer):
            writer.write(request)
            for _ in range(turns):
                await asyncio.sleep(0)
    await forgotten(site)
    assert (await site.client.get("/healthz")).status_code == 200


class Http2:
    """A client that knows that the server speaks HTTP/2 (RFC 9113 §3.3)."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._connection = H2Connection(H2Configuration(header_encoding="utf-8"))
        self._connection.initiate_connection()
        self.headers: dict[str, str] = {}

    async def pieces(self, target: str) -> AsyncIterator[bytes]:
        stream = self._connection.get_next_available_stream_id()
        head = {":method": "GET", ":scheme": "http", ":authority": "here", ":path": target}
        self._connection.send_headers(stream, list(head.items()), end_stream=True)
        while True:
            self._writer.write(self._connection.data_to_send())
            async with asyncio.timeout(PATIENCE_S):
                events: list[Event] = self._connection.receive_data(await self._reader.read(65536))
            for event in events:
                if isinstance(event, ResponseReceived):
                    self.headers = {str(name): str(value) for name, value in event.headers}
                elif isinstance(event, DataReceived):
                    self._connection.acknowledge_received_data(event.flow_controlled_length, stream)
                    yield event.data
                elif isinstance(event, StreamEnded):
                    return


async def test_http_2_gets_the_same_events(site: Site, video_id: str) -> None:
    async with connection(site.address) as (reader, writer):
        client = Http2(reader, writer)
        stream = EventStream(client.pieces(f"/videos/{video_id}/status?last_event_id=0"))
        assert (await stream.message()).seq == 1
        assert client.headers[":status"] == "200"
        assert (subscribers(site, "direct"), subscribers(site, "ordinary")) == (0, 1)
        newest = await tell(site, video_id, 3, Status.CANCELLED)
        *events, done = await stream.rest()
        assert [message.seq for message in events] == list(range(2, newest + 1))
        assert done.event == "done"
        await forgotten(site)
