"""How the benchmark talks to a server that it has started: lines of JSON on standard input and output."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable

from ..schedule import Schedule


def say(**answer: object) -> None:
    print(json.dumps(answer), flush=True)


async def obey(publish: Callable[[Schedule], Awaitable[None]]) -> None:
    """Does what it is asked until there is nobody to ask any more, and then has the server stop."""
    loop, reader = asyncio.get_running_loop(), asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    say(ready=True)
    while line := await reader.readline():
        wanted = json.loads(line)
        if "publish" in wanted:
            schedule = Schedule(**wanted["publish"])
            await publish(schedule)
            say(published=schedule.total)
        else:
            say(tasks=len(asyncio.all_tasks()))
    os.kill(os.getpid(), signal.SIGTERM)
