"""The HLS package of a run while it grows: which segments are there, and the playlists that name them.

A playlist is written after the segments it names are stored, and names only what is there in every
rendition: no player is ever offered one that lags.
"""

from dataclasses import dataclass, field
from fractions import Fraction

import msgspec

from ..keys import RunKeys, hls_key
from ..media import iframes, languages, multivariant, playlist, subtitle_playlist
from ..media.iframes import IFrames
from ..media.ladder import Rung
from ..media.multivariant import Variant
from ..media.playlist import BitRates
from ..media.segment import Track
from ..media.subtitle_playlist import SUBTITLE_GROUP, SubtitleRendition, subtitle_name
from ..media.track_names import AUDIO_NAME
from ..storage import Storage
from .plan import Plan
from .publication import Publication

# A rate that is higher by no more than this comes from timestamps that are whole milliseconds.
ROUNDING_OF_TIMES = Fraction(102, 100)


@dataclass
class Package:
    """
    Attributes:
        chunks: tracks of the finished chunks by the chunk's number, a track per rung.
        sounds: tracks of sound by name, as far as they are encoded; not before their first segment.
        subtitles: tracks of text that are stored.
        ended_sounds: names of those of which nothing more will come.
    """

    storage: Storage
    video_id: str
    run: int
    plan: Plan
    chunks: dict[int, list[Track]] = field(default_factory=dict)
    sounds: dict[str, Track] = field(default_factory=dict)
    subtitles: list[SubtitleRendition] = field(default_factory=list)
    ended_sounds: set[str] = field(default_factory=set)
    _lists: dict[str, None] = field(default_factory=dict)

    def add_chunk(self, number: int, tracks: list[Track]) -> None:
        for mine, first in zip(tracks, self.chunks.get(0, tracks), strict=True):
            if mine.init_sha256 != first.init_sha256 and mine.segments:
                raise RuntimeError(f"chunk {number} of {mine.name} needs another initialisation segment")
        self.chunks[number] = tracks

    def add_audio(self, track: Track) -> None:
        """More segments of a track of sound; those that are here already may come again."""
        before = self.sounds.get(track.name)
        self.sounds[track.name] = before.followed_by(track) if before else track

    def end_audio(self, name: str) -> None:
        self.ended_sounds.add(name)

    def add_subtitles(self, cues: list[int]) -> None:
        """The tracks of text of the upload are stored: those that have cues."""
        tracks = self.plan.facts.subtitles
        labels = languages.distinct(
            [languages.label(track.title, track.language, "Subtitles") for track in tracks]
        )
        self.subtitles = [
            SubtitleRendition(
                subtitle_name(number), languages.tag(track.language), label, track.forced, track.described
            )
            for number, (track, label, count) in enumerate(zip(tracks, labels, cues, strict=True))
            if count
        ]

    @property
    def frontier(self) -> int:
        """How many chunks are done without a gap from the start."""
        number = 0
        while number in self.chunks:
            number += 1
        return number

    @property
    def playable(self) -> bool:
        """Whether there is a beginning to play, with the main sound; the others may come later."""
        main = next(iter(self.plan.sounds), None)
        if not self.plan.has_picture:
            return main in self.sounds
        return self.frontier > 0 and (main is None or main in self.sounds or main in self.ended_sounds)

    @property
    def published(self) -> int:
        """How many segments from the start can be watched, or listened to where there is sound alone."""
        if self.plan.has_picture:
            return self.frontier
        return len(self.sounds[AUDIO_NAME].segments) if AUDIO_NAME in self.sounds else 0

    @property
    def complete(self) -> bool:
        """Never while it grows: the lists that end are written by themselves, once it is checked."""
        return False

    def tracks(self) -> list[Track]:
        """The rungs with all segments up to the frontier."""
        rungs: list[Track] = []
        for position, first in enumerate(self.chunks.get(0, [])):
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
        # What comes while they are stored waits for the next time: no list names one that is not there.
        tracks, sounds, subtitles = self.tracks(), dict(self.sounds), self.subtitles
        complete = set(sounds) if ended else self.ended_sounds & set(sounds)
        target = max(
            playlist.target_duration(track.timescale, track.segments) for track in [*tracks, *sounds.values()]
        )
        for track in tracks:
            await self._put_media(track, ended, target)
        for name, sound in sounds.items():
            await self._put_media(sound, name in complete, target)
        for track_of_text in subtitles:
            listed = subtitle_playlist.playlist(self.plan.facts.duration_s)
            await self._put(track_of_text.name, playlist.MEDIA_PLAYLIST, listed)
        lines = [each.line(self._folder) for each in subtitles]
        if ended:  # while it grows, nobody could seek in it
            for rung, track in zip(self.plan.rungs, tracks, strict=True):
                await self._put(track.name, playlist.IFRAME_PLAYLIST, iframes.playlist(track))
                lines.append(IFrames.of(rung, track).line(self._folder))
        variants = [
            self._variant(rung, track, ended) for rung, track in zip(self.plan.rungs, tracks, strict=True)
        ]
        labels = self.plan.sound_labels(sounds).items()
        heard = multivariant.audio_renditions(
            [(sounds[name], self.plan.sounds[name], label) for name, label in labels]
        )
        if not variants and len(heard) == 1:
            text = multivariant.sound_alone(heard[0], self._folder)
        else:
            groups = f',SUBTITLES="{SUBTITLE_GROUP}"' if subtitles else ""
            text = multivariant.playlist(variants, heard, self._rate(tracks), self._folder, lines, groups)
        await self._publication.put(text.encode(), ended)

    async def listed(self) -> int:
        """How many segments the list of the first rendition in storage names."""
        names = [rung.name for rung in self.plan.rungs] or [AUDIO_NAME]
        return await self._publication.listed(names[0])

    @property
    def _publication(self) -> Publication:
        return Publication(self.storage, self.video_id, self.run)

    @property
    def _keys(self) -> RunKeys:
        return RunKeys(self.video_id, self.run)

    @property
    def _folder(self) -> str:
        return self._keys.folder

    async def _put_media(self, track: Track, ended: bool, target: int) -> None:
        text = playlist.media(track.timescale, track.segments, ended, target)
        await self._put(track.name, playlist.MEDIA_PLAYLIST, text)

    async def texts(self) -> dict[str, str]:
        """The playlists as they are in storage, by their addresses relative to the multivariant one."""
        texts = {}
        for name in [playlist.MULTIVARIANT_PLAYLIST, *self._lists]:
            key = hls_key(self.video_id, name)
            texts[name] = b"".join([piece async for piece in self.storage.read(key)]).decode()
        return texts

    async def _put(self, track: str, name: str, text: str) -> None:
        self._lists[self._keys.address(track, name)] = None
        await self.storage.put_bytes(self._keys.file(track, name), text.encode())

    def _rate(self, tracks: list[Track]) -> Fraction:
        """The most frames per second so far, for FRAME-RATE (RFC 8216 §4.3.4.2); 0 without a picture."""
        average = self.plan.rate if self.plan.has_picture else Fraction(0)
        fastest = [one.fastest.fraction for track in tracks[:1] for one in track.segments if one.fastest]
        highest = max(fastest, default=average)
        return highest if highest > average * ROUNDING_OF_TIMES else average

    def _variant(self, rung: Rung, track: Track, ended: bool) -> Variant:
        # Players read this list once, so before the end it has to hold for what is still to come.
        rates = BitRates.measured(track) if ended else BitRates.expected(rung.ceiling_bps)
        return Variant(rung, track.codec, rates)
