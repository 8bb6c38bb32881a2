"""Frames of which a damaged stream has whole packets, and that are not shown all the same.

Without the keyframe that they start from, decoders keep them back, or take them for earlier than what was
shown.
"""

from heapq import heappop, heappush
from typing import NamedTuple

from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame

from .decoding import Damage
from .moments import Moments

# Two fields may have a packet each, and some packets are not to be shown: no picture comes late for those.
LONGEST_STEP = 1.5


class Coming(NamedTuple):
    """A packet whose frame has not come: when that would be shown, and where in the file it lies."""

    tick: int
    position: int
    is_corrupt: bool


class Unshown:
    """Compares the packets of a picture with the frames that are shown, and tells `damage` of the others.

    Only once something is known to be damaged: there are decoders, too, that begin with a few frames less.

    Attributes:
        begun_at: the tick of what was to be the first frame, if it does not decode.
        before_first: packets that come before the first frame, damaged or not.
    """

    def __init__(self, moments: Moments, damage: Damage, zero: int | None = None) -> None:
        """`zero` is the tick from which on frames are known to be lost, if the first is later."""
        self._moments, self._damage, self._zero = moments, damage, zero
        self.restart()

    def restart(self) -> None:
        """Forgets the packets before: the next lies elsewhere."""
        self._coming: list[Coming] = []
        self.before_first: list[Coming] = []
        self._last: int | None = None
        self.begun_at: int | None = None

    def see(self, packet: "Packet[Stream]") -> None:
        """Each packet, before it is decoded."""
        tick = packet.dts if self._moments.by_decoding else packet.pts
        if tick is not None and packet.size and not packet.is_discard:
            heappush(self._coming, Coming(tick, packet.pos or 0, packet.is_corrupt))

    def note(self, frame: VideoFrame, moment: int) -> None:
        """Each frame that is shown, with the times of its packet, and when that is."""
        if self._moments.own(frame) != moment:
            self._coming.clear()  # times are made up here
            self._last = moment
            return
        passed: list[int] = []
        while self._coming and self._coming[0].tick <= moment:
            packet = heappop(self._coming)
            if packet.tick != moment and (self._last is None or packet.tick > self._last):
                passed.append(packet.tick)
                if self._last is None:
                    self.before_first.append(packet)
        late = self._last is None or moment - self._last > LONGEST_STEP * self._moments.step
        if passed and late and (self._damage.is_known or self._is_lost(passed[0], moment)):
            if self._last is None:
                self.begun_at = passed[0]
            self._damage.unshown += passed
            self._damage.holes.append((passed[0], min(moment, passed[-1] + self._moments.far)))
        self._last = moment

    def _is_lost(self, tick: int, moment: int) -> bool:
        """Whether a packet is before the first frame, which is known to be late."""
        return self._last is None and self._zero is not None and tick <= self._zero < moment
