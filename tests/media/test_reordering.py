"""H.264 that does not say how far its frames are reordered, and has them farther apart later on."""

from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.video.frame import PictureType

from tests.support.video import numbered_frame
from webapp.media.frames import FrameReader
from webapp.media.source import open_upload, picture_streams

RATE, FRAMES, WITHOUT_B_FRAMES = 25, 200, 150
# Longer than libavformat looks for it.
OPTIONS = {"x264-params": "bframes=3:b-pyramid=normal:b-adapt=0:scenecut=0:ref=4"}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options=OPTIONS)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        stream.codec_context.gop_size = FRAMES
        for number in range(FRAMES):
            frame = numbered_frame(number, 160, 96).reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            if number < WITHOUT_B_FRAMES:
                frame.pict_type = PictureType.P
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with av.open(str(path)) as written:
        record = written.streams.video[0].codec_context.extradata
    assert record
    parameters = record[8 : 8 + int.from_bytes(record[6:8])]
    data = path.read_bytes()
    assert data.count(parameters) == 1
    path.write_bytes(data.replace(parameters, without_restriction(parameters)))
    return path


def without_restriction(parameters: bytes) -> bytes:
    """Parameters of a sequence without bitstream_restriction_flag (ITU-T H.264 E.1.1).

    It comes last but for what it announces: a flag, and six numbers, of which x264 has the first two 0.
    """
    bits = "".join(f"{byte:08b}" for byte in parameters)
    end = len(bits.rstrip("0")) - 1
    places = (at for at in range(end - 40, end) if bits[at : at + 4] == "1111")
    (flag,) = (at for at in places if numbers(bits[at + 2 : end]) == 6)
    bits = bits[:flag] + "0" + bits[flag + 1 :]
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))


def numbers(bits: str) -> int:
    """How many numbers these are by Exp-Golomb (§9.1); 0 if they do not end with one."""
    count = at = 0
    while at < len(bits):
        zeros = len(bits[at:]) - len(bits[at:].lstrip("0"))
        at, count = at + 2 * zeros + 1, count + 1
    return count if at == len(bits) else 0


def test_no_frame_is_lost_where_they_begin_to_be_reordered(source: Path) -> None:
    with open_upload(str(source)) as container:
        (stream,) = picture_streams(container)
        ticks = [frame.pts for frame in FrameReader(container, stream).read(0)]
    assert ticks == [number * 1000 // RATE for number in range(FRAMES)]
