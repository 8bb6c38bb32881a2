"""Turns that one waits for only as long as there is reason to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any


@asynccontextmanager
async def unless(excused: asyncio.Event, turn: AbstractAsyncContextManager[Any]) -> AsyncIterator[None]:
    """Waits for `turn` and holds it; or goes on without it as soon as `excused` is set."""
    async with AsyncExitStack() as stack:
        if not excused.is_set():
            entering = asyncio.create_task(stack.enter_async_context(turn))
            waiting = asyncio.create_task(excused.wait())
            try:
                await asyncio.wait({entering, waiting}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                entering.cancel()
                waiting.cancel()
                await asyncio.gather(entering, waiting, return_exceptions=True)
            if not entering.cancelled():
                entering.result()
        yield
