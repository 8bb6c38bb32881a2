"""Many clients are killed at once; and again and again, to see what is left of them."""

import time
from dataclasses import dataclass

from benchmarks.streams.machine import open_files, resident_bytes
from benchmarks.streams.peers.controlled import Rushes

from .crowd import Crowd
from .metrics import SUBSCRIBERS, Metrics

FORGOTTEN_WITHIN_S = 20.0
LOOK_EVERY_S = 0.02
WARM_UP_STREAMS = 20
PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Seconds until the server had closed the connections, and counted none; None if it did not."""

    streams: int
    counted: int | None
    closed_s: float | None
    uncounted_s: float | None

    def __str__(self) -> str:
        closed = f"{self.closed_s:.2f} s" if self.closed_s is not None else "never"
        if self.counted is None:
            return f"connections closed: {closed}; {SUBSCRIBERS} is not on /metrics"
        uncounted = f"{self.uncounted_s:.2f} s" if self.uncounted_s is not None else "never"
        return f"connections closed: {closed}; {SUBSCRIBERS} from {self.counted:,} to 0: {uncounted}"


def kill_clients(count: int) -> Forgotten:
    with Rushes(videos=1) as server:
        _warm_up(server)
        files = open_files(server.pid) + 1  # the connection that asks for metrics
        with Crowd(server.port, count) as crowd:
            metrics = Metrics(server.port)
            counted = metrics.subscribers()
            began = time.monotonic()
            crowd.kill()
            closed_s = uncounted_s = None
            while time.monotonic() < began + FORGOTTEN_WITHIN_S:
                if closed_s is None and open_files(server.pid) <= files:
                    closed_s = time.monotonic() - began
                if uncounted_s is None and not metrics.subscribers():
                    uncounted_s = time.monotonic() - began
                if closed_s is not None and uncounted_s is not None:
                    break
                time.sleep(LOOK_EVERY_S)
        metrics.close()
    return Forgotten(count, counted, closed_s, uncounted_s)


@dataclass(frozen=True, slots=True)
class Remains:
    """What the server holds when nobody is connected."""

    resident_bytes: int
    files: int
    tasks: int

    def __str__(self) -> str:
        return f"{self.resident_bytes / 1e6:.1f} MB resident, {self.files} files, {self.tasks} tasks"


def come_and_go(rounds: int, count: int) -> list[Remains]:
    """`rounds` times, `count` clients come and are killed: what is left before, and after each round."""
    with Rushes(videos=1) as server:
        _warm_up(server)
        left = [_remains(server)]
        for _ in range(rounds):
            with Crowd(server.port, count) as crowd:
                crowd.kill()
            deadline = time.monotonic() + FORGOTTEN_WITHIN_S
            while open_files(server.pid) > left[0].files and time.monotonic() < deadline:
                time.sleep(LOOK_EVERY_S)
            time.sleep(PAUSE_S)
            left.append(_remains(server))
    return left


def _warm_up(server: Rushes) -> None:
    """Has it open what it keeps open, such as connections to the database."""
    with Crowd(server.port, WARM_UP_STREAMS) as crowd:
        crowd.kill()
    time.sleep(PAUSE_S)


def _remains(server: Rushes) -> Remains:
    return Remains(resident_bytes(server.pid), open_files(server.pid), server.tasks())
