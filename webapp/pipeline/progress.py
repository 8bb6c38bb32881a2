"""Tells the history how far a run is: when the percent changes, or whether it has a core to work on, and at
least once a second."""

import asyncio
import time
from collections.abc import Callable

from ..events import StageName
from ..media.segment import Track
from ..media.timeline import ChunkSpan
from .core_wait import CoreWait
from .journal import Journal
from .meter import ENCODED, Meter
from .plan import Plan
from .slowness import because

LONGEST_SILENCE_S = 1.0


class Progress:
    def __init__(
        self, journal: Journal, plan: Plan, interval_s: float, core_wait: CoreWait, *, sketching: bool = False
    ) -> None:
        """`sketching` as of the release."""
        self._journal, self._interval_s, self._core_wait = journal, interval_s, core_wait
        self._facts = plan.facts
        self._meter, self._has_picture = Meter(plan, sketching=sketching), plan.has_picture
        self._encoded_here: set[int] = set()

    def encoding(self, span: ChunkSpan) -> Callable[[int], None]:
        """To be told how many frames of a chunk are done; 0 as it starts."""

        def done(frames: int) -> None:
            self._encoded_here.add(span.first)
            self._meter.encoding(span, frames)

        return done

    def encoded(self, span: ChunkSpan) -> None:
        if span.first in self._encoded_here:
            self._meter.encoded(span)
        else:
            self._meter.restored(span)

    def sketched(self, track: Track) -> None:
        self._meter.sketch(track.end_s)

    def sketch_ended(self) -> None:
        self._meter.sketch_ended()

    def audio(self, track: Track) -> None:
        self._meter.audio(track.name, track.end_s)

    def audio_ended(self, name: str) -> None:
        self._meter.audio_ended(name)

    async def report(self) -> None:
        """Records progress until cancelled."""
        percent, told_at, waiting = -1, 0.0, False
        while True:
            await asyncio.sleep(self._interval_s)
            moment = time.monotonic()
            speed = self._meter.speed()
            as_before = (self._meter.percent, self._core_wait.waiting) == (percent, waiting)
            if as_before and moment - told_at < LONGEST_SILENCE_S:
                continue
            percent, told_at, waiting = self._meter.percent, moment, self._core_wait.waiting
            stages = {StageName.AUDIO: int(100 * self._meter.audio_fraction)}
            if self._has_picture:
                stages = {StageName.VIDEO: int(100 * self._meter.video_fraction), **stages}
            if self._meter.sketch_fraction < 1:
                stages = {StageName.SKETCH: int(100 * self._meter.sketch_fraction), **stages}
            left_s = self._meter.left_s(speed) if speed and self._meter.percent < ENCODED else None
            why = because(self._facts, speed)
            await self._journal.tick(percent, stages, speed, left_s, why, waiting)
