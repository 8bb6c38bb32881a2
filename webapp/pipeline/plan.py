"""What a run is going to do, decided once from what the probe found."""

from dataclasses import dataclass

from ..media.ladder import ladder
from ..media.messages import Facts, Rung
from ..media.timeline import ChunkSpan, chunks


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
        return cls(facts, ladder(video.width, video.height, video.rate.fraction), chunks(facts.duration_s))

    @property
    def has_picture(self) -> bool:
        return self.facts.picture is not None

    @property
    def has_audio(self) -> bool:
        return self.facts.audio is not None

    def span_s(self, chunk: ChunkSpan) -> float:
        """How many seconds of the picture lie in a chunk."""
        end = self.facts.duration_s if chunk.open_end else chunk.bounds_s[-1]
        return max(0.0, end - chunk.bounds_s[0])

    def frames(self, chunk: ChunkSpan) -> float:
        """How many frames a chunk has, about."""
        return self.span_s(chunk) * float(self.facts.video.rate.fraction)
