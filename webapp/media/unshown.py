"""Frames of which a damaged stream has whole packets, and that are not shown all the same.

Without the keyframe that they start from, decoders keep them back, or take them for earlier than what was
shown.
"""

from heapq import heappop, heappush

from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame

from .decoding import Damage
from .moments import Moments

# Two fields may have a packet each, and some packets are not to be shown: no picture comes late for those.
LONGEST_STEP = 1.5


class Unshown:
    """Compares the packets of a picture with the frames that are shown, and tells `damage` of the others.

    Only once something is known to be damaged: there are decoders, too, that begin with a few frames less.

    Attributes:
        begun_at: the tick of what was to be the first frame, if it does not decode.
    """

    def __init__(self, moments: Moments, damage: Damage) -> None:
        self._moments, self._damage = moments, damage
        self.restart()

    def restart(self) -> None:
        """Forgets the packets before: the next lies elsewhere."""
        self._coming: list[int] = []  # ticks of packets whose frames have not come
        self._last: int | None = None
        self.begun_at: int | None = None

    def see(self, packet: "Packet[Stream]") -> None:
        """Each packet, before it is decoded."""
        tick = packet.dts if self._moments.by_decoding else packet.pts
        if tick is not None and packet.size and not packet.is_discard:
            heappush(self._coming, tick)

    def note(self, frame: VideoFrame, moment: int) -> None:
        """Each frame that is shown, with the times of its packet, and when that is."""
        if self._moments.own(frame) != moment:
            self._coming.clear()  # times are made up here
            self._last = moment
            return
        passed: list[int] = []
        while self._coming and self._coming[0] <= moment:
            tick = heappop(self._coming)
            if tick != moment and (self._last is None or tick > self._last):
                passed.append(tick)
        late = self._last is None or moment - self._last > LONGEST_STEP * self._moments.step
        if passed and late and self._damage.is_known:
            if self._last is None:
                self.begun_at = passed[0]
            self._damage.unshown += passed
            self._damage.holes.append((passed[0], min(moment, passed[-1] + self._moments.far)))
        self._last = moment
