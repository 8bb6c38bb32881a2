"""Uploads that cannot become a video, and what is said about each."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from webapp.media.failures import Unprocessable
from webapp.media.jobs import Limits
from webapp.media.source import open_upload

from .copying import copy_of
from .encoding import encode_picture, facts_of
from .splicing import with_a_second_picture, with_an_empty_picture, with_cover_picture, with_two_sizes
from .tampering import overwrite, overwrite_packets

Footage = Callable[..., Path]

INDEX_FIRST = {"container_options": {"movflags": "faststart"}}
FRAGMENTED = {"container_options": {"movflags": "frag_keyframe+empty_moov"}}


def failure_of(path: Path) -> str:
    with pytest.raises(Unprocessable) as caught:
        facts_of(path)
    return caught.value.code


def cut(path: Path, size: int) -> Path:
    path.write_bytes(path.read_bytes()[:size])
    return path


def test_an_empty_file_is_called_empty(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    assert failure_of(tmp_path / "empty.mp4") == "empty_file"


@pytest.mark.parametrize(
    "content",
    [b"a", b"To whom it may concern\n" * 100, b"<!DOCTYPE html><html></html>", b"%PDF-1.7\n" + bytes(5000)],
)
def test_a_document_is_not_media(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "video.mp4").write_bytes(content)
    assert failure_of(tmp_path / "video.mp4") == "not_media"


def test_random_bytes_are_not_media(tmp_path: Path) -> None:
    (tmp_path / "video.mp4").write_bytes(Random(1).randbytes(100_000))
    assert failure_of(tmp_path / "video.mp4") == "not_media"


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_a_file_whose_index_was_to_come_last_breaks_off(footage: Footage, share: float) -> None:
    source = footage("a.mp4")
    assert failure_of(cut(source, int(source.stat().st_size * share))) == "truncated"


def test_a_file_that_breaks_off_in_its_last_box_is_truncated(footage: Footage) -> None:
    source = footage("a.mp4")
    inside = source.read_bytes().index(b"moov") + 200
    assert failure_of(cut(source, inside)) == "truncated"


@pytest.mark.parametrize("inside", [50, 300, 600, 900])
def test_a_file_that_breaks_off_in_an_index_that_came_first_is_truncated(
    footage: Footage, inside: int
) -> None:
    source = footage("a.mp4", audio="aac", **INDEX_FIRST)
    assert failure_of(cut(source, source.read_bytes().index(b"moov") + inside)) == "truncated"


def test_an_index_that_breaks_off_behind_a_whole_one_is_passed_over(footage: Footage) -> None:
    source = footage("a.mp4", **INDEX_FIRST)
    whole, data = facts_of(source), source.read_bytes()
    index = data.index(b"moov") - 4
    source.write_bytes(data + data[index : index + 200])
    assert facts_of(source).duration_s == whole.duration_s


@pytest.mark.parametrize(
    ("name", "changes"), [("a.mkv", {}), ("a.ts", {}), ("a.flv", {}), ("a.avi", {"codec": "mpeg4"})]
)
def test_a_container_without_an_index_is_used_as_far_as_it_goes(
    footage: Footage, name: str, changes: dict[str, object]
) -> None:
    source = footage(name, rate=25, gop=5, **changes)
    facts = facts_of(cut(source, source.stat().st_size // 2))
    assert 1 < facts.duration_s < 6


@pytest.mark.parametrize("last", [b"moof", b"mdat"])
def test_a_fragmented_file_that_breaks_off_is_used_as_far_as_it_goes(footage: Footage, last: bytes) -> None:
    source = footage("a.mp4", audio="aac", **FRAGMENTED)
    cut(source, source.read_bytes().rindex(last) + 120)
    assert facts_of(source).duration_s == pytest.approx(6, abs=0.8)


def test_of_a_fragment_that_breaks_off_every_frame_there_is_comes_out(
    footage: Footage, tmp_path: Path
) -> None:
    source = footage("a.mp4", gop=100, audio="aac", **FRAGMENTED)
    cut(source, source.stat().st_size // 2)  # behind the first part of the picture, and before all sound
    facts = facts_of(source)
    encoded = encode_picture(source, tmp_path / "out", facts)
    numbers = encoded.top.numbers
    assert numbers == list(range(len(numbers)))
    assert len(numbers) > 20 and len(numbers) / 10 == pytest.approx(facts.duration_s, abs=0.2)
    # With the sound, whose beginning is missing, no more than the first frames can be had.
    obstacle = copy_of(source, tmp_path / "copy").obstacle
    assert obstacle is not None and obstacle.code == "damaged"


def test_a_cover_picture_is_not_a_video(tmp_path: Path) -> None:
    facts = facts_of(with_cover_picture(tmp_path / "song.mp4", video=False))
    assert facts.picture is None and facts.audio is not None


def test_beside_a_cover_picture_the_video_is_found(tmp_path: Path) -> None:
    facts = facts_of(with_cover_picture(tmp_path / "film.mp4", video=True))
    assert (facts.video.codec, facts.video.width) == ("h264", 160)


def test_a_file_of_neither_picture_nor_sound_has_no_streams(footage: Footage) -> None:
    assert failure_of(overwrite(footage("a.mp4"), b"trak", 0, b"free")) == "no_streams"


def test_a_codec_nobody_knows_is_named_as_the_reason(footage: Footage) -> None:
    source = footage("a.mp4", seconds=1)
    data = source.read_bytes()
    assert data.count(b"avc1") == 2  # a brand, and the sample entry
    at = data.rindex(b"avc1")
    source.write_bytes(data[:at] + b"zzzz" + data[at + 4 :])
    assert failure_of(source) == "unknown_codec"


def test_a_picture_of_which_no_frame_decodes_is_undecodable(footage: Footage) -> None:
    source = footage("a.mov", codec="png", pixel_format="rgb24", seconds=2)
    assert failure_of(overwrite_packets(source, range(20))) == "undecodable"


@pytest.mark.parametrize("table", [b"stts", b"ctts"])
def test_more_entries_than_memory_holds_are_damage_and_not_many_tracks(
    footage: Footage, table: bytes
) -> None:
    source = footage("a.mp4", seconds=2)
    assert failure_of(overwrite(source, table, 8, (0x1FFFFFFE).to_bytes(4))) == "undecodable"


def test_an_empty_picture_does_not_hide_the_one_beside_it(tmp_path: Path) -> None:
    source = with_an_empty_picture(tmp_path / "a.mkv", seconds=3)
    encoded = encode_picture(source, tmp_path / "out")
    assert (encoded.facts.video.stream, encoded.facts.video.width, encoded.facts.duration_s) == (1, 160, 3)
    assert encoded.top.numbers == list(range(75))


def test_a_picture_that_cannot_be_decoded_does_not_hide_the_one_beside_it(tmp_path: Path) -> None:
    source = with_a_second_picture(tmp_path / "a.mov", seconds=3)
    assert facts_of(source).video.codec == "png"
    encoded = encode_picture(overwrite_packets(source, range(75)), tmp_path / "out")
    assert (encoded.facts.video.stream, encoded.facts.video.codec) == (1, "h264")
    assert encoded.top.numbers == list(range(75))


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv"])
@pytest.mark.parametrize(
    ("defaults", "width"),
    [((False, True), 160), ((True, False), 80), ((True, True), 80), ((False, False), 80)],
)
def test_of_several_pictures_the_first_that_is_not_disabled_is_shown(
    tmp_path: Path, name: str, defaults: tuple[bool, bool], width: int
) -> None:
    assert facts_of(with_two_sizes(tmp_path / name, *defaults, seconds=1)).video.width == width


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(footage: Footage) -> None:
    source = footage("a.mp4", width=8000, height=6000, seconds=0.1, options={"preset": "ultrafast"})
    assert failure_of(source) == "too_large_picture"


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format"),
    [
        ("a.avi", "mjpeg", "yuvj420p"),
        ("a.mov", "png", "rgb24"),
        ("a.avi", "mpeg4", "yuv420p"),
        ("a.ts", "mpeg2video", "yuv420p"),
    ],
)
def test_so_is_one_that_libavformat_does_not_look_at(
    footage: Footage, name: str, codec: str, pixel_format: str
) -> None:
    source = footage(name, width=1600, height=1200, seconds=0.2, codec=codec, pixel_format=pixel_format)
    with pytest.raises(Unprocessable) as refused:
        open_upload(str(source), Limits(pixels=100_000))
    assert (refused.value.code, refused.value.detail) == ("too_large_picture", "1600x1200")


def test_tags_that_are_not_text_do_no_harm(footage: Footage) -> None:
    source = footage("a.mkv", seconds=1)
    data = source.read_bytes()
    at = data.index(b"Lavf")
    source.write_bytes(data[:at] + b"\xff\xfe\xff\xfe" + data[at + 4 :])
    assert facts_of(source).duration_s == 1
