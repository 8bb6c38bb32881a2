"""Damaged AVI, whose packets have no times: those behind the damage come when they are due."""

import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest

from tests.support.video import BEEP_S, noisy_frame
from webapp.media.avi_index import PALETTE_BYTES

from .decoding import Rendition
from .encoding import Encoded, encode_picture, encode_sound
from .tampering import overwrite

Footage = Callable[..., Path]

RATE, SECONDS, SAMPLE_RATE = 25, 12, 48_000
# ITU-R BT.1359 has 45 ms for the least that is noticed.
CLOSE_S = 0.02
# The FourCC, flags, place and size of a packet.
IDX1_ENTRY = struct.Struct("<4sIII")
LARGE_INDEX_BYTES = 40_000
VARYING = [number * 3 + (2 if number % 3 else 0) for number in range(60)]
LONGEST_FRAME_S = 5 / RATE
MPEG_4: dict[str, object] = {"codec": "mpeg4", "audio": "mp3", "options": {"b": "800k"}}
H264: dict[str, object] = {"options": {"bf": "0"}}
B_FRAMES: dict[str, object] = {"options": {"bf": "2", "x264-params": "scenecut=0"}}
UNCOMPRESSED: dict[str, object] = {"codec": "mjpeg", "pixel_format": "yuvj420p", "audio": "pcm_s16le"}


def recording(footage: Footage, changes: dict[str, object]) -> Path:
    return footage("a.avi", **{"rate": RATE, "seconds": SECONDS, "gop": RATE, "audio": "aac"} | changes)


def beeps_s(source: Path, folder: Path, encoded: Encoded) -> list[float]:
    """When they begin."""
    track = encode_sound(source, folder, encoded.facts).track
    assert track is not None
    loud = np.flatnonzero(np.abs(Rendition(folder, track).wave()[0]) > 0.2)
    first = np.diff(loud, prepend=-SAMPLE_RATE) > BEEP_S * SAMPLE_RATE
    return [float(sample) / SAMPLE_RATE for sample in loud[first]]


