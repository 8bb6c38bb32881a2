"""A video's events over WebSocket: the same events, and the same cursor, as its stream."""

import asyncio
import json
from contextlib import aclosing
from typing import cast

from quart import Blueprint, Response, websocket

from ..errors import RushesError
from ..streams.formats import MessageFormat
from ..streams.replay import Cursor
from ..streams.stream import ComeBack, Done, Step, Stream, Told
from ..streams.topic import VideoTopic
from .body import Scope
from .inbox import answered
from .parts import parts
from .problems import refusal
from .security import is_foreign
from .streaming import bound_memory, cut

blueprint = Blueprint("sockets", __name__)

FORMAT = MessageFormat()
# RFC 6455 §7.4.1, and the IANA registry for "service restart".
NORMAL, SERVICE_RESTART = 1000, 1012
LONGEST_MESSAGE_BYTES = 1024


@blueprint.websocket("/videos/<video_id>/status.ws")
async def status(video_id: str) -> Response | None:
    """Sends each event as a JSON message, from `last_event_id` in the query on. Takes {"action": "cancel"}.

    Closed with 1000 at the end of the story, with 1012 where the client should come back.
    """
    cursor = Cursor.parse(websocket.args.get("last_event_id"))
    try:
        address = websocket.remote_addr or ""
        stream = await parts().hub.open(VideoTopic(video_id), FORMAT, cursor, address=address)
    except RushesError as error:
        return refusal(error)  # instead of a handshake
    try:
        bound_memory(_scope(), parts().settings)
        await websocket.accept()
        await _converse(stream, video_id)
    finally:
        stream.close()
    return None


async def _converse(stream: Stream, video_id: str) -> None:
    """Speaks and listens side by side, until the stream ends or the client goes."""
    speaking = stream.subscription.task = asyncio.create_task(_speak(stream))
    listening = asyncio.create_task(_listen(stream, video_id))
    try:
        await asyncio.wait({speaking, listening}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (speaking, listening):
            task.cancel()
        await asyncio.gather(speaking, listening, return_exceptions=True)
    if speaking.cancelled() and listening.cancelled():
        cut(_scope())
    for task in (speaking, listening):
        if not task.cancelled():
            task.result()  # a failure is not to be lost, nor to look like the end


async def _speak(stream: Stream) -> None:
    async with aclosing(stream.steps()) as steps:
        async for step in steps:
            with stream.subscription.writing():
                await _say(step)


async def _say(step: Step) -> None:
    """To who still listens when nothing happens, Hypercorn's pings are sign enough."""
    match step:
        case Told(frames=frames):
            for frame in frames:
                await websocket.send(frame.data.decode())
        case Done():
            await websocket.close(NORMAL, "done")
        case ComeBack():
            await websocket.close(SERVICE_RESTART, "come back")


async def _listen(stream: Stream, video_id: str) -> None:
    while True:
        message = await websocket.receive()
        answer = json.dumps(await _answer(video_id, message))
        with stream.subscription.writing():
            await websocket.send(answer)
        answered(_scope())


async def _answer(video_id: str, message: str | bytes | None) -> dict[str, object]:
    """What a client that asks for something is told; that it was done shows in the events."""
    try:
        wanted = json.loads(message) if message and len(message) <= LONGEST_MESSAGE_BYTES else None
    except (ValueError, RecursionError):
        wanted = None
    if not isinstance(wanted, dict) or wanted.get("action") != "cancel":
        return _refusal("bad_message", 'This socket takes {"action": "cancel"} and nothing else.')
    if is_foreign(websocket):
        return _refusal("other_site", "Another web site asked for this, so it was not done.")
    try:
        await parts().control.cancel(video_id)
    except RushesError as error:
        return _refusal(error.code, error.message)
    return {"action": "cancel", "accepted": True}


def _scope() -> Scope:
    return cast("Scope", websocket.scope)


def _refusal(code: str, message: str) -> dict[str, object]:
    return {"error": {"code": code, "message": message}}
