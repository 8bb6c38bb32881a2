"""How many streams may be open, in all and from one address."""

import ipaddress
from collections import Counter

from ..errors import Unavailable


class Admission:
    """
    Attributes:
        open: streams that are.
    """

    def __init__(self, most: int, most_per_address: int) -> None:
        self._most, self._most_per_address = most, most_per_address
        self.open = 0
        self._by_address: Counter[str] = Counter()

    def enter(self, address: str) -> None:
        """
        Raises:
            Unavailable: there are too many. Nobody who is in is sent away for a newcomer.
        """
        counted = _counted(address)
        if self.open >= self._most or (counted and self._by_address[counted] >= self._most_per_address):
            raise Unavailable(
                "too_many_streams",
                "Too many live streams are open.",
                "The page still shows the state as it is; come back for live updates later.",
            )
        self.open += 1
        if counted:
            self._by_address[counted] += 1

    def leave(self, address: str) -> None:
        self.open -= 1
        if counted := _counted(address):
            self._by_address[counted] -= 1
            if not self._by_address[counted]:
                del self._by_address[counted]


def _counted(address: str) -> str:
    """What an address is counted as; nothing if it is not.

    A proxy on this machine speaks for many, and whoever has no address is not from the network. With IPv6
    a household has as many addresses as it likes, all in one network of 64 bits (RFC 6177).
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found
    if found.is_loopback:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(found), 64), strict=False))
    return str(found)
