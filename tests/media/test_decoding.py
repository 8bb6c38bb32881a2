"""Decoding that keeps what can be kept."""

from collections.abc import Callable
from pathlib import Path

import av
from av.packet import Packet
from av.stream import Stream

from tests.support.video import number_of
from webapp.media.decoding import Damage, decoded

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
