"""What is watched until the ladder is complete: one variant, which is the upload itself or a sketch of it."""

from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Self

from ..events import StageName
from ..keys import RunKeys
from ..media import languages, multivariant, playlist
from ..media.facts import Facts
from ..media.ladder import Rung
from ..media.multivariant import AudioRendition, Variant
from ..media.obstacles import Copying
from ..media.playlist import BitRates
from ..media.segment import Track
from ..media.timeline import COPY_TARGET_S, SEGMENT_S
from ..media.track_names import AUDIO_NAME, COPY_NAME
from ..storage import Storage
from .plan import Plan
from .publication import Publication

# Before anything is measured: how busy the busiest seconds are beside the average.
USUAL_PEAK = 2


@dataclass
class StandIn:
    """
    Attributes:
        stage: of the run, which makes it.
        rung: what the picture is called, and its size; without a ceiling where nobody has set one.
        target_s: of its lists, in seconds: no segment is longer, and players ask for news by it.
        rate: frames per second, on average.
        average_bps: bits per second of the whole of it; 0 where that is not known.
        copies_sound: whether its sound comes with the picture; else it is that of the ladder.
        picture, sound: as far as they are stored.
        ended, sound_ended: nothing more will come of them. The sound has ended where there is none.
    """

    storage: Storage
    video_id: str
    run: int
    facts: Facts
    stage: StageName
    rung: Rung
    target_s: int
    rate: Fraction
    average_bps: int
    copies_sound: bool
    picture: Track | None = field(default=None, init=False)
    sound: Track | None = field(default=None, init=False)
    ended: bool = field(default=False, init=False)
    sound_ended: bool = field(init=False)

    @classmethod
    def of(cls, storage: Storage, video_id: str, run: int, plan: Plan) -> Self | None:
        """None where nothing can be watched before the ladder can."""
        facts = plan.facts
        made = partial(cls, storage, video_id, run, facts)
        if plan.sketch:
            return made(StageName.SKETCH, plan.sketch, SEGMENT_S, plan.rate, 0, copies_sound=False)
        if not isinstance(facts.copying, Copying):
            return None
        video, copying = facts.video, facts.copying
        rung = Rung(name=COPY_NAME, width=video.width, height=video.height, ceiling_bps=0)
        # Keyframes of an upload may be far apart.
        return made(
            StageName.COPY, rung, COPY_TARGET_S, video.rate.fraction, copying.average_bps, copying.sound
        )

    def __post_init__(self) -> None:
        self.sound_ended = self.facts.audio is None

    @property
    def needs_sound(self) -> bool:
        """Whether the main sound has to be encoded, to be heard with it."""
        return self.facts.audio is not None and not self.copies_sound

    def add(self, track: Track) -> None:
        """More segments; those that are here already may come again."""
        if track.name == self.rung.name:
            self.picture = self.picture.followed_by(track) if self.picture else track
        else:
            self.sound = self.sound.followed_by(track) if self.sound else track

    def end(self) -> None:
        """All of the picture is here, and of the sound that comes with it."""
        self.ended = True
        self.sound_ended = self.sound_ended or self.copies_sound

    def add_audio(self, track: Track) -> None:
        """More of a track of sound as encoded for the ladder, which is heard here too where it is needed."""
        if self.needs_sound and track.name == AUDIO_NAME:
            self.add(track)

    def end_audio(self, name: str) -> None:
        """Nothing more of such a track will come, or nothing at all."""
        if self.needs_sound and name == AUDIO_NAME:
            self.sound_ended = True

    @property
    def published(self) -> int:
        """How many segments of the picture can be watched."""
        return len(self.picture.segments) if self.picture else 0

    @property
    def playable(self) -> bool:
        """Whether there is a beginning to play, sound included."""
        return self.published > 0 and (self.sound is not None or self.sound_ended)

    @property
    def complete(self) -> bool:
        return self.ended and self.sound_ended

    @property
    def end_s(self) -> float:
        """The second up to which there is a picture."""
        return self.picture.end_s if self.picture else 0.0

    async def write(self) -> None:
        """Stores all playlists as of now."""
        assert self.picture
        await self._put_media(self.picture, self.ended)
        if self.sound:
            await self._put_media(self.sound, self.sound_ended)
        sound, track, heard = self.sound, self.facts.audio, list[AudioRendition]()
        if sound and track:
            label = languages.label(track.title, track.language, "Sound")
            heard = multivariant.audio_renditions([(sound, track, label)])
        text = multivariant.playlist(
            [self._variant(self.picture)],
            heard,
            self.rate,
            folder=self._keys.folder,
        )
        await self._publication.put_original(text.encode(), self.complete)

    async def listed(self) -> int:
        """How many segments of the picture the list in storage names."""
        return await self._publication.listed(self.rung.name)

    async def _put_media(self, track: Track, ended: bool) -> None:
        text = playlist.media(track.timescale, track.segments, ended, self.target_s)
        key = self._keys.file(track.name, playlist.MEDIA_PLAYLIST)
        await self.storage.put_bytes(key, text.encode())

    @property
    def _keys(self) -> RunKeys:
        return RunKeys(self.video_id, self.run)

    @property
    def _publication(self) -> Publication:
        return Publication(self.storage, self.video_id, self.run)

    def _variant(self, picture: Track) -> Variant:
        rates = BitRates.measured(picture)
        if self.rung.ceiling_bps and not self.ended:
            return Variant(self.rung, picture.codec, BitRates.expected(self.rung.ceiling_bps))
        average = self.average_bps or rates.average
        if not self.ended:
            rates = BitRates(max(rates.peak, average * USUAL_PEAK), average)
        return Variant(self.rung, picture.codec, rates)
