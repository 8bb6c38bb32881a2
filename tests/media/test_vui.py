"""What a stream says of its clock."""

from fractions import Fraction
from pathlib import Path

import av
import pytest

from tests.support.video import make_video
from webapp.media import sequence, vui

from .encoding import encode_picture


def record_of(path: Path) -> bytes:
    with av.open(str(path)) as container:
        record = container.streams.video[0].codec_context.extradata
    assert record
    return record


@pytest.mark.parametrize("options", ["", "overscan=show:sar=300/301", "colorprim=bt709:chromaloc=1", "tff=1"])
@pytest.mark.parametrize("size", [(320, 180), (64, 48)])
def test_only_the_clock_of_a_record_changes(tmp_path: Path, options: str, size: tuple[int, int]) -> None:
    width, height = size
    source = make_video(
        tmp_path / "a.mp4",
        width=width,
        height=height,
        seconds=0.2,
        audio=None,
        options={"x264-params": options} if options else {},
    )
    record = record_of(source)
    changed = vui.at_most(record, 60)
    assert changed != record
    assert vui.at_most(changed, 25) == record  # as it was made
    assert sequence.progressive(changed) == sequence.progressive(record)


def test_frames_at_odd_milliseconds_are_not_taken_for_a_thousand_a_second(tmp_path: Path) -> None:
    times = [frame * 100 // 3 for frame in range(120) if frame % 7 not in (2, 3, 5)]
    source = make_video(
        tmp_path / "a.webm",
        codec="libvpx",
        time_base=Fraction(1, 1000),
        times=times,
        audio="libopus",
        options={"cpu-used": "8", "deadline": "realtime"},
    )
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    assert len(encoded.top.frames) == len(times)
    (tmp_path / "whole.mp4").write_bytes(encoded.top.data())
    with av.open(str(tmp_path / "whole.mp4")) as container:
        # What ffmpeg's own command goes by, too.
        assert container.streams.video[0].guessed_rate == 60
