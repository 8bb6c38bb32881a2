"""What of a stored picture is not to be shown, as Matroska says of it (RFC 9559 §5.1.4.1.28.8 to 11).

libavformat reads it, but as side data of the stream, which PyAV does not hand on.
"""

from collections.abc import Iterator
from typing import Protocol

from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from .facts import WHOLE, Cropping

SEGMENT, CLUSTER, TRACKS, TRACK = 0x18538067, 0x1F43B675, 0x1654AE6B, 0xAE
TRACK_TYPE, PICTURE, VIDEO = 0x83, 1, 0xE0
LEFT, TOP, RIGHT, BOTTOM = 0x54CC, 0x54BB, 0x54DD, 0x54AA
# Bytes of an ID and a size; of a list of tracks at the most; and elements before it.
LONGEST_HEADER, LONGEST_TRACKS, MOST_ELEMENTS = 12, 1 << 20, 64
# The longest that a file can be in ext4: to go there or further is an error. Sizes may say up to 2 ** 56.
END_OF_ALL_FILES = (1 << 44) - 4096


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...
    def seek(self, offset: int, /) -> int: ...


def cropping(container: InputContainer, stream: VideoStream, file: Readable) -> Cropping:
    """Of the pictures of a stream, from the beginning of the `file` that is open as `container`."""
    if not container.format.name.startswith("matroska"):
        return WHOLE
    pictures = [one for one in container.streams.video if Disposition.attached_pic not in one.disposition]
    of_tracks = list(_of_pictures(_tracks(file)))
    place = [one.index for one in pictures].index(stream.index)
    return of_tracks[place] if len(of_tracks) == len(pictures) else WHOLE


def _tracks(file: Readable) -> bytes:
    """The body of the list of tracks; empty if there is none ahead of the packets."""
    at = 0
    for _ in range(MOST_ELEMENTS):
        file.seek(at)
        header = _header(file.read(LONGEST_HEADER), 0)
        if header is None:
            break
        kind, length, size = header
        at += length
        if kind == TRACKS and size <= LONGEST_TRACKS:
            file.seek(at)
            return file.read(size)
        if kind == CLUSTER:
            break
        if kind != SEGMENT:
            at += size
        if at >= END_OF_ALL_FILES:
            break
    return b""


def _of_pictures(tracks: bytes) -> Iterator[Cropping]:
    """Of each track that is a picture, in their order."""
    for kind, track in _elements(tracks):
        described = dict(_elements(track)) if kind == TRACK else {}
        if int.from_bytes(described.get(TRACK_TYPE, b"")) == PICTURE:
            video = dict(_elements(described.get(VIDEO, b"")))
            left, top, right, bottom = (
                int.from_bytes(video.get(side, b"")) for side in (LEFT, TOP, RIGHT, BOTTOM)
            )
            yield Cropping(left, top, right, bottom)


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
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
