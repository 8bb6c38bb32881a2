"""The HLS package of a video: playlists that may change, and segments that never do."""

import re

from quart import Blueprint, Response
from quart_schema import document_response, tag

from ..errors import NotFound
from ..media.playlist import MEDIA_TYPE
from ..videos import get_video, hls_key
from .compression import serve_text
from .openapi import document_answer
from .parts import parts
from .problems import Problem
from .serving import serve

blueprint = Blueprint("hls", __name__)

# Everything a package may hold; nothing else of storage can be reached from here.
PLAYLIST = re.compile(r"multivariant\.m3u8|r\d+/\w+/(playlist|iframes)\.m3u8", re.ASCII)
SEGMENT = re.compile(r"r\d+/\w+/(init\.mp4|s\d{5}\.m4s)", re.ASCII)
SUBTITLES = re.compile(r"r\d+/\w+/s\d{5}\.vtt", re.ASCII)
FOREVER = "public, max-age=31536000, immutable"


@blueprint.get("/videos/<video_id>/hls/<path:name>")
@tag(["videos"])
@document_answer(200, "A playlist, fragmented MP4 or WebVTT, by its name.")
@document_response(Problem, 404)
async def file(video_id: str, name: str) -> Response:
    """A playlist or segment, by its place in the package. Players start from multivariant.m3u8."""
    storage, key = parts().storage, hls_key(video_id, name)
    if SEGMENT.fullmatch(name):
        return await serve(storage, key, "video/mp4", FOREVER)
    if SUBTITLES.fullmatch(name):
        return await serve_text(storage, key, "text/vtt; charset=utf-8", FOREVER)
    if PLAYLIST.fullmatch(name):
        async with parts().db.read() as session:
            playable = (await get_video(session, video_id)).playable
        if playable:
            return await serve_text(storage, key, MEDIA_TYPE, "no-cache")
    raise NotFound("file_not_found", "There is nothing to play at this address.")
