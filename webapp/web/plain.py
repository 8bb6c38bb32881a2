"""Live progress without a script: one response that goes on, each state hiding the one before it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing

from markupsafe import Markup

from ..errors import NotFound, Unavailable
from ..streams.replay import Cursor
from ..streams.stream import Told
from ..streams.topic import VideoTopic
from .parts import Parts

# Bounds the response to a few hundred kilobytes; the browser then asks for a new one.
MOST_STATES = 300
PAUSE_S = 1.0


async def states(parts: Parts, video_id: str, address: str) -> AsyncIterator[Markup]:
    """The states of a video that is being worked on, at most one a second, until that is over.

    It is one more client of the video's stream, and ends with it: also when the server stops. Where no more
    streams are taken it ends at once.
    """
    try:
        stream = await parts.hub.open(
            VideoTopic(video_id), parts.embed_formats.plain, Cursor(), None, address
        )
    except (NotFound, Unavailable):
        return
    subscription, told = stream.subscription, 0
    subscription.task = asyncio.current_task()
    try:
        async with aclosing(stream.steps()) as steps:
            async for step in steps:
                if not isinstance(step, Told):
                    continue
                subscription.writing_since = time.monotonic()
                yield Markup(step.frames[-1].data.decode())  # noqa: S704  a template of ours has rendered it
                subscription.wrote_at, subscription.writing_since = time.monotonic(), None
                told += 1
                if told == MOST_STATES:
                    return
                await asyncio.sleep(PAUSE_S)
    finally:
        stream.close()
