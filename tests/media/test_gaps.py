"""How much of a damaged picture is said to be lost."""

from collections.abc import Callable
from fractions import Fraction
from mmap import ACCESS_READ, mmap
from pathlib import Path
from random import Random

import numpy as np
import pytest
from av.video.frame import VideoFrame

from tests.support.video import noisy_frame, numbered_frame
from webapp.media import flv_times
from webapp.media.lost_packets import LostPackets
from webapp.media.transport_stream import PACKET_BYTES

from .encoding import Encoded, encode_picture
from .lacing import lace
from .tampering import forget_times

Footage = Callable[..., Path]

# A second of movement, nine of a still picture, a second of movement.
STILL = [number * 100 for number in range(10)] + [10_000 + number * 100 for number in range(10)]
RATE, FRAMES = 25, 200
LOOKED_THROUGH = 80_000  # bytes; libavformat looks for a packet in 65,536
UNTIMED_BYTES = 3000  # a pack, and a bit of the next
PICTURE, SOUND = 0x100, 0x101  # as libavformat numbers them
GARBLED_S = 0.41  # frames behind a gap show other numbers up to the next keyframe, ten frames on
# To the same bytes on each processor: rates are kept by numbers whose last bits are its own.
QUANTIZED = {"qmin": "2", "qmax": "2"}
RICH = {"rate": RATE, "seconds": FRAMES // RATE, "gop": 10, "audio": "aac", "options": {"qp": "5"}}


def missing_s(encoded: Encoded) -> float:
    return sum(chunk.missing_s for chunk in encoded.chunks)


def lost(encoded: Encoded) -> int:
    """Frames that are not there, or are shown again in place of others."""
    return FRAMES - len(set(encoded.top.numbers))


def encoded_with_its_gap_told(source: Path, folder: Path) -> Encoded:
    encoded = encode_picture(source, folder / "out", smallest=True)
    assert lost(encoded) > FRAMES // 20
    assert missing_s(encoded) == pytest.approx(lost(encoded) / RATE, abs=GARBLED_S)
    return encoded


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("a.mkv", {}),
        ("a.flv", {}),
        ("a.avi", {"codec": "mpeg4", "audio": "mp3", "options": {"b": "800k"}}),
        ("a.mpg", {"codec": "mpeg2video", "audio": "mp2", "options": QUANTIZED}),
        ("a.asf", {"codec": "wmv2", "audio": "mp3", "options": {"b": "800k"}}),
    ],
)
def test_a_stretch_of_zeros_is_a_gap(
    footage: Footage, tmp_path: Path, name: str, changes: dict[str, object]
) -> None:
    source = footage(name, **RICH | changes)
    data = source.read_bytes()
    begin, length = len(data) * 2 // 5, len(data) // 10
    source.write_bytes(data[:begin] + bytes(length) + data[begin + length :])
    encoded_with_its_gap_told(source, tmp_path)


@pytest.mark.parametrize("share", [0.3, 0.4, 0.5, 0.6])
def test_so_is_what_a_program_stream_lost_where_packets_were_cut(
    footage: Footage, tmp_path: Path, share: float
) -> None:
    changes = {"codec": "mpeg2video", "audio": "mp2", "options": QUANTIZED | {"bf": "2"}}
    source = footage("a.mpg", **RICH | changes)
    data = source.read_bytes()
    begin, length = int(len(data) * share) | 1, len(data) // 10 | 1  # whole packs would not be missed
    source.write_bytes(data[:begin] + data[begin + length :])
    encoded_with_its_gap_told(source, tmp_path)


@pytest.mark.parametrize("share", [0.28, 0.3, 0.46, 0.54])
def test_a_gap_is_noticed_behind_a_picture_that_ends_where_no_time_is_written(
    footage: Footage, tmp_path: Path, share: float
) -> None:
    """That has the position of the first packet behind the gap, and the time it would have before it."""
    changes = {"codec": "mpeg2video", "audio": "mp2", "options": QUANTIZED | {"bf": "2"}}
    source = footage("a.mpg", **RICH | changes)
    data = source.read_bytes()
    begin, length = int(len(data) * share), len(data) // 10
    source.write_bytes(data[:begin] + bytes(length) + data[begin + length :])
    forget_times(source, begin + length, begin + length + UNTIMED_BYTES)
    encoded_with_its_gap_told(source, tmp_path)


@pytest.mark.parametrize("garbage", [True, False])
def test_packets_missing_from_a_transport_stream_are_a_gap(
    footage: Footage, tmp_path: Path, garbage: bool
) -> None:
    source = footage("a.ts", **RICH)
    data = source.read_bytes()
    begin = len(data) * 2 // 5 // PACKET_BYTES * PACKET_BYTES
    end = begin + len(data) // 10 // PACKET_BYTES * PACKET_BYTES
    source.write_bytes(data[:begin] + (Random(1).randbytes(end - begin) if garbage else b"") + data[end:])
    encoded = encoded_with_its_gap_told(source, tmp_path)
    assert sum(chunk.damaged for chunk in encoded.chunks)


def test_zeros_in_a_transport_stream_may_be_longer_than_anybody_looks_for_packets(
    footage: Footage, tmp_path: Path
) -> None:
    source = footage("a.ts", **RICH)
    data = source.read_bytes()
    begin = len(data) * 2 // 5
    source.write_bytes(data[:begin] + bytes(LOOKED_THROUGH) + data[begin + LOOKED_THROUGH :])
    encoded_with_its_gap_told(source, tmp_path)


