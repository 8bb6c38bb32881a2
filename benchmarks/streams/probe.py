"""Another route while streams are busy: one request after the other on a connection of its own.

    python -m benchmarks.streams.probe PORT PATH

A process of its own, so that it does not wait for the load client. It asks until its standard input ends, and
then prints the milliseconds each answer took, as a JSON list.
"""

import http.client
import json
import select
import subprocess
import sys
import time
from typing import Self

from .machine import CLIENT_CORE, on_core

EVERY_S = 0.1
ANSWERED_WITHIN_S = 30.0


class Probe:
    """Asks while the context lasts; then `latencies_ms` are known."""

    def __init__(self, port: int, path: str) -> None:
        self._command = [sys.executable, "-m", __spec__.name, str(port), path]
        self.latencies_ms: list[float] = []

    def __enter__(self) -> Self:
        with on_core(CLIENT_CORE):
            self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout
        self._process.stdout.readline()
        return self

    def __exit__(self, *exception: object) -> None:
        answer, _ = self._process.communicate(timeout=ANSWERED_WITHIN_S + EVERY_S)
        if answer:
            self.latencies_ms = json.loads(answer)


def main() -> None:
    port, path = int(sys.argv[1]), sys.argv[2]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWERED_WITHIN_S)
    latencies_ms: list[float] = []
    while not select.select([sys.stdin], [], [], EVERY_S)[0]:
        began = time.perf_counter()
        connection.request("GET", path)
        connection.getresponse().read()
        latencies_ms.append((time.perf_counter() - began) * 1000)
        if len(latencies_ms) == 1:
            print("asking", flush=True)
    print(json.dumps(latencies_ms[1:]))


if __name__ == "__main__":
    main()
