"""Tasks that are to go on: nobody waits for them, so that they say it themselves if they end."""

import asyncio

import pytest
from structlog.testing import capture_logs

from webapp.standing import standing


async def goes_on() -> None:
    await asyncio.Event().wait()


async def returns() -> None:
    pass


async def fails() -> None:
    raise ValueError("a reason")


@pytest.mark.parametrize(("work", "why"), [(returns, ""), (fails, "a reason")])
async def test_an_end_that_nobody_asked_for_is_logged(work: object, why: str) -> None:
    with capture_logs() as logs:
        await asyncio.wait([standing(work())])  # type: ignore[operator]
        await asyncio.sleep(0)
    (entry,) = logs
    assert entry["log_level"] == "error"
    assert entry["task"] == work.__name__  # type: ignore[attr-defined]
    assert str(entry["exc_info"] or "") == why


async def test_an_end_that_was_asked_for_is_not() -> None:
    with capture_logs() as logs:
        task = standing(goes_on())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        await asyncio.sleep(0)
    assert logs == []
