"""How long a run has had nothing to encode on, because others had it."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any


class CoreWait:
    """Of one run: told of each turn that it waits for and gets."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wanted = self._held = 0
        self._since: float | None = None
        self._over_s = 0.0

    @property
    def waiting(self) -> bool:
        """Whether it has no turn and waits for one."""
        return self._since is not None

    @property
    def waited_s(self) -> float:
        """In all, while it had no turn at all."""
        return self._over_s + (self._clock() - self._since if self._since is not None else 0.0)

    @asynccontextmanager
    async def during(
        self, turn: AbstractAsyncContextManager[Any], *, core: bool = True
    ) -> AsyncIterator[None]:
        """Waits for `turn` and holds it; `core` says whether there is something to encode on with it."""
        self._change(wanted=1)
        holding = False
        try:
            async with turn:
                self._change(wanted=-1, held=int(core))
                holding = True
                yield
        finally:
            self._change(held=-int(core)) if holding else self._change(wanted=-1)

    def _change(self, wanted: int = 0, held: int = 0) -> None:
        self._wanted += wanted
        self._held += held
        idle = self._wanted > 0 and self._held == 0
        if idle and self._since is None:
            self._since = self._clock()
        elif not idle and self._since is not None:
            self._over_s += self._clock() - self._since
            self._since = None
