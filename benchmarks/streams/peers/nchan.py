"""nginx with nchan, the event hub written in C. Events are posted to it by the load client."""

import re
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

from ..machine import SERVER_CORE, free_port, on_core
from ..marks import event, video_name
from ..schedule import Schedule

TEMPLATE = Path(__file__).with_name("nginx.conf")
MODULES = Path("/usr/lib/nginx/modules")
CONNECTIONS = 15_000
STARTS_WITHIN_S = 10.0
STOPS_WITHIN_S = 15.0


class Nchan:
    other_path = "/healthz"

    def __init__(self, videos: int) -> None:
        self.port = free_port()
        self._folder = tempfile.TemporaryDirectory(prefix="nchan-bench-")

    @property
    def pid(self) -> int:
        return self.process.pid

    def __enter__(self) -> Self:
        folder = Path(self._folder.name)
        folder.chmod(0o755)  # its worker is another user
        values = {
            "MODULES": MODULES,
            "FOLDER": folder,
            "PORT": self.port,
            "CONNECTIONS": CONNECTIONS,
            "FILES": CONNECTIONS + 100,
        }
        text = re.sub(r"@(\w+)@", lambda name: str(values[name[1]]), TEMPLATE.read_text())
        config = folder / "nginx.conf"
        config.write_text(text)
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        with on_core(SERVER_CORE):
            self.process = subprocess.Popen([program, "-c", str(config), "-p", str(folder)])
        self._publisher = self._connect()
        self._publisher.setblocking(False)
        return self

    def _connect(self) -> socket.socket:
        deadline = time.monotonic() + STARTS_WITHIN_S
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self.port))
            except ConnectionRefusedError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.__exit__()
                    raise SystemExit("nginx does not start") from None
                time.sleep(0.05)

    def __exit__(self, *exception: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._folder.cleanup()

    def begin(self, schedule: Schedule) -> None:
        self._schedule, self._began = schedule, time.monotonic()
        self._sent, self._waiting = 0, b""

    def step(self) -> bool:
        schedule = self._schedule
        for number in range(self._sent, schedule.due(time.monotonic() - self._began)):
            video, turn = number % schedule.videos, number // schedule.videos
            self._waiting += _post(video_name(video), event(video, turn + 1).to_json().encode())
            self._sent += 1
        try:
            if self._waiting:
                self._waiting = self._waiting[self._publisher.send(self._waiting) :]
            self._publisher.recv(65536)  # the answers
        except BlockingIOError:
            pass
        return True

    def finish(self) -> None:
        """Nothing to wait for: every step has returned."""


def _post(video: str, body: bytes) -> bytes:
    head = (
        f"POST /publish/{video} HTTP/1.1\r\nHost: localhost\r\nX-EventSource-Event: video_update\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
