"""What streams carry: the same events as JSON, or as HTML fragments."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..history import EventRow
from . import sse

DONE = "done"
RenderLive = Callable[[str], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Frame:
    """A piece of a stream, encoded once for all who get it; `seq` is the newest event that it tells."""

    seq: int
    data: bytes


class Format(Protocol):
    """
    Attributes:
        snapshots: a frame tells the whole state, so that one makes those before it obsolete.
    """

    snapshots: bool

    async def frames(self, video_id: str, rows: Sequence[EventRow]) -> list[Frame]:
        """Frames that tell `rows`, which are in order and not empty."""
        ...

    async def reset(self, video_id: str, newest: EventRow) -> Frame:
        """A snapshot for a client whose last event is not known here: it may have missed something."""
        ...


class JsonFormat:
    """Every event, named video_update, as JSON."""

    snapshots = False

    async def frames(self, video_id: str, rows: Sequence[EventRow]) -> list[Frame]:
        return [Frame(row.seq, _update(row.data, row.seq)) for row in rows]

    async def reset(self, video_id: str, newest: EventRow) -> Frame:
        marked = newest.event.model_copy(update={"reset": True})
        return Frame(newest.seq, _update(marked.to_json(), newest.seq))


class FragmentFormat:
    """The live part of the video's page, as it is after the newest event."""

    snapshots = True

    def __init__(self, render: RenderLive) -> None:
        self._render = render

    async def frames(self, video_id: str, rows: Sequence[EventRow]) -> list[Frame]:
        return [await self.reset(video_id, rows[-1])]

    async def reset(self, video_id: str, newest: EventRow) -> Frame:
        return Frame(newest.seq, sse.event(await self._render(video_id), id=newest.seq))


def _update(data: str, seq: int) -> bytes:
    return sse.event(data, name="video_update", id=seq)


def done(seq: int) -> bytes:
    """The end of a stream: nothing more will come."""
    return sse.event(f'{{"seq":{seq}}}', name=DONE, id=seq)
