"""Matroska and WebM recordings put one behind the other: all of each is there, or said to be left out."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.tracks import SubtitleTrack, add_tracks
from webapp.media.matroska_chain import matroska_chained

from .copying import copy_of
from .decoding import Rendition, assert_joined
from .encoding import encode_picture, encode_sound, facts_of
from .hearing import beeps, duration_s
from .recorded import FRAMES, SECONDS
from .tampering import forget_sizes
from .test_joined import one_behind_the_other
from .test_subtitles import extracted

Footage = Callable[..., Path]

IN_SYNC_S = 0.02
WEBM = ("-c:v", "libvpx", "-deadline", "realtime", "-g", "10", "-c:a", "libopus")
H264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", "10", "-bf", "2", "-c:a", "aac")
PCM = ("-c:v", "mpeg4", "-c:a", "pcm_s16le")


Recording = Callable[..., Path]


def same(path: Path) -> Path:
    return path


@pytest.mark.parametrize(
    ("name", "encoding", "change"),
    [
        ("a.webm", WEBM, same),
        ("a.webm", (*WEBM, "-live", "1"), same),
        ("a.webm", WEBM, forget_sizes),
        ("a.mkv", H264, same),
        ("a.mkv", (*H264, "-cues_to_front", "1"), same),
        ("a.mkv", PCM, same),
    ],
)
def test_all_of_each_recording_comes_out_in_sync(
    recording: Recording, tmp_path: Path, name: str, encoding: tuple[str, ...], change: Callable[[Path], Path]
) -> None:
    part = change(recording(name, *encoding))
    source = one_behind_the_other(tmp_path / f"all-{name}", *[part] * 4)
    picture = encode_picture(source, tmp_path / "out", smallest=True)
    assert picture.top.numbers == [*range(FRAMES)] * 4
    assert_joined(picture.top)
    seams = [float(second) for second in picture.top.times[::FRAMES]]
    assert seams == pytest.approx([SECONDS * number for number in range(4)], abs=0.1)
    facts = picture.facts
    assert facts.left_out_s == facts.missing_s == 0 and facts.duration_s == pytest.approx(12, abs=0.1)
    assert not any(chunk.damaged or chunk.missing_s for chunk in picture.chunks)
    sound = encode_sound(source, tmp_path / "out", facts)
    assert sound.track is not None and not sound.missing_s
    seconds = [seam + second for seam in seams for second in range(SECONDS)]
    assert beeps(Rendition(tmp_path / "out", sound.track).wave()) == pytest.approx(seconds, abs=IN_SYNC_S)


def test_all_of_each_is_copied(recording: Recording, tmp_path: Path) -> None:
    source = one_behind_the_other(tmp_path / "all.mkv", *[recording("a.mkv", *H264)] * 2)
    copies = copy_of(source, tmp_path / "out")
    assert copies.obstacle is None and copies.picture.numbers == [*range(FRAMES)] * 2


def test_sound_alone_goes_on(recording: Recording, tmp_path: Path) -> None:
    part = recording("a.mka", "-vn", "-c:a", "libopus")
    source = one_behind_the_other(tmp_path / "all.mka", part, part)
    facts = facts_of(source)
    assert facts.duration_s == pytest.approx(2 * SECONDS, abs=0.05) and facts.missing_s == 0
    track = encode_sound(source, tmp_path / "out", facts).track
    assert track is not None
    wave = Rendition(tmp_path / "out", track).wave()
    assert beeps(wave) == pytest.approx(range(2 * SECONDS), abs=2 * IN_SYNC_S)
    assert duration_s(wave) == pytest.approx(facts.duration_s, abs=0.03)


def test_subtitles_go_on(recording: Recording, tmp_path: Path) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nOne\n"
    part = add_tracks(recording("a.mkv", *H264), tmp_path / "b.mkv", subtitles=[SubtitleTrack(text)])
    (found,) = extracted(one_behind_the_other(tmp_path / "all.mkv", part, part), tmp_path / "out")
    assert found.count("One") == 2 and "00:00:04.0" in found


@pytest.mark.parametrize(
    "other", [(*H264, "-s", "320x192"), (*H264, "-ac", "1"), (*H264, "-vn"), (*WEBM[:-2], "-c:a", "aac")]
)
def test_what_is_coded_otherwise_is_left_out_and_told(
    recording: Recording, tmp_path: Path, other: tuple[str, ...]
) -> None:
    film, before = recording("film.mkv", *H264), recording("other.mkv", *other)
    source = one_behind_the_other(tmp_path / "all.mkv", before, film, before, film)
    picture = encode_picture(source, tmp_path / "out", smallest=True)
    assert picture.top.numbers == [*range(FRAMES)] * 2
    assert picture.facts.left_out_s == pytest.approx(2 * SECONDS, abs=0.1) and picture.facts.missing_s == 0
    track = encode_sound(source, tmp_path / "out", picture.facts).track
    assert track is not None
    seams = [float(second) for second in picture.top.times[::FRAMES]]
    seconds = [seam + second for seam in seams for second in range(SECONDS)]
    assert beeps(Rendition(tmp_path / "out", track).wave()) == pytest.approx(seconds, abs=IN_SYNC_S)


def test_what_is_missing_of_the_last_is_said(recording: Recording, tmp_path: Path) -> None:
    source = one_behind_the_other(tmp_path / "all.mkv", *[recording("a.mkv", *PCM)] * 2)
    data = source.read_bytes()
    source.write_bytes(data[: len(data) * 3 // 4])
    facts = facts_of(source)
    assert facts.duration_s > SECONDS
    assert facts.missing_s == pytest.approx(2 * SECONDS - facts.duration_s, abs=0.2) and facts.missing_s > 1


@pytest.mark.parametrize("change", [same, forget_sizes])
def test_one_recording_is_read_as_it_is(recording: Recording, change: Callable[[Path], Path]) -> None:
    assert matroska_chained(change(recording("a.webm", *WEBM))) is None
    assert matroska_chained(change(recording("b.webm", *WEBM, "-live", "1"))) is None
