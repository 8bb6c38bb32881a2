"""How many streams may be open, in all and from one address."""

import ipaddress
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import Unavailable


class Admission:
    def __init__(self, most: int, most_per_address: int) -> None:
        self._most, self._most_per_address = most, most_per_address
        self._open = 0
        self._by_address: Counter[str] = Counter()

    def enter(self, address: str) -> None:
        """
        Raises:
            Unavailable: there are too many. Nobody who is in is sent away for a newcomer.
        """
        counted = _counts(address)
        if self._open >= self._most or (counted and self._by_address[address] >= self._most_per_address):
            raise Unavailable(
                "too_many_streams",
                "Too many live streams are open.",
                "The page still shows the state as it is; come back for live updates later.",
            )
        self._open += 1
        if counted:
            self._by_address[address] += 1

    def leave(self, address: str) -> None:
        self._open -= 1
        if _counts(address):
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address]

    @contextmanager
    def admitted(self, address: str) -> Iterator[None]:
        self.enter(address)
        try:
            yield
        finally:
            self.leave(address)


def _counts(address: str) -> bool:
    """A proxy on this machine speaks for many; whoever has no address is not from the network."""
    try:
        return not ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
