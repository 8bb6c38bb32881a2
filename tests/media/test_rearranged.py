"""Files that are read as other bytes than they have: the same ones, wherever reading begins and ends."""

import itertools
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from webapp.media.avi_cut import Cut, Filled
from webapp.media.ogg_chain import Chain
from webapp.media.rearranged import Part, Rearranged

Made = tuple[Rearranged, bytes]
DATA = random.Random(1).randbytes(3000)


def filled(path: Path, chance: random.Random) -> Made:
    places = sorted(chance.choices(range(len(DATA) + 1), k=chance.randrange(1, 4)))
    cuts = [Cut(at, chance.randrange(1, 2000)) for at in places]
    kept = [DATA[begin:end] for begin, end in itertools.pairwise([0, *places, len(DATA)])]
    zeros = [*(bytes(cut.length) for cut in cuts), b""]
    return Filled(path, cuts), b"".join(itertools.chain(*zip(kept, zeros, strict=True)))


def chain(path: Path, chance: random.Random) -> Made:
    ends = sorted(chance.sample(range(len(DATA) + 1), 6))
    parts = [
        Part(begin, end, bytes([begin % 256]) * chance.randrange(9))
        for begin, end in itertools.pairwise(ends)
    ]
    return Chain(path, parts, [], 0), b"".join(part.before + DATA[part.begin : part.end] for part in parts)


@pytest.mark.parametrize("make", [filled, chain])
def test_any_piece_is_the_same_as_of_the_whole(
    tmp_path: Path, make: Callable[[Path, random.Random], Made]
) -> None:
    path = tmp_path / "a"
    path.write_bytes(DATA)
    chance = random.Random(2)
    for _ in range(50):
        made, expected = make(path, chance)
        with made:
            assert made.read() == expected
            for _ in range(20):
                begin, size = chance.randrange(len(expected) + 50), chance.choice([0, 1, 5, 700, 9000])
                assert made.seek(begin) == begin
                piece = expected[begin : begin + size]
                assert made.read(size) == piece
                assert made.tell() == begin + len(piece)
