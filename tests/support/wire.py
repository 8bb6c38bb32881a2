"""Streams over a connection of one's own: every byte, and when it is read, is the test's to say."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

import h11

from tests.support.http import PATIENCE_S, Address
from tests.support.site import Site
from tests.support.sse import EventStream
from webapp.events import EventType, Status

READ_BYTES = 65536


class Wire:
    """
    Attributes:
        response: the head of the answer that is being read.
        raw: all bytes that came.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.response = h11.Response(status_code=500, headers=[])
        self.raw = b""
        self._parser = h11.Connection(h11.CLIENT)

    @classmethod
    @asynccontextmanager
    async def open(cls, address: Address, receive_buffer: int | None = None) -> AsyncIterator[Self]:
        """
        Args:
            receive_buffer: bytes that the kernel takes in for a client that does not read; its own choice if
                None.
        """
        client = socket.socket()
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.setblocking(False)
        await asyncio.get_running_loop().sock_connect(client, (address.host, address.port))
        # The reader must not take in what the test does not read.
        reader, writer = await asyncio.open_connection(sock=client, limit=READ_BYTES // 16)
        try:
            yield cls(reader, writer)
        finally:
            writer.transport.abort()

    async def ask(
        self, target: str, *headers: str, method: str = "GET", version: str = "1.1", body: bytes = b""
    ) -> h11.Response:
        """Sends a request as it is given, and reads the head of its answer."""
        head = "\r\n".join([f"{method} {target} HTTP/{version}", "Host: here", *headers, "", ""])
        self.writer.write(head.encode() + body)
        return await self.answer(method)

    async def answer(self, method: str = "GET") -> h11.Response:
        """Reads the head of the next answer."""
        if self._parser.our_state is h11.DONE:
            self._parser.start_next_cycle()
        self._parser.send(h11.Request(method=method, target="/", headers=[("Host", "here")]))
        self._parser.send(h11.EndOfMessage())
        event = await self._event()
        assert isinstance(event, h11.Response), event
        self.response = event
        return event

    @property
    def header(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.response.headers}

    async def pieces(self) -> AsyncIterator[bytes]:
        """The parts of the answer's body; it has to end as HTTP says, not by a connection that breaks."""
        while not isinstance(event := await self._event(), h11.EndOfMessage):
            assert isinstance(event, h11.Data), event
            yield bytes(event.data)

    def events(self) -> EventStream:
        """The answer as an event stream."""
        return EventStream(self.pieces())

    async def _event(self) -> object:
        async with asyncio.timeout(PATIENCE_S):
            while (event := self._parser.next_event()) is h11.NEED_DATA:
                data = await self.reader.read(READ_BYTES)
                self.raw += data
                self._parser.receive_data(data)
        return event


async def tell(
    site: Site, video_id: str, count: int = 1, status: Status | None = None, message: str = ""
) -> int:
    """Records so many events, one transaction each; `status` goes with the last. Returns its number."""
    for left in reversed(range(count)):
        async with site.parts.history.recording(video_id) as recorder:
            if status and not left:
                recorder.video.status = status
            seq = recorder.record(EventType.TRANSCODING, message or f"event {recorder.video.seq + 1}").seq
    return seq


def measured(site: Site, name: str, **labels: str) -> float:
    """What the product counts, as it says on /metrics."""
    return site.parts.hub.metrics.registry.get_sample_value(name, labels) or 0.0


def subscribers(site: Site, path: str) -> float:
    return measured(site, "rushes_stream_subscribers", path=path)
