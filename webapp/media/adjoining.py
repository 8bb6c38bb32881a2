"""Whether the packets of a file lie one behind the other, with nothing between that could not be read."""

from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream

from .bridged import Bridged

# Packets of all streams lie in a row in these, with so many bytes of headers between at the most. In an MP4
# they may lie anywhere; those of transport streams are counted (`lost_packets`), and in a program stream one
# names where the next begins (`program_stream`).
LONGEST_HEADERS = {"matroska": 512, "avi": 4096, "asf": 4096, "ogg": 4096}
BESIDE = "matroska_block_additional"


class Adjoining:
    """Looks at packets in the order of the file.

    Attributes:
        all_needed: whether it has to see those of all streams.
    """

    def __init__(self, container: InputContainer) -> None:
        self._longest_header = LONGEST_HEADERS.get(container.format.name.partition(",")[0])
        self.all_needed = self._longest_header is not None
        file = getattr(container.file, "file", None)
        self._bridged = file if isinstance(file, Bridged) else None
        self.restart()

    def restart(self) -> None:
        """Forgets the packets before: the next lies elsewhere."""
        # Where the last packet begins, and where those before end, in bytes.
        self._begin: int | None = None
        self._position: int | None = None

    def damaged_before(self, packet: "Packet[Stream]") -> bool:
        """Whether the file is damaged between the packets before and this one. Once for each."""
        if packet.pos is None or not packet.size:
            return False
        damaged = self._is_damaged_before(packet.pos)
        # Frames of sound may share a block of Matroska: then the first of them lies here.
        before = self._position if packet.pos == self._begin else packet.pos
        # ASF says of several packets in a row where the first of them lies.
        self._begin = packet.pos
        self._position = max(self._position or 0, (before or 0) + packet.size + _beside(packet))
        return damaged

    def _is_damaged_before(self, position: int) -> bool:
        if self._position is None:
            return False
        if self._bridged:
            return self._bridged.damaged_between(self._position, position)
        return self._longest_header is not None and position - self._position > self._longest_header


def _beside(packet: "Packet[Stream]") -> int:
    """Bytes that lie behind it in its group of Matroska: the frame's transparency, mostly."""
    return sum(data.data_size for data in packet.iter_sidedata() if data.data_type == BESIDE)
