"""The sound as segments."""

import itertools
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av

from webapp.media import audio
from webapp.media.answers import Audio, Written
from webapp.media.jobs import AudioJob

from .decoding import Rendition, assert_joined
from .encoding import encode_sound, facts_of
from .splicing import with_garbage_for_sound

Footage = Callable[..., Path]
FRAME = Fraction(1024, 48_000)


def test_segments_start_at_the_first_frame_after_each_bound(small_video: Path, tmp_path: Path) -> None:
    track = encode_sound(small_video, tmp_path).track
    assert track is not None and track.codec == "mp4a.40.2"
    rendition = Rendition(tmp_path, track)
    assert_joined(rendition)
    for begin, bound in zip(rendition.begins(), [0, 2, 6], strict=True):
        assert bound <= begin < bound + FRAME
    assert 9 <= rendition.end() < 9 + 2 * FRAME


def test_a_short_rest_belongs_to_the_last_segment(footage: Footage, tmp_path: Path) -> None:
    track = encode_sound(footage("a.mp4", rate=5, seconds=12.2, audio="aac"), tmp_path).track
    assert track is not None
    assert [segment.index for segment in track.segments] == [0, 1, 2]


def test_each_frame_is_there_once_and_none_is_priming(small_video: Path, tmp_path: Path) -> None:
    track = encode_sound(small_video, tmp_path).track
    assert track is not None
    (tmp_path / "whole.mp4").write_bytes(Rendition(tmp_path, track).data())
    with av.open(str(tmp_path / "whole.mp4")) as container:
        times = [packet.pts for packet in container.demux(audio=0) if packet.size]
    assert times == [1024 * number for number in range(len(times))]
    assert len(times) == sum(segment.samples for segment in track.segments)


def test_segments_are_told_as_soon_as_they_are_written(small_video: Path, tmp_path: Path) -> None:
    job = AudioJob(source=str(small_video), folder=str(tmp_path), facts=facts_of(small_video))
    told = []
    for answer in audio.encode(job):
        if isinstance(answer, Written):
            (segment,) = answer.track.segments
            assert (tmp_path / "audio" / f"s{segment.index:05d}.m4s").stat().st_size == segment.size
            told.append(segment)
    assert isinstance(answer, Audio) and answer.track is not None
    assert [segment.index for segment in told] == [0, 1]
    assert [*told, answer.track.segments[-1]] == answer.track.segments


def test_the_sound_encoded_twice_is_the_same_bytes(small_video: Path, tmp_path: Path) -> None:
    for name in ("one", "other"):
        encode_sound(small_video, tmp_path / name)
    one, other = (
        {path.name: path.read_bytes() for path in (tmp_path / name / "audio").iterdir()}
        for name in ("one", "other")
    )
    assert sorted(one) == ["init.mp4", "s00000.m4s", "s00001.m4s", "s00002.m4s"]
    assert one == other


def test_sound_of_which_nothing_decodes_is_no_track(tmp_path: Path) -> None:
    source = with_garbage_for_sound(tmp_path / "garbage.mkv", 2)
    assert facts_of(source).audio is not None
    encoded = encode_sound(source, tmp_path / "out")
    assert encoded.track is None and encoded.damaged == 50


def test_the_language_is_that_of_the_track(tmp_path: Path, footage: Footage) -> None:
    source = footage("a.mp4", seconds=1, audio="aac")
    data = bytearray(source.read_bytes())
    at = data.rindex(b"mdhd") + 24
    letters = itertools.accumulate(
        (ord(letter) - 0x60 for letter in "nob"), lambda sum_, letter: sum_ << 5 | letter
    )
    data[at : at + 2] = list(letters)[-1].to_bytes(2, "big")
    source.write_bytes(data)
    facts = facts_of(source)
    assert facts.audio is not None and facts.audio.language == "nob"
