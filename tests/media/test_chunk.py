"""Chunks of a picture, put together again: nothing missing, nothing twice, nothing moved."""

import re
from collections.abc import Callable
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from av.video.frame import VideoFrame

from tests.support.video import make_video, noisy_frame, numbered_frame
from webapp.media import chunk, timeline
from webapp.media.answers import Chunk, Progress
from webapp.media.jobs import ChunkJob
from webapp.media.track import INIT_NAME, segment_name

from . import child
from .decoding import assert_can_start_anywhere, assert_joined
from .encoding import Encoded, encode_chunk, encode_picture, facts_of, ladder_of
from .splicing import change_aspect, change_size, turn_interlaced

Footage = Callable[..., Path]


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_frame_is_there_once_and_in_order_across_chunks(small_encoded: Encoded) -> None:
    for rendition in small_encoded.renditions:
        assert rendition.numbers == list(range(9 * 25))


def test_frames_are_shown_exactly_when_the_source_shows_them(small_encoded: Encoded) -> None:
    for rendition in small_encoded.renditions:
        assert rendition.times == [Fraction(number, 25) for number in range(9 * 25)]


def test_segments_start_on_the_timeline_and_join(small_encoded: Encoded) -> None:
    for rendition in small_encoded.renditions:
        assert_joined(rendition)
        assert rendition.begins() == [0, 2, 6] and rendition.end() == 9


def test_a_player_can_start_at_every_segment(small_encoded: Encoded) -> None:
    for rendition in small_encoded.renditions:
        assert_can_start_anywhere(rendition)


def test_segments_say_their_size_and_how_many_frames_they_hold(small_encoded: Encoded) -> None:
    for rendition in small_encoded.renditions:
        assert [segment.samples for segment in rendition.segments] == [50, 100, 75]
        for segment in rendition.segments:
            name = segment_name(segment.index)
            assert segment.size == (rendition.folder / rendition.track.name / name).stat().st_size


def test_a_chunk_encoded_twice_is_the_same_bytes(small_video: Path, tmp_path: Path) -> None:
    facts = facts_of(small_video)
    span = timeline.chunks(facts.duration_s)[1]
    for name in ("here", "again"):
        encode_chunk(small_video, tmp_path / name, facts, ladder_of(facts), span)
    job = ChunkJob(
        source=str(small_video),
        folder=str(tmp_path / "child"),
        facts=facts,
        rungs=ladder_of(facts),
        **span._asdict(),
    )
    assert child.run(job).failure is None
    assert len(files_in(tmp_path / "here")) == 4
    assert files_in(tmp_path / "here") == files_in(tmp_path / "again") == files_in(tmp_path / "child")


def test_every_chunk_writes_the_same_init_segment(small_video: Path, tmp_path: Path) -> None:
    facts = facts_of(small_video)
    rungs = ladder_of(facts)
    for span in timeline.chunks(facts.duration_s):
        folder = tmp_path / str(span.first)
        encoded = encode_chunk(small_video, folder, facts, rungs, span)
        for track in encoded.tracks:
            init = (folder / track.name / INIT_NAME).read_bytes()
            assert init == (tmp_path / "0" / track.name / INIT_NAME).read_bytes()
            assert track.init_sha256 == sha256(init).hexdigest()


def test_chunks_are_encoded_as_their_first_frames_ask_for_and_join_all_the_same(tmp_path: Path) -> None:
    def words_then_leaves(number: int, width: int, height: int) -> VideoFrame:
        return (numbered_frame if number < 50 else noisy_frame)(number, width, height)

    encoded = encode_picture(
        make_video(tmp_path / "a.mp4", seconds=4, picture=words_then_leaves, audio=None), tmp_path / "out"
    )
    assert encoded.top.numbers == list(range(100))
    asked = [
        # x264 writes what it was told into the first frame.
        re.findall(rb"b_adapt=(\d)", encoded.top.data(segment.index))
        for segment in encoded.top.segments
    ]
    assert asked == [[b"1"], [b"0"]]


def test_a_chunk_leaves_nothing_behind_but_its_segments(small_video: Path, tmp_path: Path) -> None:
    facts = facts_of(small_video)
    encode_chunk(small_video, tmp_path, facts, ladder_of(facts)[-1:], timeline.chunks(facts.duration_s)[0])
    assert sorted(files_in(tmp_path)) == ["144p/init.mp4", "144p/s00000.m4s"]


