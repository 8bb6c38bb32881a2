"""Init and media segments, and the decode times in them."""

import itertools
import struct
from fractions import Fraction

from hypothesis import given, strategies as st

from webapp.media import cmaf
from webapp.media.boxes import children
from webapp.media.cmaf import Sample

# What an encoder puts out: closed GOPs, each in groups of an anchor and the frames shown before it, which
# come after it in any order. 16 is the most frames H.264 can reorder by; 10 kHz ticks, up to 480 frames/s.
GROUPS = st.lists(st.integers(0, 7).flatmap(lambda size: st.permutations(range(size))), max_size=6)
GOPS = st.lists(GROUPS, min_size=1, max_size=3)
FRAME_TICKS = st.integers(20, 4000)
CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl", b"mvex", b"moof", b"traf"}


def coded_order(gops: list[list[list[int]]]) -> list[int]:
    """Positions in presentation order, listed in decoding order."""
    order: list[int] = []
    for groups in gops:
        order.append(len(order))
        for group in groups:
            first = len(order)
            order += [first + len(group), *(first + position for position in group)]
    return order


def rows_of(segment: bytes) -> tuple[int, int, list[tuple[int, int, int, int]]]:
    """Base decode time, data offset and the rows (duration, size, flags, composition offset) of a segment."""
    tfdt, trun = segment.index(b"tfdt"), segment.index(b"trun")
    (decode,) = struct.unpack_from(">Q", segment, tfdt + 8)
    count, offset = struct.unpack_from(">Ii", segment, trun + 8)
    rows = [struct.unpack_from(">4I", segment, trun + 16 + 16 * number) for number in range(count)]
    return decode, offset, [(row[0], row[1], row[2], row[3]) for row in rows]


def assert_filled(data: bytes) -> None:
    """Boxes at every level fill what they lie in, to the byte."""
    found = list(children(data))
    assert sum(size for _, _, size in found) == len(data)
    for kind, offset, size in found:
        if kind in CONTAINERS:
            assert_filled(data[offset + 8 : offset + size])


@given(GOPS, st.lists(FRAME_TICKS, min_size=1, max_size=5), st.integers(0, 1 << 40))
def test_decode_times_rise_from_the_first_presentation_and_are_never_after_it(
    gops: list[list[list[int]]], steps: list[int], zero: int
) -> None:
    order = coded_order(gops)
    shown = list(itertools.accumulate(itertools.islice(itertools.cycle(steps), len(order) - 1), initial=zero))
    pts = [shown[position] for position in order]
    decode = cmaf.decode_times(pts)
    assert len(decode) == len(pts)
    assert decode[0] == min(pts)
    assert all(one < other for one, other in itertools.pairwise(decode))
    assert all(time <= presented for time, presented in zip(decode, pts, strict=True))


def test_without_reordering_frames_are_decoded_when_they_are_shown() -> None:
    assert cmaf.decode_times([0, 400, 800, 1200]) == [0, 400, 800, 1200]


def test_reordered_frames_are_decoded_at_an_even_pace_after_the_first_few() -> None:
    # I P B b with a pyramid: two frames late, so the first three share the first frame's time.
    assert cmaf.decode_times([0, 1200, 600, 300, 900, 1500]) == [0, 100, 200, 300, 600, 900]


@given(GOPS, FRAME_TICKS)
def test_no_frame_seems_to_be_shown_after_the_end(gops: list[list[list[int]]], step: int) -> None:
    """Players count a sample's duration from its presentation on."""
    order = coded_order(gops)
    end = len(order) * step
    samples = [Sample(position * step, b"-", sync=False) for position in order]
    time, _, rows = rows_of(cmaf.segment(0, samples, end))
    assert time == 0
    for sample, (duration, _, _, offset) in zip(samples, rows, strict=True):
        assert duration > 0 and time + offset == sample.pts
        assert sample.pts + duration <= end
        time += duration
    assert time == end


@given(GOPS, st.integers(0, 1000), st.integers(0, 5000))
def test_a_segment_lasts_to_its_end_and_says_where_each_sample_lies(
    gops: list[list[list[int]]], number: int, rest: int
) -> None:
    order = coded_order(gops)
    samples = [Sample(400 * place, bytes([place % 256]) * (place + 1), sync=place == 0) for place in order]
    end = 400 * len(order) + rest
    segment = cmaf.segment(number, samples, end)
    decode, data_offset, rows = rows_of(segment)
    assert_filled(segment)
    assert [kind for kind, _, _ in children(segment)] == [b"styp", b"moof", b"mdat"]
    assert decode == 0 and decode + sum(duration for duration, _, _, _ in rows) == end
    at, time = next(offset for kind, offset, _ in children(segment) if kind == b"moof") + data_offset, decode
    for sample, (duration, size, flags, composition) in zip(samples, rows, strict=True):
        assert segment[at : at + size] == sample.data
        assert time + composition == sample.pts
        assert flags == (cmaf.SYNC_SAMPLE if sample.sync else cmaf.DEPENDENT_SAMPLE)
        at, time = at + size, time + duration
    assert at == len(segment)


def test_fragments_are_numbered_from_one() -> None:
    segment = cmaf.segment(0, [Sample(0, b"x", sync=True)], 100)
    assert struct.unpack_from(">I", segment, segment.index(b"mfhd") + 8) == (1,)


def test_a_segment_a_day_in_still_says_its_time_exactly() -> None:
    start = 90_000 * 86_400
    decode, _, _ = rows_of(cmaf.segment(14_400, [Sample(start, b"x", sync=True)], start + 1))
    assert Fraction(decode, 90_000) == 86_400


def test_init_segments_are_filled_to_the_byte() -> None:
    video = cmaf.video_init(12_800, 320, 180, b"\x01\x64\x00\x0d\xff\xe0\x00", (1, 1, 1))
    audio = cmaf.audio_init(48_000, 2, b"\x11\x90", 128_000)
    for init in (video, audio):
        assert_filled(init)
        assert [kind for kind, _, _ in children(init)] == [b"ftyp", b"moov"]
