"""What a child process that decodes somebody's upload may take. Linux where it is stricter than POSIX."""

import ctypes
import math
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

GIBIBYTES = 1 << 30
# Address space, not memory: the ladder of a 1080p video needs 1.3 GB of it, that of a 4K one 3.
ADDRESS_SPACE_BYTES = 6 * GIBIBYTES
LARGEST_FILE_BYTES = 16 * GIBIBYTES
# Uploads may be larger than that, and are looked through as a whole; more than any of them has.
MOST_MAPPED_BYTES = 1024 * GIBIBYTES
OPEN_FILES = 256
# No packet, and hardly a frame of the largest pictures allowed, takes more than this at once.
ROOM_BYTES = GIBIBYTES // 2
NICENESS = 10  # the web side goes first
# A child may be given so many jobs, one after another; more where a new one would begin with a long way.
MOST_JOBS = 10
MOST_JOBS_AFTER_A_LONG_WAY = 100
# At the soft limit of CPU time the kernel sends SIGXCPU, which says why; at the hard one SIGKILL.
LAST_WORDS_S = 2
PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15  # prctl(2)
CAP_SYS_NICE = 23  # capabilities(7)
CAPABILITIES_V3 = 0x20080522  # capget(2): two words of 32 for each set


def confine(parent: int, cpu_s: int, address_space_bytes: int = ADDRESS_SPACE_BYTES) -> None:
    """Limits this process for good, and binds its life to that of process `parent`.

    Args:
        cpu_s: seconds of CPU after which the kernel ends it, unless it has been given another job.
        address_space_bytes: beyond which it gets no more memory; but see `room_for`.
    """
    die_with(parent)
    os.nice(NICENESS)
    stay_below_real_time()
    for limit, soft, hard in (
        (resource.RLIMIT_AS, address_space_bytes, address_space_bytes + MOST_MAPPED_BYTES),
        (resource.RLIMIT_CPU, cpu_s, MOST_JOBS_AFTER_A_LONG_WAY * cpu_s + LAST_WORDS_S),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_FSIZE, LARGEST_FILE_BYTES, LARGEST_FILE_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES, OPEN_FILES),
    ):
        _, most = resource.getrlimit(limit)
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)
        resource.setrlimit(limit, (soft, hard))


@contextmanager
def room_for(mapped_bytes: int) -> Iterator[None]:
    """So much more address space for the time being, for a file that is mapped: that takes no memory."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY:
        yield
        return
    more = soft + mapped_bytes
    resource.setrlimit(
        resource.RLIMIT_AS, (more if hard == resource.RLIM_INFINITY else min(more, hard), hard)
    )
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def allow_more_time(cpu_s: int) -> None:
    """Begins anew to count the seconds of CPU, for another job."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = math.ceil(time.process_time()) + cpu_s
    resource.setrlimit(
        resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard)
    )


def address_space_bytes() -> float:
    """How much this process may have; infinite where there is no limit."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    return math.inf if limit == resource.RLIM_INFINITY else limit


def short_of_memory() -> bool:
    """Whether this process is near its limit, so that whoever asked for memory in vain asked for little.

    Else it was for more than anything takes: a number in a damaged file.
    """
    limit = address_space_bytes()
    if limit == math.inf:
        return False
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])  # proc(5): the whole address space
    except OSError:
        return True
    return limit - pages * resource.getpagesize() < ROOM_BYTES


def stay_below_real_time() -> None:
    """Gives up for good, in this thread and those it starts, to go before the rest of the machine.

    SVT-AV1 makes the thread that opens it, and all of its own, real-time of the highest priority where it is
    root (`svt_av1_enc_init`): whatever else there is then waits, and children inherit it.
    """
    if sys.platform != "linux" or os.geteuid():
        return  # a user's own limits hold
    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = (ctypes.c_uint32 * 2)(CAPABILITIES_V3, 0), (ctypes.c_uint32 * 6)()
    if libc.capget(header, sets):
        raise OSError(ctypes.get_errno(), "capget")
    for position in range(3):  # effective, permitted, inheritable
        sets[position] &= ~(1 << CAP_SYS_NICE)
    if libc.capset(header, sets):
        raise OSError(ctypes.get_errno(), "capset")


def die_with(parent: int) -> None:
    """Has the kernel kill this process when its parent goes, however it goes."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # gone before we could ask
        os._exit(1)


def name_process(name: str) -> None:
    """What ps and top call this process: up to 15 bytes."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_NAME, name.encode())
