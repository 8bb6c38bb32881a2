"""Work that would hold up the event loop, away from it."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


async def in_thread(
    function: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> Result:
    """Runs it away from the event loop. When cancelled it is waited for, as nothing can stop a thread."""
    working = asyncio.ensure_future(asyncio.to_thread(function, *args, **kwargs))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        await _ended(working)
        raise


async def _ended(working: asyncio.Future[Result]) -> None:
    while not working.done():
        try:
            await asyncio.wait([working])
        except asyncio.CancelledError:
            continue  # whoever waits is told so by in_thread, once this is over
    if not working.cancelled():
        working.exception()  # nobody asks for it any more
