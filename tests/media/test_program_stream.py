"""Whether a program stream is damaged from one packet to another."""

import mmap
from collections.abc import Iterator
from pathlib import Path

import pytest

from webapp.media.program_stream import LONGEST_BETWEEN_BYTES, PACK, is_damaged

PACKS = 8
SECTOR_BYTES = 2048


def sector(number: int) -> bytes:
    """A pack with a packet of video that fills it (ISO/IEC 13818-1 §2.5.3)."""
    pack = PACK + bytes([0x44, 0, 4, 0, 4, 1, 0, 0, 3, 0xF8])
    length = SECTOR_BYTES - len(pack) - 6
    return pack + b"\0\0\1\xe0" + length.to_bytes(2) + bytes([number + 1]) * length


PACKET_AT = 14  # in its sector


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[list[mmap.mmap]]:
    """Whatever is put in there is closed."""
    maps: list[mmap.mmap] = []
    yield maps
    for data in maps:
        data.close()


def stream(data: bytes, maps: list[mmap.mmap]) -> mmap.mmap:
    maps.append(mmap.mmap(-1, len(data)))
    maps[-1].write(data)
    return maps[-1]


def test_packets_one_behind_the_other_are_whole(opened: list[mmap.mmap]) -> None:
    data = stream(b"".join(map(sector, range(PACKS))), opened)
    for other in range(1, PACKS):
        assert not is_damaged(data, PACKET_AT, other * SECTOR_BYTES + PACKET_AT)


# What a sector of a Video CD ends with, and the next begins with (ISO/IEC 10149 §14).
RAW_SECTOR = bytes(range(1, 5)) + b"\0" + b"\xff" * 10 + b"\0" + b"\1\2\3\2" + b"\1\1\x60\x0f" * 2


@pytest.mark.parametrize("between", [b"\xff" * 304, bytes(SECTOR_BYTES), RAW_SECTOR])
def test_so_are_those_with_a_little_between_as_on_a_video_cd(opened: list[mmap.mmap], between: bytes) -> None:
    sectors = [sector(number) + between for number in range(PACKS)]
    data = stream(b"".join(sectors), opened)
    assert not is_damaged(data, PACKET_AT, 4 * len(sectors[0]) + PACKET_AT)


def test_bytes_that_are_no_packets_are_damage(opened: list[mmap.mmap]) -> None:
    whole = b"".join(map(sector, range(PACKS)))
    begin, length = 1500, LONGEST_BETWEEN_BYTES + 2 * SECTOR_BYTES
    data = stream(whole[:begin] + bytes(length) + whole[begin + length :], opened)
    assert is_damaged(data, PACKET_AT, 5 * SECTOR_BYTES + PACKET_AT)


@pytest.mark.parametrize("removed", [100, SECTOR_BYTES + 100])
def test_so_are_bytes_that_were_removed(opened: list[mmap.mmap], removed: int) -> None:
    whole = b"".join(map(sector, range(PACKS)))
    begin = SECTOR_BYTES + 1000
    data = stream(whole[:begin] + whole[begin + removed :], opened)
    packet = SECTOR_BYTES * (2 + removed // SECTOR_BYTES) - removed + PACKET_AT
    for later in (packet, packet + 2 * SECTOR_BYTES):
        assert data[later : later + 4] == b"\0\0\1\xe0"
        assert is_damaged(data, PACKET_AT, later)


def test_a_picture_that_says_no_length_goes_on_up_to_the_next_pack(opened: list[mmap.mmap]) -> None:
    sectors = [bytearray(sector(number)) for number in range(PACKS)]
    sectors[1][PACKET_AT + 4 : PACKET_AT + 6] = bytes(2)
    data = stream(b"".join(sectors), opened)
    assert not is_damaged(data, PACKET_AT, 4 * SECTOR_BYTES + PACKET_AT)
