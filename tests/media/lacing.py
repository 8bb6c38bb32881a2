"""Several frames of sound in one block, as mkvmerge puts them into Matroska (RFC 9559 §10.3)."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

CLUSTER, SIMPLE_BLOCK, VOID = b"\x1f\x43\xb6\x75", 0xA3, 0xEC
BLOCK_HEADER_BYTES, FIXED_SIZE = 4, 0b100  # track, time and flags; a flag
MOST = 8  # of mkvmerge


def lace(path: Path, track: int) -> Path:
    """Has neighbouring frames of a track, each of the same size, share a block; the file stays as long."""
    data = bytearray(path.read_bytes())
    at = data.index(CLUSTER)
    while data[at : at + 4] == CLUSTER:
        begin, end = _body(data, at + 4)
        for _, group in groupby(
            _children(data, begin, end), lambda child: (data[child[0]], child[2] - child[1])
        ):
            blocks = list(group)
            if data[blocks[0][0]] != SIMPLE_BLOCK or data[blocks[0][1]] != 0x80 | track:
                continue
            for some in (blocks[number : number + MOST] for number in range(0, len(blocks), MOST)):
                if len(some) > 1:
                    data[some[0][0] : some[-1][2]] = _laced(data, some)
        at = end
    path.write_bytes(data)
    return path


def _laced(data: bytearray, blocks: list[tuple[int, int, int]]) -> bytes:
    """One block, and a Void in place of the headers that it saves."""
    (begin, body, _), *_, (_, _, end) = blocks
    header = data[body : body + BLOCK_HEADER_BYTES]
    header[-1] |= FIXED_SIZE
    frames = b"".join(data[one + BLOCK_HEADER_BYTES : other] for _, one, other in blocks)
    content = bytes(header) + bytes([len(blocks) - 1]) + frames
    block = bytes([SIMPLE_BLOCK]) + (1 << 28 | len(content)).to_bytes(4) + content
    saved = end - begin - len(block)
    return block + bytes([VOID, 0x80 | saved - 2]) + bytes(saved - 2)


def _children(data: bytearray, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Of each element, whose IDs have one byte: where it, its body and what follows begin."""
    while at < end:
        body, after = _body(data, at + 1)
        yield at, body, after
        at = after


def _body(data: bytearray, at: int) -> tuple[int, int]:
    """Where the body of an element lies whose size is written here."""
    length = 9 - data[at].bit_length()
    size = int.from_bytes(data[at : at + length]) & (1 << 7 * length) - 1
    return at + length, at + length + size
