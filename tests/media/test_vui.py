"""What a stream says of its clock."""

import subprocess
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import msgspec
import pytest

from tests.support.video import make_video
from webapp.media import sequence, vui
from webapp.media.wanted import Wanted

from .encoding import encode_picture, facts_of


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


@pytest.mark.parametrize(
    ("rate", "time_base", "clock"),
    [
        (Fraction(25), Fraction(1, 12800), 60),
        (Fraction(60), Fraction(1, 90_000), 60),
        (Fraction(60_000, 1001), Fraction(1001, 60_000), 60),
        (Fraction(30_000, 1001), Fraction(1, 1000), 60),
        (Fraction(60_000, 1001), Fraction(1, 1000), 100),
        (Fraction(5997, 100), Fraction(1, 90_000), 100),
        (Fraction(448, 10), Fraction(1, 90_000), 100),
    ],
)
def test_the_clock_is_finer_where_fast_frames_come_unevenly(
    rate: Fraction, time_base: Fraction, clock: int
) -> None:
    assert vui.clock(rate, time_base) == clock


def test_ffmpeg_does_not_complain_of_fast_frames_that_come_unevenly(tmp_path: Path) -> None:
    # As phones write them: two at once, then none for longer. 60 a second.
    ticks = [0, *(tick for pair in range(60) for tick in (2250 + pair * 3000, 3250 + pair * 3000))]
    source = make_video(
        tmp_path / "a.mp4", width=160, height=96, time_base=Fraction(1, 90_000), times=ticks, audio=None
    )
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    assert encoded.top.times == [Fraction(tick, 90_000) for tick in ticks]
    (tmp_path / "whole.mp4").write_bytes(encoded.top.data())
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "warning", "-i", "whole.mp4", "-f", "null", "-"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""


def test_a_run_that_began_with_one_clock_for_all_goes_on_with_it(tmp_path: Path) -> None:
    source = make_video(
        tmp_path / "a.mkv",
        width=160,
        height=96,
        rate=Fraction(60_000, 1001),
        time_base=Fraction(1, 1000),
        times=[number * 1001 // 60 for number in range(30)],
        audio=None,
    )
    found = facts_of(source)
    before = msgspec.structs.replace(found, wanted=Wanted(encoding=2))
    clocks = []
    for name, facts in (("new", found), ("before", before)):
        encoded = encode_picture(source, tmp_path / name, facts, smallest=True)
        (tmp_path / f"{name}.mp4").write_bytes(encoded.top.data())
        record = record_of(tmp_path / f"{name}.mp4")
        clocks.append([rate for rate in (60, 100) if vui.at_most(record, rate) == record])
    assert clocks == [[100], [60]]
