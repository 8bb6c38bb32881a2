"""The product in processes of its own, as `make run` or a Procfile starts it."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from tests.support.waiting import LONGEST_S

ROOT = Path(__file__).parents[2]
# Far more than it takes, however busy the machine is.
STARTED_WITHIN_S = ENDED_WITHIN_S = LONGEST_S
SLOTS = 2  # on any machine: with more, a run is over sooner


def reserved() -> socket.socket:
    """Has a port that is given to nobody, until it is closed.

    As it does not listen, who asks for that very port with SO_REUSEADDR can, again and again.
    """
    place = socket.socket()
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    place.bind(("127.0.0.1", 0))
    return place


class Program:
    """`rushes` with a data folder; start it again on the same one after a kill."""

    def __init__(self, data_dir: Path, *arguments: str, **settings: str) -> None:
        self.arguments = arguments
        self.log = data_dir.with_name(f"{data_dir.name}-{arguments[0]}.log")
        self._environment = os.environ | {
            "RUSHES_DATA_DIR": str(data_dir),
            "RUSHES_ENCODER_SLOTS": str(SLOTS),
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def start(self) -> Self:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "webapp", *self.arguments],
                env=self._environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + STARTED_WITHIN_S
        while time.monotonic() < deadline:
            assert self._process.poll() is None, self.log.read_text()
            if self.is_up():
                return self
            time.sleep(0.05)
        raise TimeoutError(self.log.read_text())

    def is_up(self) -> bool:
        """Whether it has said so, in this or an earlier life."""
        return "Rushes is" in self.log.read_text()

    def kill(self) -> None:
        """As a power cut: SIGKILL to the process, and nothing to its children."""
        self._signal(signal.SIGKILL)

    def stop(self, number: int = signal.SIGTERM) -> float:
        """Asks it to end by that signal; returns the seconds it took."""
        began = time.monotonic()
        self._signal(number)
        return time.monotonic() - began

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        assert self._process
        return self._process.poll()

    def _signal(self, number: int) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(number)
            self._process.wait(timeout=ENDED_WITHIN_S)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()


class Server(Program):
    """`rushes serve`, on a port of its own and a database brought up to date."""

    def __init__(self, data_dir: Path, *options: str, **settings: str) -> None:
        self._place = reserved()
        self.port = int(self._place.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        address = {"HOST": "127.0.0.1", "PORT": str(self.port)}
        super().__init__(data_dir, "serve", *options, **address, **settings)

    def start(self) -> Self:
        subprocess.run(
            [sys.executable, "-m", "webapp", "migrate"], env=self._environment, cwd=ROOT, check=True
        )
        return super().start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        self._place.close()

    def is_up(self) -> bool:
        try:
            httpx.get(f"{self.url}/healthz").raise_for_status()
        except httpx.TransportError:
            return False
        return True

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=LONGEST_S)

    def upload(self, path: Path, **document: Any) -> str:
        """Uploads a file by the API and has it processed; returns the video's id."""
        with self.client() as client:
            wanted = {"filename": path.name, "process": True, **document}
            created = client.post("/videos", json=wanted).raise_for_status().json()
            with path.open("rb") as file:
                client.put(created["upload"]["url"], content=file).raise_for_status()
            return str(created["videoId"])
