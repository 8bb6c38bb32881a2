"""Sound in an AVI that counts its bytes, at a bit rate that varies."""

import struct
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import pytest
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.packet import Packet

from tests.support.video import SAMPLE_RATE, mux_beeps, numbered_frame
from webapp.media.byte_times import ByteTimes

from .decoding import Rendition
from .encoding import encode_sound
from .hearing import beeps, duration_s

SECONDS, RATE = 7, 10
MP3_FRAME_S = 1152 / SAMPLE_RATE
VARIABLE = {"flags": "+qscale", "global_quality": "472"}  # LAME's V4, in units of libavutil
LAME_DELAY_S = 0.023  # which an AVI does not tell
IN_SYNC_S = 0.01


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A beep at each second, of frames eight times as large as those between."""
    path = tmp_path / "a.avi"
    with av.open(str(path), "w") as container:
        video = container.add_stream("mpeg4", rate=RATE)
        sound = container.add_stream("libmp3lame", rate=SAMPLE_RATE, layout="stereo", options=VARIABLE)
        assert isinstance(sound, AudioStream)
        video.width, video.height, video.pix_fmt = 160, 96, "yuv420p"
        for number in range(SECONDS * RATE):
            frame = numbered_frame(number, 160, 96).reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        mux_beeps(container, sound, 0, SECONDS)
        container.mux(sound.encode(None))
    sizes = [packet.size for packet in packets(path)]
    assert max(sizes) >= 8 * min(sizes)
    count_bytes(path, round(sum(sizes) / (len(sizes) * MP3_FRAME_S)))
    return path


def packets(path: Path) -> "list[Packet[AudioStream]]":
    with av.open(str(path)) as container:
        return [packet for packet in container.demux(audio=0) if packet.size]


def count_bytes(path: Path, bytes_a_second: int) -> None:
    """Changes the headers of the sound (AVISTREAMHEADER and WAVEFORMATEX, of Microsoft)."""
    data = bytearray(path.read_bytes())
    header = data.index(b"auds")
    format_ = data.index(b"strf", header) + 8
    struct.pack_into("<II", data, header + 20, 1, bytes_a_second)  # a tick is as long as 1 of so many
    struct.pack_into("<I", data, header + 44, 1)  # bytes of a sample
    struct.pack_into("<IH", data, format_ + 8, bytes_a_second, 1)  # and of a block
    path.write_bytes(data)


def heard(source: Path) -> list[float]:
    encoded = encode_sound(source, source.parent / "sound")
    track = encoded.track
    assert track is not None and not encoded.missing_s
    wave = Rendition(source.parent / "sound", track).wave()
    assert duration_s(wave) == pytest.approx(SECONDS, abs=0.15)
    return [second - LAME_DELAY_S for second in beeps(wave)]


def test_no_time_passes_faster_for_fewer_bytes(source: Path) -> None:
    times = [float(packet.pts * packet.time_base) for packet in packets(source)]  # type: ignore[operator]
    assert max(abs(time - number * MP3_FRAME_S) for number, time in enumerate(times)) > 5 * IN_SYNC_S
    assert heard(source) == pytest.approx(range(SECONDS), abs=IN_SYNC_S)


def test_where_bytes_are_missing_time_has_passed(source: Path) -> None:
    with av.open(str(source)) as container:
        stream = container.streams.audio[0]
        times = ByteTimes(container, stream)

        def frames() -> Iterator[AudioFrame]:
            for number, packet in enumerate(container.demux(stream)):
                if packet.pts is not None and number >= 30:
                    packet.pts += 1000
                times.see(packet)
                yield from packet.decode()

        placed = [frame.pts for frame in times.placed(frames()) if frame.pts is not None]
        assert stream.time_base is not None
        usual = MP3_FRAME_S / stream.time_base
    steps = [after - before for before, after in pairwise(placed)]
    assert steps.pop(29) == pytest.approx(usual + 1000, abs=1)
    assert steps == pytest.approx([float(usual)] * len(steps), abs=1)
