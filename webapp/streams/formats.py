"""What streams carry: the same events as JSON, or as HTML fragments."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from ..db import now
from ..errors import NotFound
from ..events import EventType, Status
from ..history import KeptEvent
from . import sse

DONE = "done"
NOT_OF_A_DELETION = (
    "stage",
    "stage_progress",
    "rendition",
    "eta_seconds",
    "speed",
    "playable",
    "queue_position",
    "waiting_for_core",
    "error",
)
RenderLive = Callable[[str], Awaitable[str]]
RenderDeleted = Callable[[], Awaitable[str]]
RenderTile = Callable[[str, bool], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Frame:
    """A piece of a stream, encoded once for all who get it; `seq` is the newest event that it tells."""

    seq: int
    data: bytes


class Format(Protocol):
    """
    Attributes:
        snapshots: a frame tells the whole state, so that one makes those before it obsolete.
        quick: frames are made of the rows alone, without waiting for anything.
    """

    snapshots: bool
    quick: bool

    async def frames(self, key: str, rows: Sequence[KeptEvent]) -> list[Frame]:
        """Frames that tell `rows` of the topic `key`, which are in order and not empty."""
        ...

    async def reset(self, key: str, newest: KeptEvent) -> Frame:
        """A snapshot for a client whose last event is not known here: it may have missed something."""
        ...

    async def farewell(self, newest: KeptEvent, cursor: int) -> Frame | None:
        """The last there is to tell a client at `cursor`: the topic was deleted, with all that is kept of it.

        Args:
            newest: the last event that was read of it.
        """
        ...


class JsonFormat:
    """Every event of a video, named video_update, as JSON."""

    snapshots, quick = False, True

    async def frames(self, key: str, rows: Sequence[KeptEvent]) -> list[Frame]:
        return [self._frame(row, row.data) for row in rows]

    async def reset(self, key: str, newest: KeptEvent) -> Frame:
        return self._frame(newest, marked_reset(newest))

    async def farewell(self, newest: KeptEvent, cursor: int) -> Frame | None:
        last = deletion(newest, cursor)
        return self._frame(last, last.data)

    def _frame(self, row: KeptEvent, data: str) -> Frame:
        return Frame(row.seq, _update(data, row.seq))


class LibraryJsonFormat(JsonFormat):
    """Every event of every video; the id is the event's place among all of them."""

    def _frame(self, row: KeptEvent, data: str) -> Frame:
        return Frame(row.id, _update(data, row.id))


class MessageFormat(JsonFormat):
    """Every event of a video as bare JSON, for carriers that have messages of their own."""

    def _frame(self, row: KeptEvent, data: str) -> Frame:
        return Frame(row.seq, data.encode())


class FragmentFormat:
    """The live part of the video's page, as it is after the newest event."""

    snapshots, quick = True, False

    def __init__(self, render: RenderLive, render_deleted: RenderDeleted | None = None) -> None:
        self._render, self._render_deleted = render, render_deleted

    async def frames(self, key: str, rows: Sequence[KeptEvent]) -> list[Frame]:
        return [await self.reset(key, rows[-1])]

    async def reset(self, key: str, newest: KeptEvent) -> Frame:
        return Frame(newest.seq, sse.event(await self._render(key), id=newest.seq))

    async def farewell(self, newest: KeptEvent, cursor: int) -> Frame | None:
        if self._render_deleted is None:
            return None
        seq = deletion(newest, cursor).seq
        return Frame(seq, sse.event(await self._render_deleted(), id=seq))


class TileFormat:
    """The library's tile of each video to which something happened; one tile for any number of events."""

    snapshots, quick = False, False

    def __init__(self, render: RenderTile) -> None:
        """`render` gets a video's id, and whether it is new to who reads."""
        self._render = render

    async def frames(self, key: str, rows: Sequence[KeptEvent]) -> list[Frame]:
        new = {row.video_id for row in rows if row.seq == 1}
        newest = {row.video_id: row.id for row in rows}
        tiles: list[Frame] = []
        for video_id, id in sorted(newest.items(), key=lambda item: item[1]):
            with suppress(NotFound):  # deleted meanwhile
                html = await self._render(video_id, video_id in new)
                name = "new" if video_id in new else f"video-{video_id}"
                tiles.append(Frame(id, sse.event(html, name=name, id=id)))
        # Whatever there was to tell, the client is at the last of the rows afterwards.
        if not tiles or tiles[-1].seq < rows[-1].id:
            tiles.append(Frame(rows[-1].id, sse.KEEPALIVE))
        return tiles

    async def reset(self, key: str, newest: KeptEvent) -> Frame:
        return (await self.frames(key, [newest]))[-1]

    async def farewell(self, newest: KeptEvent, cursor: int) -> Frame | None:
        return None  # there are always videos, or there could be


def marked_reset(newest: KeptEvent) -> str:
    return newest.event.model_copy(update={"reset": True}).to_json()


def deletion(newest: KeptEvent, cursor: int) -> KeptEvent:
    """A video's deletion as the event it would have been, for a client at `cursor`: no row is left of it."""
    seq = max(newest.seq, cursor) + 1
    status = newest.status if newest.status.terminal else Status.CANCELLED
    event = newest.event.model_copy(
        update={
            "seq": seq,
            "event_type": EventType.STATUS,
            "status": status,
            "message": "This video was deleted",
            "timestamp": now(),
            "deleted": True,
            "reset": cursor < newest.seq or None,
            **dict.fromkeys(NOT_OF_A_DELETION),
        }
    )
    return newest._replace(seq=seq, status=status, data=event.to_json())


def _update(data: str, id: int) -> bytes:
    return sse.event(data, name="video_update", id=id)


def done(seq: int) -> bytes:
    """The end of a stream: nothing more will come."""
    return sse.event(f'{{"seq":{seq}}}', name=DONE, id=seq)
