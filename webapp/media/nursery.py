"""Where children come from: a process that has imported what they need, and forks one for each request.

`python -m webapp.media.nursery PARENT`, with one end of a pair of sockets as stdin. A start of Python and
the codec library would take each child 0.2 s of CPU, and whoever waits for it as long.

A request comes with three descriptors (unix(7), SCM_RIGHTS) if it is a `Birth`: what the child reads and
writes, its stderr, and where its number and at last its exit code are told, a line each.
"""

import contextlib
import gc
import os
import selectors
import signal
import socket
import sys
import traceback
from importlib import import_module

import msgspec

from . import dispatch, worker
from .births import Birth, Kill, Request
from .limits import die_with, name_process

LARGEST_REQUEST, DESCRIPTORS = 4096, 3
NAME = "rushes-nursery"
FIRST_OF_ITS_OWN, EVERY_DESCRIPTOR = 3, 1 << 16


class Nursery:
    def __init__(self, requests: socket.socket) -> None:
        self._requests = requests
        self._reports: dict[int, int] = {}  # of each child's number
        self._awake = socket.socketpair()
        for end in self._awake:
            end.setblocking(False)

    def run(self) -> None:
        """Until nobody is left to ask."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self._awake[1].fileno(), warn_on_full_buffer=False)
        with selectors.DefaultSelector() as selector:
            selector.register(self._requests, selectors.EVENT_READ)
            selector.register(self._awake[0], selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is self._requests:
                        if not self._attend():
                            return
                    else:
                        self._reap()

    def _attend(self) -> bool:
        """Does what is asked next; False if nobody is left."""
        data, descriptors, _, _ = socket.recv_fds(self._requests, LARGEST_REQUEST, DESCRIPTORS)
        if not data:
            return False
        match msgspec.json.decode(data, type=Request):
            case Birth() as birth:
                self._bear(birth, *descriptors)
            case Kill(pid=pid):
                if pid in self._reports:  # else its number may be another's by now
                    os.kill(pid, signal.SIGKILL)
        return True

    def _bear(self, birth: Birth, talk: int, complaints: int, report: int) -> None:
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError:  # a limit of processes or memory; who asked sees that nothing comes
            traceback.print_exc()
            for descriptor in (talk, complaints, report):
                os.close(descriptor)
            return
        if not pid:
            self._begin(birth, parent, talk, complaints)
        for descriptor in (talk, complaints):
            os.close(descriptor)
        self._reports[pid] = report
        self._tell(report, pid)

    def _begin(self, birth: Birth, parent: int, talk: int, complaints: int) -> None:
        """The rest of a child's life."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for descriptor, number in ((talk, 0), (talk, 1), (complaints, 2)):
                os.dup2(descriptor, number)
            os.closerange(FIRST_OF_ITS_OWN, EVERY_DESCRIPTOR)
            worker.run(parent, birth.cpu_s, birth.memory_bytes)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            with contextlib.suppress(OSError):
                sys.stderr.flush()
            os._exit(code)

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._awake[0].recv(LARGEST_REQUEST):
                pass
        while self._reports:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            report = self._reports.pop(pid)
            self._tell(report, os.waitstatus_to_exitcode(status))
            os.close(report)

    @staticmethod
    def _tell(report: int, number: int) -> None:
        with contextlib.suppress(BrokenPipeError):  # nobody wants to know
            os.write(report, b"%d\n" % number)


def main() -> None:
    die_with(int(sys.argv[1]))
    name_process(NAME)
    import_module("av")
    for kind in dispatch.DONE_BY:
        dispatch.function(kind)
    gc.freeze()  # else the first collection of each child copies all of it
    # Not as stdin: children read that.
    requests = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    Nursery(requests).run()


if __name__ == "__main__":
    main()
