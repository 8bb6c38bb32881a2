"""Addresses of what belongs to a video."""

from typing import Any

from quart import request, url_for

from ..media.playlist import MULTIVARIANT_PLAYLIST
from ..videos import Video
from .documents import Links
from .parts import parts


def base_url() -> str:
    """Where clients reach this server: as configured, else as they reached us. Without a slash at the end."""
    return (parts().settings.public_url or request.host_url).rstrip("/")


def absolute(path: str) -> str:
    """The address of `path` as clients reach it."""
    return base_url() + path


def playlist_path(video: Video) -> str:
    """What players start from. Made by hand, as fragments for streams are rendered outside of any request."""
    return f"/videos/{video.id}/hls/{MULTIVARIANT_PLAYLIST}"


def links_of(video: Video) -> Links:
    def to(endpoint: str, **values: Any) -> str:
        return absolute(url_for(endpoint, video_id=video.id, **values))

    return Links(
        self=to("videos.show"),
        html=to("videos.show"),
        embed=to("embed.show"),
        status=to("streams.status"),
        fragments=to("streams.fragments"),
        process=to("videos.process"),
        cancel=to("videos.cancel"),
        download=to("files.download"),
        playlist=absolute(playlist_path(video)) if video.playable else None,
        poster=to("files.poster") if video.poster else None,
        preview=to("pictures.preview") if video.preview else None,
        storyboard=to("pictures.storyboard") if video.storyboard else None,
    )
