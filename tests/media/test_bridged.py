"""Fragmented MP4 that is damaged between its fragments or ends in one: only what is damaged is lost."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from webapp.media.bridged import bridged
from webapp.media.failures import Unprocessable

from .decoding import Rendition
from .encoding import encode_picture, encode_sound, facts_of
from .hearing import beeps

Footage = Callable[..., Path]
FRAMES, RATE, GOP = 80, 10, 10
Damage = Callable[[bytearray, list[int]], None]


def fragmented(footage: Footage, base: str = "+default_base_moof") -> Path:
    return footage(
        "a.mp4",
        seconds=FRAMES / RATE,
        gop=GOP,
        audio="aac",
        options={"x264-params": "scenecut=0"},
        container_options={"movflags": "frag_keyframe+empty_moov" + base},
    )


def fragments(data: bytes | bytearray) -> list[int]:
    """Where they lie."""
    return [place - 4 for place in range(len(data)) if data.startswith(b"moof", place)]


def zeros(data: bytearray, places: list[int]) -> None:
    data[places[3] - 20 : places[3] + 100] = bytes(120)


def garbage(data: bytearray, places: list[int]) -> None:
    data[places[3] : places[3] + 60] = Random(1).randbytes(60)


def wrong_size(data: bytearray, places: list[int]) -> None:
    data[places[3]] = 0x7F


def wrong_size_inside(data: bytearray, places: list[int]) -> None:
    traf = data.index(b"traf", places[3])
    data[traf - 2] ^= 0x40


@pytest.mark.parametrize("damage", [zeros, garbage, wrong_size, wrong_size_inside])
def test_a_damaged_fragment_costs_itself(footage: Footage, tmp_path: Path, damage: Damage) -> None:
    source = fragmented(footage)
    data = bytearray(source.read_bytes())
    damage(data, fragments(data))
    source.write_bytes(data)
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    lost = FRAMES - len(set(encoded.top.numbers))
    assert 0 < lost <= 2 * GOP
    assert encoded.facts.duration_s == pytest.approx(FRAMES / RATE)
    assert sum(chunk.missing_s for chunk in encoded.chunks) == pytest.approx(lost / RATE, abs=0.15)
    assert encode_sound(source, tmp_path / "out", encoded.facts).track


@pytest.mark.parametrize("inside", [100, 0])
def test_fragments_are_found_behind_bytes_that_were_removed(
    footage: Footage, tmp_path: Path, inside: int
) -> None:
    """Where each says how far from the beginning of the file it lies; also if whole ones are gone."""
    source = fragmented(footage, base="")
    data = source.read_bytes()
    places = fragments(data)
    source.write_bytes(data[: places[3] + inside] + data[places[4] + inside :])
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    lost = FRAMES - len(set(encoded.top.numbers))
    assert 0 < lost <= 2 * GOP
    assert encoded.facts.duration_s == pytest.approx(FRAMES / RATE)
    assert sum(chunk.missing_s for chunk in encoded.chunks) == pytest.approx(lost / RATE, abs=0.15)
    assert not any(chunk.damaged for chunk in encoded.chunks)
    sound = encode_sound(source, tmp_path / "out", encoded.facts)
    assert sound.track and not sound.damaged
    assert sound.missing_s == pytest.approx(lost / RATE, abs=0.3)
    wave = Rendition(tmp_path / "out", sound.track).wave()
    assert {round(second) for second in beeps(wave)} >= {0, 1, 2, 6, 7}


@pytest.mark.parametrize("base", ["", "+default_base_moof", "+omit_tfhd_offset"])
def test_a_whole_file_is_read_as_it_is(footage: Footage, base: str) -> None:
    assert bridged(fragmented(footage, base)) is None


def test_one_cut_off_between_fragments_or_in_samples_is_read_as_it_is(footage: Footage) -> None:
    source = fragmented(footage)
    data = source.read_bytes()
    for end in (fragments(data)[-1], fragments(data)[-1] + 4, len(data) - 200):
        source.write_bytes(data[:end])
        assert bridged(source) is None


@pytest.mark.parametrize("base", ["", "+default_base_moof"])
def test_all_before_a_fragment_that_breaks_off_is_there(footage: Footage, base: str) -> None:
    """Wherever it does, in the list of its samples too."""
    source = fragmented(footage, base)
    data = source.read_bytes()
    last = fragments(data)[-1]
    size = int.from_bytes(data[last : last + 4])
    for inside in (*range(1, size, 9), size - 4, size - 1, size):
        source.write_bytes(data[: last + inside])
        facts = facts_of(source)
        assert (facts.duration_s, facts.breaks_off) == ((FRAMES - GOP) / RATE, True), inside


def test_picture_and_sound_before_a_fragment_that_breaks_off_are_kept(
    footage: Footage, tmp_path: Path
) -> None:
    source = fragmented(footage)
    data = source.read_bytes()
    source.write_bytes(data[: data.rindex(b"trun") + 40])
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    assert encoded.top.numbers == list(range(FRAMES - GOP))
    assert not any(chunk.damaged or chunk.missing_s for chunk in encoded.chunks)
    sound = encode_sound(source, tmp_path / "out", encoded.facts)
    assert sound.track and not sound.damaged and not sound.missing_s
    wave = Rendition(tmp_path / "out", sound.track).wave()
    assert {round(second) for second in beeps(wave)} >= set(range(7))


def test_what_breaks_off_in_its_first_fragment_is_truncated(footage: Footage) -> None:
    source = fragmented(footage)
    data = source.read_bytes()
    source.write_bytes(data[: data.index(b"trun") + 40])
    with pytest.raises(Unprocessable) as caught:
        facts_of(source)
    assert caught.value.code == "truncated"


def test_any_part_of_a_bridged_file_reads_the_same(footage: Footage) -> None:
    source = fragmented(footage)
    data = bytearray(source.read_bytes())
    zeros(data, fragments(data))
    source.write_bytes(data)
    file = bridged(source)
    assert file is not None
    ((begin, end, _),) = file.bridges
    whole = data[:begin] + (end - begin).to_bytes(4) + b"free" + data[begin + 8 :]
    assert file.read() == whole
    for at in range(begin - 12, begin + 12):
        for size in range(1, 20):
            file.seek(at)
            assert file.read(size) == whole[at : at + size] and file.tell() == at + size
