"""Transport streams that go on under other numbers: at a change of programs, or behind another recording."""

from collections.abc import Callable
from functools import partial
from mmap import ACCESS_READ, mmap
from pathlib import Path

import pytest

from webapp.media import lineups
from webapp.media.joined import joined
from webapp.media.lineups import routes
from webapp.media.pid_routes import Routes
from webapp.media.transport_stream import PACKET_BYTES, pid_of

from .decoding import Rendition, assert_joined
from .encoding import Encoded, encode_picture, encode_sound
from .hearing import beeps
from .test_joined import NULL_PACKET, TIME_OF_ARRIVAL, one_behind_the_other

Footage = Callable[..., Path]

FRAMES, RATE = 35, 10
IN_SYNC_S = 0.02
FAR_BYTES = 8 << 20  # farther than libavformat looks for what there is
OTHER = {"mpegts_start_pid": "512"}
OTHER_MAP = OTHER | {"mpegts_pmt_start_pid": "4352"}
OTHER_PROGRAM = OTHER_MAP | {"mpegts_service_id": "7"}


def recording(footage: Footage, name: str, options: dict[str, str] | None = None, **changes: object) -> Path:
    """The first of its packets list what there is."""
    told = {"mpegts_flags": "+resend_headers"} | (options or {})
    looks: dict[str, object] = {"seconds": FRAMES / RATE, "audio": "aac", "options": {"bf": "2"}} | changes
    return footage(name, container_options=told, **looks)


def routes_of(path: Path) -> Routes:
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        return routes(data, PACKET_BYTES)


def packets_of(path: Path) -> list[bytes]:
    data = path.read_bytes()
    return [data[at : at + PACKET_BYTES] for at in range(0, len(data), PACKET_BYTES)]


def assert_all_is_there(source: Path, folder: Path, parts: int = 2) -> Encoded:
    picture = encode_picture(source, folder, smallest=True)
    assert picture.top.numbers == [*range(FRAMES)] * parts
    assert_joined(picture.top)
    seams = picture.top.times[::FRAMES]
    assert [float(seam) for seam in seams] == pytest.approx([3.5 * part for part in range(parts)], abs=0.1)
    track = encode_sound(source, folder, picture.facts).track
    assert track is not None
    seconds = [float(seam) + second for seam in seams for second in range(4)]
    assert beeps(Rendition(folder, track).wave()) == pytest.approx(seconds, abs=IN_SYNC_S)
    return picture


@pytest.mark.parametrize("options", [OTHER, OTHER_MAP, OTHER_PROGRAM])
def test_a_recording_goes_on_under_other_numbers(
    footage: Footage, tmp_path: Path, options: dict[str, str]
) -> None:
    parts = [recording(footage, "one.ts"), recording(footage, "other.ts", options)]
    assert_all_is_there(one_behind_the_other(tmp_path / "both.ts", *parts, parts[0]), tmp_path / "out", 3)


def test_each_of_several_has_numbers_of_its_own(footage: Footage, tmp_path: Path) -> None:
    numbers = [{"mpegts_start_pid": str(number)} for number in (256, 512, 257)]
    parts = [recording(footage, f"{options}.ts", options) for options in numbers]
    assert_all_is_there(one_behind_the_other(tmp_path / "all.ts", *parts), tmp_path / "out", 3)


def test_so_do_packets_with_their_time_of_arrival(footage: Footage, tmp_path: Path) -> None:
    parts = [recording(footage, "one.ts"), recording(footage, "other.ts", OTHER)]
    source = tmp_path / "both.mts"
    source.write_bytes(b"".join(TIME_OF_ARRIVAL + packet for part in parts for packet in packets_of(part)))
    assert_all_is_there(source, tmp_path / "out")


def test_packets_that_come_before_their_tables_are_there_too(footage: Footage, tmp_path: Path) -> None:
    parts = [recording(footage, "one.ts"), recording(footage, "other.ts", OTHER)]
    packets = packets_of(parts[1])
    first = next(number for number, packet in enumerate(packets) if pid_of(packet) == 512)
    parts[1].write_bytes(b"".join(packets[first:]))
    assert_all_is_there(one_behind_the_other(tmp_path / "both.ts", *parts), tmp_path / "out")


def test_what_is_listed_in_addition_changes_nothing(footage: Footage, tmp_path: Path) -> None:
    parts = [recording(footage, "one.ts", audio=None), recording(footage, "other.ts")]
    assert not routes_of(one_behind_the_other(tmp_path / "both.ts", *parts))


@pytest.mark.parametrize("options", [{}, OTHER])
def test_a_picture_in_another_coding_is_left_out_and_told(
    footage: Footage, tmp_path: Path, options: dict[str, str]
) -> None:
    one = recording(footage, "one.ts")
    other = recording(footage, "other.ts", options, codec="mpeg2video", audio="mp2")
    source = one_behind_the_other(tmp_path / "all.ts", one, other, one)
    picture = assert_all_is_there(source, tmp_path / "out")
    assert picture.facts.left_out_s == pytest.approx(FRAMES / RATE, abs=0.2)
    assert len(picture.facts.sounds) == 1


