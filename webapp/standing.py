"""Tasks that are there as long as the process is, or the part of it that they serve."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

log = structlog.get_logger()


def standing(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """A task that goes on until it is cancelled. If it ends before, that is logged, and why."""
    task = asyncio.create_task(work, name=getattr(work, "__qualname__", None))
    task.add_done_callback(_ended)
    return task


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        log.error("ended and should not have", task=task.get_name(), exc_info=task.exception())