def test_progress_is_told_while_frames_are_finished(small_video: Path, tmp_path: Path) -> None:
    facts = facts_of(small_video)
    span = timeline.chunks(facts.duration_s)[2]
    job = ChunkJob(
        source=str(small_video),
        folder=str(tmp_path),
        facts=facts,
        rungs=ladder_of(facts)[-1:],
        **span._asdict(),
    )
    *progress, last = chunk.encode(job)
    assert isinstance(last, Chunk) and last.frames == 75 and last.damaged == 0
    told = [answer.frames for answer in progress if isinstance(answer, Progress)]
    assert len(told) == len(progress) > 3
    assert told == sorted(told) and told[-1] == 75  # said again when the rendition is finished
    assert len(set(told)) > 3


def test_a_video_longer_than_its_container_says_is_encoded_to_its_end(
    footage: Footage, tmp_path: Path
) -> None:
    source = footage("longer.mp4", seconds=13)
    facts = msgspec.structs.replace(facts_of(source), duration_s=1.5)
    encoded = encode_picture(source, tmp_path / "out", facts)
    assert encoded.top.numbers == list(range(130))
    assert_joined(encoded.top)


def test_a_video_shorter_than_its_container_says_ends_where_it_ends(footage: Footage, tmp_path: Path) -> None:
    source = footage("shorter.mp4")
    facts = msgspec.structs.replace(facts_of(source), duration_s=20)
    encoded = encode_picture(source, tmp_path / "out", facts)
    assert encoded.top.numbers == list(range(66))
    assert_joined(encoded.top)
    assert encoded.top.end() == Fraction(66, 10)
    assert [chunk.frames for chunk in encoded.chunks] == [20, 40, 6, 0, 0]


def test_a_short_rest_belongs_to_the_last_segment(footage: Footage, tmp_path: Path) -> None:
    encoded = encode_picture(footage("rest.mp4", seconds=12.3), tmp_path / "out")
    assert encoded.top.begins() == [0, 2, 6]
    assert encoded.top.end() == Fraction(123, 10)


@pytest.mark.parametrize("frames", [1, 2])
def test_a_video_of_hardly_any_frames_is_one_segment(footage: Footage, tmp_path: Path, frames: int) -> None:
    encoded = encode_picture(footage("short.mp4", seconds=frames / 10), tmp_path / "out")
    assert encoded.top.numbers == list(range(frames))
    assert encoded.top.lengths() == [Fraction(frames, 10)]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"name": "a.ts", "codec": "mpeg2video"},
        {
            "name": "a.mkv",
            "codec": "libx265",
            "options": {"x265-params": "log-level=none:open-gop=1:keyint=90"},
        },
        {"name": "a.webm", "codec": "libvpx-vp9"},
        {"name": "a.avi", "codec": "mpeg4"},
        {"name": "held.mkv", "audio": "aac", "sound_spans_s": [(0, 28)]},
    ],
)
def test_chunks_encoded_in_one_go_are_as_if_each_had_been_looked_for(
    footage: Footage, tmp_path: Path, options: dict[str, Any]
) -> None:
    source = footage(options.pop("name", "a.mp4"), seconds=15, rate=25, **options)
    assert_alike_in_one_go(source, tmp_path)


def test_so_they_are_where_the_picture_changes_on_the_way(tmp_path: Path) -> None:
    sources = (
        change_size(tmp_path / "size.ts", (160, 96), (96, 160), seconds_each=7),
        change_aspect(tmp_path / "aspect.ts", "mpeg2video", "4:5", "16:15", seconds_each=7),
        turn_interlaced(tmp_path / "fields.ts", numbered_frame, seconds_each=7),
    )
    for source in sources:
        assert_alike_in_one_go(source, tmp_path / source.stem)


def assert_alike_in_one_go(source: Path, tmp_path: Path) -> None:
    """Chunks made by one child after another are the same bytes as each made by one of its own."""
    facts = facts_of(source)
    spans = timeline.chunks(facts.duration_s)
    alone = [encode_chunk(source, tmp_path / "alone", facts, ladder_of(facts), span) for span in spans]

    def job(span: timeline.ChunkSpan) -> ChunkJob:
        folder = str(tmp_path / "together")
        return ChunkJob(
            source=str(source), folder=folder, facts=facts, rungs=ladder_of(facts), **span._asdict()
        )

    said = chunk.encode(job(spans[0]), map(job, spans[1:]))
    assert [one for one in said if isinstance(one, Chunk)] == alone
    assert len(spans) > 3 and files_in(tmp_path / "together") == files_in(tmp_path / "alone")
