"""Request bodies that do not grow in memory.

Quart takes in a body as fast as the network brings it, however slowly it is read. Here the network waits.
And when the server is to end, whoever reads one is told so, while there is still time for an answer.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakSet

from quart import Request
from quart.wrappers.request import Body

from ..errors import RushesError

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

HIGH_WATER_BYTES = 1024 * 1024
FLOW = "rushes.flow"


class Backpressure:
    """ASGI middleware: takes nothing more from the server while the request's body is full."""

    def __init__(self, app: AsgiApp) -> None:
        self._app = app
        self._bodies = WeakSet["BoundedBody"]()
        self._over: RushesError | None = None

    def break_off(self, why: RushesError) -> None:
        """Nothing more is received: who waits for a body that is not complete, now or later, gets that."""
        self._over = why
        for body in list(self._bodies):
            body.break_off(why)

    def begun(self, body: "BoundedBody") -> None:
        """A request came, with this body."""
        self._bodies.add(body)
        if self._over:
            body.break_off(self._over)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        flow = scope[FLOW] = Flow(self)

        async def receive_when_open() -> Any:
            await flow.open.wait()
            return await receive()

        async def send_and_let_go(message: Any) -> None:
            # Nobody reads the rest, and the server cannot end the connection while it waits to hand it over.
            flow.answered = True
            flow.open.set()
            await send(message)

        await self._app(scope, receive_when_open, send_and_let_go)


class Flow:
    """
    Attributes:
        open: set while there is room for more.
        answered: the response has begun; what still comes of the request is dropped.
    """

    def __init__(self, backpressure: Backpressure) -> None:
        self.backpressure = backpressure
        self.open, self.answered = asyncio.Event(), False
        self.open.set()


class BoundedBody(Body):
    """A body that stops the flow at HIGH_WATER_BYTES, until it is read."""

    flow: Flow | None = None

    def append(self, data: bytes) -> None:
        if self.flow and self.flow.answered:
            return
        super().append(data)
        if self.flow and len(self._data) >= HIGH_WATER_BYTES:
            self.flow.open.clear()

    def break_off(self, why: RushesError) -> None:
        """Whoever reads it gets that, unless it is complete."""
        if not self._complete.is_set():
            self._must_raise = why
            self._has_data.set()

    async def __anext__(self) -> bytes:
        """Ends only with a body that came whole: what comes of one behind a break is dropped."""
        try:
            data = await super().__anext__()
        except StopAsyncIteration:
            if self._must_raise:
                raise self._must_raise from None
            raise
        if self._must_raise:
            raise self._must_raise
        if self.flow:
            self.flow.open.set()
        return data


class BoundedRequest(Request):
    body_class = BoundedBody
    body: BoundedBody

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        flow = self.scope.get(FLOW)
        if isinstance(flow, Flow):
            self.body.flow = flow
            flow.backpressure.begun(self.body)
