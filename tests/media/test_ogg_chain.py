"""Ogg recordings put one behind the other: all of each is there, or said to be left out."""

import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import imageio_ffmpeg
import pytest

from webapp.media import ogg_chain
from webapp.media.ogg_chain import chained

from .decoding import Rendition, assert_joined
from .encoding import encode_picture, encode_sound, facts_of
from .hearing import beeps, duration_s
from .recorded import FRAMES, RATE, SECONDS
from .test_joined import one_behind_the_other

Footage = Callable[..., Path]

IN_SYNC_S = 0.02
PICTURE = ("-c:v", "libtheora", "-q:v", "7", "-g", "10")
VORBIS, OPUS = ("-c:a", "libvorbis"), ("-c:a", "libopus")


Recording = Callable[..., Path]


@pytest.mark.parametrize("sound", [VORBIS, OPUS, ("-c:a", "flac"), ()])
@pytest.mark.parametrize("same", [True, False])
def test_all_of_each_recording_comes_out_in_sync(
    recording: Recording, tmp_path: Path, sound: tuple[str, ...], same: bool
) -> None:
    """With serial numbers of their own, or with the same."""
    encoding = (*PICTURE, *(sound or ("-an",)))
    parts = [recording(f"{number}.ogv", *encoding) for number in range(1 if same else 4)]
    source = one_behind_the_other(tmp_path / "all.ogv", *(parts * 4 if same else parts))
    picture = encode_picture(source, tmp_path / "out", smallest=True)
    assert picture.top.numbers == [*range(FRAMES)] * 4
    assert_joined(picture.top)
    seams = [float(second) for second in picture.top.times[::FRAMES]]
    assert seams == pytest.approx([SECONDS * number for number in range(4)], abs=0.31)
    assert picture.facts.left_out_s == 0
    assert not any(chunk.damaged or chunk.missing_s for chunk in picture.chunks)
    if sound:
        track = encode_sound(source, tmp_path / "out", picture.facts).track
        assert track is not None
        seconds = [seam + second for seam in seams for second in range(SECONDS)]
        assert beeps(Rendition(tmp_path / "out", track).wave()) == pytest.approx(seconds, abs=IN_SYNC_S)


@pytest.mark.parametrize("other", [(*PICTURE, *OPUS), (*PICTURE, *VORBIS, "-s", "320x192"), (*VORBIS, "-vn")])
@pytest.mark.parametrize("again", [False, True])
def test_what_is_coded_otherwise_is_left_out_and_told(
    recording: Recording, tmp_path: Path, other: tuple[str, ...], again: bool
) -> None:
    parts = [recording("one.ogv", *PICTURE, *VORBIS), recording("other.ogv", *other)]
    source = one_behind_the_other(tmp_path / "all.ogv", *parts, *(parts[:1] if again else []))
    picture = encode_picture(source, tmp_path / "out", smallest=True)
    assert picture.top.numbers == [*range(FRAMES)] * (2 if again else 1)
    assert picture.facts.left_out_s == pytest.approx(SECONDS, abs=0.1)


@pytest.mark.parametrize("other", [(*PICTURE, *OPUS), (*PICTURE, *VORBIS, "-s", "320x192"), (*VORBIS, "-vn")])
def test_what_lasts_longest_is_kept_wherever_it_begins(
    recording: Recording, tmp_path: Path, other: tuple[str, ...]
) -> None:
    film, before = recording("film.ogv", *PICTURE, *VORBIS), recording("other.ogv", *other)
    source = one_behind_the_other(tmp_path / "all.ogv", before, film, before, film, film)
    picture = encode_picture(source, tmp_path / "out", smallest=True)
    assert picture.top.numbers == [*range(FRAMES)] * 3
    assert picture.facts.left_out_s == pytest.approx(2 * SECONDS, abs=0.2)
    track = encode_sound(source, tmp_path / "out", picture.facts).track
    assert track is not None
    seams = [float(second) for second in picture.top.times[::FRAMES]]
    seconds = [seam + second for seam in seams for second in range(SECONDS)]
    assert beeps(Rendition(tmp_path / "out", track).wave()) == pytest.approx(seconds, abs=IN_SYNC_S)


