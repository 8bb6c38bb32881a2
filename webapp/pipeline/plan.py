"""What a run is going to do, decided from what the probe found, and its ladder from what it needs."""

from collections.abc import Collection
from dataclasses import dataclass, field
from fractions import Fraction

from ..media import languages
from ..media.facts import AudioTrack, Facts
from ..media.ladder import Rung, beside, ladder
from ..media.obstacles import Copying
from ..media.sketch import sketch
from ..media.thinning import shown_rate
from ..media.timeline import ChunkSpan, chunks
from ..media.track_names import audio_name
from ..media.wanted import FIRST_ENCODING, SKETCHED_ENCODING
from ..runs import Run
from .cost import FULL_HD_S, core_s

SAMPLED_CHUNKS = 3
# A ladder that takes so much more than that of 1080p at 30 frames a second, which two cores encode about as
# fast as it is played, is not watched as it grows but in a sketch.
LONGER_THAN_FULL_HD = 1.5


@dataclass(slots=True)
class Plan:
    """Sound alone has neither rungs nor chunks.

    Attributes:
        usual: rungs in H.264 for any source of this size.
        chosen: those of them that this title gets; all, until `stages.ladder` sets it, once, before the
            first chunk. Whoever shares the plan (release, progress) must not ask for `rungs` and keep them.
    """

    facts: Facts
    usual: list[Rung]
    chunks: list[ChunkSpan]
    chosen: list[Rung] = field(init=False)

    def __post_init__(self) -> None:
        self.chosen = self.usual

    @classmethod
    def of(cls, facts: Facts) -> "Plan":
        video = facts.picture
        if video is None:
            return cls(facts, [], [])
        wanted, rate = facts.wanted, shown_rate(video.rate.fraction)
        lone = wanted.encoding == FIRST_ENCODING
        rungs = ladder(video.width, video.height, rate, wanted.sides, lone=lone)
        return cls(facts, rungs, chunks(facts.duration_s))

    @property
    def rungs(self) -> list[Rung]:
        """All renditions of the picture: in H.264, then in the codecs beside it."""
        return [*self.chosen, *beside(self.chosen, self.facts.wanted.beside)]

    @property
    def copied(self) -> bool:
        """Whether the upload can be played as it is, as far as is known before it is copied."""
        return isinstance(self.facts.copying, Copying)

    @property
    def sketch(self) -> Rung | None:
        """What is watched until the ladder is complete, where that takes long and nothing can be copied."""
        facts, video = self.facts, self.facts.picture
        if video is None or self.copied or facts.wanted.encoding < SKETCHED_ENCODING:
            return None
        if core_s(facts, self.usual) < FULL_HD_S * LONGER_THAN_FULL_HD:
            return None
        small = sketch(video.width, video.height, self.rate)
        return small if small.width < self.usual[0].width else None

    def sketches(self, run: Run) -> bool:
        """Whether a run makes one: a video that can be watched already keeps what it has."""
        return self.sketch is not None and not run.replaces

    @property
    def waited_for(self) -> bool:
        """Whether nothing can be watched before the ladder is."""
        return not self.copied and self.sketch is None

    @property
    def rate(self) -> Fraction:
        """Frames per second that are encoded, on average."""
        return shown_rate(self.facts.video.rate.fraction)

    @property
    def has_picture(self) -> bool:
        return self.facts.picture is not None

    @property
    def has_audio(self) -> bool:
        return self.facts.audio is not None

    @property
    def sounds(self) -> dict[str, AudioTrack]:
        """Tracks of sound by the names of their renditions, the main one first."""
        return {audio_name(number): track for number, track in enumerate(self.facts.sounds)}

    def sound_labels(self, names: Collection[str]) -> dict[str, str]:
        """What people choose those of the `sounds` by that have these names, in their order."""
        found = {name: track for name, track in self.sounds.items() if name in names}
        labels = [languages.label(track.title, track.language, "Sound") for track in found.values()]
        return dict(zip(found, languages.distinct(labels), strict=True))

    def span_s(self, chunk: ChunkSpan) -> float:
        """How many seconds of the picture lie in a chunk."""
        end = self.facts.duration_s if chunk.open_end else chunk.bounds_s[-1]
        return max(0.0, end - chunk.bounds_s[0])

    def sampled(self, chunk: ChunkSpan) -> bool:
        """Whether the quality of a chunk is measured: of three, spread over the video.

        Not of the first, which may be waited for, if there is another.
        """
        candidates = [each.first for each in self.chunks][len(self.chunks) > 1 :]
        parts = range(1, 2 * SAMPLED_CHUNKS, 2)
        return chunk.first in {candidates[len(candidates) * part // (2 * SAMPLED_CHUNKS)] for part in parts}

    def frames(self, chunk: ChunkSpan) -> float:
        """How many frames a chunk has, about."""
        return self.span_s(chunk) * float(self.rate)
