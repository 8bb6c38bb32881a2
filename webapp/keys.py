"""By which keys storage has what belongs to a video, and by which addresses players know it."""

import re
from dataclasses import dataclass

from .media.playlist import MULTIVARIANT_PLAYLIST

# All that a package may hold, by its address relative to the multivariant playlist.
PLAYLIST = re.compile(r"multivariant\.m3u8|r\d+/\w+/(playlist|iframes)\.m3u8", re.ASCII)
SEGMENT = re.compile(r"r(\d+)/\w+/(init\.mp4|s\d{5}\.m4s)", re.ASCII)
SUBTITLES = re.compile(r"r(\d+)/\w+/s\d{5}\.vtt", re.ASCII)


def storage_prefix(video_id: str) -> str:
    """Everything that storage keeps of a video starts with this."""
    return f"videos/{video_id}/"


def source_prefix(video_id: str) -> str:
    return f"{storage_prefix(video_id)}source/"


def original_key(video_id: str) -> str:
    """The upload. Without its name, on which nothing may depend, and alone in its folder."""
    return f"{source_prefix(video_id)}original"


def poster_key(video_id: str) -> str:
    """The one that a run made."""
    return f"{storage_prefix(video_id)}poster.jpg"


def own_poster_key(video_id: str) -> str:
    """The owner's, which goes before it, whenever either is stored."""
    return f"{storage_prefix(video_id)}own-poster.jpg"


def storyboard_key(video_id: str) -> str:
    return f"{storage_prefix(video_id)}storyboard.jpg"


def preview_key(video_id: str) -> str:
    return f"{storage_prefix(video_id)}preview.webp"


def hls_prefix(video_id: str) -> str:
    """The packages of all runs."""
    return f"{storage_prefix(video_id)}hls/"


def hls_key(video_id: str, address: str) -> str:
    """What the multivariant playlist, or a player that starts from it, calls so."""
    return f"{hls_prefix(video_id)}{address}"


def multivariant_key(video_id: str) -> str:
    """What players start from, whichever run it leads to."""
    return hls_key(video_id, MULTIVARIANT_PLAYLIST)


def notes_prefix(video_id: str) -> str:
    """What the runs keep for themselves, out of the reach of players."""
    return f"{storage_prefix(video_id)}runs/"


@dataclass(frozen=True, slots=True)
class RunKeys:
    """What one run makes."""

    video_id: str
    run: int

    @property
    def folder(self) -> str:
        """Where its renditions lie, relative to the multivariant playlist."""
        return f"r{self.run}"

    def address(self, rendition: str, name: str) -> str:
        """A file of a rendition, relative to the multivariant playlist."""
        return f"{self.folder}/{rendition}/{name}"

    def file(self, rendition: str, name: str) -> str:
        return hls_key(self.video_id, self.address(rendition, name))

    def rendition(self, name: str) -> str:
        """All files of a rendition start with this."""
        return hls_key(self.video_id, f"{self.folder}/{name}/")

    @property
    def renditions(self) -> str:
        """All that players may get starts with this."""
        return hls_key(self.video_id, f"{self.folder}/")

    @property
    def notes(self) -> str:
        """All that it keeps for itself starts with this."""
        return f"{notes_prefix(self.video_id)}{self.run}/"

    @property
    def chunks(self) -> str:
        """Notes of chunks start with this."""
        return f"{self.notes}chunk-"

    def chunk(self, number: int) -> str:
        """Written last: where it is, the chunk is whole."""
        return f"{self.chunks}{number:05d}.json"

    @property
    def sketches(self) -> str:
        """The same of chunks of the sketch."""
        return f"{self.notes}sketch-"

    def sketch(self, number: int) -> str:
        return f"{self.sketches}{number:05d}.json"

    @property
    def handover(self) -> str:
        """What was published while the upload came."""
        return f"{self.notes}early.json"

    @property
    def multivariant(self) -> str:
        """What players go back to if the run that replaces this one is taken back."""
        return f"{self.notes}{MULTIVARIANT_PLAYLIST}"

    @property
    def original(self) -> str:
        """What players go back to if there will be no ladder beside the copied upload."""
        return f"{self.notes}original.m3u8"
