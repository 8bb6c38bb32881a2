"""Where packets of a stream are missing: not where a picture stands still, but where the file is damaged."""

from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from .bridged import Bridged
from .decoding import Damage
from .frame_rate import usual_step

# Packets of all streams lie in a row in these, with headers between. In an MP4 they may lie anywhere, MPEG
# streams have stuffing between them, but tell by a counter where something is missing.
IN_A_ROW, LONGEST_HEADER_BYTES = ("matroska", "flv"), 4096
# Matroska writes a time every five seconds at least; what follows damage up to there has the one before.
NOTICED_AFTER_S = 5
# A step from packet to packet may be this much longer than the packet lasts.
LONGEST_STEP = 0.5


class Gaps:
    """Looks at each packet, in the order of the file, and tells `damage` of those missing before it.

    Attributes:
        streams: whose packets it has to see.
    """

    def __init__(self, container: InputContainer, stream: VideoStream, damage: Damage) -> None:
        self._in_a_row = container.format.name.partition(",")[0] in IN_A_ROW
        self.streams: list[Stream] = list(container.streams) if self._in_a_row else [stream]
        file = getattr(container.file, "file", None)
        self._bridged = file if isinstance(file, Bridged) else None
        self._stream, self._damage = stream, damage
        assert stream.time_base is not None
        self._usual = usual_step(stream)
        self._noticed_after = round(NOTICED_AFTER_S / stream.time_base)
        self.restart()

    def restart(self) -> None:
        """Forgets the packets before: the next lies elsewhere."""
        self._end: int | None = None  # of the picture's last packet, in its ticks
        # Where the last packet of all begins and ends, in bytes.
        self._begin: int | None = None
        self._position: int | None = None
        self._damaged = False
        self._noticed_until = 0

    def see(self, packet: "Packet[Stream]") -> None:
        if packet.pos is not None and packet.size:
            self._damaged = self._damaged or self._is_damaged_before(packet.pos)
            # Frames of sound may share a block of Matroska: then the first of them lies here.
            before = self._position if packet.pos == self._begin else packet.pos
            self._begin, self._position = packet.pos, (before or 0) + packet.size
        time = packet.pts if packet.dts is None else packet.dts
        if packet.stream.index != self._stream.index or time is None:
            return
        length = packet.duration or self._usual
        if self._damaged or packet.is_corrupt:
            self._noticed_until = (time if self._end is None else self._end) + self._noticed_after
            self._damaged = False
        noticed = self._end is not None and self._end <= self._noticed_until
        if self._end is not None and noticed and time - self._end > LONGEST_STEP * length:
            self._damage.holes.append((self._end, time))
        self._end = time + length

    def _is_damaged_before(self, position: int) -> bool:
        """Whether the file is damaged between the last packet and one at `position`."""
        if self._position is None:
            return False
        if self._bridged:
            return self._bridged.damaged_between(self._position, position)
        return self._in_a_row and position - self._position > LONGEST_HEADER_BYTES
