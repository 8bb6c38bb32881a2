"""A finished package whose lists are as they were while it grew, for players to come too early."""

from pathlib import Path

from tests.support.hls import MediaList, Package
from webapp.media import playlist
from webapp.media.segment import Segment
from webapp.media.timeline import SEGMENT_S

MICROSECONDS = 1_000_000


class Growing:
    """The package of a video that is ready, in the storage of a data folder."""

    def __init__(self, data_dir: Path, video_id: str) -> None:
        self._folder = data_dir / "storage/videos" / video_id / "hls"
        package = Package.stored(data_dir, video_id)
        self._lists = {uri: package.media(uri) for uri in package.renditions}

    def name(self, segments: int, *, ended: bool = False) -> None:
        """Has the lists of the picture name so many segments; the sound is encoded long since."""
        for uri, media in self._lists.items():
            whole = "audio" in uri
            listed = _listed(media, len(media.segments) if whole else segments)
            text = playlist.media(MICROSECONDS, listed, ended or whole, SEGMENT_S)
            draft = self._folder / f"{uri}.draft"
            draft.write_text(text)
            draft.replace(self._folder / uri)


def _listed(media: MediaList, count: int) -> list[Segment]:
    return [
        Segment(index=index, start=0, duration=round(seconds * MICROSECONDS), size=0, samples=0)
        for index, seconds in enumerate(media.durations[:count])
    ]
