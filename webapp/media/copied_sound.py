"""The AAC of an upload, copied frame by frame into segments of its own."""

from fractions import Fraction
from itertools import accumulate
from pathlib import Path

from av.audio.stream import AudioStream
from av.packet import Packet
from av.stream import Stream

from . import aac, cmaf, timeline
from .cmaf import Sample
from .copied_picture import NotCopied
from .encryption import is_encrypted
from .facts import Facts
from .obstacles import ObstacleCode
from .segment import Segment, Track
from .track import TrackWriter
from .track_names import COPY_AUDIO_NAME

# Frames follow each other sample by sample; timestamps, which are often rounded to a millisecond, are only
# followed where they are off by more than this. What lasts longer would be a hole to a player, and shorter
# ones add up: Chromium plays on through each without silence, and sound is early by their sum.
FOLLOWED_FROM_S, LONGEST_HOLE_S = 0.012, 0.1
# Times that waver (`steadiness`) are not off for so long. Nothing is looked ahead: who watches waits for it.
LASTING_S = 0.5


class CopiedSound:
    """Takes the packets in their order."""

    def __init__(self, folder: Path, stream: AudioStream, facts: Facts) -> None:
        assert stream.time_base is not None
        self._folder, self._extradata = folder, stream.codec_context.extradata
        self._time_base = stream.time_base
        self._zero_s = Fraction(facts.video.zero * facts.video.time_base.fraction)
        self._writer: TrackWriter | None = None
        self._next: int | None = None
        self._off = 0  # for how many frames times have been
        self._holes = 0  # samples left out, in all

    def track(self, segments: list[Segment] | None = None) -> Track:
        assert self._writer
        return self._writer.track(segments)

    @property
    def begun(self) -> bool:
        return self._writer is not None

    def take(self, packet: "Packet[Stream]") -> Segment | None:
        """Returns the segment that is complete by this packet, if one is.

        Raises:
            NotCopied: for a reason that shows in this packet.
        """
        if packet.is_corrupt:
            raise NotCopied(ObstacleCode.DAMAGED)
        if is_encrypted(packet):
            raise NotCopied(ObstacleCode.ENCRYPTED)
        if packet.pts is None:
            raise NotCopied(ObstacleCode.TIMESTAMPS)
        data = bytes(packet)
        writer = self._writer or self._begin(data)
        start = self._placed(self._sample(packet.pts, writer.timescale), writer.timescale)
        if start < 0 or packet.is_discard:
            return None  # the encoder's run-up, or from before the picture
        self._next = start + aac.FRAME_SAMPLES
        return writer.add(Sample(start, aac.without_header(data) if not self._extradata else data, sync=True))

    def finish(self) -> Segment | None:
        """What is left."""
        return self._writer.close(self._next) if self._writer and self._next else None

    def _begin(self, packet: bytes) -> TrackWriter:
        config = aac.Config.parse(self._extradata) if self._extradata else aac.config_of(packet)
        if config is None:
            raise NotCopied(ObstacleCode.CHANGES)
        init = cmaf.audio_init(config.sample_rate, config.channels, config.data, 0)
        self._writer = TrackWriter(
            self._folder,
            COPY_AUDIO_NAME,
            aac.CODEC,
            init,
            config.sample_rate,
            0,
            [0, *accumulate(timeline.OPENING_S)],
        )
        return self._writer

    def _sample(self, pts: int, rate: int) -> int:
        """The sample, counted from the first picture on, that a timestamp is nearest to."""
        # Whole numbers: an hour has 170,000 frames, and fractions would take most of the time.
        unit, zero = self._time_base, self._zero_s
        divisor = unit.denominator * zero.denominator
        moment = pts * unit.numerator * zero.denominator - zero.numerator * unit.denominator
        return (2 * moment * rate + divisor) // (2 * divisor)

    def _placed(self, start: int, rate: int) -> int:
        """Where a frame is heard that its timestamp wants at `start`."""
        if self._next is None:
            return 0 if abs(start) < rate * FOLLOWED_FROM_S else start
        off = abs(start - self._next)
        if off > rate * LONGEST_HOLE_S:
            raise NotCopied(ObstacleCode.SOUND)
        self._off = self._off + 1 if off > rate * FOLLOWED_FROM_S else 0
        if self._off * aac.FRAME_SAMPLES <= rate * LASTING_S:
            return self._next
        if start < self._next:  # nothing can be left out
            raise NotCopied(ObstacleCode.SOUND)
        self._off, self._holes = 0, self._holes + off
        if self._holes > rate * LONGEST_HOLE_S:
            raise NotCopied(ObstacleCode.SOUND)
        return start
