"""MPEG streams whose picture stands still for long, as screens and slides do: nothing is lost or moved."""

from fractions import Fraction
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import av
import pytest
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

from tests.support.video import SAMPLE_RATE, mux_beeps, numbered_frame
from webapp.media import pes_times
from webapp.media.joined import joined

from .encoding import Encoded, encode_picture
from .test_joined import one_behind_the_other

RATE = 10
# In tenths of a second. Two seconds of movement, twelve of a still picture, and so on; and slides.
SCREEN = [*range(20), *range(140, 150), *range(270, 280)]
SLIDES = [number * 250 for number in range(4)]


class Collected(list[Any]):
    """Packets, taken as a container takes them."""

    mux = list.extend


def recording(
    path: Path, times: list[int], audio: str | None, codec: str = "libx264", **options: str
) -> Path:
    """Packets lie in the order in which they are decoded, as recorders have to write them."""
    with av.open(str(path), "w") as container:
        picture = container.add_stream(codec, rate=RATE, options=options)
        assert isinstance(picture, VideoStream)
        picture.width, picture.height, picture.pix_fmt = 160, 96, "yuv420p"
        picture.codec_context.gop_size, picture.codec_context.time_base = 20, Fraction(1, RATE)
        packets = Collected()
        if audio:
            sound = container.add_stream(audio, rate=SAMPLE_RATE, layout="stereo")
            assert isinstance(sound, AudioStream)
            mux_beeps(packets, sound, 0, times[-1] / RATE + 1)
            packets.mux(sound.encode(None))
        for number, time in enumerate(times):
            frame = numbered_frame(number, 160, 96).reformat(format="yuv420p")
            frame.pts, frame.time_base = time, Fraction(1, RATE)
            packets.mux(picture.encode(frame))
        packets.mux(picture.encode(None))
        for packet in sorted(packets, key=lambda packet: packet.dts * packet.time_base):
            container.mux(packet)
    return path


def first_shown(encoded: Encoded) -> dict[int, float]:
    return {frame.number: float(frame.second) for frame in reversed(encoded.top.frames)}


def when(times: list[int]) -> dict[int, Any]:
    return {number: pytest.approx(time / RATE, abs=0.05) for number, time in enumerate(times)}


@pytest.mark.parametrize("times", [SCREEN, SLIDES])
@pytest.mark.parametrize("audio", ["aac", None])
@pytest.mark.parametrize("b_frames", ["0", "2"])
def test_frames_after_a_long_still_stretch_are_where_they_belong(
    tmp_path: Path, times: list[int], audio: str | None, b_frames: str
) -> None:
    source = recording(tmp_path / "a.ts", times, audio, bf=b_frames)
    assert joined(source) is None
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    assert first_shown(encoded) == when(times)
    assert not any(chunk.damaged or chunk.missing_s for chunk in encoded.chunks)


def test_a_still_picture_of_a_program_stream_may_lie_far_ahead_of_its_sound(tmp_path: Path) -> None:
    assert joined(recording(tmp_path / "a.mpg", SCREEN, "mp2", codec="mpeg2video")) is None


@pytest.mark.parametrize("audio", ["aac", None])
def test_recordings_with_still_stretches_are_joined_as_others_are(tmp_path: Path, audio: str | None) -> None:
    part = recording(tmp_path / "a.ts", SCREEN, audio, bf="0")
    source = one_behind_the_other(tmp_path / "twice.ts", part, part)
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    again = encoded.top.times[max(place for place, number in enumerate(encoded.top.numbers) if number == 0)]
    assert again == pytest.approx(SCREEN[-1] / RATE + 0.1, abs=1.1)
    second = {
        frame.number: float(frame.second - again)
        for frame in reversed(encoded.top.frames)
        if frame.second >= again
    }
    assert second == when(SCREEN)


@pytest.mark.parametrize("wrong", [bytes(10), b"\x3f\xff\xff\xff\xff", b"\x31\x00\x05\x00\x01"])
def test_one_wrong_time_moves_nothing_else(tmp_path: Path, wrong: bytes) -> None:
    source = recording(tmp_path / "a.ts", list(range(80)), "aac", bf="0")
    data = bytearray(source.read_bytes())
    with source.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as mapped:
        place = [stamp.position for stamp in pes_times.stamps(mapped, 188, 0, len(mapped)) if stamp.picture][
            40
        ]
    data[place : place + len(wrong)] = wrong
    source.write_bytes(data)
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    shown = first_shown(encoded)
    assert {number: shown.get(number) for number in range(80) if number != 40} == {
        number: time for number, time in when(list(range(80))).items() if number != 40
    }
