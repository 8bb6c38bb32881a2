"""The product in a process of its own, as `make run` starts it."""

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

ROOT = Path(__file__).parents[2]
STARTED_WITHIN_S = 20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`rushes serve` with a data folder; start it again on the same one after a kill."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data_dir.with_suffix(".log")
        self._environment = os.environ | {
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "RUSHES_DATA_DIR": str(data_dir),
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def start(self) -> Self:
        subprocess.run(
            [sys.executable, "-m", "webapp", "migrate"], env=self._environment, cwd=ROOT, check=True
        )
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "webapp", "serve"],
                env=self._environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + STARTED_WITHIN_S
        while time.monotonic() < deadline:
            assert self._process.poll() is None, self.log.read_text()
            try:
                httpx.get(f"{self.url}/healthz").raise_for_status()
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return self
        raise TimeoutError(self.log.read_text())

    def kill(self) -> None:
        """As a power cut: SIGKILL to the process, and nothing to its children."""
        self._signal(signal.SIGKILL)

    def stop(self) -> float:
        """SIGTERM; returns the seconds it took to end."""
        began = time.monotonic()
        self._signal(signal.SIGTERM)
        return time.monotonic() - began

    def _signal(self, number: int) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(number)
            self._process.wait(timeout=20)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=30)

    def upload(self, path: Path, **document: Any) -> str:
        """Uploads a file by the API and has it processed; returns the video's id."""
        with self.client() as client:
            wanted = {"filename": path.name, "process": True, **document}
            created = client.post("/videos", json=wanted).raise_for_status().json()
            with path.open("rb") as file:
                client.put(created["upload"]["url"], content=file).raise_for_status()
            return str(created["videoId"])
