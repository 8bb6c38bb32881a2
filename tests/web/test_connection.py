"""The way from a request to its connection leads through Hypercorn's own objects: they are as we expect."""

import asyncio
import math
import socket
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvloop
from quart import Quart

from tests.support.http import connection, listening, raw_request, read_answer
from webapp.streams.direct import WAKE, Line
from webapp.web.body import Receive, Scope, Send
from webapp.web.connection import line_of, make_frugal, make_generous


@dataclass
class Spy:
    """An app that answers every request, and keeps what it was asked with.

    Attributes:
        line: the way to the client of the last request.
        woken: what `receive` returned when it was woken.
    """

    line: Line | None = None
    woken: list[Any] = field(default_factory=list)
    ask: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        self.line = line_of(scope, receive, send)
        await receive()  # the request's body, which is empty
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-spy", b"1")]})
        if self.line and self.ask:
            for _ in range(1000):  # more than any queue holds
                self.line.wake()
            self.woken = [await receive() for _ in range(3)]
            await send({"type": "http.response.body", "body": b"first ", "more_body": True})
            self.line.transport.write(b"8\r\ndirectly\r\n")
        await send({"type": "http.response.body", "body": b" last", "more_body": False})


@pytest.fixture
def spy() -> Spy:
    return Spy()


@pytest.fixture
def app(spy: Spy) -> Quart:
    app = Quart(__name__)
    app.asgi_app = spy  # type: ignore[method-assign,assignment]
    return app


async def test_what_is_written_to_the_connection_is_part_of_the_answer(spy: Spy, app: Quart) -> None:
    spy.ask = True
    async with listening(app) as address:
        answer = await raw_request(address, "GET", "/")
    assert (answer.status, answer.body) == (200, b"first directly last")
    assert spy.woken == [{"type": WAKE}] * 3


@pytest.mark.parametrize(("method", "version"), [("HEAD", "1.1"), ("POST", "1.1"), ("GET", "1.0")])
async def test_other_requests_have_no_such_way(spy: Spy, app: Quart, method: str, version: str) -> None:
    async with listening(app) as address, connection(address) as (reader, writer):
        writer.write(f"{method} / HTTP/{version}\r\nHost: here\r\n\r\n".encode())
        assert (await read_answer(reader, method)).status == 200
    assert spy.line is None


def scope(**changes: object) -> Scope:
    return {"type": "http", "http_version": "1.1", "method": "GET", **changes}


async def test_another_server_has_no_such_way() -> None:
    queue: asyncio.Queue[object] = asyncio.Queue()

    async def send(message: object) -> None:
        raise AssertionError("nobody asked to send anything")

    assert line_of(scope(), queue.get, send) is None
    assert line_of(scope(), send, queue.put) is None  # type: ignore[arg-type]


async def test_a_connection_that_is_closed_can_be_treated_like_any(spy: Spy, app: Quart) -> None:
    async with listening(app) as address:
        await raw_request(address, "GET", "/")
        assert spy.line
        spy.line.transport.abort()
        await asyncio.sleep(0)
        make_frugal(spy.line.transport, 32 * 1024, 25)
        make_generous(spy.line.transport)
        spy.line.wake()
        assert (await raw_request(address, "GET", "/")).status == 200


@pytest.mark.parametrize("silent_s", [0.2, 25, 1e9, math.inf])
async def test_any_time_can_be_set(app: Quart, silent_s: float) -> None:
    async with listening(app) as address, connection(address) as (_, writer):
        kernel_side = writer.get_extra_info("socket")
        make_frugal(writer.transport, 32 * 1024, silent_s)
        found_ms = kernel_side.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        assert found_ms == min(silent_s * 1000, 2**31 - 1)
        make_generous(writer.transport)
        assert kernel_side.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 0


def test_a_connection_that_is_gone_is_left_alone() -> None:
    """On the loop that serves, which takes no word about one that is closed."""

    async def close_first() -> None:
        async with await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0) as server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.transport.abort()
            await reader.read()
            await asyncio.sleep(0.01)
            make_frugal(writer.transport, 1024, 25)
            make_generous(writer.transport)

    uvloop.run(close_first())
