"""Whether a file ends inside a packet, as a download does that was interrupted.

For formats that do not say how long they are, or do not have to.
"""

from collections.abc import Callable
from mmap import mmap
from pathlib import Path

from .boxes import HEADER_BYTES
from .bridged import FRAGMENT, box_at
from .flv_times import TAG, TAG_HEADER_BYTES, whole_tags
from .mapped import mapped
from .transport_stream import LOOKED_AT, PACKET_BYTES, SYNC, stride_of

# RFC 3533 §6: the pattern, 23 bytes, and how many segments the page has; then the bytes of each.
PAGE, PAGE_HEADER_BYTES, LARGEST_PAGE_BYTES = b"OggS\0", 27, 65_307
# Enough for the last few tags of an FLV; where one is as large, nothing is said.
TAGS_BYTES = 4 << 20


def ends_inside(path: Path, container: str) -> bool:
    """Whether the last packet of the file, whose format is `container`, is there in part."""
    look = LOOKS.get(container.partition(",")[0])
    if look is None:
        return False
    with mapped(path) as data:
        return look(data)


def _transport_packet(data: mmap) -> bool:
    """Recorders that are stopped write whole packets; what these are part of need not be."""
    stride = stride_of(data[: (LOOKED_AT + 1) * PACKET_BYTES * 2])
    if stride is None:
        return False
    tail = data[-(LOOKED_AT + 1) * stride :]
    for first in range(min(stride, len(tail))):
        syncs = tail[first::stride]
        if len(syncs) >= LOOKED_AT and syncs == bytes([SYNC]) * len(syncs):
            return len(tail) - first - (len(syncs) - 1) * stride < PACKET_BYTES
    return False


def _page(data: mmap) -> bool:
    at = data.rfind(PAGE, max(0, len(data) - LARGEST_PAGE_BYTES))
    if at < 0:
        return False
    segments = data[at + PAGE_HEADER_BYTES - 1 : at + PAGE_HEADER_BYTES]
    if not segments:
        return True
    lengths = data[at + PAGE_HEADER_BYTES : at + PAGE_HEADER_BYTES + segments[0]]
    return at + PAGE_HEADER_BYTES + segments[0] + sum(lengths) > len(data)


def _tag(data: mmap) -> bool:
    ends = [end for _, end in whole_tags(data, max(0, len(data) - TAGS_BYTES), len(data))]
    if not ends or not TAG.match(data, end := ends[-1]):
        return False
    return end + TAG_HEADER_BYTES + int.from_bytes(data[end + 1 : end + 4]) > len(data)


def _fragment(data: mmap) -> bool:
    """Of an MP4 without fragments the index tells how long it is."""
    at, kind, fragmented = 0, b"", False
    while at + HEADER_BYTES <= len(data):
        kind, end = box_at(data, at)
        fragmented = fragmented or kind == FRAGMENT
        if end is None:
            return False
        at = end
    return fragmented and (at != len(data) or kind == FRAGMENT)  # the samples of one come behind it


LOOKS: dict[str, Callable[[mmap], bool]] = {
    "mpegts": _transport_packet,
    "ogg": _page,
    "flv": _tag,
    "mov": _fragment,
}
