"""What is encrypted is refused for that, and never shown as the garbage that a decoder makes of it."""

import struct
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import av
import pytest

from webapp.media.boxes import children, table
from webapp.media.obstacles import Copying

from .copying import copy_of
from .encoding import encode_picture, encode_sound, facts_of
from .hostile import with_box
from .tampering import overwrite, scramble
from .test_source import failure_of

Footage = Callable[..., Path]
KEY = {"encryption_scheme": "cenc-aes-ctr", "encryption_key": "01" * 16, "encryption_kid": "02" * 16}
FRAGMENTED = {"movflags": "cmaf+frag_keyframe+empty_moov+default_base_moof"}
# ContentEncodings (RFC 9559 §5.1.4.1.31) with the ID of a key, and the Name of a track, which is as long.
ENCODINGS = bytes.fromhex("6d80a1 62409e 50338101 503597 47e18105 47e290") + b"k" * 16
TITLE = "t" * 33
MAP, PICTURE, SOUND = 0x1000, 0x100, 0x101  # of a transport stream, as libavformat numbers them
NAME = bytes.fromhex("536ea1") + TITLE.encode()


@pytest.mark.parametrize("codec", ["libx264", "libvpx-vp9"])
def test_an_encrypted_mp4_is_refused_for_that(footage: Footage, codec: str) -> None:
    assert failure_of(footage("a.mp4", codec=codec, seconds=1, container_options=KEY)) == "encrypted"


def test_encrypted_sound_alone_is_too(footage: Footage, tmp_path: Path) -> None:
    source = footage("a.mp4", audio="aac", seconds=1)
    assert failure_of(only("audio", source, tmp_path / "b.mp4", **KEY)) == "encrypted"


def test_an_encrypted_webm_is_too(footage: Footage, tmp_path: Path) -> None:
    source = only("video", footage("a.webm", codec="libvpx-vp9", seconds=1), tmp_path / "b.webm")
    facts_of(source)
    data = source.read_bytes()
    assert data.count(NAME) == 1
    source.write_bytes(data.replace(NAME, ENCODINGS))
    assert failure_of(source) == "encrypted"


def test_encrypted_sound_is_left_out(footage: Footage, tmp_path: Path) -> None:
    source = overwrite(footage("a.mp4", audio="aac", seconds=2), b"mp4a", 0, b"drms")
    copies = copy_of(source, tmp_path / "copy")
    assert copies.obstacle is None and copies.facts.copying == Copying(
        sound=False, average_bps=copies.facts.bit_rate_bps
    )
    assert copies.picture.numbers == list(range(20))
    assert encode_sound(source, tmp_path / "sound", copies.facts).track is None


@pytest.mark.parametrize("pids", [(PICTURE,), (PICTURE, SOUND), (MAP, PICTURE, SOUND)])
def test_a_scrambled_broadcast_is_refused_for_that(footage: Footage, pids: tuple[int, ...]) -> None:
    source = footage("a.ts", audio="aac", seconds=2)
    assert failure_of(scramble(source, pids, 0, 1)) == "encrypted"


def test_what_of_a_broadcast_is_scrambled_is_missing(footage: Footage, tmp_path: Path) -> None:
    source = scramble(footage("a.ts", audio="aac", seconds=8, gop=10), (PICTURE, SOUND), 0.4, 0.6)
    encoded = encode_picture(source, tmp_path / "picture", smallest=True)
    lost_s = 8 - len(set(encoded.top.numbers)) / 10
    assert lost_s > 1
    assert sum(chunk.missing_s for chunk in encoded.chunks) == pytest.approx(lost_s, abs=0.3)
    assert encode_sound(source, tmp_path / "sound", encoded.facts).missing_s > 1


def test_of_a_video_that_begins_in_the_clear_only_that_is_shown(footage: Footage, tmp_path: Path) -> None:
    clear = fragments(footage("a.mp4", container_options=FRAGMENTED))
    source = footage("b.mp4", container_options=FRAGMENTED | KEY)
    header, _, *rest = fragments(source)
    both = table(b"stsd", 0, [entry_of(header), entry_of(clear[0])])
    header = with_box(header, b"moov trak mdia minf stbl stsd".split(), both)
    at = clear[1].index(b"tfhd") + 12  # which of the entries: behind version, flags and track
    assert clear[1][at : at + 4] == bytes([0, 0, 0, 1])
    begin = clear[1][:at] + bytes([0, 0, 0, 2]) + clear[1][at + 4 :]
    source.write_bytes(b"".join([header, begin, *rest]))
    copies = copy_of(source, tmp_path / "copy")
    assert copies.obstacle is not None and copies.obstacle.code == "encrypted"
    encoded = encode_picture(source, tmp_path / "out", copies.facts)
    # What libavformat puts into a first fragment: up to the next keyframe, without what is shown before that.
    assert encoded.top.numbers == list(range(18))


def only(kind: str, source: Path, target: Path, **options: str) -> Path:
    """A track of it with a title, copied."""
    with av.open(str(source)) as old, av.open(str(target), "w", options=options) as new:
        (stream,) = (stream for stream in old.streams if stream.type == kind)
        copied = new.add_stream_from_template(stream)
        copied.metadata["title"] = TITLE
        for packet in old.demux(stream):
            if packet.size:
                packet.stream = copied
                new.mux(packet)
    return target


def fragments(path: Path) -> list[bytes]:
    """The header, and each fragment."""
    data = path.read_bytes()
    begins = [0, *(at for kind, at, _ in children(data) if kind == b"moof"), len(data)]
    return [data[at:end] for at, end in pairwise(begins)]


def entry_of(header: bytes) -> bytes:
    """The only sample entry in its only stsd."""
    at = header.index(b"stsd") - 4
    (size,) = struct.unpack_from(">I", header, at)
    return header[at + 16 : at + size]
