"""Files changed byte by byte, into what no muxer writes on request. Nothing gets longer or shorter."""

import re
import struct
from collections.abc import Callable, Collection, Sequence
from mmap import ACCESS_READ, mmap
from pathlib import Path

import av
from av.bitstream import BitStreamFilterContext

from webapp.media import program_stream
from webapp.media.ebml import CLUSTER, SEGMENT, element_at
from webapp.media.facts import Cropping
from webapp.media.transport_stream import PACKET_BYTES, payload_of, pid_of

# Bytes, and the type of a tag (Adobe's Video File Format 10.1 annex E).
FLV_HEADER, FLV_TAG_HEADER, FLV_SOUND = 13, 11, 8
# The Simple Index of ASF (specification 1.20, §6.1): its entries come after this many bytes, each as long.
ASF_INDEX, ASF_INDEX_HEADER, ASF_INDEX_ENTRY = bytes.fromhex("90080033b1e5cf1189f400a0c90349cb"), 56, 6
# By so much, rounded, libavformat's muxer has all of an ASF come late.
ASF_PREROLL_S = 4
# Elements of Matroska (RFC 9559 §5.1.4.1.28): what is hidden on each side, and one that takes their place.
CROPPING = {"left": b"\x54\xcc", "top": b"\x54\xbb", "right": b"\x54\xdd", "bottom": b"\x54\xaa"}
COLOUR, VOID = b"\x55\xb0", 0xEC
# Matrices of ISO/IEC 14496-12 §6.2.2 that turn a picture clockwise; their first four rows of two.
CLOCKWISE = {0: (1, 0, 0, 1), 90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}


def turn(path: Path, degrees: int, mirrored: bool = False) -> Path:
    """Has the picture shown turned clockwise, as a phone does that was held upright, then `mirrored`."""
    a, b, c, d = (value << 16 for value in CLOCKWISE[degrees])
    if mirrored:
        a, c = -a, -c
    matrix = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    return overwrite(path, b"tkhd", 44, matrix)


def say_turned(source: Path, target: Path, degrees: int) -> Path:
    """Has H.264 say, with its first frame, by how much it is to be turned counter-clockwise."""
    with av.open(str(source)) as given, av.open(str(target), "w") as container:
        picture = given.streams.video[0]
        orientation = f"h264_metadata=display_orientation=insert:rotate={degrees}"
        stream = container.add_stream_from_template(picture)
        saying = BitStreamFilterContext(orientation, picture, stream)
        for packet in given.demux(picture):
            for said in saying.filter(packet if packet.size else None):
                said.stream = stream
                container.mux(said)
    return target


def claim_duration(path: Path, factor: float) -> Path:
    """Multiplies what the headers of the movie and of its first track say about the duration."""
    for kind, offset in ((b"mvhd", 20), (b"tkhd", 24), (b"mdhd", 20)):
        data = path.read_bytes()
        (claimed,) = struct.unpack_from(">I", data, data.index(kind) + offset)
        overwrite(path, kind, offset, struct.pack(">I", int(claimed * factor)))
    return path


def overwrite(path: Path, kind: bytes, offset: int, new: bytes) -> Path:
    """Writes `new` over what lies `offset` bytes after the first four letters `kind`."""
    data = bytearray(path.read_bytes())
    at = data.index(kind) + offset
    data[at : at + len(new)] = new
    path.write_bytes(data)
    return path


def overwrite_packets(path: Path, numbers: Collection[int]) -> Path:
    """Writes zeros over the packets of the picture with these numbers."""
    with av.open(str(path)) as container:
        places = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    data = bytearray(path.read_bytes())
    for at, size in (places[number] for number in numbers):
        assert at is not None
        data[at : at + size] = bytes(size)
    path.write_bytes(data)
    return path


def scramble(path: Path, pids: Collection[int], begin: float, end: float) -> Path:
    """Scrambles packets of an MPEG-TS with these numbers, from one share of the file to another."""
    data = bytearray(path.read_bytes())
    for at in range(0, len(data), PACKET_BYTES):
        packet = bytes(data[at : at + PACKET_BYTES])
        if pid_of(packet) in pids and begin * len(data) <= at < end * len(data):
            payload = at + (payload_of(packet) or PACKET_BYTES)
            data[at + 3] |= 0x80
            data[payload : at + PACKET_BYTES] = (byte ^ 0x5A for byte in data[payload : at + PACKET_BYTES])
    path.write_bytes(data)
    return path


