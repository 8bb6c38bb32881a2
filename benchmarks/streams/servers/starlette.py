"""What a Python project would use today: sse-starlette on uvicorn, a bounded queue for each subscriber.

python -m benchmarks.streams.servers.starlette PORT
"""

import asyncio
import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ..marks import event, video_name
from ..schedule import Schedule
from .control import obey

BUFFER_EVENTS = 10  # as ours
KEEPALIVE_S = 30

subscribers: defaultdict[str, set[asyncio.Queue[ServerSentEvent]]] = defaultdict(set)
seqs: defaultdict[int, int] = defaultdict(int)


async def status(request: Request) -> Response:
    queue: asyncio.Queue[ServerSentEvent] = asyncio.Queue(BUFFER_EVENTS)
    watching = subscribers[request.path_params["video"]]

    async def events() -> AsyncIterator[ServerSentEvent]:
        watching.add(queue)
        try:
            yield ServerSentEvent(comment="here")
            while True:
                yield await queue.get()
        finally:
            watching.discard(queue)

    return EventSourceResponse(events(), ping=KEEPALIVE_S)


async def alive(request: Request) -> Response:
    return PlainTextResponse("ok\n")


async def publish(schedule: Schedule) -> None:
    async def hand_out(events: range) -> None:
        for number in (one % schedule.videos for one in events):
            seq = seqs[number] = seqs[number] + 1
            data = event(number, seq).to_json()
            message = ServerSentEvent(data=data, id=str(seq), event="video_update", sep="\n")
            for queue in subscribers[video_name(number)]:
                if queue.full():
                    queue.get_nowait()
                queue.put_nowait(message)

    await schedule.follow(hand_out)


@asynccontextmanager
async def publishing(app: Starlette) -> AsyncIterator[None]:
    task = asyncio.create_task(obey(publish))
    yield
    task.cancel()


app = Starlette(
    routes=[Route("/videos/{video}/status", status), Route("/healthz", alive)],
    lifespan=publishing,
)

if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), backlog=4096, log_level="warning", access_log=False)
