"""Where packets of a stream are missing: not where a picture stands still, but where the file is damaged."""

from collections import deque
from pathlib import Path

from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from .adjoining import Adjoining
from .avi_index import Listing, listing_of
from .decoding import Damage
from .demuxing import PROGRAM_STREAM
from .frame_rate import usual_step
from .lost_packets import lost_packets
from .mapped import mapped
from .program_stream import is_damaged

# Matroska writes a time every five seconds at least; what follows damage up to there has the one before.
NOTICED_AFTER_S = 5
# In a program stream a picture cut short has the position of the packet behind the damage, and times that
# libavformat counts on step to those that are written there a few pictures later.
NOTICED_AFTER_PICTURES = 4
# A step from packet to packet may be this much longer than the packet lasts.
LONGEST_STEP = 0.5


class Gaps:
    """Looks at each packet, in the order of the file, and tells `damage` of those missing before it.

    Attributes:
        streams: whose packets it has to see.
    """

    def __init__(self, container: InputContainer, stream: VideoStream, damage: Damage) -> None:
        self._adjoining = Adjoining(container)
        self.streams: list[Stream] = list(container.streams) if self._adjoining.all_needed else [stream]
        self._stream, self._damage = stream, damage
        self._listing, self._lost = listing_of(container, stream), lost_packets(container, stream)
        self._packs = Path(container.name) if container.format.name == PROGRAM_STREAM else None
        assert stream.time_base is not None
        self._usual = usual_step(stream)
        self._noticed_after = round(NOTICED_AFTER_S / stream.time_base)
        self.restart()

    def restart(self) -> None:
        """Forgets the packets before: the next lies elsewhere."""
        self._adjoining.restart()
        self._end: int | None = None  # of the picture's last packet, in its ticks
        self._picture_at: int | None = None  # where its last packet begins
        # Where the last few do, none of them before a hole that was told.
        self._untold: deque[int] = deque(maxlen=NOTICED_AFTER_PICTURES)
        self._damaged = False
        self._noticed_until: int | None = None
        # The last that may be one: ASF says of several packets in a row where the first of them lies.
        self._hole: tuple[int, int] | None = None
        self._hole_at = 0

    def see(self, packet: "Packet[Stream]") -> None:
        if self._lost and packet.stream.index == self._stream.index:
            self._lost.clear(packet)
        if packet.pos is not None and packet.size:
            damaged = self._adjoining.damaged_before(packet)
            if self._hole and packet.pos > self._hole_at:
                if damaged:
                    self._damage.holes.append(self._hole)
                self._hole = None
            self._damaged = self._damaged or damaged
        time = packet.pts if packet.dts is None else packet.dts
        if packet.stream.index != self._stream.index:
            return
        length = packet.duration or self._usual
        if time is None:  # of a program stream: it comes after the one before
            self._end = self._end and self._end + length
            return
        if self._listing:
            self._see_listed(self._listing, packet.pos, time)
            return
        if self._damaged or packet.is_corrupt:
            self._noticed_until = (time if self._end is None else self._end) + self._noticed_after
            self._damaged = False
        if self._end is not None and time - self._end > LONGEST_STEP * length:
            noticed = self._noticed_until is not None and self._end <= self._noticed_until
            if noticed or self._is_lost_before(packet.pos):
                self._damage.holes.append((self._end, time))
                self._untold.clear()
            else:
                self._hole, self._hole_at = (self._end, time), packet.pos or 0
        self._end = time + length
        if packet.pos is not None and packet.pos != self._picture_at:
            self._picture_at = packet.pos
            self._untold.append(packet.pos)

    def _is_lost_before(self, position: int | None) -> bool:
        if self._picture_at is None or position is None:
            return False
        if self._packs:
            with mapped(self._packs) as data:
                return is_damaged(data, self._untold[0] if self._untold else self._picture_at, position)
        return self._lost is not None and self._lost.between(self._picture_at, position)

    def _see_listed(self, listing: Listing, position: int | None, time: int) -> None:
        """With an index nobody has to guess: what lies between may be another part of the index."""
        if position is None:
            return
        if self._picture_at is not None:
            since = listing.missing_since(self._picture_at, position)
            if since is not None:
                self._damage.holes.append((since, time))
        self._picture_at = position
