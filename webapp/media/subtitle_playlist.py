"""Subtitles as HLS has them: a playlist of one WebVTT segment each, and a group that names them."""

import math
from dataclasses import dataclass

from .playlist import MEDIA_PLAYLIST, MEDIA_PLAYLIST_HEAD, extinf

SUBTITLE_GROUP = "subtitles"
SEGMENT_NAME = "s00000.vtt"
# Sounds, and who speaks, are in the text as well (Apple's HLS authoring specification).
DESCRIBED = "public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound"


def subtitle_name(number: int) -> str:
    """Name of the rendition of a track of subtitles, by its place among them."""
    return f"subtitles{number or ''}"


@dataclass(frozen=True, slots=True)
class SubtitleRendition:
    """A track of subtitles as the multivariant playlist lists it; `language` is BCP 47."""

    name: str
    language: str
    label: str
    forced: bool
    described: bool

    def line(self, folder: str) -> str:
        """EXT-X-MEDIA (RFC 8216 §4.3.4.1). None is shown unless somebody, or their settings, asks for it."""
        described = f'CHARACTERISTICS="{DESCRIBED}",' if self.described else ""
        return (
            f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="{SUBTITLE_GROUP}",LANGUAGE="{self.language}",'
            f'NAME="{self.label}",DEFAULT=NO,AUTOSELECT=YES,FORCED={"YES" if self.forced else "NO"},'
            f'{described}URI="{folder}/{self.name}/{MEDIA_PLAYLIST}"'
        )


def playlist(duration_s: float) -> str:
    """One segment for the whole video: text is small. Its target duration may differ (RFC 8216 §6.2.4)."""
    return "\n".join(
        [
            *MEDIA_PLAYLIST_HEAD,
            f"#EXT-X-TARGETDURATION:{max(1, math.ceil(duration_s))}",
            "#EXT-X-MEDIA-SEQUENCE:0",
            "#EXT-X-PLAYLIST-TYPE:VOD",
            f"#EXTINF:{extinf(duration_s)},",
            SEGMENT_NAME,
            "#EXT-X-ENDLIST",
            "",
        ]
    )
