"""Copies an upload that browsers can play as it is, without decoding it: to be played after its first GOP."""

from collections.abc import Iterator
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from .answers import Copied, Written
from .copied_picture import CopiedPicture, NotCopied
from .copied_sound import CopiedSound
from .demuxing import demuxed
from .jobs import CopyJob
from .obstacles import Copying, Obstacle, ObstacleCode
from .segment import Track
from .source import open_upload

# Of the picture at the end, where what follows a damage cannot be read together with the sound.
MOST_MISSING_S = 0.5


def copy(job: CopyJob) -> Iterator[Written | Copied]:
    """Yields Written for each segment as soon as it lies in `job.folder`, at last the Copied."""
    with open_upload(job.source, job.limits, arriving=job.arriving) as container:
        yield from Copy(job, container).run()


class Copy:
    def __init__(self, job: CopyJob, container: InputContainer) -> None:
        folder, facts = Path(job.folder), job.facts
        stream = container.streams[facts.video.stream]
        assert isinstance(stream, VideoStream) and isinstance(facts.copying, Copying)
        self._container, self._ends_s = container, facts.frames_end_s
        self._arriving = job.arriving is not None
        self._streams: list[VideoStream | AudioStream] = [stream]
        self._picture = CopiedPicture(folder, stream, facts)
        self._sound: CopiedSound | None = None
        if facts.audio and facts.copying.sound:
            sound = container.streams[facts.audio.stream]
            assert isinstance(sound, AudioStream)
            self._streams.append(sound)
            self._sound = CopiedSound(folder, sound, facts)

    def run(self) -> Iterator[Written | Copied]:
        obstacle: Obstacle | None = None
        try:
            yield from self._written()
        except NotCopied as reason:
            obstacle = reason.obstacle
        except av.FFmpegError:
            obstacle = Obstacle(code=ObstacleCode.DAMAGED)
        yield Copied(tracks=self._tracks(), frames=self._picture.frames, obstacle=obstacle)

    def _written(self) -> Iterator[Written]:
        picture, sound = self._picture, self._sound
        for packet in demuxed(self._container, self._streams):
            if not packet.size:
                continue  # the end, of which there is one for each stream
            if packet.stream is self._streams[0]:
                for segment in picture.take(packet):
                    yield Written(track=picture.track([segment]))
            elif sound and (complete := sound.take(packet)):
                yield Written(track=sound.track([complete]))
        if picture.end_s < self._ends_s - MOST_MISSING_S:
            raise NotCopied(ObstacleCode.DAMAGED)
        if not self._arriving:  # else what the last frame is like shows only once the upload is there
            for segment in picture.finish():
                yield Written(track=picture.track([segment]))
        if sound and (rest := sound.finish()):
            yield Written(track=sound.track([rest]))

    def _tracks(self) -> list[Track]:
        tracks = [self._picture.track()]
        if self._sound and self._sound.begun:
            tracks.append(self._sound.track())
        return [track for track in tracks if track.segments]
