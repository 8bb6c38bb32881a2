"""The app on a real socket, in the test's own event loop; and requests that no client library would send."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import h11
from hypercorn.asyncio import serve
from hypercorn.config import Config
from quart import Quart

PATIENCE_S = 60.0


@dataclass(frozen=True)
class Address:
    host: str
    port: int

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@asynccontextmanager
async def listening(app: Quart, receive_buffer: int | None = None) -> AsyncIterator[Address]:
    """Serves `app` as webapp/serving.py does.

    Args:
        receive_buffer: bytes that the kernel may take in before the app reads them; its own choice if None.
    """
    listener = socket.socket()
    if receive_buffer:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    listener.bind(("127.0.0.1", 0))
    listener.listen(100)
    address = Address(*listener.getsockname())
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.graceful_timeout = config.shutdown_timeout = 1.0
    config.loglevel = "critical"
    config.errorlog = None
    config.include_server_header = False
    stopping = asyncio.Event()

    async def stopped() -> None:
        await stopping.wait()

    serving = asyncio.create_task(serve(app, config, shutdown_trigger=stopped))
    try:
        yield address
    finally:
        stopping.set()
        await serving


@asynccontextmanager
async def connection(
    address: Address,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(address.host, address.port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def raw_request(
    address: Address, method: str, target: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> Answer:
    """Sends a request exactly as given: nothing in `target` is normalised or quoted."""
    async with connection(address) as (reader, writer), asyncio.timeout(PATIENCE_S):
        lines = [f"{method} {target} HTTP/1.1", f"Host: {address.host}:{address.port}"]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        return await read_answer(reader, method)


async def read_answer(reader: asyncio.StreamReader, method: str = "GET") -> Answer:
    """Reads one response, up to the end of its body."""
    parser = h11.Connection(h11.CLIENT)
    parser.send(h11.Request(method=method, target="/", headers=[("Host", "x")]))
    parser.send(h11.EndOfMessage())
    status, headers, body = 0, dict[str, str](), b""
    while True:
        match parser.next_event():
            case h11.NEED_DATA:
                parser.receive_data(await reader.read(65536))
            case h11.Response(status_code=status, headers=found):
                headers = {name.decode().lower(): value.decode() for name, value in found}
            case h11.Data(data=data):
                body += data
            case h11.EndOfMessage() | h11.ConnectionClosed():
                return Answer(status, headers, body)
