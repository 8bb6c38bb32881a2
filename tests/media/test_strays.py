"""A frame whose time is hours off: it costs itself, and neither the length nor the other frames."""

import struct
from collections.abc import Callable, Iterable
from pathlib import Path

import av
import pytest
from av.video.frame import VideoFrame

from webapp.media.strays import far_ticks, untimed_strays, without_borrowed, without_strays

from .decoding import assert_joined
from .encoding import encode_picture

Footage = Callable[..., Path]

FRAMES = 66
HOURS = 3 * 3600


@pytest.mark.parametrize("share", [0, 0.3, 0.5, 1])
def test_a_stray_time_makes_a_picture_neither_longer_nor_poorer(
    footage: Footage, tmp_path: Path, share: float
) -> None:
    """Composition times are apart from decode times in an MP4 (ISO/IEC 14496-12 §8.6.1.3)."""
    source = footage("a.mp4", options={"bf": "2"})
    data = bytearray(source.read_bytes())
    with av.open(str(source)) as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        ticks = round(HOURS / stream.time_base)
    table = data.index(b"ctts") + 8
    (count,) = struct.unpack_from(">I", data, table)
    entries = [table + 4 + 8 * number for number in range(count)]
    alone = [entry for entry in entries if struct.unpack_from(">I", data, entry)[0] == 1]
    chosen = alone[round(share * (len(alone) - 1))] + 4
    struct.pack_into(">I", data, chosen, struct.unpack_from(">I", data, chosen)[0] + ticks)
    source.write_bytes(data)
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    assert encoded.facts.duration_s == pytest.approx(FRAMES / 10, abs=0.5)
    assert_joined(encoded.top)
    assert len(set(range(FRAMES)) - set(encoded.top.numbers)) <= 3


def test_times_are_astray_only_where_time_goes_back_after_them() -> None:
    far = far_ticks(1000, 40)
    assert without_strays([0, 40, 10**7, 80, 120], far) == [0, 40, 80, 120]
    assert without_strays([10**7, 0, 40, 80], far) == [0, 40, 80]
    for rising in ([0, 40, 10**7, 10**7 + 40], [0, 40, 10**7], [0, 10**5, 10**6]):
        assert without_strays(rising, far) == rising


def test_a_frame_is_not_astray_where_others_that_lie_before_it_are_shown_after_a_long_time() -> None:
    # B-frames on both sides of twenty seconds of a still picture.
    times = [0, 40, 120, 80, 20_200, 160, 20_120, 20_160, 20_240]
    assert without_strays(times, far_ticks(1000, 40)) == times


def shown_at(times: Iterable[int | None]) -> list[VideoFrame]:
    frames = []
    for time in times:
        frames.append(VideoFrame(16, 16))
        frames[-1].pts = time
    return frames


@pytest.mark.parametrize("times", [[10**7, 0, 40], [0, 10**7, 40]])
def test_the_first_frame_can_be_astray_too(times: list[int]) -> None:
    frames = shown_at(times)
    found = list(untimed_strays(frames, far_ticks(1000, 40)))
    assert found == frames
    assert [frame.pts for frame in found] == [None if time == 10**7 else time for time in times]


def test_slides_in_another_order_than_they_are_shown_in_are_not_astray() -> None:
    times = [0, 40_000, 20_000, 80_000, 60_000]
    assert without_strays(times, far_ticks(1000, 20_000)) == times


@pytest.mark.parametrize(
    ("times", "own"),
    [
        ([0, 80, 80, 120], [0, None, 80, 120]),
        ([0, 80, 120, 120, 160], [0, None, None, 120, 160]),  # the second is counted on from the first
        ([0, None, 120, 120, None, 200], [0, None, None, 120, None, 200]),
        ([None, 0, 80, 80, 160, 160, 200], [None, 0, None, 80, None, 160, 200]),
    ],
)
def test_a_frame_that_has_the_time_of_the_next_has_none(
    times: list[int | None], own: list[int | None]
) -> None:
    frames = shown_at(times)
    found = list(without_borrowed(frames, 40))
    assert found == frames
    assert [frame.pts for frame in found] == own


@pytest.mark.parametrize(
    "times",
    [
        [0, 80, 120, 160],  # a frame is missing
        [0, 2000, 2000, 2040],  # a second, and what is counted behind it is off
        [0, 80, *range(120, 520, 40), 480],  # none is held for ever
        [0, 40, 120],
        [],
    ],
)
def test_other_times_stay(times: list[int | None]) -> None:
    assert [frame.pts for frame in without_borrowed(shown_at(times), 40)] == times
