"""Elements of a Matroska (RFC 8794, RFC 9559), for what libavformat does not tell of it."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

HEADER, SEGMENT, CLUSTER, TRACKS, TRACK = 0x1A45DFA3, 0x18538067, 0x1F43B675, 0x1654AE6B, 0xAE
TIMESTAMP = 0xE7  # of a cluster
# Bytes of an ID and a size; of a list of tracks at the most; and elements before it.
LONGEST_HEADER, LONGEST_TRACKS, MOST_ELEMENTS = 12, 1 << 20, 64
# The longest that a file can be in ext4: to go there or further is an error. Sizes may say up to 2 ** 56.
END_OF_ALL_FILES = (1 << 44) - 4096


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...
    def seek(self, offset: int, /) -> int: ...


class Element(NamedTuple):
    """Its ID, where its body begins in the file, and the bytes of that, unless it is of unknown size."""

    kind: int
    begin: int
    size: int
    unended: bool = False

    @property
    def end(self) -> int:
        return self.begin + self.size


def leading(file: Readable) -> Iterator[Element]:
    """The elements of the segment up to the first cluster, with that."""
    at = 0
    for _ in range(MOST_ELEMENTS):
        found = element_at(file, at)
        if found is None:
            return
        at = found.begin
        if found.kind != SEGMENT:
            yield found
            at = found.end
        if found.kind == CLUSTER:
            return


def element_at(file: Readable, at: int) -> Element | None:
    """The one that begins there; None if there is none."""
    if at >= END_OF_ALL_FILES:
        return None
    file.seek(at)
    header = _header(file.read(LONGEST_HEADER), 0)
    if header is None:
        return None
    kind, length, size = header
    largest = (1 << 7 * (length - (kind.bit_length() + 7) // 8)) - 1
    return Element(kind, at + length, size, size == largest)


def tracks(file: Readable) -> Iterator[dict[int, bytes]]:
    """What is said of each track, in their order; nothing if there is no list ahead of the packets."""
    listed = next((one for one in leading(file) if one.kind == TRACKS and one.size <= LONGEST_TRACKS), None)
    if listed:
        file.seek(listed.begin)
        for kind, track in elements(file.read(listed.size)):
            yield dict(elements(track)) if kind == TRACK else {}


def elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """ID and body of each element in the body of another (RFC 8794 §4)."""
    at = 0
    while (header := _header(data, at)) is not None:
        kind, length, size = header
        at += length
        yield kind, data[at : at + size]
        at += size


def _header(data: bytes, at: int) -> tuple[int, int, int] | None:
    """ID, bytes of the header, and of the body, of the element that begins here; None if there is none."""
    if at >= len(data) or not data[at] >> 4:
        return None
    kind_end = at + 9 - data[at].bit_length()
    if kind_end >= len(data) or not data[kind_end]:
        return None
    size_end = kind_end + 9 - data[kind_end].bit_length()
    bits = 7 * (size_end - kind_end)
    size = int.from_bytes(data[kind_end:size_end]) & (1 << bits) - 1
    return int.from_bytes(data[at:kind_end]), size_end - at, size
