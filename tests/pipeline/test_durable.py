"""Steps whose answers are kept."""

import signal
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from webapp.media.answers import Still
from webapp.media.failures import Unprocessable
from webapp.pipeline.child import ChildCrashed
from webapp.pipeline.durable import reserving
from webapp.pipeline.engine import Step


class Kept:
    """An engine that has kept what the steps of an earlier process came to."""

    def __init__(self) -> None:
        self.outcomes: dict[str, Any] = {}

    def reserve(self, name: str) -> Callable[[Step], Awaitable[Any]]:
        async def run(step: Step) -> Any:
            if name not in self.outcomes:
                self.outcomes[name] = await step()
            return self.outcomes[name]

        return run


async def answer() -> Still:
    return Still(width=3, height=2)


def failing(error: Exception) -> Callable[[], Awaitable[Still]]:
    async def fail() -> Still:
        raise error

    return fail


async def test_an_answer_is_not_asked_for_again() -> None:
    steps = Kept()
    assert await reserving(steps)("still", Still)(answer) == Still(width=3, height=2)
    again = reserving(steps)("still", Still)
    assert await again(failing(AssertionError("asked again"))) == Still(width=3, height=2)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Unprocessable("not_media", "why"), "not_media"),
        (ChildCrashed(-signal.SIGXCPU, "out of time"), "too_demanding"),
    ],
)
async def test_what_would_be_the_same_another_time_is_an_answer_too(error: Exception, code: str) -> None:
    steps = Kept()
    for function in (failing(error), answer):
        with pytest.raises(Unprocessable) as caught:
            await reserving(steps)("still", Still)(function)
        assert caught.value.code == code


async def test_a_crash_is_no_answer() -> None:
    steps = Kept()
    with pytest.raises(ChildCrashed):
        await reserving(steps)("still", Still)(failing(ChildCrashed(-signal.SIGSEGV, "")))
    assert await reserving(steps)("still", Still)(answer) == Still(width=3, height=2)
