"""Boxes of the ISO base media file format."""

import struct

from hypothesis import given, strategies as st

from webapp.media.boxes import box, children, full_box, header, table

KINDS = st.binary(min_size=4, max_size=4)


@given(KINDS, st.lists(st.binary(max_size=40), max_size=4))
def test_a_box_says_its_own_size_and_type(kind: bytes, parts: list[bytes]) -> None:
    written = box(kind, *parts)
    assert struct.unpack_from(">I4s", written) == (len(written), kind)
    assert written[8:] == b"".join(parts)


def test_a_full_box_starts_with_version_and_flags() -> None:
    assert full_box(b"tfhd", 1, 0x020000, b"x") == b"\0\0\0\x0dtfhd\x01\x02\0\0x"


def test_a_table_counts_its_rows() -> None:
    assert table(b"stts", 0, iter([b"ab", b"cd"]))[8:] == bytes(4) + b"\0\0\0\x02abcd"


@given(st.lists(st.tuples(KINDS, st.binary(max_size=20)), max_size=6))
def test_children_are_found_where_they_were_put(contents: list[tuple[bytes, bytes]]) -> None:
    data = b"".join(box(kind, payload) for kind, payload in contents)
    found = [(kind, data[offset + 8 : offset + size]) for kind, offset, size in children(data)]
    assert found == contents


def test_looking_for_children_ends_at_a_box_without_a_size() -> None:
    data = box(b"free") + struct.pack(">I4s", 0, b"mdat") + bytes(100)
    assert [kind for kind, _, _ in children(data)] == [b"free"]


def test_a_header_says_type_and_size_wherever_it_lies() -> None:
    assert header(b"before" + box(b"mdat", bytes(5)), 6) == (b"mdat", 13)
    assert header(struct.pack(">I4s", 0, b"mdat") + bytes(8)) == (b"mdat", 0)


def test_a_size_beyond_32_bits_follows_the_type() -> None:
    large = b"before" + struct.pack(">I4sQ", 1, b"mdat", 1 << 40)
    assert header(large, 6) == (b"mdat", 1 << 40)
    assert header(large[:-1], 6) == (b"mdat", 1)
