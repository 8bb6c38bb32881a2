"""The HLS package of a run while it grows: which segments are there, and the playlists that name them.

A playlist is written after the segments it names are stored, and names only what is there in every
rendition: no player is ever offered one that lags.
"""

from dataclasses import dataclass, field

import msgspec

from ..media import playlist
from ..media.ladder import AUDIO_CHANNELS, AUDIO_NAME
from ..media.messages import Rung, Track
from ..media.playlist import AudioRendition, BitRates, Variant
from ..storage import Storage
from ..videos import hls_key
from .plan import Plan
from .publication import Publication


@dataclass
class Package:
    """
    Attributes:
        chunks: tracks of the finished chunks by the chunk's number, a track per rung.
        audio: the sound as far as it is encoded; None before its first segment, or if there is none.
        audio_ended: nothing more will come of it.
    """

    storage: Storage
    video_id: str
    run: int
    plan: Plan
    chunks: dict[int, list[Track]] = field(default_factory=dict)
    audio: Track | None = None
    audio_ended: bool = False

    def add_chunk(self, number: int, tracks: list[Track]) -> None:
        for mine, first in zip(tracks, self.chunks.get(0, tracks), strict=True):
            if mine.init_sha256 != first.init_sha256 and mine.segments:
                raise RuntimeError(f"chunk {number} of {mine.name} needs another initialisation segment")
        self.chunks[number] = tracks

    def add_audio(self, track: Track) -> None:
        """More segments of the sound; those that are here already may come again."""
        before = self.audio.segments if self.audio else []
        new = [segment for segment in track.segments if not before or segment.index > before[-1].index]
        self.audio = msgspec.structs.replace(track, segments=[*before, *new])

    @property
    def frontier(self) -> int:
        """How many chunks are done without a gap from the start."""
        number = 0
        while number in self.chunks:
            number += 1
        return number

    @property
    def playable(self) -> bool:
        """Whether there is a beginning to play, sound included."""
        return self.frontier > 0 and (self.audio is not None or self.audio_ended)

    def tracks(self) -> list[Track]:
        """The rungs with all segments up to the frontier."""
        rungs: list[Track] = []
        for position, first in enumerate(self.chunks[0]):
            segments = [
                segment
                for number in range(self.frontier)
                for segment in self.chunks[number][position].segments
            ]
            rungs.append(msgspec.structs.replace(first, segments=segments))
        return rungs

    @property
    def end_s(self) -> float:
        """The second up to which there is a picture in every rung."""
        return self.plan.chunks[self.frontier - 1].bounds_s[-1] if self.frontier else 0.0

    async def write(self, ended: bool = False) -> None:
        """Stores all playlists as of now; `ended` once nothing is to be added."""
        tracks = self.tracks()
        for track in tracks:
            await self._put_media(track, ended)
        if self.audio:
            await self._put_media(self.audio, ended or self.audio_ended)
        text = playlist.multivariant(
            [self._variant(rung, track, ended) for rung, track in zip(self.plan.rungs, tracks, strict=True)],
            self._audio_rendition(ended),
            self.plan.facts.video.rate.fraction,
            folder=f"r{self.run}",
        )
        await Publication(self.storage, self.video_id, self.run).put(text.encode(), ended)

    def key(self, track: str, name: str) -> str:
        """Where storage has a file of a rendition."""
        return hls_key(self.video_id, f"r{self.run}/{track}/{name}")

    async def _put_media(self, track: Track, ended: bool) -> None:
        text = playlist.media(track.timescale, track.segments, ended)
        await self.storage.put_bytes(self.key(track.name, playlist.MEDIA_PLAYLIST), text.encode())

    def _variant(self, rung: Rung, track: Track, ended: bool) -> Variant:
        # Players read this list once, so before the end it has to hold for what is still to come.
        rates = BitRates.measured(track) if ended else BitRates.expected(rung.ceiling_bps)
        return Variant(rung, track.codec, rates)

    def _audio_rendition(self, ended: bool) -> AudioRendition | None:
        if self.audio is None:
            return None
        return AudioRendition(AUDIO_NAME, self.audio.codec, AUDIO_CHANNELS, BitRates.measured(self.audio))
