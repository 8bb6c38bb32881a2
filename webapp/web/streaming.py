"""Lets a request be answered by a stream that outlives it.

A view does what views do: it finds the video, refuses, sets headers. Then it hands the stream over, and its
request is over: of an open stream nothing stays but what the stream needs, 19 kB where a waiting view
takes 31.
"""

import asyncio
from contextlib import aclosing, suppress
from typing import cast

from quart import Response, request

from ..config import Settings
from ..streams import sse
from ..streams.direct import GONE, ClientGone, Line
from ..streams.stream import Stream
from .body import AsgiApp, Receive, Scope, Send
from .connection import line_of, make_frugal, make_generous, transport_of
from .inbox import bounded
from .parts import parts

LINE, STREAM, TRANSPORT = "rushes.line", "rushes.stream", "rushes.transport"
HEADERS = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}


def hand_over(stream: Stream) -> Response:
    """The response that `stream` goes on with."""
    if stream.over or request.method == "HEAD":
        stream.close()
        return Response(status=204 if stream.over else 200, content_type=sse.MEDIA_TYPE, headers=HEADERS)
    bound_memory(_scope(), parts().settings)
    _scope()[STREAM] = stream
    response = Response(b"", content_type=sse.MEDIA_TYPE, headers=HEADERS)
    del response.headers["Content-Length"]
    return response


def bound_memory(scope: Scope, settings: Settings) -> None:
    """What waits for this client is bounded from here on, in the kernel as well."""
    if (transport := scope.get(TRANSPORT)) is not None:
        silent_s = max(settings.stream_vanished_s, settings.stream_stall_s)
        make_frugal(transport, settings.stream_send_buffer_bytes, silent_s)


def release_memory(scope: Scope) -> None:
    """What follows on the connection is no stream."""
    if (transport := scope.get(TRANSPORT)) is not None:
        make_generous(transport)


def cut(scope: Scope) -> None:
    """Ends the connection of a client that would not take a word of goodbye."""
    if (transport := scope.get(TRANSPORT)) is not None:
        transport.abort()


def line_of_request() -> Line | None:
    """The way to write to the client that asks, if there is one."""
    found = _scope().get(LINE)
    return found if isinstance(found, Line) else None


def _scope() -> Scope:
    return cast("Scope", request.scope)


class Streaming:
    """ASGI middleware: goes on where a view handed a stream over."""

    def __init__(self, app: AsgiApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[TRANSPORT] = transport_of(send)
        if scope["type"] == "websocket":
            receive = bounded(scope, receive)
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[LINE] = line_of(scope, receive, send)
        gone = False

        async def receive_first() -> object:
            nonlocal gone
            message = await receive()
            gone = gone or message["type"] == GONE
            return message

        async def send_first(message: dict[str, object]) -> None:
            if STREAM not in scope or message["type"] != "http.response.body":
                await send(message)

        try:
            await self._app(scope, receive_first, send_first)
            stream: Stream | None = scope.get(STREAM)
            if stream is not None and not gone:
                await _go_on(stream, scope, receive, send)
        finally:
            if STREAM in scope:
                scope.pop(STREAM).close()
                release_memory(scope)


async def _go_on(stream: Stream, scope: Scope, receive: Receive, send: Send) -> None:
    line: Line | None = scope[LINE]
    if line is not None:
        with suppress(ClientGone):
            await _send(stream, _to_who_is_there(send, line))
        return
    sending = stream.subscription.task = asyncio.create_task(_send(stream, send))
    leaving = asyncio.create_task(_left(receive))
    try:
        await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (sending, leaving):
            task.cancel()
        await asyncio.gather(sending, leaving, return_exceptions=True)
    if not leaving.cancelled():
        return
    if sending.cancelled():
        cut(scope)
    else:
        sending.result()  # a failure is not to be lost


async def _send(stream: Stream, send: Send) -> None:
    async with aclosing(stream.timed_sse()) as pieces:
        async for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _to_who_is_there(send: Send, line: Line) -> Send:
    """`send`, which raises ClientGone where Hypercorn would write to a connection that is closed."""

    async def send_if_there(message: object) -> None:
        if line.transport.is_closing():
            raise ClientGone
        await send(message)

    return send_if_there


async def _left(receive: Receive) -> None:
    """Waits until the client closes its connection."""
    while (await receive())["type"] != GONE:
        pass
