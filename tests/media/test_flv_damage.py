"""FLV with damage between its tags: only what is damaged is lost."""

from collections.abc import Callable
from mmap import ACCESS_READ, mmap
from pathlib import Path
from random import Random

import numpy as np
import pytest

from webapp.media.bridged import Bridged
from webapp.media.flv_damage import FIRST_TAG, LARGEST_BYTES, OVERHEAD_BYTES, bridges
from webapp.media.flv_times import PICTURE, SIZE_BYTES, TAG_HEADER_BYTES, Tag, tags
from webapp.media.joined import Joined, joined

from .decoding import Rendition
from .encoding import encode_picture, encode_sound

Footage = Callable[..., Path]
RATE, GOP, SECONDS = 25, 10, 9
Damage = Callable[[bytearray, list[Tag]], None]


def recording(footage: Footage, name: str = "a.flv") -> Path:
    return footage(name, rate=RATE, seconds=SECONDS, gop=GOP, audio="aac", options={"crf": "10"})


def mapped(path: Path) -> mmap:
    with path.open("rb") as file:
        return mmap(file.fileno(), 0, access=ACCESS_READ)


def tags_in(path: Path) -> list[Tag]:
    data = mapped(path)
    return list(tags(data, 0, len(data)))


def tag_of(size: int) -> bytes:
    header = bytes([PICTURE]) + size.to_bytes(3) + bytes(TAG_HEADER_BYTES - 4)
    return header + bytes(size) + (TAG_HEADER_BYTES + size).to_bytes(SIZE_BYTES)


def zeros(data: bytearray, found: list[Tag]) -> None:
    begin, end = found[300].position + 20, found[330].position
    data[begin:end] = bytes(end - begin)


def garbage(data: bytearray, found: list[Tag]) -> None:
    begin, end = found[300].position, found[330].position
    data[begin:end] = Random(1).randbytes(end - begin)


def removed(data: bytearray, found: list[Tag]) -> None:
    del data[found[300].position + 30 : found[330].position + 10]


def endless(data: bytearray, found: list[Tag]) -> None:
    picture = next(tag for tag in found[300:] if tag.kind == PICTURE)
    data[picture.position - 3] = 0xFF


@pytest.mark.parametrize("damage", [zeros, garbage, removed, endless])
def test_a_damaged_stretch_costs_itself(footage: Footage, tmp_path: Path, damage: Damage) -> None:
    source = recording(footage)
    data = bytearray(source.read_bytes())
    damage(data, tags_in(source))
    source.write_bytes(data)
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    lost = RATE * SECONDS - len(set(encoded.top.numbers))
    assert 0 < lost <= 30 + GOP
    assert encoded.facts.duration_s == pytest.approx(SECONDS) and not encoded.facts.missing_s
    missing_s = sum(chunk.missing_s for chunk in encoded.chunks)
    assert missing_s == pytest.approx(lost / RATE, abs=GOP / RATE)
    sound = encode_sound(source, tmp_path / "out", encoded.facts)
    assert sound.track is not None and sound.damaged <= 1
    loud = np.abs(Rendition(tmp_path / "out", sound.track).wave()[0]) > 0.2
    assert all(loud[second * 48_000 : second * 48_000 + 4800].any() for second in (0, 1, 2, 6, 7, 8))


def test_a_whole_file_and_one_cut_off_are_read_as_they_are(footage: Footage) -> None:
    source = recording(footage)
    assert joined(source) is None
    data, last = source.read_bytes(), tags_in(source)[-1].position
    for end in (last, last + 10, len(data) - 2):
        source.write_bytes(data[:end])
        assert joined(source) is None
    source.write_bytes(data + Random(1).randbytes(4096))
    assert joined(source) is None


def test_a_file_that_writes_other_sizes_is_read_as_it_is(footage: Footage) -> None:
    source = recording(footage)
    data = bytearray(source.read_bytes())
    for tag in tags_in(source):
        end = tag.position + 7 + int.from_bytes(data[tag.position - 3 : tag.position])
        data[end : end + SIZE_BYTES] = bytes(SIZE_BYTES)
    source.write_bytes(data)
    assert not bridges(mapped(source))


def test_any_part_of_it_reads_the_same(footage: Footage) -> None:
    source = recording(footage)
    data = bytearray(source.read_bytes())
    zeros(data, tags_in(source))
    source.write_bytes(data)
    file = joined(source)
    assert isinstance(file, Joined)
    (bridge,) = file.bridges
    whole = file.read()
    assert whole[: bridge.begin] + whole[bridge.end :] == data[: bridge.begin] + data[bridge.end :]
    for at in (*range(bridge.begin - 12, bridge.begin + 12), *range(bridge.end - 12, bridge.end + 12)):
        for size in range(1, 20):
            file.seek(at)
            assert file.read(size) == whole[at : at + size] and file.tell() == at + size


@pytest.mark.parametrize("rest", [1, 14, 15])
def test_a_stretch_longer_than_a_tag_is_bridged_to_its_end(tmp_path: Path, rest: int) -> None:
    whole = tag_of(LARGEST_BYTES)
    begin, length = FIRST_TAG + len(whole), OVERHEAD_BYTES + LARGEST_BYTES + rest
    path = tmp_path / "a.flv"
    path.write_bytes(bytes(FIRST_TAG) + whole + bytes(length) + whole)
    file = Bridged(path, bridges(mapped(path)))
    file.seek(begin)
    read, over = file.read(length), 0
    while over < length:  # tag by tag, as libavformat goes
        size = TAG_HEADER_BYTES + int.from_bytes(read[over + 1 : over + 4])
        assert int.from_bytes(read[over + size : over + size + SIZE_BYTES]) == size
        over += size + SIZE_BYTES
    assert over == length


def test_damage_in_a_recording_whose_times_begin_anew_is_passed_over_too(
    footage: Footage, tmp_path: Path
) -> None:
    whole = recording(footage)
    data = bytearray(whole.read_bytes())
    zeros(data, tags_in(whole))
    source = tmp_path / "twice.flv"
    source.write_bytes(data + whole.read_bytes()[13:])
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    assert encoded.facts.duration_s == pytest.approx(2 * SECONDS, abs=0.2)
    assert encoded.top.numbers[-RATE * SECONDS :] == list(range(RATE * SECONDS))
