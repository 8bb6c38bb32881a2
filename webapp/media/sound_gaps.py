"""Where packets of sound are missing: not where it pauses, but where the file is damaged.

Mostly it is read without what lies between its packets. So there is a gap only beside something that could
not be read or decoded, or where an index or the order of the file tells, or that it goes on in another
coding.
"""

import sys
from collections.abc import Iterable, Iterator
from fractions import Fraction

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream

from .adjoining import Adjoining
from .avi_index import listing_of
from .bridged import Bridged
from .decoding import Damage
from .gaps import LONGEST_STEP
from .joined import routes_of
from .lost_packets import lost_packets

# A packet of an MPEG stream holds so much of it that is whole, behind the damage.
NOTICED_AFTER_S = Fraction(1, 2)
# In frames. Parts of a live stream that were encoded apart leave less than one between them.
LONGEST_SEAM = 1.5
# Containers that nothing else tells of but that packets do not lie in a row: a decoder of sound may have
# nothing to say against what follows damage.
BY_THE_ROW = ("matroska",)


class SoundGaps:
    """Looks at packets in the order of the file, and tells `damage` of those missing.

    Attributes:
        streams: whose packets it has to pass.
    """

    def __init__(self, container: InputContainer, stream: AudioStream, damage: Damage) -> None:
        file = getattr(container.file, "file", None)
        self._bridged = file if isinstance(file, Bridged) else None
        self._routes = routes_of(container)
        self._listing, self._lost = listing_of(container, stream), lost_packets(container, stream)
        by_the_row = container.format.name.partition(",")[0] in BY_THE_ROW
        self._adjoining = Adjoining(container) if by_the_row else None
        self.streams: list[Stream] = list(container.streams) if by_the_row else [stream]
        self._stream, self._apart = stream, False
        self._damage, self._known = damage, damage.packets
        assert stream.time_base is not None
        self._noticed_after = round(NOTICED_AFTER_S / stream.time_base)
        self._noticed_until: int | None = None
        self._end: int | None = None  # of the last packet, in ticks
        self._at: int | None = None  # where that begins, in bytes
        # What it may be that comes before that packet: whether it decodes shows later.
        self._pause: tuple[int, int] | None = None

    def own(self, packets: "Iterable[Packet[Stream]]") -> "Iterator[Packet[Stream]]":
        """Those of the sound."""
        for packet in packets:
            if self._adjoining and self._adjoining.damaged_before(packet):
                self._apart = True
            if packet.stream.index == self._stream.index:
                yield packet

    def see(self, packet: "Packet[Stream]") -> None:
        """Each of them, before it is decoded."""
        if self._lost:
            self._lost.clear(packet)
        time = packet.pts
        if time is None:
            return
        grown = self._damage.packets > self._known
        self._known = self._damage.packets
        if grown and self._pause:
            self._damage.holes.append(self._pause)
        apart, self._apart = self._apart, False
        frames = 0 if self._end is None else (time - self._end) / (packet.duration or 1)
        if grown or apart or packet.is_corrupt or self._is_damaged_before(packet.pos, frames):
            self._noticed_until = (time if self._end is None else self._end) + self._noticed_after
        self._pause = None
        if self._end is not None and frames > LONGEST_STEP:
            pause = self._end, time
            if self._noticed_until is not None and self._end <= self._noticed_until:
                self._damage.holes.append(pause)
            else:
                self._pause = pause
        self._end = time + (packet.duration or 0)

    def end(self, tick: int) -> None:
        """There is no more, while the picture goes on up to a tick."""
        goes_on = (
            self._routes and self._at is not None and self._routes.unheard_between(self._at, sys.maxsize)
        )
        if goes_on and self._end is not None and self._end < tick:
            self._damage.holes.append((self._end, tick))

    def _is_damaged_before(self, position: int | None, frames: float) -> bool:
        """Whether the file is, behind the packet before, after which there is room for so many frames."""
        before, self._at = self._at, self._at if position is None else position
        if before is None or position is None:
            return False
        if self._routes and self._routes.unheard_between(before, position):
            return True
        if self._lost:
            return frames > LONGEST_SEAM and self._lost.between(before, position)
        if self._bridged:
            return self._bridged.damaged_between(before, position)
        return self._listing is not None and self._listing.missing_since(before, position) is not None
