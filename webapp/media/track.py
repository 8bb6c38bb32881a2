"""One track on its way to disk: encoded samples in, CMAF segments out."""

from collections.abc import Sequence
from fractions import Fraction
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import msgspec

from . import cmaf, inspection, timeline
from .cmaf import Sample
from .message import Rational
from .segment import Segment, Track
from .thinning import highest_rate

INIT_NAME = "init.mp4"


def segment_name(index: int) -> str:
    return f"s{index:05d}.m4s"


class TrackFiles:
    """Writes the segments of a track, each as a whole.

    Attributes:
        segments: those written so far.
    """

    def __init__(
        self, folder: Path, name: str, codec: str, init: bytes, timescale: int, picture: bool = False
    ) -> None:
        """
        Args:
            folder: the track gets a folder of its `name` in it.
            codec: RFC 6381 name.
            init: the initialisation segment.
            timescale: ticks per second of all times given later.
            picture: samples are frames that we encoded, and each keyframe is to be had alone.
        """
        self.segments: list[Segment] = []
        self.timescale = timescale
        self._picture = picture
        self._folder = folder / name
        self._head = Track(
            name=name, timescale=timescale, codec=codec, init_sha256=sha256(init).hexdigest(), segments=[]
        )
        self._folder.mkdir(parents=True, exist_ok=True)
        _write_atomically(self._folder / INIT_NAME, init)

    def track(self, segments: list[Segment] | None = None) -> Track:
        """The track with all its segments so far, or with just these."""
        return msgspec.structs.replace(self._head, segments=self.segments if segments is None else segments)

    def write(self, index: int, samples: Sequence[Sample], end: int) -> Segment:
        """Writes segment number `index`: samples in decoding order, the last shown until tick `end`."""
        start = samples[0].pts
        data = cmaf.segment(index, samples, end, by_keyframe=self._picture)
        path = self._folder / segment_name(index)
        _write_atomically(path, data)
        found = inspection.fragments(path.read_bytes())
        shown = sorted(sample.pts for sample in samples)
        segment = Segment(
            index=index,
            start=start,
            duration=end - start,
            size=len(data),
            samples=len(samples),
            decode=inspection.decode_span(found),
            keyframes=inspection.keyframes(found, self._head.codec) if self._picture else [],
            fastest=self._fastest(shown) if self._picture else None,
            longest=max(after - at for at, after in pairwise([*shown, end])) if self._picture else 0,
        )
        self.segments.append(segment)
        return segment

    def _fastest(self, pts: list[int]) -> Rational | None:
        rate = highest_rate(pts, self.timescale)
        return Rational.of(rate) if rate else None


class TrackWriter(TrackFiles):
    """Cuts a track at the timeline's bounds and writes each segment as soon as it is complete."""

    def __init__(
        self,
        folder: Path,
        name: str,
        codec: str,
        init: bytes,
        timescale: int,
        first: int,
        bounds_s: list[int],
        picture: bool = False,
    ) -> None:
        """
        Args:
            first, bounds_s: number of the segment that starts at the first bound; see `timeline`.
        """
        super().__init__(folder, name, codec, init, timescale, picture)
        self._first, self._bounds_s = first, bounds_s
        self._waiting: list[Sample] = []
        # Number of the segment that they go to, and the tick at which it ends.
        self._begun, self._until = 0, 0

    def add(self, sample: Sample) -> Segment | None:
        """Takes the next sample in decoding order; returns the segment that it completes by starting another.

        GOPs are closed: all frames of a segment come before the keyframe that starts the next.
        """
        done = None
        if not self._waiting or (sample.sync and sample.pts >= self._until):
            done = self.close(sample.pts)
            self._begun = self._index(sample.pts)
            self._until = timeline.segment_end(self._begun, self._first, self._bounds_s) * self.timescale
        self._waiting.append(sample)
        return done

    def close(self, end: int) -> Segment | None:
        """Writes what is left, shown until tick `end`."""
        samples, self._waiting = self._waiting, []
        return self.write(self._begun, samples, end) if samples else None

    def _index(self, tick: int) -> int:
        return timeline.segment_at(Fraction(tick, self.timescale), self._first, self._bounds_s)


def _write_atomically(path: Path, data: bytes) -> None:
    unfinished = path.with_suffix(".new")
    unfinished.write_bytes(data)
    unfinished.replace(path)
