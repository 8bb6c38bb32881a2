"""Decoding that keeps what can be kept."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import pytest
from av.packet import Packet
from av.stream import Stream

from tests.support.video import number_of
from webapp.media.decoding import Damage, decoded, decoded_from
from webapp.media.frames import FrameReader

from .tampering import overwrite_packets

Footage = Callable[..., Path]


def numbers_in(source: Path, damage: Damage) -> list[int]:
    with av.open(str(source)) as container:
        return [number_of(frame) for frame in decoded(container, container.streams.video[0], damage)]


def test_a_whole_file_has_all_its_frames_and_no_damage(footage: Footage) -> None:
    damage = Damage()
    assert numbers_in(footage("a.mp4"), damage) == list(range(66))
    assert damage.packets == 0


def test_packets_that_do_not_decode_are_counted_and_passed_over(footage: Footage) -> None:
    source = overwrite_packets(footage("a.mov", codec="png", pixel_format="rgb24"), [0, 3, 65])
    damage = Damage()
    assert numbers_in(source, damage) == [number for number in range(66) if number not in (0, 3, 65)]
    assert damage.packets == 3


def test_a_file_of_nothing_but_damage_ends(footage: Footage) -> None:
    source = overwrite_packets(footage("a.mov", codec="png", pixel_format="rgb24"), range(66))
    damage = Damage()
    assert numbers_in(source, damage) == []
    assert damage.packets == 66


def test_each_packet_is_seen_before_it_is_decoded(footage: Footage) -> None:
    source = footage("a.mp4", options={"bf": "0"})
    seen: list[int | None] = []
    with av.open(str(source)) as container:

        def before(packet: "Packet[Stream]") -> None:
            seen.append(packet.pts)

        for frame in decoded(container, container.streams.video[0], Damage(), before):
            assert frame.pts in seen
    assert len(seen) == 67  # and the empty one that flushes the decoder


def test_a_damaged_number_that_asks_for_too_much_memory_costs_what_is_left_of_its_gop(
    footage: Footage,
) -> None:
    # Each of its fragments says how large each of its samples is (ISO/IEC 14496-12 §8.8.8).
    source = footage(
        "a.mp4",
        gop=10,
        options={"bf": "0", "x264-params": "scenecut=0"},
        container_options={"movflags": "frag_keyframe+empty_moov+default_base_moof"},
    )
    data = bytearray(source.read_bytes())
    sizes = [place + 20 for place in range(len(data)) if data[place : place + 4] == b"trun"]
    data[sizes[3] + 5 * 4] = 0xFF
    source.write_bytes(data)
    damage = Damage()
    assert numbers_in(source, damage) == [*range(35), *range(40, 66)]
    assert damage.packets > 0


def test_packets_without_a_byte_show_the_frame_before_again(footage: Footage) -> None:
    """Theora has one for each frame that is like the one before."""
    damage = Damage()
    with av.open(str(footage("a.webm", codec="libvpx", gop=100))) as container:
        stream = container.streams.video[0]

        def packets() -> "Iterator[Packet[Any]]":
            for packet in container.demux(stream):
                yield packet
                if packet.pts is not None:
                    empty = Packet(0)
                    empty.pts = empty.dts = packet.pts + 1
                    empty.time_base, empty.stream = packet.time_base, stream
                    yield empty

        numbers = [number_of(frame) for frame in decoded_from(packets(), damage)]
    assert numbers == list(range(66))
    assert damage.packets == 0


@pytest.mark.parametrize(("threads", "costs"), [(1, 1), (2, 3)])
def test_a_last_packet_that_does_not_decode_costs_its_own_frame(
    footage: Footage, threads: int, costs: int
) -> None:
    """Threads that decode frames beside each other tell its error before the frames still to come."""
    options = {"bf": "3", "x264-params": "b-adapt=0:scenecut=0"}
    source = overwrite_packets(footage("a.mp4", gop=100, options=options), [65])
    with av.open(str(source)) as container:
        reader = FrameReader(container, container.streams.video[0], threads=threads)
        shown = [number_of(frame) for frame in reader.read(0)]
    assert 66 - costs <= len(shown) <= 65
