"""What processes use, which core they run on, and how many files they may open. Linux only: reads /proc."""

import os
import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAGE_BYTES = resource.getpagesize()
SPARE_FILES = 500
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, CLIENT_CORE = CORES[0], CORES[-1]


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Runs this thread, and processes that it starts meanwhile for good, on one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def allow_files(count: int) -> None:
    """Lets this process, and those it starts, have `count` connections.

    Raises:
        SystemExit: the system does not allow so many.
    """
    wanted = count + SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= wanted:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(wanted, hard)))
    except ValueError:
        raise SystemExit(f"{wanted} open files are needed, {hard} are allowed: see `ulimit -Hn`") from None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def tree(pid: int) -> list[int]:
    """A process and all that come from it."""
    found = [pid]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            found += map(int, children.read_text().split())
    return found


def cpu_us(pid: int) -> float:
    """Microseconds on a core so far, of all threads of a process tree that still run."""
    spent_ns = 0
    for process in tree(pid):
        for thread in Path(f"/proc/{process}/task").glob("*/schedstat"):
            spent_ns += int(thread.read_text().split()[0])
    return spent_ns / 1000


def resident_bytes(pid: int) -> int:
    """Resident memory of a process tree."""
    return sum(int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in tree(pid)) * PAGE_BYTES


def open_files(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
