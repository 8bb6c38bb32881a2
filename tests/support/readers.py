"""Clients that others wrote, each following a video's stream for itself, and coming back after every drop."""

import asyncio
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from playwright.sync_api import Page

from tests.support.sse import Message, Parser
from webapp.app import open_database
from webapp.broker.memory import MemoryBroker
from webapp.config import Settings
from webapp.events import EventType, Status
from webapp.history import History

VENDOR = Path(__file__).parents[2] / "vendor"
FOLLOW = Path(__file__).with_name("follow.cjs")
BACK_AFTER_S = 0.2

IN_THE_PAGE = """url => {
  const source = new EventSource(url)
  window.told = []
  for (const type of ["video_update", "done"])
    source.addEventListener(type, message => told.push([message.type, message.lastEventId, message.data]))
  window.ended = () => source.readyState === EventSource.CLOSED
}"""


class Reader(Protocol):
    """
    Attributes:
        told: what came, over all connections.
    """

    @property
    def told(self) -> list[Message]: ...

    def ended(self) -> bool:
        """Whether it has understood that nothing more will come."""
        ...


class Lines:
    """What a program prints, a message a line."""

    def __init__(self, program: subprocess.Popen[str]) -> None:
        self._program = program
        self.told: list[Message] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._program.stdout
        for line in self._program.stdout:
            event, id, data = json.loads(line)
            self.told.append(Message(event, data, id))

    def ended(self) -> bool:
        return self._program.poll() == 0


@contextmanager
def node(url: str) -> Iterator[Reader]:
    """Node's `eventsource`, with nothing of ours but a print."""
    command = ["node", str(FOLLOW), url]
    with subprocess.Popen(command, cwd=VENDOR, stdout=subprocess.PIPE, text=True) as program:
        try:
            yield Lines(program)
        finally:
            program.kill()


class Curl:
    """curl, run again with the last id after each end, as a shell script would do."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.told: list[Message] = []
        self._status = ""
        self._program: subprocess.Popen[bytes] | None = None
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def _follow(self) -> None:
        while not self.ended() and not self._leaving.is_set():
            command = ["curl", "-sN", "-m", "60", "-w", "%{stderr}%{http_code}", self._url]
            if self.told:
                command += ["-H", f"Last-Event-ID: {self.told[-1].id}"]
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
                self._program = program
                assert program.stdout and program.stderr
                parser = Parser()
                while data := os.read(program.stdout.fileno(), 65536):
                    self.told += parser.feed(data)
                self._status = program.stderr.read().decode()
            self._leaving.wait(BACK_AFTER_S)

    def ended(self) -> bool:
        return self._status == "204"

    def leave(self) -> None:
        self._leaving.set()
        if self._program:
            self._program.kill()
        self._thread.join()


@contextmanager
def curl(url: str) -> Iterator[Reader]:
    reader = Curl(url)
    try:
        yield reader
    finally:
        reader.leave()


class BrowsersOwn:
    """EventSource as Chromium has it."""

    def __init__(self, page: Page, url: str) -> None:
        self._page = page
        page.evaluate(IN_THE_PAGE, url)

    @property
    def told(self) -> list[Message]:
        return [Message(event, data, id) for event, id, data in self._page.evaluate("() => told")]

    def ended(self) -> bool:
        return bool(self._page.evaluate("() => ended()"))


def tell(
    data_dir: Path, video_id: str, count: int, status: Status = Status.PROCESSING, message: str = ""
) -> int:
    """Records events as another process does; the last has that status. Returns its number."""

    async def record() -> int:
        settings = Settings(data_dir=data_dir)
        db = open_database(settings)
        history = History(db, MemoryBroker(), settings.history_max_events)
        for _ in range(count):
            async with history.recording(video_id) as recorder:
                recorder.video.status = status
                words = message or f"This is event {recorder.video.seq + 1}."
                seq = recorder.record(EventType.STATUS, words).seq
        await db.close()
        return seq

    with ThreadPoolExecutor(1) as elsewhere:  # Playwright keeps this thread's event loop to itself
        return elsewhere.submit(lambda: asyncio.run(record())).result()
