"""Decoding that keeps what can be kept: damaged packets are counted and passed over."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Discard, Stream
from av.video.stream import VideoStream

from .avi_index import AviIndex
from .demuxing import demuxed
from .encryption import is_encrypted
from .limits import short_of_memory

# A damaged stretch can make the demuxer fail many times in a row; then the rest is given up.
MOST_READ_ERRORS = 100
SKIPPED_S = 1
# In a transport stream libavformat moves on by 64 KiB each time that it finds no packet there, so many times
# in a row without help; to go farther than that would pass over what is whole behind it.
MOVING_ON, MOST_MOVES = "mpegts", 32

S = TypeVar("S", AudioStream, VideoStream)


@dataclass(slots=True)
class Damage:
    """What of one stream could not be read, decoded or shown.

    Attributes:
        packets: how many packets, or frames of them.
        ticks: the moments at which they would be shown, about.
        latest: that of the last packet, damaged or not.
        encrypted: whether some of them are, which is why.
        holes: from which tick to which nothing is shown, though there was something.
        unshown: ticks of packets that are there, and give no frame to show.
    """

    packets: int = 0
    ticks: list[int] = field(default_factory=list)
    latest: int | None = None
    encrypted: bool = False
    holes: list[tuple[int, int]] = field(default_factory=list)
    unshown: list[int] = field(default_factory=list)

    @property
    def is_known(self) -> bool:
        """Whether there is any."""
        return bool(self.packets or self.holes)

    def add(self) -> None:
        """One more, at the latest moment."""
        self.packets += 1
        if self.latest is not None:
            self.ticks.append(self.latest)

    def clear(self) -> None:
        self.packets, self.latest, self.encrypted = 0, None, False
        self.ticks.clear()
        self.holes.clear()
        self.unshown.clear()

    def within(self, begin: int, end: int | None) -> int:
        """How many packets from tick to tick."""
        return _count(self.ticks, begin, end)

    def unshown_within(self, begin: int, end: int | None) -> int:
        """How many frames from tick to tick are not shown although their packets are there."""
        return _count(self.unshown, begin, end)

    def missing(self, begin: int, end: int | None) -> int:
        """For how many ticks, of those from one to another, nothing is shown."""
        ticks, reached = 0, begin
        for one, other in sorted(self.holes):
            until = other if end is None else min(end, other)
            ticks += max(0, until - max(reached, one))
            reached = max(reached, until)
        return ticks


def _count(ticks: Sequence[int], begin: int, end: int | None) -> int:
    return sum(begin <= tick and (end is None or tick < end) for tick in ticks)


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
        moment = packet.dts if packet.pts is None else packet.pts
        damage.latest = damage.latest if moment is None else moment
        if moment is not None and not packet.size:
            continue  # Theora has the frame before shown again by one; decoders refuse it
        if is_encrypted(packet):
            damage.encrypted = True
            damage.add()
            continue
        try:
            yield from packet.decode()
        except av.FFmpegError as error:
            _refuse_at_limit(error)
            damage.add()
        else:
            if packet.is_corrupt:
                damage.add()


def with_decoder(streams: Iterable[S]) -> list[S]:
    """Those that can be decoded."""
    # Typed by hand, since PyAV's types do not say that streams in unknown codecs have no context.
    contexts: list[tuple[S, object]] = [(stream, stream.codec_context) for stream in streams]
    return [stream for stream, context in contexts if context is not None]


def read_only(container: InputContainer, *streams: Stream) -> None:
    """Has the demuxer pass over all other streams; where the data of one is missing, it ends them all."""
    for stream in container.streams:
        stream.discard = Discard.default if stream in streams else Discard.all


def packets(container: InputContainer, streams: Sequence[Stream], damage: Damage) -> "Iterator[Packet[Any]]":
    """Packets of these streams as they lie in the container; at the end an empty one of each."""
    last: Packet[Any] | None = None
    in_a_row, errors, index = 0, 0, AviIndex(container, streams)
    moves = MOST_MOVES if container.format.name == MOVING_ON else 0
    while errors < MOST_READ_ERRORS:
        try:
            for packet in demuxed(container, streams):
                index.place(packet)
                last, in_a_row = packet, 0
                yield packet
            return
        except av.EOFError:
            return
        except av.FFmpegError as error:
            _refuse_at_limit(error)
            damage.add()
            in_a_row += 1
            errors += in_a_row > moves
            if last and in_a_row > max(1, moves):
                _skip(container, last, in_a_row - max(1, moves))
                index.restart()


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
