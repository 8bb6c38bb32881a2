"""Pages of an Ogg (RFC 3533 §6), and what the first packets of a stream say of it."""

import struct
from collections.abc import Callable, Iterator
from fractions import Fraction
from mmap import mmap
from typing import NamedTuple
from zlib import crc32

# The pattern and version, flags, granule position, serial number, sequence number, checksum, segments.
PATTERN = b"OggS\0"
HEADER = struct.Struct("<5sBqIIIB")
BEGINNING = 2  # a flag
NO_GRANULE = -1  # of a page on which no packet ends
# Beyond it is damage: 48,000 samples a second reach 2^47 in a century, and so do frames with their shift.
MOST_GRANULE = 1 << 50
MOST_PACKETS = 255  # on one page
CHECKSUM_AT, CHECKSUM_BYTES = 22, 4
SHORTEST_HEADER_BYTES = 19
REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class Page(NamedTuple):
    """
    Attributes:
        at, end: where it begins and ends in the file.
        granule: what the last packet that ends on it ends at, in the stream's own way of counting.
        lengths: of its segments; a packet ends with one of less than 255.
    """

    at: int
    end: int
    flags: int
    granule: int
    serial: int
    lengths: bytes

    @property
    def ending(self) -> int:
        """How many packets end on it."""
        return len(self.lengths) - self.lengths.count(255)

    @property
    def body(self) -> int:
        """Where its packets begin in the file."""
        return self.at + HEADER.size + len(self.lengths)


class Coding(NamedTuple):
    """What a stream's first packet says.

    Attributes:
        picture: whether it is one.
        headers: how many packets say what decoders have to know.
        rate: frames, or samples, a second.
        alike: what is the same in all recordings that are coded alike.
        shift: bits of a granule position below those that count keyframes; 0 where it counts samples.
    """

    picture: bool
    headers: int
    rate: Fraction
    alike: bytes
    shift: int = 0

    def count(self, granule: int) -> int:
        """Frames, or samples, up to a granule position."""
        return (granule >> self.shift) + (granule & (1 << self.shift) - 1 if self.shift else 0)

    def moved(self, granule: int, seconds: Fraction) -> int:
        """A granule position so much later, which has to be a whole number of frames."""
        return granule + (round(seconds * self.rate) << self.shift)


def pages(data: mmap, begin: int, end: int) -> Iterator[Page]:
    """Those that start from `begin` to `end`; what is damaged is passed over."""
    while 0 <= (begin := data.find(PATTERN, begin, end)) <= len(data) - HEADER.size:
        _, flags, granule, serial, _, _, segments = HEADER.unpack_from(data, begin)
        lengths = data[begin + HEADER.size : begin + HEADER.size + segments]
        after = begin + HEADER.size + segments + sum(lengths)
        known = granule if abs(granule) < MOST_GRANULE else NO_GRANULE
        page = Page(begin, after, flags, known, serial, lengths)
        follows = data[after : after + len(PATTERN)] == PATTERN
        if follows or _checksum(data[begin:after]) == data[begin + CHECKSUM_AT : begin + CHECKSUM_AT + 4]:
            yield page
            begin = after
        else:
            begin += 1


def header_of(data: mmap, page: Page, granule: int, serial: int) -> bytes:
    """What that page would begin with, if these were its granule position and serial number."""
    was = data[page.at : page.end]
    *_, sequence, _, segments = HEADER.unpack_from(was)
    header = HEADER.pack(PATTERN, page.flags, granule, serial, sequence, 0, segments)
    checksum = _checksum(header + was[HEADER.size :])
    return header[:CHECKSUM_AT] + checksum + header[CHECKSUM_AT + CHECKSUM_BYTES :]


def without_bytes(count: int, granule: int, serial: int) -> bytes:
    """A page of so many packets without a byte; in Theora each shows the frame before once more."""
    header = HEADER.pack(PATTERN, 0, granule, serial, 0, 0, count) + bytes(count)
    return header[:CHECKSUM_AT] + _checksum(header) + header[CHECKSUM_AT + CHECKSUM_BYTES :]


def coding_of(packet: bytes) -> Coding | None:
    """By the first packet of a stream; None where it is none of these."""
    for begin, coding in CODINGS.items():
        if packet.startswith(begin) and len(packet) >= SHORTEST_HEADER_BYTES:
            return coding(packet)
    return None


def _theora(packet: bytes) -> Coding | None:
    """Theora specification §6.2 and A.2.3."""
    if len(packet) < 42:
        return None
    numerator, denominator = struct.unpack_from(">II", packet, 22)
    shift = (packet[40] & 3) << 3 | packet[41] >> 5
    if not (numerator and denominator):
        return None
    return Coding(True, 3, Fraction(numerator, denominator), packet, shift)


def _vorbis(packet: bytes) -> Coding | None:
    """Vorbis I specification §4.2.2: channels, the rate, rates of bits, then the sizes of blocks."""
    return _sound(3, int.from_bytes(packet[12:16], "little"), packet[:16] + packet[28:])


def _opus(packet: bytes) -> Coding | None:
    """RFC 7845 §5.1: always of 48 kHz, whatever it was made of."""
    return _sound(2, 48_000, packet[:12] + packet[16:])


def _flac(packet: bytes) -> Coding | None:
    """RFC 9639 §10.1: how many headers follow, and a STREAMINFO."""
    rate_and_more = int.from_bytes(packet[27:31]) >> 4
    return _sound(1 + int.from_bytes(packet[7:9]), rate_and_more >> 8, rate_and_more.to_bytes(4))


def _sound(headers: int, rate: int, alike: bytes) -> Coding | None:
    return Coding(False, headers, Fraction(rate), alike) if rate else None


CODINGS: dict[bytes, Callable[[bytes], Coding | None]] = {
    b"\x80theora": _theora,
    b"\x01vorbis": _vorbis,
    b"OpusHead": _opus,
    b"\x7fFLAC": _flac,
}


def _checksum(page: bytes) -> bytes:
    """Of a page, with nothing where it is written; like zlib's, but bits are read the other way round."""
    if any(page[CHECKSUM_AT : CHECKSUM_AT + CHECKSUM_BYTES]):
        page = page[:CHECKSUM_AT] + bytes(CHECKSUM_BYTES) + page[CHECKSUM_AT + CHECKSUM_BYTES :]
    reversed_value = crc32(page.translate(REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return reversed_value.to_bytes(4, "little").translate(REVERSED)[::-1]
