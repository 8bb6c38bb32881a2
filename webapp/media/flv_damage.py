"""Where an FLV is damaged between its tags (Adobe's Video File Format 10.1, annex E).

libavformat takes what it finds there for tags: for other settings of a decoder, with which nothing behind it
decodes, or for one that goes on to the end of the file.
"""

from collections.abc import Iterator
from mmap import mmap

from .bridged import Bridge, Written
from .flv_times import SIZE_BYTES, TAG_HEADER_BYTES, whole_tags

FIRST_TAG = 9 + SIZE_BYTES  # behind the header
OVERHEAD_BYTES = TAG_HEADER_BYTES + SIZE_BYTES
LARGEST_BYTES = 0xFFFFFF
# Some write other sizes behind their tags, or none; such a file is read as it is.
MOST_DAMAGED = 0.5


def bridges(data: mmap) -> list[Bridge]:
    """Tags of no kind over what lies between whole tags and is none."""
    if _is_whole(data):
        return []
    damaged = list(_damaged(data))
    if sum(end - begin for begin, end in damaged) > MOST_DAMAGED * len(data):
        return []
    return [bridge for begin, end in damaged for bridge in _over(begin, end)]


def _is_whole(data: mmap) -> bool:
    """Whether one tag follows the other to the end, where a part of one may be missing."""
    at, end = FIRST_TAG, len(data)
    while at + OVERHEAD_BYTES <= end:
        after = at + TAG_HEADER_BYTES + int.from_bytes(data[at + 1 : at + 4])
        if after + SIZE_BYTES > end:  # or it is its size that is damaged
            return next(whole_tags(data, at + 1, end), None) is None
        if int.from_bytes(data[after : after + SIZE_BYTES]) != after - at:
            return False
        at = after + SIZE_BYTES
    return True


def _damaged(data: mmap) -> Iterator[tuple[int, int]]:
    """From which byte to which there is no whole tag, but behind it."""
    at = FIRST_TAG
    for begin, end in whole_tags(data, FIRST_TAG, len(data)):
        if begin - at >= OVERHEAD_BYTES:
            yield at, begin
        at = end


def _over(begin: int, end: int) -> Iterator[Bridge]:
    while end - begin >= OVERHEAD_BYTES:
        size = min(end - begin - OVERHEAD_BYTES, LARGEST_BYTES)
        rest = end - begin - OVERHEAD_BYTES - size
        if 0 < rest < OVERHEAD_BYTES:  # no tag is as short as that
            size -= OVERHEAD_BYTES - rest
        after = begin + TAG_HEADER_BYTES + size
        header = bytes(1) + size.to_bytes(3) + bytes(TAG_HEADER_BYTES - 4)
        size_behind = (TAG_HEADER_BYTES + size).to_bytes(SIZE_BYTES)
        yield Bridge(begin, end, (Written(begin, header), Written(after, size_behind)))
        begin = after + SIZE_BYTES