@pytest.mark.parametrize("changes", [("-ar", "44100"), ("-ac", "1")])
def test_so_is_sound_alone(recording: Recording, tmp_path: Path, changes: tuple[str, ...]) -> None:
    parts = [recording("one.ogg", "-vn", *VORBIS), recording("other.ogg", "-vn", *VORBIS, *changes)]
    facts = facts_of(source := one_behind_the_other(tmp_path / "all.ogg", *parts, parts[0]))
    assert facts.left_out_s == pytest.approx(SECONDS, abs=0.1)
    assert facts.duration_s == pytest.approx(2 * SECONDS, abs=0.1)
    sound = encode_sound(source, tmp_path / "out", facts)
    assert sound.track is not None and not sound.damaged
    assert duration_s(Rendition(tmp_path / "out", sound.track).wave()) == pytest.approx(
        facts.duration_s, abs=0.03
    )


@pytest.mark.parametrize("sound", [VORBIS, OPUS, ()])
@pytest.mark.parametrize("again", [False, True])
def test_one_that_was_cut_and_begins_before_zero_is_read_from_there_on(
    recording: Recording, tmp_path: Path, sound: tuple[str, ...], again: bool
) -> None:
    whole, cut, source = (
        recording("one.ogv", *PICTURE, *(sound or ("-an",))),
        tmp_path / "cut.ogv",
        tmp_path / "a.ogv",
    )
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-ss", "1.5", "-i", str(whole), "-c", "copy"]
    subprocess.run([*command, str(cut)], check=True, timeout=60)
    one_behind_the_other(source, *[cut] * (2 if again else 1))
    picture = encode_picture(source, tmp_path / "out", smallest=True)
    assert picture.facts.zero_s == 0
    assert picture.top.numbers == [*range(RATE, FRAMES)] * (2 if again else 1)
    seconds = [float(shown.second) for shown in picture.top.frames if shown.number % RATE == 0]
    assert seconds[:2] == pytest.approx([0, 1], abs=0.001)
    if sound:
        track = encode_sound(source, tmp_path / "out", picture.facts).track
        assert track is not None
        assert beeps(Rendition(tmp_path / "out", track).wave()) == pytest.approx(seconds, abs=IN_SYNC_S)


@pytest.mark.parametrize("other", [(*PICTURE, *VORBIS), ("-vn", *VORBIS), ("-vn", *OPUS)])
def test_one_recording_is_read_as_it_is(recording: Recording, other: tuple[str, ...]) -> None:
    assert chained(recording("one.ogg", *other)) is None


@pytest.mark.parametrize("sound", [VORBIS, OPUS])
def test_sound_alone_in_one_coding_is_read_as_it_is(
    recording: Recording, tmp_path: Path, sound: tuple[str, ...]
) -> None:
    """libavformat goes on with that, whatever the rate of its bits."""
    parts = [recording("one.ogg", "-vn", *sound), recording("other.ogg", "-vn", *sound, "-b:a", "96k")]
    source = one_behind_the_other(tmp_path / "both.ogg", *parts)
    assert chained(source) is None
    assert facts_of(source).duration_s == pytest.approx(2 * SECONDS, abs=0.1)


def test_recordings_are_found_in_a_file_too_large_to_read_for_that(
    recording: Recording, tmp_path: Path
) -> None:
    part = recording("one.ogv", *PICTURE, "-an")
    times = ogg_chain.READ_WHOLE_BYTES // part.stat().st_size + 1
    many = one_behind_the_other(tmp_path / "many.ogv", *[part] * times)
    assert many.stat().st_size > ogg_chain.READ_WHOLE_BYTES
    assert chained(many) is not None


def test_any_part_of_a_chain_reads_the_same(recording: Recording, tmp_path: Path) -> None:
    parts = [recording(f"{number}.ogv", *PICTURE, *VORBIS) for number in range(2)]
    file = chained(one_behind_the_other(tmp_path / "both.ogv", *parts))
    assert file is not None
    with file:
        whole = file.read()
        assert whole.startswith(parts[0].read_bytes())
        for size in (1000, 7777):
            file.seek(0)
            assert b"".join(iter(partial(file.read, size), b"")) == whole


def test_a_position_that_no_recording_is_long_enough_for_is_damage(
    recording: Recording, tmp_path: Path
) -> None:
    part = recording("a.ogv", *PICTURE, *VORBIS)
    data = bytearray(one_behind_the_other(tmp_path / "both.ogv", part, part).read_bytes())
    at = data.index(b"OggS", len(data) * 3 // 4)
    data[at + 6 : at + 14] = b"\xff" * 7 + b"\x7f"
    (source := tmp_path / "odd.ogv").write_bytes(data)
    made = chained(source)
    assert made is not None
    with made:
        assert len(made.read()) > len(data) // 2
    assert facts_of(source).duration_s >= SECONDS
