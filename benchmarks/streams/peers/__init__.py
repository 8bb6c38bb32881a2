"""The servers that are measured, and what the benchmark needs of each."""

from typing import Protocol, Self

from ..schedule import Schedule


class Peer(Protocol):
    """A server in processes of its own, on the server's core, from entering the context to leaving it.

    Attributes:
        other_path: something small that it serves beside the streams.
    """

    port: int
    other_path: str

    @property
    def pid(self) -> int:
        """Root of its process tree."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...

    def begin(self, schedule: Schedule) -> None:
        """Publishing starts."""
        ...

    def step(self) -> bool:
        """Publishes what is due where that is done from outside; False where the server does it by itself."""
        ...

    def finish(self) -> None:
        """Waits until publishing has ended."""
        ...
