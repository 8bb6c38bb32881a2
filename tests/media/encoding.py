"""Runs the media layer over a whole file in this process: probe, every chunk, the sound."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from tests.support.trickle import Trickle
from webapp.media import audio, chunk, probe
from webapp.media.answers import Audio, Chunk
from webapp.media.facts import Facts
from webapp.media.jobs import AudioJob, ChunkJob, ProbeJob
from webapp.media.ladder import Rung, beside, ladder
from webapp.media.obstacles import Obstacle
from webapp.media.timeline import ChunkSpan, chunks

from .decoding import Rendition


def facts_of(source: Path) -> Facts:
    (facts,) = probe.probe(ProbeJob(source=str(source)))
    assert isinstance(facts, Facts)
    return facts


def claims_of(trickle: Trickle) -> Facts | Obstacle:
    """What a file says of itself that is arriving."""
    (found,) = probe.probe(ProbeJob(source=str(trickle.draft), arriving=trickle.arriving))
    return found


@dataclass(frozen=True)
class Encoded:
    """What became of the picture of a file."""

    facts: Facts
    rungs: list[Rung]
    chunks: list[Chunk]
    renditions: list[Rendition]

    @property
    def top(self) -> Rendition:
        return self.renditions[0]


def ladder_of(facts: Facts) -> list[Rung]:
    return ladder(facts.video.width, facts.video.height, facts.video.rate.fraction)


def encode_picture(
    source: Path,
    folder: Path,
    facts: Facts | None = None,
    *,
    smallest: bool = False,
    codec: str | None = None,
) -> Encoded:
    """Encodes every chunk of the file into `folder`.

    The whole ladder, or the `smallest` rung of it alone, and then what there is of it in another `codec`.
    """
    facts = facts or facts_of(source)
    wanted = ladder_of(facts)[-1 if smallest else 0 :]
    if codec:
        wanted += beside(wanted, [codec])
    encoded = [encode_chunk(source, folder, facts, wanted, span) for span in chunks(facts.duration_s)]
    tracks = [
        msgspec.structs.replace(parts[0], segments=[segment for part in parts for segment in part.segments])
        for parts in zip(*(chunk.tracks for chunk in encoded), strict=True)
    ]
    return Encoded(facts, wanted, encoded, [Rendition(folder, track) for track in tracks])


def encode_chunk(
    source: Path, folder: Path, facts: Facts, rungs: list[Rung], span: ChunkSpan, *, sampled: bool = False
) -> Chunk:
    job = ChunkJob(
        source=str(source),
        folder=str(folder),
        facts=facts,
        rungs=rungs,
        first=span.first,
        bounds_s=span.bounds_s,
        open_end=span.open_end,
        sampled=sampled,
    )
    *_, last = chunk.encode(job)
    assert isinstance(last, Chunk)
    return last


def encode_sound(source: Path, folder: Path, facts: Facts | None = None) -> Audio:
    job = AudioJob(source=str(source), folder=str(folder), facts=facts or facts_of(source))
    *_, last = audio.encode(job)
    assert isinstance(last, Audio)
    return last
