"""Files made to harm whoever opens them."""

import random
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import av
from av.packet import Packet
from av.video.stream import VideoStream

from tests.support.pictures import png_of
from webapp.media import flv_times
from webapp.media.boxes import box, children


class Listener(ThreadingHTTPServer):
    """Somebody's host that is not to be called: keeps the paths that are asked for."""

    def __init__(self) -> None:
        self.hits: list[str] = []
        super().__init__(("127.0.0.1", 0), Answer)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    server: Listener

    def do_GET(self) -> None:
        self.server.hits.append(self.path)
        self.send_error(404)

    do_HEAD = do_GET  # noqa: N815 - the names are http.server's

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@contextmanager
def listening() -> Iterator[Listener]:
    with Listener() as listener:
        thread = threading.Thread(target=listener.serve_forever)
        thread.start()
        try:
            yield listener
        finally:
            listener.shutdown()
            thread.join()


def hls_playlist(target: str) -> str:
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{target}\n#EXT-X-ENDLIST\n"


def concat_script(target: str) -> str:
    return f"ffconcat version 1.0\nfile '{target}'\n"


def dash_manifest(target: str) -> str:
    return (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'mediaPresentationDuration="PT9S"><Period><AdaptationSet mimeType="video/mp4">'
        f'<Representation id="1" bandwidth="1"><BaseURL>{target}</BaseURL></Representation>'
        "</AdaptationSet></Period></MPD>"
    )


def session_description(port: int) -> str:
    """Of a video that is said to arrive over the network (RFC 8866)."""
    lines = ["v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=x", "c=IN IP4 127.0.0.1", "t=0 0"]
    return "\r\n".join([*lines, f"m=video {port} RTP/AVP 96", "a=rtpmap:96 H264/90000", ""])


def reference_movie(path: Path, other: Path) -> Path:
    """Has a movie say that its data is in `other`, beside it, by an alias as QuickTime writes them."""
    target = b"/" + other.name.encode()
    target += bytes(len(target) % 2)
    alias = bytes(10 + 28 + 12 + 64 + 16) + struct.pack(">HH", 1, 1) + bytes(16)
    alias += struct.pack(">hH", 2, len(target)) + target + struct.pack(">hH", -1, 0)
    entry = box(b"alis", bytes(4), alias)
    reference = box(b"dref", struct.pack(">II", 0, 1), entry)
    path.write_bytes(with_box(path.read_bytes(), b"moov trak mdia minf dinf dref".split(), reference))
    return path


def with_box(data: bytes, path: list[bytes], new: bytes) -> bytes:
    """`data` with the box at the end of `path` replaced."""
    parts = []
    for kind, at, size in children(data):
        part = data[at : at + size]
        if kind == path[0]:
            part = box(kind, with_box(part[8:], path[1:], new)) if path[1:] else new
        parts.append(part)
    return b"".join(parts)


def with_tracks(path: Path, count: int) -> Path:
    """Repeats the only track of an MP4."""
    data = path.read_bytes()
    at, size = next((at, size) for kind, at, size in children(data) if kind == b"moov")
    movie = data[at + 8 : at + size]
    boxes = [movie[at : at + size] * (count if kind == b"trak" else 1) for kind, at, size in children(movie)]
    path.write_bytes(with_box(data, [b"moov"], box(b"moov", *boxes)))
    return path


def with_edits(path: Path, count: int) -> Path:
    """An MP4 whose only track is shown so many times (ISO/IEC 14496-12 §8.6.6); 12 bytes for each."""
    data = path.read_bytes()
    at, size = next((at, size) for kind, at, size in children(data) if kind == b"moov")
    movie = data[at + 8 : at + size]
    at, size = next((at, size) for kind, at, size in children(movie) if kind == b"trak")
    track = movie[at + 8 : at + size]
    (length,) = struct.unpack_from(">I", movie, movie.index(b"mvhd") + 20)
    edits = box(b"elst", struct.pack(">II", 0, count), struct.pack(">IiI", length, 0, 0x10000) * count)
    others = [track[at : at + size] for kind, at, size in children(track) if kind != b"edts"]
    path.write_bytes(with_box(data, [b"moov", b"trak"], box(b"trak", *others, box(b"edts", edits))))
    return path


def flv_of_jumps(count: int) -> bytes:
    """An FLV of so many pictures, each of which says another time (see `flv_times`)."""
    chance = random.Random(1)
    tag, picture = flv_times.TAG_HEADER_BYTES, b"\x17\1\0\0\0\0"
    size = (tag + len(picture)).to_bytes(flv_times.SIZE_BYTES)
    tags = (
        b"\x09" + len(picture).to_bytes(3) + flv_times.written(chance.randrange(1 << 32)) + bytes(3) + picture
        for _ in range(count)
    )
    return b"FLV\1\1\0\0\0\x09" + bytes(flv_times.SIZE_BYTES) + b"".join(one + size for one in tags)


def comments(path: Path, count: int) -> Path:
    """An MP3 of nothing but comments (ID3v2.3 §4.2.2); libavformat compares each with all before it."""
    frames = b"".join(
        b"TXXX" + struct.pack(">IHB", 10, 0, 0) + b"%06d\0x\0" % number for number in range(count)
    )
    size = bytes(len(frames) >> shift & 0x7F for shift in (21, 14, 7, 0))
    path.write_bytes(b"ID3\3\0\0" + size + frames)
    return path


def pixel_bomb(path: Path, side: int, claimed: int) -> Path:
    """A MOV of one black PNG, `side` pixels squared; the container says it is `claimed` wide and high."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("png", rate=1)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = claimed, claimed, "monob"
        container.start_encoding()
        packet = Packet(_png(side))
        packet.pts = packet.dts = 0
        packet.time_base, packet.duration, packet.stream = Fraction(1), 1, stream
        container.mux(packet)
    return path


def _png(side: int) -> bytes:
    row = bytes(1 + (side + 7) // 8)
    compressor = zlib.compressobj(1)
    rows = b"".join(compressor.compress(row) for _ in range(side)) + compressor.flush()
    return png_of(side, rows, depth=1)
