"""Recordings put one behind the other, as they come from receivers and cameras: all of each is there."""

import time
from collections.abc import Callable, Collection
from fractions import Fraction
from functools import partial
from itertools import pairwise
from mmap import ACCESS_READ, mmap
from pathlib import Path

import pytest

from webapp.media import flv_times, splices
from webapp.media.joined import joined
from webapp.media.source import open_upload
from webapp.media.transport_stream import PACKET_BYTES

from . import hostile
from .decoding import Rendition, assert_joined
from .encoding import encode_picture, encode_sound
from .hearing import beeps
from .tampering import FLV_HEADER, retime_sound

Footage = Callable[..., Path]

TICKS_A_SECOND = 90_000
FRAMES, RATE = 35, 10
IN_SYNC_S = 0.02
# Of the second recording: before the first, in it, hours after it, and where times start from zero again.
BEGINNINGS_S = [0, 2, 3000, (1 << 33) / TICKS_A_SECOND - 3]
TIME_OF_ARRIVAL = bytes(4)
NULL_PACKET = b"\x47\x1f\xff\x10" + b"\xff" * 184  # ISO/IEC 13818-1 §2.4.3.3


def recording(footage: Footage, name: str, begin_s: float, frames: int = FRAMES) -> Path:
    begin = round(begin_s * RATE) * TICKS_A_SECOND // RATE
    return footage(
        name,
        times=[begin + number * TICKS_A_SECOND // RATE for number in range(frames)],
        time_base=Fraction(1, TICKS_A_SECOND),
        audio="aac",
        sound_spans_s=[(begin / TICKS_A_SECOND, begin / TICKS_A_SECOND + frames / RATE)],
        options={"bf": "2"},
    )


def one_behind_the_other(target: Path, *parts: Path) -> Path:
    target.write_bytes(b"".join(part.read_bytes() for part in parts))
    return target


@pytest.mark.parametrize("begin_s", BEGINNINGS_S)
def test_all_of_both_recordings_comes_out_in_sync(footage: Footage, tmp_path: Path, begin_s: float) -> None:
    parts = [recording(footage, "one.ts", 3), recording(footage, "other.ts", begin_s)]
    source = one_behind_the_other(tmp_path / "both.ts", *parts)
    picture = encode_picture(source, tmp_path / "out", smallest=True)
    assert picture.top.numbers == [*range(FRAMES), *range(FRAMES)]
    assert_joined(picture.top)
    seam = picture.top.times[FRAMES]
    assert FRAMES / RATE <= seam < FRAMES / RATE + 0.2
    assert picture.top.times[FRAMES:] == [seam + Fraction(number, RATE) for number in range(FRAMES)]
    track = encode_sound(source, tmp_path / "out", picture.facts).track
    assert track is not None
    # Beeps are at full seconds of each recording's own time.
    first = -begin_s % 1
    seconds = [0, 1, 2, 3, *(float(seam) + first + number for number in range(4 if first < 0.5 else 3))]
    assert beeps(Rendition(tmp_path / "out", track).wave()) == pytest.approx(seconds, abs=IN_SYNC_S)


def test_packets_with_their_time_of_arrival_are_joined_too(footage: Footage, tmp_path: Path) -> None:
    data = recording(footage, "one.ts", 0).read_bytes()
    packets = [data[at : at + PACKET_BYTES] for at in range(0, len(data), PACKET_BYTES)]
    source = tmp_path / "both.mts"
    source.write_bytes(b"".join(TIME_OF_ARRIVAL + packet for packet in packets) * 2)
    assert encode_picture(source, tmp_path / "out", smallest=True).top.numbers == [*range(FRAMES)] * 2


@pytest.mark.parametrize("name", ["one.vob", "one.mpg"])  # as MPEG-2 has it, and MPEG-1
def test_program_streams_are_joined_too(footage: Footage, tmp_path: Path, name: str) -> None:
    part = footage(name, codec="mpeg2video", rate=25, seconds=3.2, audio="mp2", options={"bf": "2"})
    assert joined(part) is None
    source = one_behind_the_other(tmp_path / "both.mpg", part, part)
    picture = encode_picture(source, tmp_path / "out", smallest=True)
    assert picture.top.numbers == [*range(80), *range(80)]
    assert_joined(picture.top)


def test_flv_whose_times_begin_anew_is_joined_too(footage: Footage, tmp_path: Path) -> None:
    part = footage("a.flv", audio="aac", seconds=FRAMES / RATE).read_bytes()
    source = tmp_path / "all.flv"
    source.write_bytes(part + 2 * part[FLV_HEADER:])
    picture = encode_picture(source, tmp_path / "out", smallest=True)
    assert picture.top.numbers == 3 * [*range(FRAMES)]
    assert_joined(picture.top)
    seams = picture.top.times[::FRAMES]
    assert [float(seam) for seam in seams] == pytest.approx([0, 3.5, 7], abs=0.1)
    track = encode_sound(source, tmp_path / "out", picture.facts).track
    assert track is not None
    seconds = [float(seam) + second for seam in seams for second in range(4)]
    assert beeps(Rendition(tmp_path / "out", track).wave()) == pytest.approx(seconds, abs=IN_SYNC_S)


@pytest.mark.parametrize(("numbers", "milliseconds"), [([100], 0), ([100], 5_000_000), (range(90, 120), 0)])
def test_flv_of_which_some_times_are_wrong_is_read_as_it_is(
    footage: Footage, numbers: Collection[int], milliseconds: int
) -> None:
    source = footage("a.flv", audio="aac", seconds=20)  # its muxer puts ten seconds of picture first
    assert joined(source) is None
    assert joined(retime_sound(source, numbers, lambda _: milliseconds)) is None


def test_flv_that_was_sent_twice_for_some_seconds_is_read_as_it_is(footage: Footage, tmp_path: Path) -> None:
    data = footage("a.flv", audio="aac", seconds=9).read_bytes()
    source = tmp_path / "twice.flv"
    (tmp_path / "whole.flv").write_bytes(data)
    with (tmp_path / "whole.flv").open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as mapped:
        at = [tag.position - 4 for tag in flv_times.tags(mapped, 0, len(data)) if 4000 <= tag.time < 7000]
    source.write_bytes(data[: at[-1]] + data[at[0] :])
    assert joined(source) is None


def test_flv_whose_times_go_to_and_fro_takes_no_longer_for_each_tag(tmp_path: Path) -> None:
    (source := tmp_path / "a.flv").write_bytes(hostile.flv_of_jumps(150_000))
    moments = [time.process_time()]
    with source.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as mapped:
        assert sum(1 for _ in flv_times.tags(mapped, 0, len(mapped))) == 150_000
    moments.append(time.process_time())
    assert joined(source) is not None
    moments.append(time.process_time())
    listing_s, joining_s = (later - earlier for earlier, later in pairwise(moments))
    assert joining_s < 10 * listing_s  # it takes three times as long, and took twenty


def test_recordings_with_rubbish_between_them_are_joined(footage: Footage, tmp_path: Path) -> None:
    part = recording(footage, "one.ts", 0).read_bytes()
    source = tmp_path / "both.ts"
    source.write_bytes(part + b"rubbish" * 31 + part)
    assert encode_picture(source, tmp_path / "out", smallest=True).top.numbers == [*range(FRAMES)] * 2


def test_recordings_are_found_in_a_file_too_large_to_read_for_that(footage: Footage, tmp_path: Path) -> None:
    data = recording(footage, "one.ts", 0).read_bytes()
    packets = [data[at : at + PACKET_BYTES] for at in range(0, len(data), PACKET_BYTES)]
    padding = NULL_PACKET * (splices.READ_WHOLE_BYTES // len(data) + 1)
    part = tmp_path / "one.ts"
    part.write_bytes(b"".join(packet + padding for packet in packets))
    assert part.stat().st_size > splices.READ_WHOLE_BYTES
    assert joined(part) is None
    assert joined(one_behind_the_other(tmp_path / "both.ts", part, part)) is not None


@pytest.mark.parametrize("begin_s", [0, (1 << 33) / TICKS_A_SECOND - 3])
def test_one_recording_is_read_as_it_is(footage: Footage, begin_s: float) -> None:
    """Also where its times reach their limit on the way, and start from zero."""
    assert joined(recording(footage, "one.ts", begin_s)) is None


def test_a_file_whose_times_jump_all_the_time_is_read_as_it_is(footage: Footage, tmp_path: Path) -> None:
    part = recording(footage, "one.ts", 0, frames=3).read_bytes()
    (tmp_path / "many.ts").write_bytes(part * (splices.MOST_SECTIONS + 2))
    assert joined(tmp_path / "many.ts") is None


def test_what_is_no_transport_stream_is_read_as_it_is(footage: Footage, tmp_path: Path) -> None:
    assert joined(footage("a.mp4")) is None
    (tmp_path / "short").write_bytes(b"G")
    assert joined(tmp_path / "short") is None


def test_the_beginning_of_joined_flv_is_where_it_was(footage: Footage, tmp_path: Path) -> None:
    part = footage("a.flv", audio="aac").read_bytes()
    source = tmp_path / "both.flv"
    source.write_bytes(part + part[FLV_HEADER:])
    with open_upload(str(source)) as container:
        (picture,) = container.streams.video
        container.seek(0, stream=picture)
        assert next(packet for packet in container.demux(picture)).dts == 0


@pytest.mark.parametrize(("name", "frames", "head_bytes"), [("a.ts", 5, 0), ("a.flv", 15, FLV_HEADER)])
def test_any_part_of_a_joined_file_reads_the_same(
    footage: Footage, tmp_path: Path, name: str, frames: int, head_bytes: int
) -> None:
    part = footage(name, audio="aac", seconds=frames / RATE).read_bytes()
    both = tmp_path / f"both-{name}"
    both.write_bytes(part + part[head_bytes:])
    file = joined(both)
    assert file is not None
    with file:
        whole = file.read()
        assert len(whole) == both.stat().st_size
        assert whole[: len(part)] == part and whole[len(part) :] != part[head_bytes:]
        for size in (1, 3, 7, 188):
            file.seek(0)
            assert b"".join(iter(partial(file.read, size), b"")) == whole
