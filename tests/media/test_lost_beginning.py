"""A transport stream whose first keyframe is damaged, or that was recorded from the middle of a GOP on."""

import random
from collections.abc import Callable
from pathlib import Path

import av
import pytest

from webapp.media.transport_stream import PACKET_BYTES, pid_of

from .decoding import Rendition, assert_joined
from .encoding import Encoded, encode_picture, encode_sound, facts_of
from .hearing import beeps

Footage = Callable[..., Path]

RATE, SECONDS, GOP = 10, 8, 20
IN_SYNC_S = 0.02
H264: dict[str, object] = {"audio": "aac", "options": {"x264-params": "scenecut=0", "bf": "2"}}
MPEG2: dict[str, object] = {"codec": "mpeg2video", "audio": "mp2"}


def recording(footage: Footage, **changes: object) -> Path:
    return footage("a.ts", **{"rate": RATE, "seconds": SECONDS, "gop": GOP} | changes)


def rewritten(source: Path, change: Callable[[bytes], bytes]) -> Path:
    """Changes the packets of the first keyframe."""
    with av.open(str(source)) as container:
        packets = container.demux(video=0)
        begin, end = next(packets).pos, next(packets).pos
    assert begin is not None and end is not None
    data = source.read_bytes()
    number = pid_of(data[begin : begin + PACKET_BYTES])
    parts = [data[at : at + PACKET_BYTES] for at in range(begin, end, PACKET_BYTES)]
    changed = b"".join(change(part) if pid_of(part) == number else part for part in parts)
    source.write_bytes(data[:begin] + changed + data[end:])
    return source


def zeroed(packet: bytes) -> bytes:
    return bytes(len(packet))


def without_payload(packet: bytes) -> bytes:
    """Of all but the first, which says when it is shown, and that one can begin there."""
    return packet if packet[1] & 0x40 else packet[:4] + bytes(len(packet) - 4)


def heard(source: Path, folder: Path, picture: Encoded) -> list[float]:
    track = encode_sound(source, folder, picture.facts).track
    assert track is not None
    return beeps(Rendition(folder, track).wave())


@pytest.mark.parametrize(("changes", "change"), [(H264, zeroed), (H264, without_payload), (MPEG2, zeroed)])
def test_what_is_lost_is_missing_and_its_sound_is_kept(
    footage: Footage, tmp_path: Path, changes: dict[str, object], change: Callable[[bytes], bytes]
) -> None:
    source = rewritten(recording(footage, **changes), change)
    picture = encode_picture(source, tmp_path / "out", smallest=True)
    assert_joined(picture.top)
    assert picture.facts.duration_s == pytest.approx(SECONDS, abs=0.25)
    assert sum(chunk.missing_s for chunk in picture.chunks) == pytest.approx(GOP / RATE, abs=0.2)
    # Where beeps are, the pictures of these seconds are, too.
    shown = {frame.number: float(frame.second) for frame in picture.top.frames}
    seconds = [shown[number] for number in range(30, SECONDS * RATE, RATE)]
    assert heard(source, tmp_path / "out", picture)[-5:] == pytest.approx(seconds, abs=IN_SYNC_S)


@pytest.mark.parametrize("changes", [H264, MPEG2])
def test_what_is_recorded_from_the_middle_of_a_gop_on_is_not_damaged(
    footage: Footage, tmp_path: Path, changes: dict[str, object]
) -> None:
    source = rewritten(recording(footage, **changes), lambda packet: b"")
    source.write_bytes(source.read_bytes()[100:])
    picture = encode_picture(source, tmp_path / "out", smallest=True)
    assert picture.facts.duration_s == pytest.approx(SECONDS - GOP / RATE, abs=0.2)
    assert not any(chunk.damaged or chunk.missing_s for chunk in picture.chunks)


@pytest.mark.parametrize(("before", "after"), [(4, 0), (0, 16)])
@pytest.mark.parametrize(("change", "lost_s"), [(without_payload, 0.0), (lambda packet: b"", GOP / RATE)])
def test_either_is_known_with_other_bytes_around_the_packets(
    footage: Footage, change: Callable[[bytes], bytes], lost_s: float, before: int, after: int
) -> None:
    """Times of arrival before each, or error correction after it."""
    data = rewritten(recording(footage, **MPEG2), change).read_bytes()
    source, noise = footage("b.ts", seconds=1), random.Random(1)
    packets = [data[at : at + PACKET_BYTES] for at in range(0, len(data), PACKET_BYTES)]
    source.write_bytes(
        b"".join(noise.randbytes(before) + packet + noise.randbytes(after) for packet in packets)
    )
    assert facts_of(source).duration_s == pytest.approx(SECONDS - lost_s, abs=0.25)
