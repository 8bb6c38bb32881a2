"""Clients in a process of their own, so that they can be killed.

python -m benchmarks.stream_ends.crowd PORT COUNT HOST
"""

import subprocess
import sys
from collections.abc import Sequence
from typing import Self

from benchmarks.streams.client import LOOPBACK, open_streams, read_on
from benchmarks.streams.machine import CLIENT_CORE, on_core


class Crowd:
    """Open streams of one video."""

    def __init__(self, port: int, count: int, host: str = LOOPBACK, through: Sequence[str] = ()) -> None:
        """`through` is a command that runs the clients' one, somewhere else."""
        self._command = [*through, sys.executable, "-m", __spec__.name, str(port), str(count), host]

    def __enter__(self) -> Self:
        with on_core(CLIENT_CORE):
            self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE)
        assert self._process.stdout
        if not self._process.stdout.readline():
            raise SystemExit("the streams did not open")
        return self

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def __exit__(self, *exception: object) -> None:
        self.kill()
        assert self._process.stdout
        self._process.stdout.close()


def main() -> None:
    streams, _ = open_streams(int(sys.argv[1]), int(sys.argv[2]), host=sys.argv[3])
    read_on(streams, idle_s=1)
    print("open", flush=True)
    read_on(streams, idle_s=600)


if __name__ == "__main__":
    main()
