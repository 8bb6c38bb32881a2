"""What the library shows of each video, from its rows: page and stream render the same thing."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from jinja2 import Environment
from sqlalchemy.ext.asyncio import AsyncSession

from .. import words
from ..db import Database
from ..events import Status
from ..runs import runs_under_way
from ..videos import Video, get_video
from ..waiting import queue


@dataclass(frozen=True, slots=True)
class Tile:
    """
    Attributes:
        queue_position: as of LiveView; whoever is farther back than people are told has the next place.
        waits_for_core: its run is under way, and others have all cores.
    """

    video: Video
    queue_position: int | None = None
    waits_for_core: bool = False

    @property
    def doing(self) -> str:
        """How far it is while it is processed, or what it waits for."""
        if self.queue_position:
            return words.place(self.queue_position).capitalize()
        return f"{self.video.progress}%" + (", waiting for a free core" if self.waits_for_core else "")


async def tiles_of(session: AsyncSession, videos: Sequence[Video]) -> list[Tile]:
    processed = [video.id for video in videos if video.status is Status.PROCESSING]
    runs = await runs_under_way(session, processed) if processed else {}
    places: dict[str, int] = {}
    if any(run.queued for run in runs.values()):
        waiting = await queue(session, words.FARTHEST_PLACE)
        places = {video_id: place for place, (_, video_id, _) in enumerate(waiting, start=1)}
    found = []
    for video in videos:
        run = runs.get(video.id)
        queued = run is not None and run.queued
        place = places.get(video.id, words.FARTHEST_PLACE + 1) if queued else None
        found.append(Tile(video, place, run is not None and run.waits_for_core))
    return found


def tile_renderer(templates: Environment, db: Database) -> Callable[[str, bool], Awaitable[str]]:
    """Renders a video's tile for the library's stream; a `new` one with its place in the library."""

    async def render(video_id: str, new: bool) -> str:
        async with db.read() as session:
            (tile,) = await tiles_of(session, [await get_video(session, video_id)])
        template = templates.get_template("videos/_item.html" if new else "videos/_tile.html")
        return await template.render_async(tile=tile)

    return render