def trim_start(path: Path, seconds: float) -> Path:
    """Has the first track begin later by an edit list (§8.6.6), as phones do that cut without encoding."""
    data = path.read_bytes()
    movie, media = (struct.unpack_from(">I", data, data.index(kind) + 16)[0] for kind in (b"mvhd", b"mdhd"))
    duration, start = struct.unpack_from(">Ii", data, data.index(b"elst") + 12)
    edit = struct.pack(">Ii", duration - int(seconds * movie), start + int(seconds * media))
    return overwrite(path, b"elst", 12, edit)


def trim_end(path: Path, until_s: Sequence[float], begin_s: float = 0) -> Path:
    """Has each track end at a second by an edit list, and all begin at another."""
    data = path.read_bytes()
    (movie,) = struct.unpack_from(">I", data, data.index(b"mvhd") + 16)
    places = [found.start() for found in re.finditer(b"elst", data)]
    for place, end_s in zip(places, until_s, strict=True):
        (media,) = struct.unpack_from(">I", data, data.index(b"mdhd", place) + 16)
        (start,) = struct.unpack_from(">i", data, place + 16)
        edit = struct.pack(">Ii", int((end_s - begin_s) * movie), start + int(begin_s * media))
        data = data[: place + 12] + edit + data[place + 20 :]
    path.write_bytes(data)
    return path


def retime_sound(path: Path, numbers: Collection[int], milliseconds: Callable[[int], int]) -> Path:
    """Changes the timestamps of the packets of sound with these numbers, in an FLV."""
    data = bytearray(path.read_bytes())
    at, number = FLV_HEADER, 0
    while at < len(data):
        kind, size, time = data[at], int.from_bytes(data[at + 1 : at + 4]), data[at + 4 : at + 8]
        if kind == FLV_SOUND:
            if number in numbers:
                new = milliseconds(time[3] << 24 | int.from_bytes(time[:3]))
                data[at + 4 : at + 8] = (new & 0xFFFFFF).to_bytes(3) + bytes([new >> 24])
            number += 1
        at += FLV_TAG_HEADER + size + 4
    path.write_bytes(data)
    return path


def count_index_from(path: Path, second: int) -> Path:
    """Has the index of an ASF, which has an entry for each second, begin with that for this one."""
    data = bytearray(path.read_bytes())
    at = data.rindex(ASF_INDEX) + ASF_INDEX_HEADER
    entries = data[at + second * ASF_INDEX_ENTRY :]
    missing = (len(data) - at - len(entries)) // ASF_INDEX_ENTRY
    data[at:] = entries + entries[-ASF_INDEX_ENTRY:] * missing
    path.write_bytes(data)
    return path


def crop(path: Path, cropping: Cropping) -> Path:
    """Has a Matroska hide pixels, instead of saying of the first track's colours what it does."""
    data = bytearray(path.read_bytes())
    at = data.index(COLOUR)
    end = at + len(COLOUR) + 1 + (data[at + len(COLOUR)] & 0x7F)
    hiding = b"".join(kind + bytes([0x81, getattr(cropping, side)]) for side, kind in CROPPING.items())
    left = end - at - len(hiding) - 2
    data[at:end] = hiding + bytes([VOID, 0x80 | left]) + bytes(left)
    path.write_bytes(data)
    return path


def forget_sizes(path: Path) -> Path:
    """Has a Matroska not say of its segment and its clusters how large they are, as browsers record it."""
    data = bytearray(path.read_bytes())
    with path.open("rb") as file:
        head = element_at(file, 0)
        at = head.end if head else 0
        while one := element_at(file, at):
            size_at = at + (one.kind.bit_length() + 7) // 8
            width = one.begin - size_at
            if one.kind in (SEGMENT, CLUSTER):
                data[size_at : one.begin] = ((1 << 7 * width + 1) - 1).to_bytes(width)
            at = one.begin if one.kind == SEGMENT else one.end
    path.write_bytes(data)
    return path


def forget_times(path: Path, begin: int = 0, end: int | None = None) -> Path:
    """Has an MPEG-1 program stream say of no packet when it is shown (ISO/IEC 11172-1 §2.4.3.3).

    Args:
        begin, end: from which byte to which; to the last.
    """
    data = bytearray(path.read_bytes())
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as written:
        stamps = list(program_stream.stamps(written, begin, len(data) if end is None else end))
    for stamp in stamps:
        size = 5 if stamp.dts is None else 10
        data[stamp.position : stamp.position + size] = b"\xff" * (size - 1) + b"\x0f"
    path.write_bytes(data)
    return path
