"""Steps of a run whose answers are kept, and not asked for again."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol, TypeVar

import msgspec

from ..media.failures import Unprocessable
from ..media.message import Message
from .child import ChildCrashed
from .engine import Steps

M = TypeVar("M", bound=Message)
Durable = Callable[[Callable[[], Awaitable[M]]], Coroutine[Any, Any, M]]


class Reserve(Protocol):
    """Numbers the run's next step, whose answer is of a kind."""

    def __call__(self, name: str, kind: type[M]) -> Durable[M]: ...


def reserving(steps: Steps) -> Reserve:
    def reserve(name: str, kind: type[M]) -> Durable[M]:
        run = steps.reserve(name)

        async def durable(function: Callable[[], Awaitable[M]]) -> M:
            async def step() -> Any:
                try:
                    return {"answer": msgspec.to_builtins(await function())}
                except Unprocessable as failure:  # an outcome like any other, so it is kept as well
                    return {"failed": [failure.code, failure.detail]}
                except ChildCrashed as crash:
                    if not crash.out_of_time:
                        raise
                    return {"failed": ["too_demanding", str(crash)]}  # as it would be another time

            outcome = await run(step)
            if "failed" in outcome:
                raise Unprocessable(*outcome["failed"])
            return msgspec.convert(outcome["answer"], kind)

        return durable

    return reserve
