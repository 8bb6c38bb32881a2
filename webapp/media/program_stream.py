"""The times written in an MPEG program stream (ISO/IEC 13818-1 §2.5, 11172-1), as on a DVD."""

from collections.abc import Iterator
from mmap import mmap

from .pes_times import AUDIO, PRIVATE, VIDEO, Stamp, is_time, time_at

START, PACK = b"\0\0\1", b"\0\0\1\xba"
PACK_HEADER, FIRST_WITH_LENGTH = 0xBA, 0xBB
PACK_HEADER_BYTES, MPEG2_PACK_HEADER_BYTES, LONGEST_HEADER_BYTES = 12, 14, 64
LOWEST_OF_ALL = 0xB9  # the end; what is lower starts within a picture, or a group of them
# Between packets: a sector of a Video CD begins and ends with some bytes that are none, or is no video.
LONGEST_BETWEEN_BYTES, STUFFING = 4096, b"\0\xff"
LONGEST_UNSAID_BYTES = 1 << 16  # farther is not looked: there may be millions of packets without a length
# It begins like this (ISO/IEC 10149 §14), and its data so many bytes on, by its mode.
SECTOR_SYNC, SECTOR_HEADER_BYTES = b"\0" + b"\xff" * 10 + b"\0", (16, 24)


def stamps(data: mmap, begin: int, end: int) -> Iterator[Stamp]:
    """The times of the packets that start from the first pack after `begin` on and before `end`."""
    at = data.find(PACK, begin, end)
    while 0 <= at < end - LONGEST_HEADER_BYTES:
        kind = data[at + 3]
        if kind in VIDEO or kind in AUDIO or kind in PRIVATE:
            yield from _stamp(data[at : at + LONGEST_HEADER_BYTES], at)
        at = data.find(START, _behind(data, at), end)


def is_damaged(data: mmap, begin: int, end: int) -> bool:
    """Whether something lies between the packets that start at these bytes that cannot be read."""
    at = begin
    while at < end:
        found = data.find(START, at, min(end, at + LONGEST_BETWEEN_BYTES))
        if found < 0:
            return end - at > LONGEST_BETWEEN_BYTES or not _is_none(data[at:end])
        if data[found + 3] < LOWEST_OF_ALL or not _is_none(data[at:found]):
            return True
        at = _behind(data, found)
    return at > end


def _is_none(between: bytes) -> bool:
    """Whether bytes between packets belong to none: stuffing, or what a sector ends and begins with."""
    if not between.strip(STUFFING):
        return True
    header = between.rfind(SECTOR_SYNC)
    return header >= 0 and len(between) - header in SECTOR_HEADER_BYTES


def _behind(data: mmap, at: int) -> int:
    """Where what starts there ends, by what it says."""
    kind = data[at + 3]
    if kind >= FIRST_WITH_LENGTH:
        length = int.from_bytes(data[at + 4 : at + 6])
        if length or kind not in VIDEO:
            return at + 6 + length
        # Written as in a transport stream, where picture may say none (§2.4.3.7): up to the next pack.
        return max(at + 6, data.find(PACK, at, at + LONGEST_UNSAID_BYTES))
    if kind != PACK_HEADER:
        return at + len(START) + 1
    if data[at + 4] >> 6 == 1:  # MPEG-2
        return at + MPEG2_PACK_HEADER_BYTES + (data[at + MPEG2_PACK_HEADER_BYTES - 1] & 7)
    return at + PACK_HEADER_BYTES


def _stamp(packet: bytes, position: int) -> Iterator[Stamp]:
    kind = packet[3]
    if packet[6] >> 6 == 2:  # MPEG-2
        place, timed, decoded = 9, packet[7] & 0x80, packet[7] & 0x40
    else:  # MPEG-1: stuffing, the size of a buffer, then the times
        place = len(packet) - len(packet[6:].lstrip(b"\xff"))
        place += 2 if packet[place : place + 1] and packet[place] >> 6 == 1 else 0
        marker = packet[place] >> 4 if place < LONGEST_HEADER_BYTES - 10 else 0
        timed, decoded = marker in (2, 3), marker == 3
    if timed and is_time(packet, place) and (not decoded or is_time(packet, place + 5)):
        dts = time_at(packet, place + 5) if decoded else None
        yield Stamp(kind, kind in VIDEO, position + place, time_at(packet, place), dts)
