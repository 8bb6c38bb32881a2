"""How far the upload of a form is, for the page that sends it: the browser's own word is easily overlooked.

The page knows the video's id before there is a video, since the form brings it along.
"""

import re
from dataclasses import dataclass

from quart import Blueprint, render_template
from sqlalchemy.ext.asyncio import AsyncSession

from ..events import Status, VideoEvent
from ..history import newest_event
from ..videos import Video
from .parts import parts

blueprint = Blueprint("receiving", __name__)

VIDEO_ID = re.compile(r"[\w-]{22}", re.ASCII)


async def usable_id(session: AsyncSession, video_id: str | None) -> str | None:
    """The id that a form asks for, if it is one and no video has it yet."""
    if video_id is None or not VIDEO_ID.fullmatch(video_id):
        return None
    taken = await session.get(Video, video_id)
    return None if taken else video_id


@dataclass(frozen=True, slots=True)
class Receiving:
    """`progress` in percent; None while that is not known."""

    video_id: str
    message: str
    progress: int | None
    going_on: bool


def receiving_of(video_id: str, newest: VideoEvent | None) -> Receiving:
    """What the newest event says about the upload; without one nothing has arrived."""
    if newest is None or newest.status is Status.CREATED:
        return Receiving(video_id, "Sending the file", None, going_on=True)
    if newest.status is Status.UPLOADING:
        return Receiving(video_id, newest.message, newest.stage_progress, going_on=True)
    return Receiving(video_id, newest.message, 100, going_on=False)


@blueprint.get("/videos/<video_id>/receiving")
async def show(video_id: str) -> str:
    """A fragment of HTML that asks for the next one until the file is there."""
    async with parts().db.read() as session:
        newest = await newest_event(session, video_id)
    receiving = receiving_of(video_id, newest.event if newest else None)
    return await render_template("videos/_receiving.html", receiving=receiving)
