"""Packets as they lie in a container, also where streams appear that were not there when it was opened."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream

from . import early_times, growing_fragments
from .limits import short_of_memory

PROGRAM_STREAM = "mpeg"
# Where libavformat goes without the streams beyond so many, but fails at each packet of theirs.
GOING_WITHOUT = "mpegts"

# Gives a container that goes on at a tick of the picture, which is near its beginning.
FromStart = Callable[[int], contextlib.AbstractContextManager[InputContainer]]


def demuxed(container: InputContainer, streams: Sequence[Stream]) -> "Iterator[Packet[Any]]":
    """Packets of these streams; at the end an empty one of each, which flushes its decoder.

    Raises:
        av.FFmpegError: reading fails here; asked again, it goes on behind that.
    """
    # At the end PyAV looks for an empty packet of each stream, also of those that came up on the way.
    with contextlib.suppress(IndexError):
        while True:
            try:
                yield from early_times.placed(container, container.demux(list(streams)))
                return
            except MemoryError:
                if container.format.name != GOING_WITHOUT or short_of_memory():
                    raise


def go_to(container: InputContainer, stream: Stream, tick: int) -> None:
    """Has it go on with the keyframe of `stream` before a tick, or with the first one.

    Where there is no way to seek at all, it starts anew if it can, or stays where it is.
    """
    growing_fragments.read_up_to(container, stream, tick)
    for backward in (True, False):  # AVI refuses what lies before its first keyframe
        with contextlib.suppress(av.FFmpegError):
            container.seek(tick, backward=backward, stream=stream)
            return
    start_anew(container)


def start_anew(container: InputContainer) -> None:
    """Has a program stream go on with its first byte, others stay where they are.

    If no times are written in it, those of its packets are counted from there on, by the frame rate.
    """
    if container.format.name == PROGRAM_STREAM:
        with contextlib.suppress(av.FFmpegError):
            container.seek(0, unsupported_byte_offset=True)
