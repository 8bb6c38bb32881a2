"""Request bodies that do not grow in memory.

Quart takes in a body as fast as the network brings it, however slowly it is read. Here the network waits.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from quart import Request
from quart.wrappers.request import Body

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

HIGH_WATER_BYTES = 1024 * 1024
FLOWING = "rushes.flowing"


class Backpressure:
    """ASGI middleware: takes nothing more from the server while the request's body is full."""

    def __init__(self, app: AsgiApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        flowing = scope[FLOWING] = asyncio.Event()
        flowing.set()

        async def receive_when_flowing() -> Any:
            await flowing.wait()
            return await receive()

        await self._app(scope, receive_when_flowing, send)


class BoundedBody(Body):
    """A body that stops the flow at HIGH_WATER_BYTES, until it is read."""

    flowing: asyncio.Event | None = None

    def append(self, data: bytes) -> None:
        super().append(data)
        if self.flowing and len(self._data) >= HIGH_WATER_BYTES:
            self.flowing.clear()

    async def __anext__(self) -> bytes:
        data = await super().__anext__()
        if self.flowing:
            self.flowing.set()
        return data


class BoundedRequest(Request):
    body_class = BoundedBody
    body: BoundedBody

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        flowing = self.scope.get(FLOWING)
        self.body.flowing = flowing if isinstance(flowing, asyncio.Event) else None