@pytest.mark.parametrize("options", [{}, OTHER, OTHER_PROGRAM])
@pytest.mark.parametrize("codec", ["mpeg2video", "libx264"])
def test_what_lasts_longest_is_kept_wherever_it_begins(
    footage: Footage, tmp_path: Path, options: dict[str, str], codec: str
) -> None:
    other_codec = "libx264" if codec == "mpeg2video" else "mpeg2video"
    film = recording(footage, "film.ts", codec=codec)
    other = recording(footage, "other.ts", options, codec=other_codec, audio="mp2", seconds=1)
    source = one_behind_the_other(tmp_path / "all.ts", other, film, other, film)
    picture = assert_all_is_there(source, tmp_path / "out")
    assert picture.facts.left_out_s == pytest.approx(2, abs=0.3)
    assert len(picture.facts.sounds) == 1


def test_it_is_found_behind_megabytes_that_are_left_out(footage: Footage, tmp_path: Path) -> None:
    film = recording(footage, "film.ts")
    other = recording(footage, "other.ts", OTHER, codec="mpeg2video", audio="mp2", seconds=1)
    padding = NULL_PACKET * (FAR_BYTES // other.stat().st_size)
    other.write_bytes(b"".join(packet + padding for packet in packets_of(other)))
    assert_all_is_there(one_behind_the_other(tmp_path / "all.ts", other, film, film), tmp_path / "out")


@pytest.mark.parametrize("options", [{}, OTHER])
@pytest.mark.parametrize("again", [False, True])
def test_sound_in_another_coding_is_said_to_be_missing(
    footage: Footage, tmp_path: Path, options: dict[str, str], again: bool
) -> None:
    one = recording(footage, "one.ts")
    other = recording(footage, "other.ts", options, audio="mp2")
    source = one_behind_the_other(tmp_path / "all.ts", one, other, *([one] if again else []))
    picture = encode_picture(source, tmp_path / "out", smallest=True)
    assert picture.top.numbers == [*range(FRAMES)] * (3 if again else 2)
    assert picture.facts.left_out_s == 0
    sound = encode_sound(source, tmp_path / "out", picture.facts)
    assert sound.missing_s == pytest.approx(FRAMES / RATE, abs=0.2)


def test_one_recording_has_no_routes(footage: Footage) -> None:
    assert not routes_of(recording(footage, "one.ts"))


@pytest.mark.parametrize(
    ("options", "codec", "differ"),
    [({}, "libx264", False), (OTHER, "libx264", True), ({}, "mpeg2video", True)],
)
def test_changes_are_found_in_a_file_too_large_to_read_for_that(
    footage: Footage, tmp_path: Path, options: dict[str, str], codec: str, differ: bool
) -> None:
    parts = [recording(footage, "one.ts"), recording(footage, "other.ts", options, codec=codec)]
    size = sum(part.stat().st_size for part in parts)
    padding = NULL_PACKET * (lineups.READ_WHOLE_BYTES // size + 1)
    source = tmp_path / "both.ts"
    source.write_bytes(b"".join(packet + padding for part in parts for packet in packets_of(part)))
    assert source.stat().st_size > lineups.READ_WHOLE_BYTES
    assert bool(routes_of(source)) is differ


def test_any_part_of_the_file_reads_the_same(footage: Footage, tmp_path: Path) -> None:
    parts = [recording(footage, "one.ts", seconds=0.5), recording(footage, "other.ts", OTHER, seconds=0.5)]
    source = one_behind_the_other(tmp_path / "both.ts", *parts)
    file = joined(source)
    assert file is not None
    with file:
        whole = file.read()
        assert len(whole) == source.stat().st_size and whole != source.read_bytes()
        for size in (1, 2, 3, 7, 188):
            file.seek(0)
            assert b"".join(iter(partial(file.read, size), b"")) == whole


def section(kind: int, number: int, body: bytes) -> bytes:
    """A packet with a table of one section (ISO/IEC 13818-1 §2.4.4), and its checksum (annex A)."""
    data = bytes((kind, 0xB0, len(body) + 9, number >> 8, number & 0xFF, 0xC1, 0, 0)) + body
    rest = 0xFFFFFFFF
    for bit in (byte >> place & 1 for byte in data for place in range(7, -1, -1)):
        rest = (rest << 1 & 0xFFFFFFFF) ^ (0x04C11DB7 if rest >> 31 ^ bit else 0)
    pid = 0x1000 if kind else 0
    head = bytes((0x47, 0x40 | pid >> 8, pid & 0xFF, 0x10, 0))
    return (head + data + rest.to_bytes(4)).ljust(PACKET_BYTES, b"\xff")


def program(number: int, pid: int) -> bytes:
    """The map of a program of one picture in H.264."""
    return section(
        2, number, bytes((0xE0 | pid >> 8, pid & 0xFF, 0xF0, 0, 0x1B, 0xE0 | pid >> 8, pid & 0xFF, 0xF0, 0))
    )


@pytest.mark.parametrize("shared", [False, True])
def test_programs_whose_maps_come_in_the_same_packets_are_not_mixed(tmp_path: Path, shared: bool) -> None:
    listed = [b"\0\1\xf0\0", b"\0\2\xf0\0"][: 2 if shared else 1]
    source = tmp_path / "a.ts"
    source.write_bytes(
        (section(0, 1, b"".join(listed)) + program(1, 256) + NULL_PACKET * 9) * 3
        + (program(2 if shared else 1, 257) + NULL_PACKET * 9) * 3
    )
    assert bool(routes_of(source)) is not shared
