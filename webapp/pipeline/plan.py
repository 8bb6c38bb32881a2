"""What a run is going to do, decided once from what the probe found."""

from dataclasses import dataclass
from fractions import Fraction

from ..media.facts import AudioTrack, Facts, Rung
from ..media.ladder import audio_name, beside, ladder
from ..media.subtitle_playlist import subtitle_name
from ..media.thinning import shown_rate
from ..media.timeline import ChunkSpan, chunks

SAMPLED_CHUNKS = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """Sound alone has neither rungs nor chunks."""

    facts: Facts
    rungs: list[Rung]
    chunks: list[ChunkSpan]

    @classmethod
    def of(cls, facts: Facts) -> "Plan":
        video = facts.picture
        if video is None:
            return cls(facts, [], [])
        rungs = ladder(video.width, video.height, shown_rate(video.rate.fraction), facts.wanted.sides)
        return cls(facts, [*rungs, *beside(rungs, facts.wanted.beside)], chunks(facts.duration_s))

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

    @property
    def beside_the_copy(self) -> list[str]:
        """Names of the renditions that nobody plays together with the copied upload."""
        texts = [subtitle_name(number) for number in range(len(self.facts.subtitles))]
        return [*(rung.name for rung in self.rungs), *list(self.sounds)[1:], *texts]

    def span_s(self, chunk: ChunkSpan) -> float:
        """How many seconds of the picture lie in a chunk."""
        end = self.facts.duration_s if chunk.open_end else chunk.bounds_s[-1]
        return max(0.0, end - chunk.bounds_s[0])

    def sampled(self, chunk: ChunkSpan) -> bool:
        """Whether the quality of a chunk is measured: of three, spread over the video."""
        count = len(self.chunks)
        return chunk.first in {
            count * part // (2 * SAMPLED_CHUNKS) for part in range(1, 2 * SAMPLED_CHUNKS, 2)
        }

    def frames(self, chunk: ChunkSpan) -> float:
        """How many frames a chunk has, about."""
        return self.span_s(chunk) * float(self.rate)
