"""How long fragmented MP4s say that they are."""

import struct
from fractions import Fraction
from pathlib import Path

import pytest

from webapp.media.boxes import box, full_box
from webapp.media.fragment_claims import Claims, claims
from webapp.media.growing import GrowingFile
from webapp.media.jobs import Arriving

FTYP, MOOF, MDAT = box(b"ftyp", b"isom"), box(b"moof"), box(b"mdat", bytes(900))
HEADER = full_box(b"mvhd", 0, 0, struct.pack(">IIII", 0, 0, 600, 0))
HEADER_1 = full_box(b"mvhd", 1, 0, struct.pack(">QQIQ", 0, 0, 600, 0))
LENGTH = full_box(b"mehd", 0, 0, struct.pack(">I", 6_000))
LENGTH_1 = full_box(b"mehd", 1, 0, struct.pack(">Q", 6_000))


def index(
    version: int, *sizes: int, ticks_a_second: int = 600, one_more_index: bool = False, missing: int = 0
) -> bytes:
    """Of segments of so many bytes, of 5 s each."""
    fields = struct.pack(">II" + ("QQ" if version else "II"), 1, ticks_a_second, 0, 0)
    flag = one_more_index << 31
    listed = b"".join(struct.pack(">III", size | flag, 3_000, 0) for size in sizes)
    return full_box(b"sidx", version, 0, fields, struct.pack(">HH", 0, len(sizes) + missing), listed)


def claim(tmp_path: Path, *parts: bytes) -> Claims | None:
    whole = tmp_path / "whole"
    whole.write_bytes(b"".join((FTYP, *parts)))
    return claims(GrowingFile(whole, Arriving(final=str(whole), size=0)))


def moov(*parts: bytes) -> bytes:
    return box(b"moov", *parts)


@pytest.mark.parametrize(
    ("parts", "seconds"),
    [
        ([moov(HEADER), MDAT], None),
        ([moov(HEADER), MDAT, MOOF], None),  # nobody waits for what comes behind
        ([moov(HEADER)], None),
        ([moov(HEADER), MOOF, MDAT], 0),
        ([moov(HEADER, box(b"mvex")), MDAT], 0),
        ([moov(HEADER, box(b"mvex", LENGTH)), MOOF], 10),
        ([moov(HEADER, box(b"mvex", LENGTH_1)), MOOF], 10),
        ([moov(HEADER_1, box(b"mvex", LENGTH)), MOOF], 10),
        ([moov(box(b"mvex", LENGTH)), MOOF], 0),
        ([moov(HEADER, *[box(b"trak")] * 100, box(b"mvex", LENGTH)), MOOF], 10),
    ],
)
def test_the_index_says_it(tmp_path: Path, parts: list[bytes], seconds: int | None) -> None:
    assert claim(tmp_path, *parts) == (None if seconds is None else Claims(Fraction(seconds), listed=False))


@pytest.mark.parametrize(
    ("listed", "seconds"),
    [
        (index(0, 450, 450), 10),
        (index(1, 450, 450), 10),
        (index(0, 900, one_more_index=True), 5),
        (index(0, 450), 0),  # of the first fragment alone
        (index(0, 450, 450, ticks_a_second=0), 0),
        (index(0), 0),
        (index(0, 450, 450, missing=1), 0),
        (box(b"sidx"), 0),
    ],
)
def test_so_does_a_list_of_segments(tmp_path: Path, listed: bytes, seconds: int) -> None:
    assert claim(tmp_path, moov(HEADER, box(b"mvex")), listed, MOOF, MDAT) == Claims(
        Fraction(seconds), seconds > 0
    )


def test_the_index_is_believed_first(tmp_path: Path) -> None:
    assert claim(tmp_path, moov(HEADER, box(b"mvex", LENGTH)), index(0, 900), MOOF, MDAT) == Claims(
        Fraction(10), True
    )
