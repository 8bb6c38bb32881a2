"""Clients that vanish without a word, as phones out of reach do: when are they forgotten?

They live in a network namespace of their own, behind a wire that is cut. That needs root and Debian's
iproute2.
"""

import os
import shutil
import subprocess
import time
from contextlib import suppress
from typing import Self

from benchmarks.streams.peers.controlled import Rushes

from .crowd import Crowd
from .metrics import Metrics

FORGOTTEN_WITHIN_S = 60.0
LOOK_EVERY_S = 0.1


class Wire:
    """A pair of virtual network devices, the far one in a namespace of its own."""

    namespace, near, far = "rushes-bench", "rushes-near", "rushes-far"
    host, guest = "10.231.77.1", "10.231.77.2"

    def __enter__(self) -> Self:
        self.__exit__()  # of a run that was killed
        _ip("netns", "add", self.namespace)
        _ip("link", "add", self.near, "type", "veth", "peer", "name", self.far, "netns", self.namespace)
        _ip("addr", "add", f"{self.host}/30", "dev", self.near)
        _ip("link", "set", self.near, "up")
        self._inside("addr", "add", f"{self.guest}/30", "dev", self.far)
        self._inside("link", "set", self.far, "up")
        return self

    def cut(self) -> None:
        self._inside("link", "set", self.far, "down")

    def __exit__(self, *exception: object) -> None:
        for arguments in (("link", "del", self.near), ("netns", "del", self.namespace)):
            with suppress(subprocess.CalledProcessError):
                _ip(*arguments)

    def _inside(self, *arguments: str) -> None:
        _ip("-n", self.namespace, *arguments)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, stderr=subprocess.DEVNULL)


def vanish(count: int) -> str:
    """Seconds until the server counts none of them, as a sentence."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return "not measured: this needs root and iproute2"
    with Wire() as wire, Rushes(videos=1, host=wire.host) as server:
        through = ("ip", "netns", "exec", wire.namespace)
        with Crowd(server.port, count, wire.host, through):
            metrics = Metrics(server.port, wire.host)
            counted, began = metrics.subscribers(), time.monotonic()
            wire.cut()
            while metrics.subscribers() and time.monotonic() < began + FORGOTTEN_WITHIN_S:
                time.sleep(LOOK_EVERY_S)
            left, seconds = metrics.subscribers(), time.monotonic() - began
            metrics.close()
    return f"from {counted} to {left} subscribers in {seconds:.1f} s"
