"""A video's pictures, beside its poster: what players show while somebody scrubs."""

from dataclasses import dataclass
from math import ceil

import msgspec
from quart import Blueprint, Response, render_template, request, url_for
from quart_schema import document_response, tag

from ..errors import NotFound
from ..keys import preview_key, storyboard_key
from ..media import thumbnails
from ..media.answers import Storyboard
from ..videos import Video, get_video
from .openapi import document_answer
from .parts import parts
from .problems import Problem
from .serving import serve

blueprint = Blueprint("pictures", __name__)


MOMENTS_OFFERED = 12
# What a player may be there before.
LATER = ("poster", "storyboard")


@dataclass(frozen=True, slots=True)
class Moment:
    """A tile of the storyboard: the second it shows, and where it lies in the picture, in pixels."""

    second: float
    left: int
    top: int
    width: int
    height: int


@blueprint.app_context_processor
def _helpers() -> dict[str, object]:
    return {"moments_of": moments_of}


def moments_of(video: Video) -> list[Moment]:
    """Tiles from all over the video, to choose a poster from."""
    board = storyboard_of(video)
    if board is None:
        return []
    step = max(1, ceil(board.count / MOMENTS_OFFERED))
    return [
        Moment(round(board.second(number), 2), *board.place(number), board.width, board.height)
        for number in range(0, board.count, step)
    ]


def storyboard_of(video: Video) -> Storyboard | None:
    return msgspec.convert(video.storyboard, Storyboard) if video.storyboard else None


@blueprint.get("/videos/<video_id>/storyboard.vtt")
@tag(["videos"])
@document_answer(200, "WebVTT whose cues name parts of storyboard.jpg; none while there is no storyboard.")
@document_response(Problem, 404)
async def storyboard(video_id: str) -> Response:
    """Small pictures of moments all over the video, for scrubbing previews."""
    async with parts().db.read() as session:
        video = await get_video(session, video_id)
    # Made again by each run, and of the same file; the number is for caches.
    picture = f"{url_for('pictures.sheet', video_id=video_id)}?run={video.run}"
    text = thumbnails.webvtt(storyboard_of(video), picture)
    return Response(text, content_type=thumbnails.MEDIA_TYPE, headers={"Cache-Control": "no-cache"})


@blueprint.get("/videos/<video_id>/storyboard.jpg")
@tag(["videos"])
@document_answer(200, "A JPEG picture of many tiles.")
@document_response(Problem, 404)
async def sheet(video_id: str) -> Response:
    """The tiles that storyboard.vtt names, once there are some."""
    return await serve(parts().storage, storyboard_key(video_id), "image/jpeg", "public, no-cache")


@blueprint.get("/videos/<video_id>/preview.webp")
@tag(["videos"])
@document_answer(200, "An animated WebP picture.")
@document_response(Problem, 404)
async def preview(video_id: str) -> Response:
    """A few moments of the video, moving and without sound, once they are made."""
    return await serve(parts().storage, preview_key(video_id), "image/webp", "public, no-cache")


@blueprint.get("/videos/<video_id>/pictures")
async def later(video_id: str) -> str:
    """For a player that was there before its poster or storyboard: that, or the same question later."""
    missing = request.args.get("missing", "")
    if missing not in LATER:
        return ""
    try:
        async with parts().db.read() as session:
            video = await get_video(session, video_id)
    except NotFound:
        return ""  # deleted: nobody is to ask again
    return await render_template("videos/_later.html", video=video, missing=missing)
