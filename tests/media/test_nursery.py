"""A nursery beyond a limit of processes; whoever asks it is in tests/pipeline/test_nursery.py."""

import os
import socket
import subprocess
import sys
from contextlib import ExitStack

import msgspec

from webapp.media.births import Birth
from webapp.media.limits import ADDRESS_SPACE_BYTES

BIRTH = msgspec.json.encode(Birth(cpu_s=60, memory_bytes=ADDRESS_SPACE_BYTES))
WAITED_S = 60
# The kernel sets root no limit of processes.
FULL_AT_FIRST = """
import errno, os
from webapp.media import nursery
fork = os.fork
def refuse():
    os.fork = fork
    raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
os.fork = refuse
nursery.main()
"""


def test_what_there_is_no_room_for_is_refused_and_the_others_live_on() -> None:
    with ExitStack() as stack:
        ours, its = (stack.enter_context(end) for end in socket.socketpair(type=socket.SOCK_SEQPACKET))
        process = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-c", FULL_AT_FIRST, str(os.getpid())],
                stdin=its.fileno(),
                stderr=subprocess.PIPE,
            )
        )
        stack.callback(process.kill)

        def asked() -> bytes:
            """What is said of the child first: its number."""
            with ExitStack() as for_it:
                pairs = [
                    [for_it.enter_context(end) for end in socket.socketpair()]
                    for _ in ("talk", "stderr", "report")
                ]
                socket.send_fds(ours, [BIRTH], [end.fileno() for _, end in pairs])
                for _, end in pairs:
                    end.close()
                report = pairs[-1][0]
                report.settimeout(WAITED_S)
                return report.recv(64)

        assert asked() == b""
        assert int(asked()) > 0
        ours.close()
        assert process.wait(WAITED_S) == 0
        assert process.stderr and b"BlockingIOError" in process.stderr.read()
