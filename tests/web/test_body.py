"""Request bodies of any size, in little memory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256

import pytest
from quart import Quart, request

from tests.support.http import Address, connection, listening, read_answer
from webapp.errors import Unavailable
from webapp.web.body import HIGH_WATER_BYTES, Backpressure, BoundedBody, BoundedRequest

PIECE = bytes(range(256)) * 256
PIECES = 512  # 32 MiB
# What the kernel, the loop and the server hold on their own, whatever the app does.
BETWEEN_BYTES = 6 * 1024 * 1024


@dataclass
class Reader:
    """An app that reads a body when it is told to."""

    may_read: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    digest: str = ""

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Address]:
        app = Quart(__name__)
        app.request_class = BoundedRequest
        app.asgi_app = Backpressure(app.asgi_app)  # type: ignore[method-assign,assignment,arg-type]
        app.config |= {"MAX_CONTENT_LENGTH": None, "BODY_TIMEOUT": None}

        @app.put("/")
        async def put() -> str:
            self.arrived.set()
            await self.may_read.wait()
            found = sha256()
            async for chunk in request.body:
                found.update(chunk)
            self.digest = found.hexdigest()
            return "ok"

        async with listening(app, receive_buffer=64 * 1024) as address:
            yield address


async def send(writer: asyncio.StreamWriter, sent: list[int]) -> None:
    head = f"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: {len(PIECE) * PIECES}\r\n\r\n"
    writer.write(head.encode())
    for _ in range(PIECES):
        writer.write(PIECE)
        await writer.drain()
        sent.append(len(PIECE))


async def settled(sent: list[int]) -> int:
    """How many bytes went out before nothing more did."""
    while True:
        before = len(sent)
        await asyncio.sleep(0.3)
        if len(sent) == before:
            return sum(sent)


async def test_a_body_that_nobody_reads_stops_coming_and_goes_on_whole() -> None:
    reader = Reader()
    async with reader.listening() as address, connection(address) as (answers, writer):
        sent: list[int] = []
        sending = asyncio.create_task(send(writer, sent))
        await reader.arrived.wait()
        assert await settled(sent) < HIGH_WATER_BYTES + BETWEEN_BYTES < len(PIECE) * PIECES / 2
        reader.may_read.set()
        await sending
        assert (await read_answer(answers)).status == 200
        assert reader.digest == sha256(PIECE * PIECES).hexdigest()


@pytest.mark.parametrize("size", [0, 1, HIGH_WATER_BYTES - 1, HIGH_WATER_BYTES, HIGH_WATER_BYTES + 1])
async def test_a_body_of_any_size_is_read_to_its_end(size: int) -> None:
    reader = Reader()
    reader.may_read.set()
    async with reader.listening() as address, connection(address) as (answers, writer):
        writer.write(f"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n".encode() + bytes(size))
        await writer.drain()
        assert (await read_answer(answers)).status == 200
        assert reader.digest == sha256(bytes(size)).hexdigest()


async def test_a_client_that_goes_away_is_not_waited_for() -> None:
    reader = Reader()
    async with reader.listening() as address:
        async with connection(address) as (_, writer):
            sending = asyncio.create_task(send(writer, []))
            await reader.arrived.wait()
            sending.cancel()
        reader.may_read.set()
        async with connection(address) as (answers, writer):
            writer.write(b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx")
            assert (await read_answer(answers)).status == 200


async def test_a_body_whose_end_comes_once_it_was_broken_off_is_not_taken_for_whole() -> None:
    body = BoundedBody(None, None)
    body.append(b"first")
    assert await anext(body) == b"first"
    reading = asyncio.ensure_future(anext(body))
    await asyncio.sleep(0)  # until it waits
    body.break_off(Unavailable("stopping", "The server stops."))
    body.append(b"last")
    body.set_complete()
    with pytest.raises(Unavailable):
        await reading


async def test_a_body_that_came_whole_is_not_broken_off() -> None:
    body = BoundedBody(None, None)
    body.append(b"all")
    body.set_complete()
    body.break_off(Unavailable("stopping", "The server stops."))
    assert [chunk async for chunk in body] == [b"all"]
