"""A client of its own that follows a video's events and comes back after every drop, as the contract says."""

import json
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import httpx
from httpx_sse import SSEError, connect_sse

from tests.support.waiting import LONGEST_S
from tests.support.working import ENCODED_WITHIN_S

Event = dict[str, Any]
RECONNECT_S = 0.1


class Follower:
    """
    Attributes:
        ids: the SSE ids in the order in which they came, that of `done` left out.
        events: the events that came with them.
        connections: how often it had to connect.
    """

    def __init__(self, url: str, video_id: str, patience_s: float = 1) -> None:
        """
        Args:
            patience_s: it connects anew when it hears nothing for so long.
        """
        self._url, self._patience_s = f"{url}/videos/{video_id}/status", patience_s
        self.ids: list[int] = []
        self.events: list[Event] = []
        self.connections = 0
        self._news = threading.Condition()
        self._ended = self._leaving = False
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving = True
        self._thread.join(timeout=LONGEST_S)
        assert not self._thread.is_alive()

    def wait_for(self, wanted: Callable[[Event], bool], within_s: float = LONGEST_S) -> Event:
        """The first event that is as wanted, also one that came earlier."""
        with self._news:
            found = self._news.wait_for(
                lambda: next((event for event in self.events if wanted(event)), None), timeout=within_s
            )
        assert found, f"not seen in {within_s} s; the last of {len(self.events)}: {self.events[-1:]}"
        return found

    @property
    def has_ended(self) -> bool:
        """Whether the stream has said that it is done."""
        return self._ended

    def wait_for_end(self, within_s: float = ENCODED_WITHIN_S) -> Event:
        """Waits until the stream says that it is done; returns the last event."""
        with self._news:
            ended = self._news.wait_for(lambda: self._ended, timeout=within_s)
        assert ended, f"no end in {within_s} s; the last of {len(self.events)}: {self.events[-1:]}"
        return self.events[-1]

    def _follow(self) -> None:
        with httpx.Client(timeout=httpx.Timeout(LONGEST_S, read=self._patience_s)) as client:
            while not self._leaving and not self._ended:
                try:
                    self._listen(client)
                except (httpx.TransportError, SSEError):
                    threading.Event().wait(RECONNECT_S)

    def _listen(self, client: httpx.Client) -> None:
        last = {"Last-Event-ID": str(self.ids[-1] if self.ids else 0)}
        with connect_sse(client, "GET", self._url, headers=last) as source:
            self.connections += 1
            if source.response.status_code == httpx.codes.NO_CONTENT:
                self._end()
                return
            for message in source.iter_sse():
                if message.event == "done":
                    self._end()
                    return
                if message.event == "video_update":
                    with self._news:
                        self.ids.append(int(message.id))
                        self.events.append(json.loads(message.data))
                        self._news.notify_all()
                if self._leaving:
                    return

    def _end(self) -> None:
        with self._news:
            self._ended = True
            self._news.notify_all()
