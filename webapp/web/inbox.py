"""Messages of a WebSocket's client that do not pile up.

Quart takes them in as fast as the network brings them, however slowly they are answered. Here the
network waits.
"""

import asyncio
from typing import Any

from .body import Receive, Scope

MOST_WAITING = 16
ROOM = "rushes.room"


def bounded(scope: Scope, receive: Receive) -> Receive:
    """`receive` of a WebSocket, which waits while too many messages do."""
    room = scope[ROOM] = asyncio.Semaphore(MOST_WAITING)

    async def receive_when_there_is_room() -> Any:
        message = await receive()
        if message["type"] == "websocket.receive":
            await room.acquire()
        return message

    return receive_when_there_is_room


def answered(scope: Scope) -> None:
    """One message less waits."""
    room = scope.get(ROOM)
    if isinstance(room, asyncio.Semaphore):
        room.release()
