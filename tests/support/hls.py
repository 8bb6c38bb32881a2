"""Reads an HLS package as a player would: playlists, what they name, and the frames in it."""

import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from posixpath import dirname, join

import av
import httpx
import imageio_ffmpeg

from tests.support.video import number_of

ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=(?:"([^"]*)"|([^,]*))')
MULTIVARIANT = "multivariant.m3u8"


@dataclass(frozen=True)
class MediaList:
    """A media playlist; names are relative to the package."""

    init: str
    segments: list[str]
    durations: list[float]
    kind: str
    ended: bool


@dataclass(frozen=True)
class Variant:
    uri: str
    attributes: dict[str, str]


@dataclass(frozen=True)
class Shown:
    """A decoded frame: the number it shows, and the second at which it is shown."""

    number: int
    second: Fraction


class Package:
    """The package that `read` gives the files of, by their names."""

    def __init__(self, read: Callable[[str], bytes]) -> None:
        self.read = read

    @classmethod
    def stored(cls, data_dir: Path, video_id: str) -> "Package":
        """As it lies in the storage of a data folder."""
        folder = data_dir / "storage/videos" / video_id / "hls"
        return cls(lambda name: (folder / name).read_bytes())

    @classmethod
    def served(cls, client: httpx.Client, video_id: str) -> "Package":
        """As it comes over HTTP."""
        return cls(lambda name: client.get(f"/videos/{video_id}/hls/{name}").raise_for_status().content)

    @property
    def variants(self) -> list[Variant]:
        """Those with a picture."""
        return [variant for variant in self._all_variants() if "RESOLUTION" in variant.attributes]

    @property
    def sound_variants(self) -> list[Variant]:
        """Those of sound alone."""
        return [variant for variant in self._all_variants() if "RESOLUTION" not in variant.attributes]

    def _all_variants(self) -> list[Variant]:
        lines = self.read(MULTIVARIANT).decode().splitlines()
        return [
            Variant(uri, attributes(line))
            for line, uri in pairwise(lines)
            if line.startswith("#EXT-X-STREAM-INF:")
        ]

    @property
    def sounds(self) -> list[dict[str, str]]:
        """Attributes of the tracks of sound."""
        return self._media("AUDIO")

    @property
    def subtitles(self) -> list[dict[str, str]]:
        """Attributes of the tracks of subtitles."""
        return self._media("SUBTITLES")

    @property
    def audio(self) -> str | None:
        """Address of the main sound's playlist."""
        return next((sound["URI"] for sound in self.sounds), None)

    def _media(self, kind: str) -> list[dict[str, str]]:
        lines = self.read(MULTIVARIANT).decode().splitlines()
        found = [attributes(line) for line in lines if line.startswith("#EXT-X-MEDIA:")]
        return [media for media in found if media["TYPE"] == kind]

    @property
    def renditions(self) -> list[str]:
        """Addresses of all media playlists."""
        return [variant.uri for variant in self.variants] + [sound["URI"] for sound in self.sounds]

    def media(self, uri: str) -> MediaList:
        lines = self.read(uri).decode().splitlines()
        tags = {tag: value for tag, _, value in (line.partition(":") for line in lines) if tag != "#EXTINF"}
        return MediaList(
            init=join(dirname(uri), attributes(tags["#EXT-X-MAP"])["URI"]),
            segments=[join(dirname(uri), line) for line in lines if line and not line.startswith("#")],
            durations=[float(line[8:].rstrip(",")) for line in lines if line.startswith("#EXTINF:")],
            kind=tags["#EXT-X-PLAYLIST-TYPE"],
            ended="#EXT-X-ENDLIST" in lines,
        )

    def frames(self, uri: str) -> Iterator[Shown]:
        """Decodes a rendition's picture from its first segment to its last."""
        media = self.media(uri)
        data = b"".join(self.read(name) for name in [media.init, *media.segments])
        with av.open(BytesIO(data), "r") as container:
            for frame in container.decode(video=0):
                assert frame.pts is not None and frame.time_base is not None
                yield Shown(number_of(frame), frame.pts * frame.time_base)


def attributes(line: str) -> dict[str, str]:
    """An attribute list (RFC 8216 §4.2)."""
    return {
        name: quoted or plain for name, quoted, plain in ATTRIBUTE.findall(line.partition(":")[2] or line)
    }


def ffmpeg_complaints(url: str) -> str:
    """What the ffmpeg command line has to say when it decodes everything at an address; "" is all well."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostats", "-loglevel", "warning"]
    done = subprocess.run(
        # In the stream's own time base: by itself it rounds times to a frame rate that it guesses.
        [
            *command,
            "-xerror",
            "-i",
            url,
            "-map",
            "0",
            "-c:s",
            "copy",
            "-enc_time_base:v",
            "demux",
            "-f",
            "null",
            "-",
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stderr + (f"exit code {done.returncode}" if done.returncode else "")