@pytest.mark.parametrize("changes", [MPEG_4, H264, B_FRAMES, UNCOMPRESSED])
@pytest.mark.parametrize("begin", [0.3, 0.45])
def test_picture_and_sound_stay_together_behind_a_stretch_of_zeros(
    footage: Footage, tmp_path: Path, changes: dict[str, object], begin: float
) -> None:
    source = recording(footage, changes)
    whole = encode_picture(source, tmp_path / "whole", smallest=True)
    heard = beeps_s(source, tmp_path / "whole", whole)
    data = source.read_bytes()
    at, length = int(len(data) * begin), len(data) // 12
    source.write_bytes(data[:at] + bytes(length) + data[at + length :])
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    assert sum(chunk.missing_s for chunk in encoded.chunks) > 0.5
    shown = {frame.number: frame.second for frame in encoded.top.frames}
    for number in range(SECONDS * RATE * 2 // 3, SECONDS * RATE):
        assert float(shown[number]) == pytest.approx(number / RATE, abs=CLOSE_S)
    again = beeps_s(source, tmp_path / "out", encoded)
    assert again[-4:] == pytest.approx(heard[-4:], abs=CLOSE_S)


def test_frames_that_stand_for_the_one_before_are_not_missing(footage: Footage, tmp_path: Path) -> None:
    times = [*range(50), *range(80, 130)]  # AVI has an entry without a byte for each frame between
    source = footage("a.avi", codec="mpeg4", rate=RATE, times=times, audio=None)
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    assert not any(chunk.damaged or chunk.missing_s for chunk in encoded.chunks)
    shown = {frame.number: float(frame.second) for frame in reversed(encoded.top.frames)}
    assert [shown[number] for number in range(len(times))] == [time / RATE for time in times]


def test_a_picture_that_begins_late_is_used(footage: Footage, tmp_path: Path) -> None:
    start = 4 + 4 + 28  # dwStart, behind the letters, the size and seven other fields of an AVISTREAMHEADER
    source = overwrite(recording(footage, H264), b"strh", start, (50).to_bytes(4, "little"))
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    assert encoded.top.numbers == [0, *range(SECONDS * RATE)]  # shown under the sound before it, too
    assert not any(chunk.damaged or chunk.missing_s for chunk in encoded.chunks)


def index_inside(path: Path) -> Path:
    """Puts part of the index of OpenDML in the middle of the packets, as files of gigabytes have it."""
    data = path.read_bytes()
    movi, idx1 = data.index(b"movi"), data.rindex(b"idx1")
    listed = range(idx1 + 8, idx1 + 8 + struct.unpack_from("<I", data, idx1 + 4)[0], IDX1_ENTRY.size)
    entries = [IDX1_ENTRY.unpack_from(data, at) for at in listed]
    middle = entries[len(entries) // 2][2]
    part = b"ix00" + struct.pack("<I", LARGE_INDEX_BYTES) + bytes(LARGE_INDEX_BYTES)
    head = bytearray(data[: movi + middle] + part + data[movi + middle : idx1])
    for size_at in (4, movi - 4):
        struct.pack_into("<I", head, size_at, struct.unpack_from("<I", head, size_at)[0] + len(part))
    moved = [(*entry[:2], entry[2] + len(part) * (entry[2] >= middle), entry[3]) for entry in entries]
    listing = b"".join(IDX1_ENTRY.pack(*entry) for entry in moved)
    path.write_bytes(bytes(head) + data[idx1 : idx1 + 8] + listing)
    return path


def varying(footage: Footage) -> Path:
    return footage("a.avi", codec="mpeg4", rate=RATE, times=VARYING, audio="mp3", options={"b": "800k"})


def test_an_index_between_packets_is_no_gap(footage: Footage, tmp_path: Path) -> None:
    encoded = encode_picture(index_inside(varying(footage)), tmp_path / "out", smallest=True)
    assert encoded.top.numbers == list(range(len(VARYING)))
    assert not any(chunk.damaged or chunk.missing_s for chunk in encoded.chunks)


def test_of_a_rate_that_varies_only_what_is_lost_is_missing(footage: Footage, tmp_path: Path) -> None:
    source = varying(footage)
    data = source.read_bytes()
    at, length = len(data) * 2 // 5, len(data) // 10
    source.write_bytes(data[:at] + bytes(length) + data[at + length :])
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    lost = set(range(len(VARYING))) - {frame.number for frame in encoded.top.frames}
    lasting = [(VARYING[number + 1] - VARYING[number]) / RATE for number in lost]
    assert lost and sum(chunk.missing_s for chunk in encoded.chunks) == pytest.approx(
        sum(lasting), abs=LONGEST_FRAME_S
    )


NUMBER = 60  # of the packet


@pytest.mark.parametrize("kind", ["video", "audio"])
def test_one_small_packet_that_is_lost_is_missing(footage: Footage, tmp_path: Path, kind: str) -> None:
    source = recording(footage, {"codec": "mpeg4", "audio": "mp3", "options": {"bf": "0"}})
    whole = encode_picture(source, tmp_path / "whole", smallest=True)
    heard = beeps_s(source, tmp_path / "whole", whole)
    with av.open(str(source)) as container:
        stream = next(one for one in container.streams if one.type == kind)
        lost = [packet for packet in container.demux(stream) if packet.size][NUMBER]
        at, size = lost.pos, lost.size
    assert at is not None and size < PALETTE_BYTES
    data = source.read_bytes()
    source.write_bytes(data[: at - 8] + bytes(8 + size) + data[at + size :])
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    times = [time for number, time in enumerate(whole.top.times) if kind == "audio" or number != NUMBER]
    assert encoded.top.times == times
    missing_s = sum(chunk.missing_s for chunk in encoded.chunks)
    if kind == "audio":
        missing_s += encode_sound(source, tmp_path / "out", encoded.facts).missing_s
        assert beeps_s(source, tmp_path / "out", encoded)[3:] == pytest.approx(heard[3:], abs=0.001)
    assert missing_s == pytest.approx(1 / RATE if kind == "video" else 1152 / SAMPLE_RATE, abs=0.001)


def test_a_change_of_palette_is_not_missing(footage: Footage, tmp_path: Path) -> None:
    source = footage("a.mov", codec="png", pixel_format="rgb24", seconds=1.9, picture=noisy_frame)
    target = tmp_path / "a.avi"
    palettes = "split[a][b];[b]palettegen=stats_mode=single[p];[a][p]paletteuse=new=1"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(source), "-vf", palettes]
    subprocess.run([*command, "-c:v", "rawvideo", "-pix_fmt", "pal8", str(target)], check=True, timeout=60)
    assert target.read_bytes().count(b"00pc") > 10
    encoded = encode_picture(target, tmp_path / "out", smallest=True)
    assert encoded.top.numbers == list(range(19))
    assert not any(chunk.damaged or chunk.missing_s for chunk in encoded.chunks)
