"""Decoding that keeps what can be kept: damaged packets are counted and passed over."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Discard, Stream

from .demuxing import demuxed

# A damaged stretch can make the demuxer fail many times in a row; then the rest is given up.
MOST_READ_ERRORS = 100


@dataclass(slots=True)
class Damage:
    """Packets of one stream that could not be read or decoded."""

    packets: int = 0


def decoded(
    container: InputContainer,
    stream: Stream,
    damage: Damage,
    before: "Callable[[Packet[Stream]], None]" = lambda packet: None,
) -> Iterator[Any]:
    """Frames of `stream` from where the container stands; `before` sees each packet before it is decoded."""
    return decoded_from(packets(container, [stream], damage), damage, before)


def decoded_from(
    coming: "Iterable[Packet[Any]]",
    damage: Damage,
    before: "Callable[[Packet[Stream]], None]" = lambda packet: None,
) -> Iterator[Any]:
    """Frames of these packets, all of one stream."""
    for packet in coming:
        before(packet)
        try:
            yield from packet.decode()
        except MemoryError:  # a limit of ours, and no damage
            raise
        except av.FFmpegError:
            damage.packets += 1


def read_only(container: InputContainer, *streams: Stream) -> None:
    """Has the demuxer pass over all other streams; where the data of one is missing, it ends them all."""
    for stream in container.streams:
        stream.discard = Discard.default if stream in streams else Discard.all


def packets(container: InputContainer, streams: Sequence[Stream], damage: Damage) -> "Iterator[Packet[Any]]":
    """Packets of these streams as they lie in the container; at the end an empty one of each."""
    for _ in range(MOST_READ_ERRORS):
        try:
            yield from demuxed(container, streams)
            return
        except av.EOFError:
            return
        except MemoryError:
            raise
        except av.FFmpegError:
            damage.packets += 1
