"""AVI that bytes were removed from: what is left comes when it is due, and the rest is missing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from webapp.media.avi_cut import filled

from .decoding import Rendition
from .encoding import encode_picture, encode_sound
from .hearing import beeps

Footage = Callable[..., Path]

RATE, SECONDS = 25, 12
CLOSE_S = 0.025  # a frame of AAC
GARBLED_S = 0.41  # frames behind a cut show other numbers up to the next keyframe, ten frames on
# Quantized so, the bytes are the same on each processor.
MPEG_4: dict[str, object] = {"codec": "mpeg4", "audio": "mp3", "options": {"qmin": "3", "qmax": "3"}}
H264: dict[str, object] = {"options": {"bf": "0", "qp": "23"}}
UNCOMPRESSED: dict[str, object] = {"codec": "mjpeg", "pixel_format": "yuvj420p", "audio": "pcm_s16le"}


def recording(footage: Footage, changes: dict[str, object] = H264) -> Path:
    return footage("a.avi", **{"rate": RATE, "seconds": SECONDS, "gop": 10, "audio": "aac"} | changes)


def heard_in(source: Path, folder: Path) -> list[float]:
    """The seconds of its beeps, while it is whole."""
    track = encode_sound(source, folder).track
    assert track is not None
    return beeps(Rendition(folder, track).wave())


def remove(source: Path, begin: int, length: int) -> None:
    data = source.read_bytes()
    source.write_bytes(data[:begin] + data[begin + length :])


@pytest.mark.parametrize("changes", [MPEG_4, H264, UNCOMPRESSED])
@pytest.mark.parametrize("begin", [0.3, 0.45])
def test_picture_and_sound_stay_together_behind_a_cut(
    footage: Footage, tmp_path: Path, changes: dict[str, object], begin: float
) -> None:
    source = recording(footage, changes)
    heard = heard_in(source, tmp_path / "whole")
    size = source.stat().st_size
    remove(source, int(size * begin), size // 12 + 1)
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    assert encoded.facts.duration_s == SECONDS and not encoded.facts.missing_s
    shown = {frame.number: float(frame.second) for frame in encoded.top.frames}
    for number in range(SECONDS * RATE * 2 // 3, SECONDS * RATE):
        assert shown[number] == pytest.approx(number / RATE)
    lost_s = SECONDS - len(set(encoded.top.numbers)) / RATE
    assert sum(chunk.missing_s for chunk in encoded.chunks) == pytest.approx(lost_s, abs=GARBLED_S)
    sound = encode_sound(source, tmp_path / "sound", encoded.facts)
    assert sound.track is not None and sound.missing_s == pytest.approx(lost_s, abs=0.3)
    again = beeps(Rendition(tmp_path / "sound", sound.track).wave())
    assert again[-4:] == pytest.approx(heard[-4:], abs=CLOSE_S)


@pytest.mark.parametrize("changes", [MPEG_4, H264, UNCOMPRESSED])
@pytest.mark.parametrize("cuts", [{0.2: 0.01, 0.75: 0.001}, {0.2: 0.01, 0.25: 0.002, 0.42: 0.02, 0.7: 0}])
def test_behind_several_cuts_they_stay_together_too(
    footage: Footage, tmp_path: Path, changes: dict[str, object], cuts: dict[float, float]
) -> None:
    source = recording(footage, changes)
    heard = heard_in(source, tmp_path / "whole")
    size = source.stat().st_size
    for begin, length in reversed(cuts.items()):
        remove(source, int(size * begin), int(size * length) + 1)
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    assert encoded.facts.duration_s == SECONDS
    shown = {frame.number: float(frame.second) for frame in encoded.top.frames}
    for number in [*range(SECONDS * RATE // 10), *range(SECONDS * RATE // 2, SECONDS * RATE * 2 // 3)]:
        assert shown[number] == pytest.approx(number / RATE)
    lost_s = SECONDS - len(set(encoded.top.numbers)) / RATE
    assert sum(chunk.missing_s for chunk in encoded.chunks) == pytest.approx(
        lost_s, abs=len(cuts) * GARBLED_S
    )
    sound = encode_sound(source, tmp_path / "sound", encoded.facts)
    assert sound.track is not None and sound.missing_s < 1
    again = beeps(Rendition(tmp_path / "sound", sound.track).wave())
    assert again[-2:] == pytest.approx(heard[-2:], abs=CLOSE_S)


@pytest.mark.parametrize("cuts", [[(30_000, 5001)], [(30_000, 5001), (60_000, 301), (65_000, 2002)]])
def test_any_part_of_it_reads_as_if_zeros_lay_there(footage: Footage, cuts: list[tuple[int, int]]) -> None:
    source = recording(footage)
    whole = source.read_bytes()
    for begin, length in reversed(cuts):
        remove(source, begin, length)
    file = filled(source)
    assert file is not None
    read = file.read()
    assert len(read) == len(whole)
    edges, kept = [len(whole)], 0
    for begin, length in cuts:
        assert read[kept:begin] == whole[kept:begin]
        cut_at = next(at for at in range(begin, begin + length) if read[at : at + length] == bytes(length))
        kept = cut_at + length
        edges += [cut_at, kept]
    assert read[kept:] == whole[kept:]
    for at in [0, *edges, *(edge - 20 for edge in edges)]:
        for size in (1, 19, 20, 21, 6000):
            assert file.seek(at) == at
            assert file.read(size) == read[at : at + size] and file.tell() == min(at + size, len(read))


@pytest.mark.parametrize("length", [1, 3, 4])
def test_a_few_bytes_are_missing_too(footage: Footage, length: int) -> None:
    source = recording(footage)
    whole = source.read_bytes()
    remove(source, len(whole) // 3, length)
    file = filled(source)
    assert file is not None and file.read()[len(whole) // 2 :] == whole[len(whole) // 2 :]


def test_what_is_whole_or_breaks_off_or_is_overwritten_is_read_as_it_is(footage: Footage) -> None:
    source = recording(footage)
    data = source.read_bytes()
    assert filled(source) is None
    for changed in (
        data[: len(data) * 2 // 3],
        data[:50_000] + bytes(5000) + data[55_000:],
        data[:-100],
        data.replace(b"movi", b"mova", 1),
    ):
        source.write_bytes(changed)
        assert filled(source) is None
