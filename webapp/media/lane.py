"""Where the rungs of a chunk are encoded: one after another here, or beside each other in threads."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
# Enough to go on with while another lane has the core; a frame of 4K that waits takes 12 MB.
MOST_WAITING = 4


class Lane(Protocol):
    def put(self, work: Callable[..., T], *arguments: object) -> "Future[T]":
        """Has something done after what was put before; raises what earlier work has failed with."""
        ...

    def close(self) -> None:
        """Ends it; what waits is given up."""
        ...


class Here:
    """Does things at once, in the thread that asks: no frame goes from one core's cache to another's."""

    def put(self, work: Callable[..., T], *arguments: object) -> "Future[T]":
        done: Future[T] = Future()
        done.set_result(work(*arguments))
        return done

    def close(self) -> None:
        pass


class Beside:
    """A thread that never has more than a few things to do; who puts more waits."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._waiting: deque[Future[Any]] = deque()

    def put(self, work: Callable[..., T], *arguments: object) -> "Future[T]":
        if len(self._waiting) == MOST_WAITING:
            self._waiting.popleft().result()
        future = self._thread.submit(work, *arguments)
        self._waiting.append(future)
        return future

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)