def test_parts_of_a_live_stream_count_their_packets_anew(footage: Footage, tmp_path: Path) -> None:
    one = footage("one.ts", audio="aac", seconds=4)
    times = [second * 1000 + number * 40 for second in (5, 7) for number in range(25)]
    spans: dict[str, object] = {"time_base": Fraction(1, 1000), "sound_spans_s": [(5, 8)]}
    other = footage("other.ts", audio="aac", times=times, **spans)
    source = tmp_path / "live.ts"
    source.write_bytes(one.read_bytes() + other.read_bytes())
    lost = LostPackets(source, PICTURE, [PICTURE, SOUND], None)
    size = one.stat().st_size
    assert not lost.between(0, source.stat().st_size)
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    assert len(encoded.top.numbers) == 90 + sum(chunk.repeated for chunk in encoded.chunks)
    assert not any(chunk.damaged or chunk.missing_s for chunk in encoded.chunks)
    data = source.read_bytes()
    source.write_bytes(data[:size] + data[size + 20 * PACKET_BYTES :])
    assert lost.between(0, source.stat().st_size)


@pytest.mark.parametrize(
    ("codec", "rate_kbps", "gop"),
    [("h264", 240, 30), ("h264", 400, 12), ("h264", 400, 30), ("mpeg2video", 400, 12)],
)
def test_frames_of_a_program_stream_without_a_time_are_no_gap(
    footage: Footage, tmp_path: Path, codec: str, rate_kbps: int, gop: int
) -> None:
    # About as many frames as packets: some have no time, others begin so near a packet's end that libavformat
    # gives them the time of the next. At these rates one encoder or another made some of either.
    dense = {"picture": noisy_frame, "options": {"b": f"{rate_kbps}k", "threads": "1"}}
    source = footage("a.mpg", audio="mp2", codec=codec, rate=25, seconds=6, gop=gop, **dense)
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    assert encoded.top.numbers == list(range(150))
    assert missing_s(encoded) == 0


@pytest.mark.parametrize("every", [5, 15])
def test_a_program_stream_of_few_frames_and_much_sound_is_whole(
    footage: Footage, tmp_path: Path, every: int
) -> None:
    # Between two large frames that are further apart than usual lie packets of sound.
    times = [number * every for number in range(300 // every)]
    changes = {"codec": "mpeg2video", "audio": "mp2", "rate": 30, "seconds": 10, "picture": noisy_frame}
    source = footage("a.mpg", times=times, options={"qscale": "2"}, **changes)
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    assert encoded.top.numbers == list(range(len(times)))
    assert missing_s(encoded) == 0


def test_what_a_sender_sent_twice_is_not_lost(footage: Footage, tmp_path: Path) -> None:
    whole = footage("whole.flv", audio="aac", seconds=9)
    with whole.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        at = [tag.position - 4 for tag in flv_times.tags(data, 0, len(data)) if 4000 <= tag.time < 7000]
        source = tmp_path / "twice.flv"
        source.write_bytes(data[: at[-1]] + data[at[0] :])
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    assert encoded.top.numbers == list(range(90))
    assert not any(chunk.damaged or chunk.missing_s for chunk in encoded.chunks)


def test_frames_of_sound_that_share_a_block_are_no_gap(footage: Footage, tmp_path: Path) -> None:
    times = [number * 100 + (70 if number % 3 else 0) for number in range(60)]  # of a rate that varies
    source = footage("a.mkv", times=times, time_base=Fraction(1, 1000), audio="pcm_s16le")
    encoded = encode_picture(lace(source, track=2), tmp_path / "out", smallest=True)
    assert encoded.top.numbers == list(range(60))
    assert missing_s(encoded) == 0


def see_through(number: int, width: int, height: int) -> VideoFrame:
    """A frame whose transparency takes many bytes."""
    picture = numbered_frame(number, width, height).reformat(format="rgba").to_ndarray()
    picture[..., 3] = np.random.default_rng(number).integers(0, 255, (height, width), dtype=np.uint8)
    return VideoFrame.from_ndarray(picture, format="rgba")


def test_transparency_that_lies_behind_each_frame_is_no_gap(footage: Footage, tmp_path: Path) -> None:
    source = footage(
        "a.webm",
        times=[number * 100 + (70 if number % 3 else 0) for number in range(60)],
        time_base=Fraction(1, 1000),
        codec="libvpx",
        pixel_format="yuva420p",
        picture=see_through,
        options={"auto-alt-ref": "0", "deadline": "realtime", "b": "2M"},
    )
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    assert len(encoded.top.numbers) == 60
    assert missing_s(encoded) == 0


@pytest.mark.parametrize("name", ["a.mkv", "a.flv", "a.ts", "fragmented.mp4"])
def test_a_picture_that_stands_still_has_no_gap(footage: Footage, tmp_path: Path, name: str) -> None:
    source = footage(
        name,
        times=STILL,
        time_base=Fraction(1, 1000),
        audio="aac",
        sound_spans_s=[(0, STILL[-1] // 1000)],
        container_options={"movflags": "frag_keyframe+empty_moov"} if name.endswith("mp4") else {},
    )
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    assert not any(chunk.damaged or chunk.missing_s for chunk in encoded.chunks)
