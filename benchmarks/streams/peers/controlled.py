"""A server in Python that publishes by itself (see `servers`)."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from ..client import LOOPBACK
from ..machine import SERVER_CORE, free_port, on_core
from ..schedule import Schedule

ROOT = Path(__file__).parents[3]
ANSWERS_WITHIN_S = 120.0  # creating 1,000 videos, or publishing for a while
STOPS_WITHIN_S = 15.0
MOST_STREAMS = 20_000


class ControlledServer:
    other_path = "/healthz"

    def __init__(self, name: str, port: int, argument: int, **environment: str) -> None:
        """`name` of a module in `servers`, and what it takes on its command line."""
        self.name, self.port = name, port
        self._command = [sys.executable, "-m", f"benchmarks.streams.servers.{name}", str(argument)]
        self._environment = os.environ | environment

    @property
    def pid(self) -> int:
        return self.process.pid

    def __enter__(self) -> Self:
        with on_core(SERVER_CORE):
            self.process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        try:
            self._answer()
        except BaseException:
            self.process.kill()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()

    def begin(self, schedule: Schedule) -> None:
        self._ask(publish=asdict(schedule))

    def step(self) -> bool:
        return False

    def finish(self) -> None:
        self._answer()

    def tasks(self) -> int:
        """asyncio tasks in the server."""
        self._ask(tasks=True)
        return int(self._answer()["tasks"])

    def _ask(self, **wanted: object) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(wanted).encode() + b"\n")
        self.process.stdin.flush()

    def _answer(self) -> dict[str, Any]:
        """The server's next line of JSON. It is killed if that takes too long."""
        assert self.process.stdout
        timer = threading.Timer(ANSWERS_WITHIN_S, self.process.kill)
        timer.start()
        try:
            for line in self.process.stdout:
                if line.startswith(b"{"):
                    answer: dict[str, Any] = json.loads(line)
                    return answer
        finally:
            timer.cancel()
        raise SystemExit(f"{self.name} has ended, or did not answer within {ANSWERS_WITHIN_S:.0f} s")


class Rushes(ControlledServer):
    """This app, with `videos` in an empty data folder."""

    def __init__(self, videos: int, host: str = LOOPBACK) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="rushes-bench-")
        port = free_port()
        super().__init__(
            "rushes",
            port,
            videos,
            HOST=host,
            PORT=str(port),
            RUSHES_DATA_DIR=self._folder.name,
            RUSHES_STREAM_MAX_PER_ADDRESS=str(MOST_STREAMS),  # all come from one
            RUSHES_STREAM_MAX_TOTAL=str(MOST_STREAMS),
        )

    def __exit__(self, *exception: object) -> None:
        super().__exit__(*exception)
        self._folder.cleanup()


class Starlette(ControlledServer):
    def __init__(self, videos: int) -> None:
        port = free_port()
        super().__init__("starlette", port, port)
