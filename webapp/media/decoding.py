"""Decoding that keeps what can be kept: damaged packets are counted and passed over."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Discard, Stream

from .demuxing import demuxed
from .limits import short_of_memory

# A damaged stretch can make the demuxer fail many times in a row; then the rest is given up.
MOST_READ_ERRORS = 100
SKIPPED_S = 1


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
        except av.FFmpegError as error:
            _refuse_at_limit(error)
            damage.packets += 1


def read_only(container: InputContainer, *streams: Stream) -> None:
    """Has the demuxer pass over all other streams; where the data of one is missing, it ends them all."""
    for stream in container.streams:
        stream.discard = Discard.default if stream in streams else Discard.all


def packets(container: InputContainer, streams: Sequence[Stream], damage: Damage) -> "Iterator[Packet[Any]]":
    """Packets of these streams as they lie in the container; at the end an empty one of each."""
    last: Packet[Any] | None = None
    in_a_row = 0
    for _ in range(MOST_READ_ERRORS):
        try:
            for packet in demuxed(container, streams):
                last, in_a_row = packet, 0
                yield packet
            return
        except av.EOFError:
            return
        except av.FFmpegError as error:
            _refuse_at_limit(error)
            damage.packets += 1
            in_a_row += 1
            if last and in_a_row > 1:
                _skip(container, last, in_a_row - 1)


def _skip(container: InputContainer, last: "Packet[Any]", number: int) -> None:
    """Goes to a keyframe after the packet `last`, the `number`th time since: some demuxers do not move on."""
    if last.dts is not None and last.time_base is not None:
        with contextlib.suppress(av.FFmpegError):
            target = last.dts + round((number - 1) * SKIPPED_S / last.time_base) + 1
            container.seek(target, backward=False, stream=last.stream)


def _refuse_at_limit(error: av.FFmpegError) -> None:
    """
    Raises:
        av.FFmpegError: this one, if it is for a limit of ours, and no damage.
    """
    if isinstance(error, MemoryError) and short_of_memory():
        raise error
