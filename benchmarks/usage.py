"""What a process and its children use."""

import threading
import time
from dataclasses import dataclass
from types import TracebackType

import psutil

SAMPLE_S = 0.1


@dataclass
class Usage:
    """Seconds of wall clock and CPU, and the largest resident memory in bytes, of a process tree."""

    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_bytes: int = 0


class Measured:
    """Measures process `pid` and its children while the context lasts.

    CPU is counted of processes that are there at both ends, as a nursery is, and of their children that have
    ended and been waited for, so call it while nothing is running at either end.
    """

    def __init__(self, pid: int, children_only: bool = False) -> None:
        self.usage = Usage()
        self._children_only = children_only
        self._process = psutil.Process(pid)
        self._stop = threading.Event()
        self._sampler = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Usage:
        self._began, self._cpu = time.monotonic(), self._cpu_s()
        self._sampler.start()
        return self.usage

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.usage.wall_s = time.monotonic() - self._began
        self.usage.cpu_s = self._cpu_s() - self._cpu
        self._stop.set()
        self._sampler.join()

    def _cpu_s(self) -> float:
        spent = 0.0
        for process in [self._process, *self._process.children(recursive=True)]:
            times = process.cpu_times()
            spent += times.children_user + times.children_system
            if not (self._children_only and process == self._process):
                spent += times.user + times.system
        return spent

    def _sample(self) -> None:
        while not self._stop.wait(SAMPLE_S):
            resident = 0
            for process in [self._process, *self._process.children(recursive=True)]:
                try:
                    resident += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self.usage.peak_bytes = max(self.usage.peak_bytes, resident)
