"""Live progress without a script: one response that goes on, each state hiding the one before it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

from markupsafe import Markup

from ..errors import NotFound, Unavailable
from ..streams.replay import Cursor
from ..streams.stream import Told
from ..streams.topic import VideoTopic
from .body import Scope
from .parts import Parts
from .streaming import bound_memory, cut, release_memory

# Bounds the response to a few hundred kilobytes; the browser then asks for a new one.
MOST_STATES = 300
PAUSE_S = 1.0


async def states(parts: Parts, video_id: str, address: str, scope: Scope) -> AsyncIterator[Markup]:
    """The states of a video that is being worked on, at most one a second, until that is over.

    It is one more client of the video's stream, and ends with it: also when the server stops. Where no more
    streams are taken it ends at once. Of a client that does not read no more is kept than of any other.
    """
    try:
        stream = await parts.hub.open(
            VideoTopic(video_id), parts.embed_formats.plain, Cursor(), None, address
        )
    except (NotFound, Unavailable):
        return
    subscription, told, ended = stream.subscription, 0, False
    subscription.task = asyncio.current_task()
    bound_memory(scope, parts.settings)
    try:
        async with aclosing(stream.steps()) as steps:
            async for step in steps:
                if not isinstance(step, Told):
                    continue
                with subscription.writing():
                    yield Markup(step.frames[-1].data.decode())  # noqa: S704  of a template of ours
                told += 1
                if told == MOST_STATES:
                    break
                await asyncio.sleep(PAUSE_S)
        ended = True
    finally:
        stream.close()
        if ended:
            release_memory(scope)
        else:  # it was cut off, or has gone
            cut(scope)
