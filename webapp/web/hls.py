"""The HLS package of a video: playlists that may change, and segments that do not once their run is over."""

from quart import Blueprint, Response
from quart_schema import document_response, tag

from ..errors import NotFound
from ..keys import PLAYLIST, SEGMENT, SUBTITLES, hls_key
from ..media.playlist import MEDIA_TYPE
from ..videos import Video, get_video
from .compression import serve_text
from .openapi import document_answer
from .parts import parts
from .problems import Problem
from .serving import serve

blueprint = Blueprint("hls", __name__)

FOREVER, ASK_AGAIN = "public, max-age=31536000, immutable", "no-cache"


@blueprint.get("/videos/<video_id>/hls/<path:name>")
@tag(["videos"])
@document_answer(200, "A playlist, fragmented MP4 or WebVTT, by its name.")
@document_response(Problem, 404)
async def file(video_id: str, name: str) -> Response:
    """A playlist or segment, by its place in the package. Players start from multivariant.m3u8."""
    storage, key = parts().storage, hls_key(video_id, name)
    async with parts().db.read() as session:
        video = await get_video(session, video_id)
    # Nothing else of storage can be reached from here.
    if match := SEGMENT.fullmatch(name):
        return await serve(storage, key, "video/mp4", _keeping(video, int(match[1])))
    if match := SUBTITLES.fullmatch(name):
        return await serve_text(storage, key, "text/vtt; charset=utf-8", _keeping(video, int(match[1])))
    if video.playable and PLAYLIST.fullmatch(name):
        return await serve_text(storage, key, MEDIA_TYPE, ASK_AGAIN)
    raise NotFound("file_not_found", "There is nothing to play at this address.")


def _keeping(video: Video, run: int) -> str:
    """How long a file of a run may be kept.

    What was made while the upload came may be taken back, and then the run makes other files of the same
    names.
    """
    over = run < video.run or (run == video.run and video.status.terminal)
    return FOREVER if over else ASK_AGAIN
