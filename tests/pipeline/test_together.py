import asyncio

import pytest

from webapp.pipeline.together import together


async def forever(log: list[str], name: str) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        await asyncio.sleep(0)  # a cleanup that has to be waited for
        log.append(f"{name} stopped")


async def soon(log: list[str], name: str, steps: int = 1) -> None:
    for _ in range(steps):
        await asyncio.sleep(0)
    log.append(f"{name} ended")


async def fail(error: Exception) -> None:
    await asyncio.sleep(0)
    raise error


async def test_it_ends_when_everything_needed_has() -> None:
    log: list[str] = []
    await together(soon(log, "a"), soon(log, "b"), beside=[forever(log, "helper")])
    assert sorted(log[:2]) == ["a ended", "b ended"]
    assert log[2:] == ["helper stopped"]


async def test_a_helper_may_end_early() -> None:
    log: list[str] = []
    await together(soon(log, "needed", steps=20), beside=[soon(log, "helper")])
    assert log == ["helper ended", "needed ended"]


@pytest.mark.parametrize("beside", [False, True])
async def test_a_failure_stops_the_others_and_comes_out_as_it_is(beside: bool) -> None:
    log: list[str] = []
    error = LookupError("gone")
    needed = [forever(log, "needed")] + ([] if beside else [fail(error)])
    with pytest.raises(LookupError) as caught:
        await together(*needed, beside=[forever(log, "helper")] + ([fail(error)] if beside else []))
    assert caught.value is error
    assert sorted(log) == ["helper stopped", "needed stopped"]


async def test_being_cancelled_stops_everything_first() -> None:
    log: list[str] = []
    task = asyncio.create_task(together(forever(log, "needed"), beside=[forever(log, "helper")]))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sorted(log) == ["helper stopped", "needed stopped"]


async def test_nothing_to_do_is_done_at_once() -> None:
    await together()
