"""What streams carry: the same events as JSON, or as HTML fragments."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from ..errors import NotFound
from ..history import KeptEvent
from . import sse

DONE = "done"
RenderLive = Callable[[str], Awaitable[str]]
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


class JsonFormat:
    """Every event of a video, named video_update, as JSON."""

    snapshots, quick = False, True

    async def frames(self, key: str, rows: Sequence[KeptEvent]) -> list[Frame]:
        return [self._frame(row, row.data) for row in rows]

    async def reset(self, key: str, newest: KeptEvent) -> Frame:
        return self._frame(newest, marked_reset(newest))

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

    def __init__(self, render: RenderLive) -> None:
        self._render = render

    async def frames(self, key: str, rows: Sequence[KeptEvent]) -> list[Frame]:
        return [await self.reset(key, rows[-1])]

    async def reset(self, key: str, newest: KeptEvent) -> Frame:
        return Frame(newest.seq, sse.event(await self._render(key), id=newest.seq))


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


def marked_reset(newest: KeptEvent) -> str:
    return newest.event.model_copy(update={"reset": True}).to_json()


def _update(data: str, id: int) -> bytes:
    return sse.event(data, name="video_update", id=id)


def done(seq: int) -> bytes:
    """The end of a stream: nothing more will come."""
    return sse.event(f'{{"seq":{seq}}}', name=DONE, id=seq)
