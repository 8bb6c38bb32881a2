"""How far a run is, how fast, and how long it will take: from frames that are done, nothing else."""

import time
from collections import deque
from collections.abc import Callable

from ..media.timeline import ChunkSpan
from ..media.track_names import AUDIO_NAME
from .plan import Plan

# Percent that are reached when the probe is done, and that encoding reaches; publishing has the rest.
PROBED, ENCODED = 1, 98
AUDIO_SHARE = 0.03  # of the work beside a picture, that a track of sound is; measured on 30 s of 1080p
SKETCH_SHARE = 0.1  # of all the work, that a sketch is; of 4K, where half of that is decoding
WINDOW_S = 20.0  # speed is that of the last so many seconds
SETTLED_S = 1.5  # a shorter look back says nothing


class Meter:
    """
    Attributes:
        video_s: seconds of picture encoded, whole chunks and parts of running ones.
    """

    def __init__(
        self, plan: Plan, clock: Callable[[], float] = time.monotonic, *, sketching: bool = False
    ) -> None:
        """`sketching`: whether there is a sketch to make, too."""
        self._plan, self._clock = plan, clock
        self._done_s: dict[int, float] = {}
        self._running_s: dict[int, float] = {}
        self._audio_s = dict.fromkeys(plan.sounds, 0.0)
        sounds = AUDIO_SHARE * len(plan.sounds)
        self._audio_share = sounds / (1 - AUDIO_SHARE + sounds) if plan.has_picture else 1.0
        self._sketch_share, self._sketch_s = (
            (SKETCH_SHARE, 0.0) if sketching else (0.0, plan.facts.duration_s)
        )
        self._marks: deque[tuple[float, float]] = deque()
        self._restored_s = 0.0

    @property
    def video_s(self) -> float:
        return sum(self._done_s.values()) + sum(self._running_s.values())

    @property
    def encoded_s(self) -> float:
        """Seconds of picture encoded, or of sound where that is alone."""
        return self.video_s if self._plan.has_picture else self._audio_s[AUDIO_NAME]

    def restored(self, chunk: ChunkSpan) -> None:
        """A chunk was done before this process began: it counts as progress but not as speed."""
        self._done_s[chunk.first] = self._plan.span_s(chunk)
        self._restored_s += self._plan.span_s(chunk)

    def encoding(self, chunk: ChunkSpan, frames: int) -> None:
        """`frames` of a running chunk are done."""
        share = min(1.0, frames / max(1.0, self._plan.frames(chunk)))
        self._running_s[chunk.first] = share * self._plan.span_s(chunk)

    def encoded(self, chunk: ChunkSpan) -> None:
        self._running_s.pop(chunk.first, None)
        self._done_s[chunk.first] = self._plan.span_s(chunk)

    def audio(self, name: str, second: float) -> None:
        """A track of sound is encoded up to `second`."""
        self._audio_s[name] = min(second, self._plan.facts.duration_s)

    def audio_ended(self, name: str) -> None:
        self._audio_s[name] = self._plan.facts.duration_s

    def sketch(self, second: float) -> None:
        """The sketch is encoded up to `second`."""
        self._sketch_s = max(self._sketch_s, min(second, self._plan.facts.duration_s))

    def sketch_ended(self) -> None:
        self._sketch_s = self._plan.facts.duration_s

    @property
    def sketch_fraction(self) -> float:
        """1 where there is none."""
        return min(1.0, self._sketch_s / max(self._plan.facts.duration_s, 1e-6))

    @property
    def video_fraction(self) -> float:
        return min(1.0, self.video_s / max(self._plan.facts.duration_s, 1e-6))

    @property
    def audio_fraction(self) -> float:
        whole_s = len(self._audio_s) * self._plan.facts.duration_s
        return min(1.0, sum(self._audio_s.values()) / max(whole_s, 1e-6)) if self._audio_s else 1.0

    @property
    def percent(self) -> int:
        share = self._audio_share
        done = (1 - share) * self.video_fraction + share * self.audio_fraction
        done = (1 - self._sketch_share) * done + self._sketch_share * self.sketch_fraction
        return int(PROBED + (ENCODED - PROBED) * done)

    def speed(self) -> float | None:
        """Seconds encoded per second lately; None until that can be said."""
        moment, done = self._clock(), self.encoded_s - self._restored_s
        self._marks.append((moment, done))
        while len(self._marks) > 2 and self._marks[1][0] < moment - WINDOW_S:
            self._marks.popleft()
        first_moment, first_done = self._marks[0]
        if moment - first_moment < SETTLED_S or done <= first_done:
            return None
        return (done - first_done) / (moment - first_moment)

    def left_s(self, speed: float) -> float:
        """Seconds until all is encoded, at this speed."""
        return max(0.0, self._plan.facts.duration_s - self.encoded_s) / speed
